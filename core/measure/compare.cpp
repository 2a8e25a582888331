// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/compare.h"

#include "core/error.h"
#include "core/ops/half.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace core {

namespace {

constexpr double kFloor = 0.01; // elements below this share of the largest are judged by it

template <typename T> T loaded(const std::byte* at)
{
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

double distance(double a, double b)
{
    if (a == b || (std::isnan(a) && std::isnan(b)))
        return 0;
    const double difference = std::abs(a - b);
    return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

double finiteOrZero(double value)
{
    return std::isfinite(value) ? value : 0;
}

/// Where the largest element of a row is; not-a-number is never the largest.
std::size_t largestOf(const TensorView& tensor, std::size_t row, std::size_t columns)
{
    std::size_t best = 0;
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t column = 0; column < columns; ++column) {
        if (const double value = numberAt(tensor, row * columns + column); value > most) {
            most = value;
            best = column;
        }
    }
    return best;
}

std::optional<double> top1Of(const TensorView& actual, const TensorView& expected)
{
    if (expected.shape.size() != 2 || expected.shape[0] < 1 || expected.shape[1] < 2)
        return {};
    const auto rows = static_cast<std::size_t>(expected.shape[0]),
               columns = static_cast<std::size_t>(expected.shape[1]);
    std::size_t same = 0;
    for (std::size_t row = 0; row < rows; ++row)
        same += largestOf(actual, row, columns) == largestOf(expected, row, columns);
    return static_cast<double>(same) / static_cast<double>(rows);
}

} // namespace

Difference worse(const Difference& a, const Difference& b)
{
    Difference worst { .maxAbs = std::max(a.maxAbs, b.maxAbs),
        .maxRel = std::max(a.maxRel, b.maxRel),
        .cosine = std::min(a.cosine, b.cosine),
        .top1 = a.top1 ? a.top1 : b.top1 };
    if (a.top1 && b.top1)
        worst.top1 = std::min(*a.top1, *b.top1);
    return worst;
}

double numberAt(const TensorView& tensor, std::size_t index)
{
    const std::byte* at = tensor.bytes.data() + index * elementSize(tensor.type);
    switch (tensor.type) {
    case ElementType::Float32:
        return loaded<float>(at);
    case ElementType::Double:
        return loaded<double>(at);
    case ElementType::Float16:
        return ops::floatFromHalf(loaded<std::uint16_t>(at));
    case ElementType::BFloat16:
        return ops::floatFromBfloat(loaded<std::uint16_t>(at));
    case ElementType::Int8:
        return loaded<std::int8_t>(at);
    case ElementType::Int16:
        return loaded<std::int16_t>(at);
    case ElementType::Int32:
        return loaded<std::int32_t>(at);
    case ElementType::Int64:
        return static_cast<double>(loaded<std::int64_t>(at));
    case ElementType::UInt8:
    case ElementType::Bool:
        return loaded<std::uint8_t>(at);
    case ElementType::UInt16:
        return loaded<std::uint16_t>(at);
    case ElementType::UInt32:
        return loaded<std::uint32_t>(at);
    case ElementType::UInt64:
        return static_cast<double>(loaded<std::uint64_t>(at));
    case ElementType::Undefined:
    case ElementType::String:
        break;
    }
    throw Error("Cannot compare tensors: {} has no numbers.", elementName(tensor.type));
}

bool rounds(const Graph& graph, Precision precision)
{
    return precision == Precision::Float16 || precision == Precision::BFloat16 || isQuantised(graph)
        || std::any_of(graph.values.begin(), graph.values.end(),
            [](const Value& value) { return ops::isHalf(value.type); });
}

bool passes(const Difference& difference, bool rounded, double largestError)
{
    return rounded ? difference.cosine >= kLeastCosine : difference.maxRel <= largestError;
}

Difference compare(const TensorView& actual, const TensorView& expected)
{
    if (actual.shape != expected.shape)
        throw Error("Cannot compare tensors: one is {}, the other {}.", toString(actual.shape),
            toString(expected.shape));
    const auto count = static_cast<std::size_t>(elementCount(expected.shape));
    double largest = 0;
    for (std::size_t k = 0; k < count; ++k)
        largest = std::max(largest, std::abs(finiteOrZero(numberAt(expected, k))));
    Difference result;
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const double a = numberAt(actual, k), b = numberAt(expected, k), off = distance(a, b);
        if (off > 0) {
            result.maxAbs = std::max(result.maxAbs, off);
            const double scale = std::max(std::abs(finiteOrZero(b)), kFloor * largest);
            result.maxRel = std::max(result.maxRel, scale > 0 ? off / scale : off);
        }
        ab += finiteOrZero(a) * finiteOrZero(b);
        aa += finiteOrZero(a) * finiteOrZero(a);
        bb += finiteOrZero(b) * finiteOrZero(b);
    }
    if (aa > 0 || bb > 0)
        result.cosine = aa > 0 && bb > 0 ? ab / (std::sqrt(aa) * std::sqrt(bb)) : 0;
    result.top1 = top1Of(actual, expected);
    return result;
}

} // namespace core
