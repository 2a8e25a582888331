// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/mapped_copy.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace cpu {

namespace {

/// Runs of at least so many bytes are rows of their own, which threads can share; shorter ones are units of a
/// row.
constexpr std::size_t kLongRun = 4096;

/// In place of an offset: the fill element.
constexpr std::int64_t kNowhere = std::numeric_limits<std::int64_t>::min();

} // namespace

MappedCopy::MappedCopy(const core::Shape& input, const core::ops::IndexMaps& maps, std::size_t elementSize,
    std::array<std::byte, 8> fill)
    : m_elementSize(elementSize)
    , m_unit(elementSize)
{
    for (std::size_t i = 0; i < m_fill.size(); ++i)
        m_fill[i] = fill[i % elementSize];
    assert(maps.size() <= kMostDims);
    const core::ops::Strides strides = core::ops::denseStrides(input);
    for (std::size_t d = 0; d < maps.size(); ++d)
        addAxis(maps[d], strides[d] * static_cast<std::int64_t>(elementSize));
    takeUnit();
    Axis row { .count = 1, .step = static_cast<std::int64_t>(m_unit), .table = {} };
    if (!m_axes.empty()) {
        row = std::move(m_axes.back());
        m_axes.pop_back();
    }
    m_width = row.count;
    for (const Axis& axis : m_axes)
        m_rows *= axis.count;
    cutRow(row);
}

void MappedCopy::addAxis(const std::vector<std::int64_t>& map, std::int64_t stride)
{
    Axis axis { .count = std::ssize(map), .step = 0, .table = {} };
    for (const std::int64_t index : map)
        axis.table.push_back(index == core::ops::kFill ? kNowhere : index * stride);
    const auto holes = std::ranges::count(axis.table, kNowhere);
    axis.step = axis.count > 1 && holes == 0 ? axis.table[1] - axis.table[0] : 0;
    bool even = holes == 0;
    for (std::size_t i = 1; i < axis.table.size(); ++i)
        even = even && axis.table[i] - axis.table[i - 1] == axis.step;
    if (even) {
        m_base += axis.table[0];
        axis.table.clear();
        if (axis.count == 1)
            return;
        if (!m_axes.empty() && m_axes.back().table.empty() && m_axes.back().step == axis.count * axis.step) {
            m_axes.back().count *= axis.count;
            m_axes.back().step = axis.step;
            return;
        }
    }
    m_axes.push_back(std::move(axis));
}

/// Short runs that lie together in both tensors become the units of what is around them.
void MappedCopy::takeUnit()
{
    if (m_axes.size() < 2 || !m_axes.back().table.empty()
        || m_axes.back().step != static_cast<std::int64_t>(m_elementSize))
        return;
    const std::size_t bytes = static_cast<std::size_t>(m_axes.back().count) * m_elementSize;
    if (bytes >= kLongRun)
        return;
    m_unit = bytes;
    m_axes.pop_back();
}

void MappedCopy::cutRow(const Axis& row)
{
    for (std::int64_t i = 0; i < row.count; ++i) {
        const std::int64_t from = row.at(i);
        if (!m_segments.empty()) {
            Segment& last = m_segments.back();
            const bool fills = from == kNowhere, filled = last.from == kNowhere;
            const std::int64_t step = fills || filled ? 0 : from - row.at(i - 1);
            if (fills == filled && (last.count == 1 || last.step == step)) {
                last.step = step;
                ++last.count;
                continue;
            }
        }
        m_segments.push_back({ i, 1, from, static_cast<std::int64_t>(m_unit) });
    }
    // A table is for rows that are nothing but short segments, such as those of an image made larger.
    const bool fills = std::ranges::any_of(m_segments, [](const Segment& s) { return s.from == kNowhere; });
    if (fills || std::ssize(m_segments) < 4 || std::ssize(m_segments) * 4 <= row.count)
        return;
    m_doubles = row.count % 2 == 0;
    for (std::int64_t i = 0; i < row.count; ++i) {
        if (std::abs(row.at(i)) > std::numeric_limits<std::int32_t>::max()) {
            m_table.clear();
            return;
        }
        m_table.push_back(static_cast<std::int32_t>(row.at(i)));
        m_doubles = m_doubles && row.at(i) == i / 2 * static_cast<std::int64_t>(m_unit);
    }
}

std::optional<std::size_t> MappedCopy::offsetInside() const
{
    if (m_rows > 1 || !m_axes.empty() || m_segments.size() > 1 || m_segments[0].from == kNowhere)
        return std::nullopt;
    if (m_segments[0].count > 1 && m_segments[0].step != static_cast<std::int64_t>(m_unit))
        return std::nullopt;
    return static_cast<std::size_t>(m_base + m_segments[0].from);
}

/// Where a row of the output is read.
struct MappedCopy::Walk {
    const std::vector<Axis>& axes;
    std::array<std::int64_t, kMostDims> position {};

    Walk(const std::vector<Axis>& of, std::int64_t row)
        : axes(of)
    {
        for (std::size_t d = axes.size(); d-- > 0; row /= axes[d].count)
            position[d] = row % axes[d].count;
    }

    std::int64_t offset() const
    {
        std::int64_t sum = 0;
        for (std::size_t d = 0; d < axes.size(); ++d) {
            const std::int64_t step = axes[d].at(position[d]);
            if (step == kNowhere)
                return kNowhere;
            sum += step;
        }
        return sum;
    }

    void next()
    {
        for (std::size_t d = axes.size(); d-- > 0; position[d] = 0)
            if (++position[d] < axes[d].count)
                return;
    }
};

void MappedCopy::run(const std::byte* from, std::byte* to, std::int64_t begin, std::int64_t end) const
{
    const std::size_t rowBytes = static_cast<std::size_t>(m_width) * m_unit;
    std::int64_t first = begin % m_width, before = kNowhere;
    Walk walk(m_axes, begin / m_width);
    to += static_cast<std::size_t>(begin) * m_unit;
    while (begin < end) {
        const std::int64_t last = std::min(m_width, first + end - begin), offset = walk.offset();
        const std::size_t bytes = static_cast<std::size_t>(last - first) * m_unit;
        if (offset == kNowhere)
            fillBytes(to, bytes);
        else if (offset == before && bytes == rowBytes) // an image made larger repeats rows
            std::memcpy(to, to - rowBytes, rowBytes);
        else
            copyRow(from + m_base + offset, to, first, last);
        before = bytes == rowBytes ? offset : kNowhere;
        to += bytes;
        begin += last - first;
        first = 0;
        walk.next();
    }
}

void MappedCopy::copyRow(const std::byte* from, std::byte* to, std::int64_t first, std::int64_t last) const
{
    switch (m_unit) {
    case 1:
        return copyUnits<1>(from, to, first, last);
    case 2:
        return copyUnits<2>(from, to, first, last);
    case 4:
        return copyUnits<4>(from, to, first, last);
    case 8:
        return copyUnits<8>(from, to, first, last);
    case 16:
        return copyUnits<16>(from, to, first, last);
    case 32: // blocks of 8 channels
        return copyUnits<32>(from, to, first, last);
    case 64: // blocks of 16 channels
        return copyUnits<64>(from, to, first, last);
    default:
        return copyUnits<0>(from, to, first, last);
    }
}

/// Units of a size that the compiler knows, or of any with 0.
template <std::size_t kUnit>
void MappedCopy::copyUnits(const std::byte* from, std::byte* to, std::int64_t first, std::int64_t last) const
{
    const std::size_t unit = kUnit > 0 ? kUnit : m_unit;
    if (m_doubles && first % 2 == 0 && last % 2 == 0) {
        const std::byte* x = from + static_cast<std::size_t>(first / 2) * unit;
        const std::int64_t pairs = (last - first) / 2;
        for (std::int64_t i = 0; i < pairs; ++i) {
            std::memcpy(
                to + static_cast<std::size_t>(2 * i) * unit, x + static_cast<std::size_t>(i) * unit, unit);
            std::memcpy(to + static_cast<std::size_t>(2 * i + 1) * unit,
                x + static_cast<std::size_t>(i) * unit, unit);
        }
        return;
    }
    if (!m_table.empty()) {
        for (std::int64_t i = first; i < last; ++i, to += unit)
            std::memcpy(to, from + m_table[static_cast<std::size_t>(i)], unit);
        return;
    }
    auto segment = std::ranges::upper_bound(m_segments, first, {}, &Segment::to) - 1;
    for (; first < last; ++segment) {
        const std::int64_t skip = first - segment->to, count = std::min(segment->count - skip, last - first);
        const std::int64_t step = segment->step;
        const std::byte* x = segment->from == kNowhere ? nullptr : from + segment->from + skip * step;
        const std::size_t bytes = static_cast<std::size_t>(count) * unit;
        if (!x)
            fillBytes(to, bytes);
        else if (step == static_cast<std::int64_t>(unit))
            std::memcpy(to, x, bytes);
        else
            for (std::int64_t i = 0; i < count; ++i)
                std::memcpy(to + static_cast<std::size_t>(i) * unit, x + i * step, unit);
        to += bytes;
        first += count;
    }
}

void MappedCopy::fillBytes(std::byte* to, std::size_t count) const
{
    if (std::ranges::all_of(m_fill, [&](std::byte byte) { return byte == m_fill[0]; })) {
        std::memset(to, std::to_integer<int>(m_fill[0]), count);
        return;
    }
    for (; count >= m_fill.size(); count -= m_fill.size(), to += m_fill.size())
        std::memcpy(to, m_fill.data(), m_fill.size());
    std::memcpy(to, m_fill.data(), count);
}

} // namespace cpu
