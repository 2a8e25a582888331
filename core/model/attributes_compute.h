// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attribute_fields.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Attributes of operators that add up, normalise and judge.
namespace core {

/// CumSum, CumProd.
struct CumulativeAttributes {
    bool exclusive = false, reverse = false;

    static constexpr auto fields()
    {
        return std::tuple { field("exclusive", &CumulativeAttributes::exclusive),
            field("reverse", &CumulativeAttributes::reverse) };
    }
};

struct LpNormAttributes {
    std::int64_t axis = -1, p = 2;

    static constexpr auto fields()
    {
        return std::tuple { field("axis", &LpNormAttributes::axis), field("p", &LpNormAttributes::p) };
    }
};

struct MeanVarianceAttributes {
    std::vector<std::int64_t> axes { 0, 2, 3 };

    static constexpr auto fields() { return std::tuple { field("axes", &MeanVarianceAttributes::axes) }; }
};

struct EinsumAttributes {
    std::string equation;

    static constexpr auto fields()
    {
        return std::tuple { requiredField("equation", &EinsumAttributes::equation) };
    }
};

enum class LossReduction { None, Sum, Mean };

template <> struct EnumWords<LossReduction> {
    static constexpr std::array<std::string_view, 3> words { "none", "sum", "mean" };
};

/// NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss.
struct LossAttributes {
    LossReduction reduction = LossReduction::Mean;
    std::optional<std::int64_t> ignoreIndex;

    static constexpr auto fields()
    {
        return std::tuple { field("reduction", &LossAttributes::reduction),
            field("ignore_index", &LossAttributes::ignoreIndex) };
    }
};

} // namespace core
