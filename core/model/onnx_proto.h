// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Field numbers of the messages of onnx.proto that the reader and the writer touch, by message and field
/// name.
namespace core::onnx {

namespace model {
inline constexpr std::uint32_t irVersion = 1, producerName = 2, producerVersion = 3, graph = 7,
                               opsetImport = 8, function = 25;
}
namespace function {
inline constexpr std::uint32_t name = 1, input = 4, output = 5, node = 7, opsetImport = 9, domain = 10,
                               attributeDefault = 11, overload = 13;
}
namespace opsetId {
inline constexpr std::uint32_t domain = 1, version = 2;
}
namespace graph {
inline constexpr std::uint32_t node = 1, name = 2, initializer = 5, input = 11, output = 12, valueInfo = 13,
                               sparseInitializer = 15;
}
namespace node {
inline constexpr std::uint32_t input = 1, output = 2, name = 3, opType = 4, attribute = 5, domain = 7,
                               overload = 8;
}
namespace attribute {
inline constexpr std::uint32_t name = 1, real = 2, integer = 3, text = 4, tensor = 5, graph = 6, reals = 7,
                               integers = 8, texts = 9, type = 20, reference = 21;
/// AttributeProto.AttributeType
enum class Type {
    Undefined = 0,
    Real = 1,
    Integer = 2,
    Text = 3,
    Tensor = 4,
    Graph = 5,
    Reals = 6,
    Integers = 7,
    Texts = 8
};
} // namespace attribute
namespace tensor {
inline constexpr std::uint32_t dims = 1, dataType = 2, name = 8, rawData = 9, docString = 12;
}
namespace valueInfo {
inline constexpr std::uint32_t name = 1, type = 2;
}
namespace type {
inline constexpr std::uint32_t tensor = 1, sequence = 4, map = 5, opaque = 7, sparseTensor = 8, optional = 9;
inline constexpr std::uint32_t elementType = 1, shape = 2; // of TypeProto.Tensor
} // namespace type
namespace shape {
inline constexpr std::uint32_t dim = 1;
inline constexpr std::uint32_t value = 1, symbol = 2; // of TensorShapeProto.Dimension
} // namespace shape

} // namespace core::onnx
