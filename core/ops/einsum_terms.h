// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <string>
#include <string_view>
#include <vector>

namespace core::ops {

/// The equation of an Einsum with its operands: which label each dimension has. Labels are small numbers; the
/// dimensions of an ellipsis have labels of their own, the last ones being those that all operands share.
struct EinsumTerms {
    std::vector<std::vector<int>> operands;
    std::vector<int> output;
    std::vector<std::int64_t> sizes; // per label

    /// Throws Error, a predicate, for an equation that says nothing about these operands.
    EinsumTerms(std::string_view equation, const std::vector<Shape>& shapes);

    Shape outputShape() const;
};

} // namespace core::ops
