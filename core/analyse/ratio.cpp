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
    if (ratio.low > 1 && ratio.value >= 1 + margin)
        return Verdict::Slower;
    if (ratio.high < 1 && ratio.value <= 1 / (1 + margin))
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

namespace {

/// Mean of logarithms, and the square of its standard error.
struct LogMean {
    double mean = 0, squaredError = 0, count = 0;
};

LogMean logMeanOf(const std::vector<double>& values)
{
    LogMean result { .count = static_cast<double>(values.size()) };
    for (const double value : values)
        result.mean += std::log(value) / result.count;
    for (const double value : values)
        result.squaredError += std::pow(std::log(value) - result.mean, 2) / (result.count - 1) / result.count;
    return result;
}

Ratio ratioFrom(double logarithm, double half)
{
    return { std::exp(logarithm), std::exp(logarithm - half), std::exp(logarithm + half) };
}

std::vector<double> countsOf(std::span<const Nanoseconds> times)
{
    std::vector<double> counts;
    for (const Nanoseconds time : times)
        counts.push_back(static_cast<double>(std::max<std::int64_t>(1, time.count())));
    return counts;
}

} // namespace

std::optional<Ratio> ratioOfGroups(std::span<const Nanoseconds> first, std::span<const Nanoseconds> second)
{
    if (std::min(first.size(), second.size()) < kFewestGroups)
        return {};
    const LogMean a = logMeanOf(countsOf(first)), b = logMeanOf(countsOf(second));
    const double error = a.squaredError + b.squaredError;
    // Welch and Satterthwaite's degrees of freedom, of two means whose spreads differ.
    const double degrees = error > 0 ? error * error
            / (a.squaredError * a.squaredError / (a.count - 1)
                + b.squaredError * b.squaredError / (b.count - 1))
                                     : a.count + b.count - 2;
    return ratioFrom(b.mean - a.mean, studentT975(static_cast<int>(degrees)) * std::sqrt(error));
}

std::optional<Ratio> ratioOverGroups(std::span<const std::vector<double>> groups)
{
    if (groups.size() < kFewestGroups)
        return {};
    std::vector<double> medians;
    for (std::vector<double> group : groups)
        medians.push_back(medianOf(group));
    const LogMean of = logMeanOf(medians);
    return ratioFrom(of.mean, studentT975(static_cast<int>(groups.size()) - 1) * std::sqrt(of.squaredError));
}

} // namespace core
