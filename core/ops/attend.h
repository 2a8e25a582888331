// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <limits>

/// Attention of single queries over the keys and values of one head, in the steps that operators put things
/// between.
namespace core::ops {

inline constexpr double kMasked = -std::numeric_limits<double>::infinity();

/// Scores become weights that sum to 1; where all are masked, zeros.
inline void softmaxInPlace(std::vector<double>& scores)
{
    const double highest = scores.empty() ? kMasked : *std::max_element(scores.begin(), scores.end());
    if (highest == kMasked) {
        std::fill(scores.begin(), scores.end(), 0.0);
        return;
    }
    double sum = 0;
    for (double& score : scores) {
        score = std::exp(score - highest);
        sum += score;
    }
    for (double& score : scores)
        score /= sum;
}

/// Keys are turned, so that scores, like sums of values, are products along contiguous rows.
template <typename T> class HeadAttention {
public:
    HeadAttention(std::int64_t keys, std::int64_t size, std::int64_t valueSize)
        : m_keys(keys)
        , m_size(size)
        , m_turned(static_cast<std::size_t>(keys * size))
        , m_values(static_cast<std::size_t>(keys * valueSize))
        , m_sums(static_cast<std::size_t>(valueSize))
        , scores(static_cast<std::size_t>(keys))
    {
    }

    /// The j-th key and value.
    void load(std::int64_t j, const T* key, const T* value)
    {
        for (std::int64_t d = 0; d < m_size; ++d)
            m_turned[static_cast<std::size_t>(d * m_keys + j)] = key[d];
        std::copy_n(value, m_sums.size(), m_values.begin() + j * std::ssize(m_sums));
    }

    /// Fills `scores` with scale * query . key.
    void score(const T* query, double scale)
    {
        std::ranges::fill(scores, 0.0);
        addProducts(scores, query, 1, m_turned.data(), m_size);
        for (double& score : scores)
            score *= scale;
    }

    /// The sum of values, weighted by `scores`.
    void mix(T* y)
    {
        std::ranges::fill(m_sums, 0.0);
        addProducts(m_sums, scores.data(), 1, m_values.data(), m_keys);
        std::transform(m_sums.begin(), m_sums.end(), y, [](double sum) { return static_cast<T>(sum); });
    }

private:
    std::int64_t m_keys, m_size;
    std::vector<T> m_turned, m_values; // [size][keys], [keys][value size]
    std::vector<double> m_sums;

public:
    std::vector<double> scores; // one per key
};

} // namespace core::ops
