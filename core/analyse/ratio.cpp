// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/ratio.h"

#include "core/measure/student_t.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace core {

namespace {

constexpr std::size_t kResamples = 4000; // the ends of the interval then vary by a fiftieth of its width
constexpr std::size_t kFewestGroups = 5;

/// Medians of samples drawn again.
class Resampled {
public:
    explicit Resampled(std::span<const Nanoseconds> inOrder)
        : m_sorted(inOrder.begin(), inOrder.end())
    {
        std::sort(m_sorted.begin(), m_sorted.end());
        const Summary summary = summarise(inOrder);
        m_known = summary.interval.has_value();
        if (!m_known)
            return;
        m_median = static_cast<double>(summary.median->count());
        const double effective = static_cast<double>(m_sorted.size()) / summary.correlationTime;
        m_gamma = std::gamma_distribution<double>((effective + 1) / 2);
    }

    bool known() const { return m_known && m_median > 0; }
    double median() const { return m_median; }

    double draw(std::mt19937_64& random)
    {
        const double a = m_gamma(random), b = m_gamma(random); // a / (a + b) is Beta distributed
        const auto at = static_cast<std::size_t>(a / (a + b) * static_cast<double>(m_sorted.size()));
        return static_cast<double>(m_sorted[std::min(at, m_sorted.size() - 1)].count());
    }

private:
    std::vector<Nanoseconds> m_sorted;
    std::gamma_distribution<double> m_gamma;
    double m_median = 0;
    bool m_known = false;
};

/// The middle 95 % of the values.
Ratio intervalOf(std::vector<double> values, double value)
{
    std::sort(values.begin(), values.end());
    const double last = static_cast<double>(values.size() - 1);
    const auto at = [&](double share) { return values[static_cast<std::size_t>(std::lround(share * last))]; };
    return { value, std::min(value, at(0.025)), std::max(value, at(0.975)) };
}

double medianOf(std::vector<double>& values)
{
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : std::sqrt(values[half - 1] * values[half]);
}

} // namespace

std::string_view verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Faster:
        return "FASTER";
    case Verdict::Slower:
        return "SLOWER";
    case Verdict::Same:
        return "SAME";
    case Verdict::Unclear:
        break;
    }
    return "UNCLEAR";
}

Verdict verdictOf(const Ratio& ratio, double margin)
{
    if (ratio.low > 1 && ratio.value >= 1 + margin / 2)
        return Verdict::Slower;
    if (ratio.high < 1 && ratio.value <= 1 / (1 + margin / 2))
        return Verdict::Faster;
    if (ratio.low >= 1 / (1 + margin) && ratio.high <= 1 + margin)
        return Verdict::Same;
    return Verdict::Unclear;
}

std::optional<Ratio> medianRatio(
    std::span<const Nanoseconds> first, std::span<const Nanoseconds> second, std::uint64_t seed)
{
    Resampled a(first), b(second);
    if (!a.known() || !b.known())
        return {};
    std::mt19937_64 random(seed);
    std::vector<double> ratios(kResamples);
    for (double& ratio : ratios)
        ratio = b.draw(random) / std::max(1.0, a.draw(random));
    return intervalOf(std::move(ratios), b.median() / a.median());
}

std::optional<Ratio> ratioOverGroups(std::span<const std::vector<double>> groups)
{
    if (groups.size() < kFewestGroups)
        return {};
    std::vector<double> logarithms;
    double sum = 0;
    for (std::vector<double> group : groups) {
        logarithms.push_back(std::log(medianOf(group)));
        sum += logarithms.back();
    }
    const auto count = static_cast<double>(groups.size());
    const double mean = sum / count;
    double squares = 0;
    for (const double each : logarithms)
        squares += (each - mean) * (each - mean);
    const double half
        = studentT975(static_cast<int>(groups.size()) - 1) * std::sqrt(squares / (count - 1) / count);
    return Ratio { std::exp(mean), std::exp(mean - half), std::exp(mean + half) };
}

} // namespace core
