// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attribute_fields.h"

#include <cstdint>
#include <optional>

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

/// Trilu.
struct TriangleAttributes {
    bool upper = true;

    static constexpr auto fields() { return std::tuple { field("upper", &TriangleAttributes::upper) }; }
};

} // namespace core
