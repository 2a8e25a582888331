// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/correlation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace core {

namespace {

constexpr std::size_t kFewest = 20; // fewer samples tell nothing about their order
constexpr std::size_t kMostLags = 1000;
constexpr double kWindow = 5; // lags for each unit of the result: what is beyond is noise

/// One bit a sample: whether it lies below the median. A million of them are compared with themselves a lag
/// later in microseconds.
class Bits {
public:
    explicit Bits(std::span<const std::chrono::nanoseconds> samples, std::chrono::nanoseconds median)
        : m_words(samples.size() / 64 + 2)
        , m_count(samples.size())
    {
        for (std::size_t i = 0; i < samples.size(); ++i)
            m_words[i / 64] |= std::uint64_t { samples[i] < median } << i % 64;
    }

    double mean() const
    {
        std::size_t set = 0;
        for (const std::uint64_t word : m_words)
            set += static_cast<std::size_t>(std::popcount(word));
        return static_cast<double>(set) / static_cast<double>(m_count);
    }

    /// The share of samples that are alike `lag` samples later.
    double alike(std::size_t lag) const
    {
        const std::size_t pairs = m_count - lag, shift = lag % 64, skip = lag / 64;
        std::size_t differ = 0;
        for (std::size_t word = 0; word * 64 < pairs; ++word) {
            const std::uint64_t low = m_words[word + skip] >> shift;
            const std::uint64_t high = shift == 0 ? 0 : m_words[word + skip + 1] << (64 - shift);
            const std::size_t left = pairs - word * 64;
            const std::uint64_t mask = left >= 64 ? ~std::uint64_t { 0 } : (std::uint64_t { 1 } << left) - 1;
            differ += static_cast<std::size_t>(std::popcount((m_words[word] ^ (low | high)) & mask));
        }
        return 1 - static_cast<double>(differ) / static_cast<double>(pairs);
    }

private:
    std::vector<std::uint64_t> m_words;
    std::size_t m_count;
};

} // namespace

double correlationTime(std::span<const std::chrono::nanoseconds> inOrder, std::chrono::nanoseconds median)
{
    const std::size_t n = inOrder.size();
    if (n < kFewest)
        return 1;
    const Bits below(inOrder, median);
    const double p = below.mean(), spread = p * (1 - p);
    if (spread < 0.05) // nearly all samples equal the median: their order means nothing
        return 1;
    // P(alike) is p^2 + (1 - p)^2 + 2 cov.
    const auto correlation
        = [&](std::size_t lag) { return (below.alike(lag) - p * p - (1 - p) * (1 - p)) / 2 / spread; };
    if (correlation(1) < 1.5 / std::sqrt(static_cast<double>(n)))
        return 1;
    double time = 1;
    for (std::size_t lag = 1; lag <= std::min(kMostLags, n / 4); ++lag) {
        // The median is of the same samples, which lowers every autocorrelation by t / n.
        time += 2 * (correlation(lag) + time / static_cast<double>(n));
        if (static_cast<double>(lag) >= kWindow * time)
            break;
    }
    return std::clamp(time, 1.0, static_cast<double>(n));
}

} // namespace core
