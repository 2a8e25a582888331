// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::ConvAttributes;
using core::ElementType;
using core::OpKind;
using core::QuantiseAttributes;
using core::Shape;

namespace {

Operand bytes(Shape shape, ElementType type = ElementType::UInt8)
{
    return integers(std::move(shape), type == ElementType::UInt8 ? 256 : 128, type);
}

/// One number or a row of them.
Operand scales(std::vector<double> values)
{
    Shape shape;
    if (values.size() > 1)
        shape = { std::ssize(values) };
    return { .shape = std::move(shape), .constant = true, .values = std::move(values) };
}

Operand zeros(std::vector<double> values, ElementType type = ElementType::UInt8)
{
    Operand operand = scales(std::move(values));
    operand.type = type;
    return operand;
}

void addLinearCases(std::vector<OpCase>& cases)
{
    const Shape x { 2, 3, 4 };
    for (const ElementType type :
        { ElementType::Int8, ElementType::UInt8, ElementType::Int16, ElementType::UInt16 }) {
        const std::string name(core::elementName(type));
        cases.push_back(opCase("quantise to " + name, OpKind::QuantizeLinear,
            { input(x), scales({ 0.05 }), zeros({ 3 }, type) }, QuantiseAttributes {}));
        cases.push_back(opCase("dequantise " + name, OpKind::DequantizeLinear,
            { bytes(x, type), scales({ 0.1, 0.2, 0.3 }), zeros({ 3, 4, 5 }, type) }, QuantiseAttributes {}));
    }
    cases.push_back(opCase("quantise along an axis", OpKind::QuantizeLinear,
        { input(x), scales({ 0.1, 0.02, 0.03, 0.04 }) },
        QuantiseAttributes { .axis = -1, .output = ElementType::Int8 }));
    const Operand blocks { .shape = { 2, 2, 4 }, .mean = 1, .deviation = 0.1 };
    cases.push_back(opCase("quantise blocks", OpKind::QuantizeLinear, { input(x), blocks },
        QuantiseAttributes { .axis = 1, .blockSize = 2 }));
    cases.push_back(opCase("dequantise blocks", OpKind::DequantizeLinear, { bytes(x), blocks },
        QuantiseAttributes { .axis = 1, .blockSize = 2 }));
    cases.push_back(opCase("dequantise int32", OpKind::DequantizeLinear,
        { integers({ 5 }, 100000, ElementType::Int32), scales({ 0.01 }) }, QuantiseAttributes {}));
    cases.push_back(opCase("dynamicquantise", OpKind::DynamicQuantizeLinear, { input({ 3, 7 }) },
        core::NoAttributes {}, { .outputs = 3 }));
}

void addIntegerProductCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("matmulinteger", OpKind::MatMulInteger,
        { bytes({ 2, 3, 8 }), bytes({ 8, 5 }, ElementType::Int8), zeros({ 100 }),
            zeros({ 1 }, ElementType::Int8) }));
    cases.push_back(opCase("matmulinteger by lines", OpKind::MatMulInteger,
        { bytes({ 3, 8 }), bytes({ 8, 2 }), zeros({ 1, 2, 3 }), zeros({ 4, 5 }) }));
    cases.push_back(opCase(
        "matmulinteger without zero points", OpKind::MatMulInteger, { bytes({ 3, 8 }), bytes({ 8, 2 }) }));
    cases.push_back(opCase("qlinearmatmul", OpKind::QLinearMatMul,
        { bytes({ 2, 3, 8 }), scales({ 0.02 }), zeros({ 120 }), bytes({ 8, 2 }, ElementType::Int8),
            scales({ 0.01, 0.02 }), zeros({ 1, 2 }, ElementType::Int8), scales({ 0.1 }), zeros({ 128 }) }));
    const auto conv = [&](const std::string& name, Shape x, Shape w, const ConvAttributes& attributes) {
        cases.push_back(opCase("convinteger " + name, OpKind::ConvInteger,
            { bytes(x), bytes(w, ElementType::Int8), zeros({ 7 }) }, attributes));
        const Shape channels { w[0] };
        cases.push_back(opCase("qlinearconv " + name, OpKind::QLinearConv,
            { bytes(x), scales({ 0.02 }), zeros({ 128 }), bytes(w, ElementType::Int8),
                { .shape = channels, .constant = true, .values = { 0.01, 0.02 } },
                { .shape = channels, .type = ElementType::Int8, .constant = true, .values = { 0 } },
                scales({ 0.5 }), zeros({ 128 }), integers(channels, 100, ElementType::Int32) },
            attributes));
    };
    conv("3x3", { 1, 6, 7, 8 }, { 4, 6, 3, 3 }, { .pads = { 1, 1, 1, 1 } });
    conv("groups", { 2, 8, 6, 6 }, { 4, 4, 3, 3 }, { .strides = { 2, 2 }, .group = 2 });
    conv("1d", { 1, 3, 12 }, { 2, 3, 4 }, { .dilations = { 2 } });
}

} // namespace

void addQuantisedCases(std::vector<OpCase>& cases)
{
    addLinearCases(cases);
    addIntegerProductCases(cases);
}

} // namespace support
