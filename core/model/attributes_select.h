// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attribute_fields.h"
#include "core/model/element_type.h"

#include <cstdint>
#include <optional>
#include <vector>

/// Attributes of operators that shift bits, pick elements, place them and put them in order.
namespace core {

enum class ShiftDirection { Left, Right };

template <> struct EnumWords<ShiftDirection> {
    static constexpr std::array<std::string_view, 2> words { "LEFT", "RIGHT" };
};

struct BitShiftAttributes {
    ShiftDirection direction = ShiftDirection::Left;

    static constexpr auto fields()
    {
        return std::tuple { requiredField("direction", &BitShiftAttributes::direction) };
    }
};

struct ShrinkAttributes {
    float lambda = 0.5F, bias = 0;

    static constexpr auto fields()
    {
        return std::tuple { field("lambd", &ShrinkAttributes::lambda),
            field("bias", &ShrinkAttributes::bias) };
    }
};

struct IsInfAttributes {
    bool detectNegative = true, detectPositive = true;

    static constexpr auto fields()
    {
        return std::tuple { field("detect_negative", &IsInfAttributes::detectNegative),
            field("detect_positive", &IsInfAttributes::detectPositive) };
    }
};

/// GatherND.
struct GatherNdAttributes {
    std::int64_t batchDims = 0;

    static constexpr auto fields()
    {
        return std::tuple { field("batch_dims", &GatherNdAttributes::batchDims) };
    }
};

enum class ScatterReduction { None, Add, Multiply, Largest, Smallest };

template <> struct EnumWords<ScatterReduction> {
    static constexpr std::array<std::string_view, 5> words { "none", "add", "mul", "max", "min" };
};

/// ScatterElements, Scatter; ScatterND, which has no axis.
struct ScatterAttributes {
    std::int64_t axis = 0;
    ScatterReduction reduction = ScatterReduction::None;

    static constexpr auto fields()
    {
        return std::tuple { field("axis", &ScatterAttributes::axis),
            field("reduction", &ScatterAttributes::reduction) };
    }
};

enum class WriteMode { Linear, Circular };

template <> struct EnumWords<WriteMode> {
    static constexpr std::array<std::string_view, 2> words { "linear", "circular" };
};

struct TensorScatterAttributes {
    std::int64_t axis = -2;
    WriteMode mode = WriteMode::Linear;

    static constexpr auto fields()
    {
        return std::tuple { field("axis", &TensorScatterAttributes::axis),
            field("mode", &TensorScatterAttributes::mode) };
    }
};

struct OneHotAttributes {
    std::int64_t axis = -1;

    static constexpr auto fields() { return std::tuple { field("axis", &OneHotAttributes::axis) }; }
};

struct TopKAttributes {
    std::int64_t axis = -1;
    bool largest = true, sorted = true;
    std::optional<std::int64_t> count; // before opset 10; an input since

    static constexpr auto fields()
    {
        return std::tuple { field("axis", &TopKAttributes::axis), field("largest", &TopKAttributes::largest),
            field("sorted", &TopKAttributes::sorted), field("k", &TopKAttributes::count) };
    }
};

struct UniqueAttributes {
    std::optional<std::int64_t> axis;
    bool sorted = true;

    static constexpr auto fields()
    {
        return std::tuple { field("axis", &UniqueAttributes::axis),
            field("sorted", &UniqueAttributes::sorted) };
    }
};

struct CompressAttributes {
    std::optional<std::int64_t> axis;

    static constexpr auto fields() { return std::tuple { field("axis", &CompressAttributes::axis) }; }
};

/// NonMaxSuppression.
struct BoxAttributes {
    bool centred = false;

    static constexpr auto fields()
    {
        return std::tuple { field("center_point_box", &BoxAttributes::centred) };
    }
};

struct EyeAttributes {
    std::optional<ElementType> type;
    std::int64_t diagonal = 0;

    static constexpr auto fields()
    {
        return std::tuple { field("dtype", &EyeAttributes::type), field("k", &EyeAttributes::diagonal) };
    }
};

struct ReverseSequenceAttributes {
    std::int64_t batchAxis = 1, timeAxis = 0;

    static constexpr auto fields()
    {
        return std::tuple { field("batch_axis", &ReverseSequenceAttributes::batchAxis),
            field("time_axis", &ReverseSequenceAttributes::timeAxis) };
    }
};

enum class DepthOrder { DepthFirst, ColumnFirst };

template <> struct EnumWords<DepthOrder> {
    static constexpr std::array<std::string_view, 2> words { "DCR", "CRD" };
};

/// DepthToSpace; SpaceToDepth, which has an order since opset 28.
struct DepthSpaceAttributes {
    std::int64_t block = 0;
    DepthOrder order = DepthOrder::DepthFirst;

    static constexpr auto fields()
    {
        return std::tuple { requiredField("blocksize", &DepthSpaceAttributes::block),
            field("mode", &DepthSpaceAttributes::order) };
    }
};

struct CenterCropPadAttributes {
    std::optional<std::vector<std::int64_t>> axes;

    static constexpr auto fields() { return std::tuple { field("axes", &CenterCropPadAttributes::axes) }; }
};

/// Trilu.
struct TriangleAttributes {
    bool upper = true;

    static constexpr auto fields() { return std::tuple { field("upper", &TriangleAttributes::upper) }; }
};

} // namespace core
