// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <optional>

namespace core {

/// Element `index` as a double. Throws Error for a type without numbers.
double numberAt(const TensorView& tensor, std::size_t index);

/// How far a tensor is from the one it should be. Not-a-number equals not-a-number and infinity itself;
/// either beside anything else is infinitely far.
struct Difference {
    double maxAbs = 0; // max |a - b|
    double maxRel = 0; // max |a - b| / max(|b|, 0.01 max|b|), maxAbs where b is all zeros: docs/measuring.md
    double cosine = 1; // of the angle between both as vectors; 1 for two vectors of zeros
    /// Of a [rows, classes] tensor: the share of rows whose largest element is in the same place (the first
    /// of equals). nullopt for other shapes.
    std::optional<double> top1 {};
    bool operator==(const Difference&) const = default;
};

/// The worst of both, figure by figure.
Difference worse(const Difference& a, const Difference& b);

/// The largest relative error that passes for the same numbers. Where numbers are rounded to 8 or 16 bits on
/// the way, a sum that two engines round to neighbours is a whole step off: there it is the least cosine.
inline constexpr double kLargestError = 1e-3, kLeastCosine = 0.99;

/// Whether numbers are rounded on the way: the model is quantised, is made of halves, or is run in them.
bool rounds(const Graph& graph, Precision precision);

/// Whether a difference is small enough for outputs to be called the same.
bool passes(const Difference& difference, bool rounded, double largestError = kLargestError);

/// `actual` against `expected`, of any element types. Throws Error when their shapes differ.
Difference compare(const TensorView& actual, const TensorView& expected);

} // namespace core
