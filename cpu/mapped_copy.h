// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/strided_copy.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cpu {

/// A tensor made of another one by reading each of its dimensions through a map, at the speed of memory: what
/// lies together in both is copied together. Made once; runs on any number of threads, each with a part of
/// it.
class MappedCopy {
public:
    static constexpr std::size_t kMostDims = 12;

    /// Both tensors are dense and row-major in the dimensions given, the input of shape `input`, the output
    /// with as many elements as the maps have entries. `fill` is the element for core::ops::kFill.
    MappedCopy(const core::Shape& input, const core::ops::IndexMaps& maps, std::size_t elementSize,
        std::array<std::byte, 8> fill);

    /// Units of the output, all of one size, which can be written in any order.
    std::int64_t units() const { return m_rows * m_width; }
    std::size_t unitBytes() const { return m_unit; }
    /// Writes the units [begin, end) of the output.
    void run(const std::byte* from, std::byte* to, std::int64_t begin, std::int64_t end) const;

    /// Where the output lies in the input, in bytes, if it does so as it is.
    std::optional<std::size_t> offsetInside() const;

private:
    /// A dimension of the output: bytes into the input for each index, from `table` or, where that is empty,
    /// evenly spaced.
    struct Axis {
        std::int64_t count = 1, step = 0;
        std::vector<std::int64_t> table {};

        std::int64_t at(std::int64_t i) const
        {
            return table.empty() ? i * step : table[static_cast<std::size_t>(i)];
        }
    };
    /// Units of a row that come from places evenly spaced.
    struct Segment {
        std::int64_t to, count, from, step;
    };
    struct Walk;

    void addAxis(const std::vector<std::int64_t>& map, std::int64_t stride);
    void takeUnit();
    void cutRow(const Axis& row);
    void copyRow(const std::byte* from, std::byte* to, std::int64_t first, std::int64_t last) const;
    template <std::size_t kUnit>
    void copyUnits(const std::byte* from, std::byte* to, std::int64_t first, std::int64_t last) const;
    void fillBytes(std::byte* to, std::size_t count) const;

    std::size_t m_elementSize, m_unit;
    std::int64_t m_rows = 1, m_width = 1, m_base = 0;
    std::vector<Axis> m_axes; // of the rows, outermost first
    std::vector<Segment> m_segments; // of each row
    std::vector<std::int32_t> m_table; // in place of segments where these would be short
    bool m_doubles = false; // the table has each element twice in a row
    std::array<std::byte, 8> m_fill {}; // the element as often as it fits
};

} // namespace cpu
