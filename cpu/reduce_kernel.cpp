// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/reduce_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cpu {

namespace {

using core::OpKind;

constexpr std::int64_t kLanes = 16; // partial results of a run, each of which waits for its last step
constexpr std::int64_t kRun = 1024; // elements that are summed in float32, kRun / kLanes by each lane
constexpr std::int64_t kRows = 64; // rows that are
constexpr std::int64_t kStrip = 256; // results at a time: they stay in the first level of cache

/// A reduction: what an element counts for, how two partial results become one, of single elements (Part) and
/// of many (Total).
struct Sum {
    using Part = float;
    using Total = double;
    static constexpr float kStart = 0;
    static Part take(float x) { return x; }
    template <typename T> static T join(T a, T b) { return a + b; }
};

struct Magnitudes : Sum {
    static Part take(float x) { return std::abs(x); }
};

/// In float64, for squares of float32 may be too large for that, or too small.
struct Squares : Sum {
    using Part = double;
    static Part take(float x) { return static_cast<double>(x) * static_cast<double>(x); }
};

/// NaN if one element is. In two selections, for GCC makes no vectors of one whose condition is an "or".
struct Largest {
    using Part = float;
    using Total = float;
    static constexpr float kStart = -std::numeric_limits<float>::infinity();
    static Part take(float x) { return x; }
    static float join(float a, float b)
    {
        const float larger = a > b ? a : b; // b if that is NaN
        return a != a ? a : larger;
    }
};

struct Smallest : Largest {
    static constexpr float kStart = std::numeric_limits<float>::infinity();
    static float join(float a, float b)
    {
        const float smaller = a < b ? a : b;
        return a != a ? a : smaller;
    }
};

template <typename Fold> typename Fold::Total foldRun(const float* x, std::int64_t count)
{
    using Part = typename Fold::Part;
    using Total = typename Fold::Total;
    Total total = Fold::kStart;
    for (; count >= kLanes; count -= kRun, x += kRun) {
        const std::int64_t now = std::min(count, kRun), rest = now % kLanes;
        Part lanes[kLanes];
        for (std::int64_t lane = 0; lane < kLanes; ++lane)
            lanes[lane] = Fold::take(x[lane]);
        for (std::int64_t i = kLanes; i + kLanes <= now; i += kLanes)
#pragma omp simd
            for (std::int64_t lane = 0; lane < kLanes; ++lane)
                lanes[lane] = Fold::join(lanes[lane], Fold::take(x[i + lane]));
        for (std::int64_t lane = 0; lane < rest; ++lane)
            lanes[lane] = Fold::join(lanes[lane], Fold::take(x[now - rest + lane]));
        for (std::int64_t half = kLanes / 2; half > 0; half /= 2)
            for (std::int64_t lane = 0; lane < half; ++lane)
                lanes[lane] = Fold::join(lanes[lane], lanes[lane + half]);
        total = Fold::join(total, static_cast<Total>(lanes[0]));
    }
    for (std::int64_t i = 0; i < count; ++i)
        total = Fold::join(total, static_cast<Total>(Fold::take(x[i])));
    return total;
}

/// parts = those joined with `count` rows of `width` elements. Four rows at a time: partial results are
/// loaded and stored a quarter as often.
template <typename Fold>
void foldRows(
    const float* x, std::int64_t count, std::int64_t stride, std::int64_t width, typename Fold::Part* parts)
{
    std::int64_t row = 0;
    for (; row + 4 <= count; row += 4, x += 4 * stride) {
        const float *x0 = x, *x1 = x + stride, *x2 = x + 2 * stride, *x3 = x + 3 * stride;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            parts[i] = Fold::join(parts[i],
                Fold::join(Fold::join(Fold::take(x0[i]), Fold::take(x1[i])),
                    Fold::join(Fold::take(x2[i]), Fold::take(x3[i]))));
    }
    for (; row < count; ++row, x += stride)
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            parts[i] = Fold::join(parts[i], Fold::take(x[i]));
}

} // namespace

bool ReduceKernel::knows(OpKind kind)
{
    constexpr OpKind kKinds[] { OpKind::ReduceSum, OpKind::ReduceMean, OpKind::ReduceMax, OpKind::ReduceMin,
        OpKind::ReduceSumSquare, OpKind::ReduceL1, OpKind::ReduceL2, OpKind::ReduceLogSum };
    return std::ranges::find(kKinds, kind) != std::end(kKinds);
}

bool ReduceKernel::keepsNumbers(OpKind kind)
{
    return kind == OpKind::ReduceSum || kind == OpKind::ReduceMean || kind == OpKind::ReduceMax
        || kind == OpKind::ReduceMin;
}

ReduceKernel::ReduceKernel(
    OpKind kind, const core::Shape& shape, const std::vector<bool>& reduced, std::int64_t count)
    : m_kind(kind)
    , m_factor(kind == OpKind::ReduceMean ? 1 / static_cast<double>(count) : 1)
{
    std::vector<Dim> dims;
    for (std::size_t d = 0; d < shape.size(); ++d) {
        if (shape[d] == 1)
            continue;
        if (!dims.empty() && dims.back().reduced == reduced[d])
            dims.back().count *= shape[d];
        else
            dims.push_back({ shape[d], 0, reduced[d] });
    }
    std::int64_t stride = 1;
    for (std::size_t d = dims.size(); d-- > 0; stride *= dims[d].count)
        dims[d].stride = stride;
    if (!dims.empty()) {
        m_runs = dims.back().reduced;
        m_last = dims.back().count;
        dims.pop_back();
    }
    if (!dims.empty() && !m_runs) {
        m_rows = dims.back().count;
        dims.pop_back();
    }
    for (const Dim& dim : dims) {
        (dim.reduced ? m_over : m_kept).push_back(dim);
        (dim.reduced ? m_times : m_units) *= dim.count;
    }
    m_strips = m_runs ? 1 : (m_last + kStrip - 1) / kStrip;
    m_units *= m_strips;
    m_unitElements = m_times * (m_runs ? m_last : m_rows * std::min(m_last, kStrip));
}

std::int64_t ReduceKernel::offsetOf(std::int64_t index, const std::vector<Dim>& dims)
{
    std::int64_t offset = 0;
    for (std::size_t d = dims.size(); d-- > 1; index /= dims[d].count)
        offset += index % dims[d].count * dims[d].stride;
    return dims.empty() ? 0 : offset + index * dims[0].stride;
}

template <typename T> void ReduceKernel::finish(const T* totals, std::int64_t count, float* to) const
{
    if (m_kind == OpKind::ReduceL2)
        std::transform(totals, totals + count, to, [](T x) { return static_cast<float>(std::sqrt(x)); });
    else if (m_kind == OpKind::ReduceLogSum)
        std::transform(totals, totals + count, to, [](T x) { return static_cast<float>(std::log(x)); });
    else
        for (std::int64_t i = 0; i < count; ++i)
            to[i] = static_cast<float>(static_cast<double>(totals[i]) * m_factor);
}

template <typename Fold> void ReduceKernel::foldRuns(const float* from, float* to) const
{
    typename Fold::Total total = Fold::kStart;
    for (std::int64_t time = 0; time < m_times; ++time)
        total = Fold::join(total, foldRun<Fold>(from + offsetOf(time, m_over), m_last));
    finish(&total, 1, to);
}

/// `width` results that lie together; kWidth is that where the compiler shall know it, for partial results
/// then stay in registers.
template <typename Fold, std::int64_t kWidth>
void ReduceKernel::foldStrip(const float* from, std::int64_t width, float* to) const
{
    constexpr std::int64_t kMost = kWidth > 0 ? kWidth : kStrip;
    if (kWidth > 0)
        width = kWidth;
    typename Fold::Part parts[kMost];
    if (m_times == 1 && m_rows <= kRows) {
        std::fill_n(parts, width, Fold::kStart);
        foldRows<Fold>(from, m_rows, m_last, width, parts);
        finish(parts, width, to);
        return;
    }
    typename Fold::Total totals[kMost];
    std::fill_n(totals, width, Fold::kStart);
    for (std::int64_t time = 0; time < m_times; ++time) {
        const float* x = from + offsetOf(time, m_over);
        for (std::int64_t row = 0; row < m_rows; row += kRows) {
            std::fill_n(parts, width, Fold::kStart);
            foldRows<Fold>(x + row * m_last, std::min(kRows, m_rows - row), m_last, width, parts);
            for (std::int64_t i = 0; i < width; ++i)
                totals[i] = Fold::join(totals[i], static_cast<typename Fold::Total>(parts[i]));
        }
    }
    finish(totals, width, to);
}

template <typename Fold>
void ReduceKernel::runAs(const float* from, float* to, std::int64_t begin, std::int64_t end) const
{
    for (std::int64_t unit = begin; unit < end; ++unit) {
        const std::int64_t outer = unit / m_strips, first = unit % m_strips * kStrip;
        const float* x = from + offsetOf(outer, m_kept) + first;
        if (m_runs)
            foldRuns<Fold>(x, to + unit);
        else if (m_last == 16) // blocks of channels
            foldStrip<Fold, 16>(x, m_last, to + outer * m_last);
        else
            foldStrip<Fold, 0>(x, std::min(kStrip, m_last - first), to + outer * m_last + first);
    }
}

void ReduceKernel::run(const float* from, float* to, std::int64_t begin, std::int64_t end) const
{
    switch (m_kind) {
    case OpKind::ReduceMax:
        return runAs<Largest>(from, to, begin, end);
    case OpKind::ReduceMin:
        return runAs<Smallest>(from, to, begin, end);
    case OpKind::ReduceSumSquare:
    case OpKind::ReduceL2:
        return runAs<Squares>(from, to, begin, end);
    case OpKind::ReduceL1:
        return runAs<Magnitudes>(from, to, begin, end);
    default:
        return runAs<Sum>(from, to, begin, end);
    }
}

} // namespace cpu
