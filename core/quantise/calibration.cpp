// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quantise/calibration.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace core {
namespace {

constexpr int kSteps = 255; // between the least uint8 and the most
constexpr int kMostWeight = 127;

Quantisation unsignedOver(double least, double most)
{
    least = std::min(least, 0.0);
    most = std::max(most, 0.0);
    const double scale = (most - least) / kSteps;
    if (!(scale >= std::numeric_limits<float>::min())) // all zeros, or as good as
        return { .type = ElementType::UInt8, .scales = { 1 } };
    const double zero = std::nearbyint(-least / scale);
    return { .type = ElementType::UInt8,
        .scales = { static_cast<float>(scale) },
        .zero = static_cast<std::int64_t>(std::clamp(zero, 0.0, 255.0)) };
}

} // namespace

std::string_view calibrationName(CalibrationMethod method)
{
    switch (method) {
    case CalibrationMethod::MinMax:
        return "minmax";
    case CalibrationMethod::Percentile:
        return "percentile";
    case CalibrationMethod::Entropy:
        return "entropy";
    }
    return "";
}

CalibrationMethod calibrationFromName(std::string_view name)
{
    for (const auto method :
        { CalibrationMethod::MinMax, CalibrationMethod::Percentile, CalibrationMethod::Entropy })
        if (name == calibrationName(method))
            return method;
    throw Error("Cannot calibrate by \"{}\": expected minmax, percentile or entropy.", name);
}

void Calibration::count(std::span<const float> sample)
{
    for (const float x : sample) {
        if (!std::isfinite(x))
            continue;
        const bool first = empty();
        m_least = first ? x : std::min(m_least, x);
        m_most = first ? x : std::max(m_most, x);
    }
}

void Calibration::distribute(std::span<const float> sample)
{
    if (empty() || m_least == m_most)
        return;
    const double width = (static_cast<double>(m_most) - m_least) / static_cast<double>(kBins);
    for (const float x : sample)
        if (std::isfinite(x)) {
            const double bin = (static_cast<double>(x) - m_least) / width;
            ++m_bins[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(kBins - 1)))];
        }
}

double Calibration::edge(std::size_t bin) const
{
    const double part = static_cast<double>(bin) / static_cast<double>(kBins);
    return m_least + part * (static_cast<double>(m_most) - m_least);
}

Calibration::Range Calibration::percentileRange(double percentile) const
{
    const auto total = std::accumulate(m_bins.begin(), m_bins.end(), std::int64_t { 0 });
    const double tail = static_cast<double>(total) * (100 - percentile) / 200;
    std::size_t first = 0, last = kBins;
    for (double below = 0; first + 1 < last; ++first)
        if ((below += static_cast<double>(m_bins[first])) > tail)
            break;
    for (double above = 0; last > first + 1; --last)
        if ((above += static_cast<double>(m_bins[last - 1])) > tail)
            break;
    return { edge(first), edge(last) };
}

/// Of the distribution clipped to bins [first, last) from the same in 256 steps.
double Calibration::divergence(std::size_t first, std::size_t last) const
{
    std::vector<double> clipped(m_bins.begin() + static_cast<std::ptrdiff_t>(first),
        m_bins.begin() + static_cast<std::ptrdiff_t>(last));
    const auto sum = [&](std::size_t begin, std::size_t end) {
        return static_cast<double>(std::accumulate(m_bins.begin() + static_cast<std::ptrdiff_t>(begin),
            m_bins.begin() + static_cast<std::ptrdiff_t>(end), std::int64_t { 0 }));
    };
    std::vector<double> stepped(clipped.size(), 0);
    const std::size_t count = clipped.size(), steps = std::min<std::size_t>(kSteps + 1, count);
    for (std::size_t step = 0; step < steps; ++step) {
        const std::size_t begin = step * count / steps, end = (step + 1) * count / steps;
        double total = 0, used = 0;
        for (std::size_t i = begin; i < end; ++i) {
            total += clipped[i];
            used += clipped[i] > 0;
        }
        for (std::size_t i = begin; i < end; ++i)
            stepped[i] = clipped[i] > 0 ? total / used : 0;
    }
    const double inside = sum(first, last), all = sum(0, kBins);
    if (inside == 0)
        return std::numeric_limits<double>::infinity();
    clipped.front() += sum(0, first); // what is clipped lands on the ends
    clipped.back() += sum(last, kBins);
    double result = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (clipped[i] > 0) {
            const double p = clipped[i] / all, q = std::max(stepped[i] / inside, 1e-12);
            result += p * std::log(p / q);
        }
    return result;
}

Calibration::Range Calibration::entropyRange() const
{
    constexpr int kTried = 64;
    constexpr double kLeastKept = 0.999; // of few samples the noise alone would ask for less
    const auto total = std::accumulate(m_bins.begin(), m_bins.end(), std::int64_t { 0 });
    const double width = edge(1) - edge(0), largest = std::max<double>(-m_least, m_most);
    const auto binAt = [&](double x) {
        const double bin = std::nearbyint((x - m_least) / width);
        return static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(kBins)));
    };
    Range best { m_least, m_most };
    double least = std::numeric_limits<double>::infinity();
    for (int i = kTried; i > 0; --i) { // magnitudes up to some limit
        const double limit = largest * i / kTried;
        const std::size_t first = binAt(-limit), last = binAt(limit);
        const auto kept = std::accumulate(m_bins.begin() + static_cast<std::ptrdiff_t>(first),
            m_bins.begin() + static_cast<std::ptrdiff_t>(last), std::int64_t { 0 });
        if (last < first + kSteps / 2 || static_cast<double>(kept) < kLeastKept * static_cast<double>(total))
            break;
        const double lost = divergence(first, last);
        if (lost < least) {
            least = lost;
            best = { edge(first), edge(last) };
        }
    }
    return best;
}

Quantisation Calibration::quantisation(CalibrationMethod method, double percentile) const
{
    if (empty() || m_least == m_most || method == CalibrationMethod::MinMax)
        return empty() ? unsignedOver(0, 0) : unsignedOver(m_least, m_most);
    const Range range
        = method == CalibrationMethod::Percentile ? percentileRange(percentile) : entropyRange();
    return unsignedOver(range.least, range.most);
}

Quantisation weightQuantisation(const TensorView& weights, std::int64_t axis)
{
    const auto channels = static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(axis)]);
    const std::int64_t inner = elementCount(Shape(weights.shape.begin() + axis + 1, weights.shape.end()));
    Quantisation as { .type = ElementType::Int8, .scales = std::vector<float>(channels, 0), .axis = axis };
    const auto w = weights.as<float>();
    for (std::size_t i = 0; i < w.size(); ++i) {
        float& scale = as.scales[i / static_cast<std::size_t>(inner) % channels];
        scale = std::max(scale, std::abs(w[i]) / kMostWeight);
    }
    for (float& scale : as.scales)
        if (!(scale >= std::numeric_limits<float>::min()) || !std::isfinite(scale))
            scale = 1; // of a channel of zeros
    return as;
}

Tensor quantisedWeights(const TensorView& weights, const Quantisation& as)
{
    const std::int64_t inner = elementCount(Shape(weights.shape.begin() + as.axis + 1, weights.shape.end()));
    Tensor result(ElementType::Int8, weights.shape);
    const auto w = weights.as<float>();
    const auto q = result.as<std::int8_t>();
    for (std::size_t i = 0; i < w.size(); ++i) {
        const float scale = as.scales[i / static_cast<std::size_t>(inner) % as.scales.size()];
        q[i] = static_cast<std::int8_t>(
            std::clamp<float>(std::nearbyint(w[i] / scale), -kMostWeight, kMostWeight));
    }
    return result;
}

} // namespace core
