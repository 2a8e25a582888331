// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/ops/op_table.h"

#include <cstdint>
#include <vector>

/// What shape rules share. All throw Error with a predicate ("has axis 4, expected -3 to 2.").
namespace core::ops {

/// A set of element types and its words in an error.
struct TypeSet {
    const char* words;
    bool (*contains)(ElementType);
};

bool isFloat(ElementType type); // float16 and bfloat16 too
bool isInteger(ElementType type);

extern const TypeSet kFloats, kIntegers, kNumbers, kNumbersAndBool, kBools, kFixedSize, kIndices;

/// An input in the middle that only this rule knows to be needed.
void requireInput(const InferContext& context, std::size_t input);
void requireType(const InferContext& context, std::size_t input, const TypeSet& allowed);
/// Every input that is there has the type of the first, which is in `allowed`.
void requireOneType(const InferContext& context, const TypeSet& allowed);

/// Those of the inputs that are there hold floating-point numbers, float64 all of them or none: halves and
/// float32 are computed together.
void requireFloats(const InferContext& context, std::initializer_list<std::size_t> inputs);

/// Gives output `index` its shape and type; nothing when the node leaves that output out.
void setOutput(InferContext& context, std::size_t index, Shape shape, ElementType type);

/// The one shape that both broadcast to, by NumPy's rules.
Shape broadcast(const Shape& a, const Shape& b);
/// `from` broadcasts to `to` without changing it.
bool broadcastsTo(const Shape& from, const Shape& to);

/// From [-rank, rank) to [0, rank).
std::size_t normaliseAxis(std::int64_t axis, std::size_t rank);

/// One flag per dimension; throws for an axis that is out of range or given twice.
std::vector<bool> axisFlags(const std::vector<std::int64_t>& axes, std::size_t rank);

/// Product of two counts that are not negative; throws when it is more than any tensor may have.
std::int64_t checkedProduct(std::int64_t a, std::int64_t b);

/// The elements of an int32 or int64 tensor.
Shape integersOf(const TensorView& view);

/// The elements of a tensor of floats, halves too.
std::vector<double> realsOf(const TensorView& view);
/// The same, broadcast to `shape`.
std::vector<double> expandedTo(const TensorView& view, const Shape& shape);
/// The same of an input whose data a shape rule needs.
std::vector<double> knownReals(const InferContext& context, std::size_t index, const char* what);

/// The one element of a tensor of any number type.
double realOf(const TensorView& scalar);

/// The one element of input `index`, a number, as an integer. Throws NeedsData when its data is not known.
std::int64_t integerScalar(const InferContext& context, std::size_t index, const char* what);

/// Input `index` of a loop is there.
bool hasInput(const LoopContext& context, std::size_t index);

/// The output has the first input's shape and type.
void sameAsFirst(InferContext& context, const TypeSet& allowed);

} // namespace core::ops
