// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/arrivals.h"

#include "core/call.h"
#include "core/error.h"
#include "core/schedule/random.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace core {

namespace {

constexpr double kMostSeconds = 4e9; // half of what nanoseconds hold: latencies are added to arrivals

double secondsOf(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// The next arrival after `now`, in seconds.
using Next = std::function<double(double now, Random& random)>;

/// Both states' rates follow from the mean; a switch of state is as memoryless as an arrival, so the gap is
/// drawn anew after one.
Next mmpp(const ArrivalProcess& process, double rate)
{
    const double quiet = rate / (1 - process.share + process.share * process.burst);
    const double inBurst = secondsOf(process.length);
    const double inQuiet = inBurst * (1 - process.share) / process.share;
    return [=, bursting = false, until = -1.0](double now, Random& random) mutable {
        if (until < 0) {
            bursting = random.uniform() < process.share;
            until = random.exponential(bursting ? inBurst : inQuiet);
        }
        while (true) {
            const double at = now + random.exponential(1 / (bursting ? quiet * process.burst : quiet));
            if (at < until || at > kMostSeconds)
                return at;
            now = until;
            bursting = !bursting;
            until += random.exponential(bursting ? inBurst : inQuiet);
        }
    };
}

Next diurnal(const ArrivalProcess& process, double rate)
{
    const double most = rate * (1 + process.swing);
    const double turn = 2 * std::numbers::pi / secondsOf(process.period);
    return [=](double now, Random& random) {
        while (now < kMostSeconds) {
            now += random.exponential(1 / most);
            if (random.uniform() * most <= rate * (1 + process.swing * std::sin(turn * now)))
                break;
        }
        return now;
    };
}

Next nextOf(const ArrivalProcess& process, double rate)
{
    const double gap = 1 / rate;
    switch (process.kind) {
    case ArrivalProcess::Kind::Constant:
        return [gap](double now, Random&) { return now + gap; };
    case ArrivalProcess::Kind::Poisson:
        return [gap](double now, Random& random) { return now + random.exponential(gap); };
    case ArrivalProcess::Kind::Gamma: {
        const double shape = 1 / (process.variation * process.variation);
        return [gap, shape](double now, Random& random) { return now + random.gamma(shape) * gap / shape; };
    }
    case ArrivalProcess::Kind::Mmpp:
        return mmpp(process, rate);
    case ArrivalProcess::Kind::Diurnal:
        return diurnal(process, rate);
    case ArrivalProcess::Kind::Trace:
        break;
    }
    throw Error("Cannot make arrivals: a trace is read from its file.");
}

std::int32_t drawSize(const RequestSizes& sizes, Random& random)
{
    switch (sizes.kind) {
    case RequestSizes::Kind::Fixed:
        break;
    case RequestSizes::Kind::Uniform:
        return sizes.low + static_cast<int>(random.uniform() * (sizes.high - sizes.low + 1));
    case RequestSizes::Kind::Geometric:
        if (sizes.mean > 1) {
            const double more = std::floor(std::log(random.uniform()) / std::log1p(-1 / sizes.mean));
            return static_cast<std::int32_t>(std::min(1 + more, double { kMostItems }));
        }
        return 1;
    }
    return sizes.low;
}

} // namespace

ArrivalProcess arrivalsFromText(std::string_view text)
{
    using Kind = ArrivalProcess::Kind;
    ArrivalProcess process;
    if (text.starts_with("trace(") && text.ends_with(")") && text.size() > 7) {
        process.kind = Kind::Trace;
        process.file = std::string(text.substr(6, text.size() - 7));
        return process;
    }
    Call call(text, "arrivals");
    if (call.name() == "constant") {
        process.kind = Kind::Constant;
    } else if (call.name() == "gamma") {
        process.kind = Kind::Gamma;
        process.variation = call.number("cv", process.variation, 0.01, 100);
    } else if (call.name() == "mmpp") {
        process.kind = Kind::Mmpp;
        process.burst = call.number("burst", process.burst, 1, 1e6);
        process.share = call.number("share", process.share, 1e-6, 0.999);
        process.length = call.time("length", process.length);
    } else if (call.name() == "diurnal") {
        process.kind = Kind::Diurnal;
        process.swing = call.number("swing", process.swing, 0, 1);
        process.period = call.time("period", process.period);
    } else if (call.name() != "poisson") {
        call.refuse("the ways are constant, poisson, gamma, mmpp, diurnal and trace(FILE)");
    }
    if (process.length < std::chrono::microseconds(1) || process.period < std::chrono::microseconds(1))
        call.refuse("a time is too short");
    call.finish();
    return process;
}

RequestSizes sizesFromText(std::string_view text)
{
    const auto whole = [](std::string_view word) -> std::optional<int> {
        const auto value = numberFromText(word);
        if (!value || *value < 1 || *value > kMostItems || *value != std::floor(*value))
            return {};
        return static_cast<int>(*value);
    };
    const std::size_t dash = text.find('-');
    if (text.starts_with("geometric")) {
        Call call(text, "sizes");
        const double mean = call.number("mean", 8, 1, 1e5);
        call.finish();
        return { .kind = RequestSizes::Kind::Geometric, .mean = mean };
    }
    const auto low = whole(text.substr(0, dash));
    const auto high = dash == text.npos ? low : whole(text.substr(dash + 1));
    if (!low || !high || *high < *low)
        throw Error("Cannot read sizes: \"{}\" is neither 4 nor 1-64 nor geometric(mean=8).", text);
    if (*low == *high)
        return { .kind = RequestSizes::Kind::Fixed, .low = *low, .high = *high };
    return { .kind = RequestSizes::Kind::Uniform, .low = *low, .high = *high };
}

double meanItems(const RequestSizes& sizes)
{
    switch (sizes.kind) {
    case RequestSizes::Kind::Fixed:
        return sizes.low;
    case RequestSizes::Kind::Uniform:
        return (static_cast<double>(sizes.low) + sizes.high) / 2;
    case RequestSizes::Kind::Geometric:
        return sizes.mean;
    }
    return 1;
}

std::vector<Request> arrivals(const ArrivalProcess& process, double rate, std::size_t count,
    std::uint64_t seed, const RequestSizes& sizes)
{
    if (!std::isfinite(rate) || rate <= 0)
        throw Error("Cannot make arrivals: {} is not a rate.", rate);
    if (count > kMostArrivals)
        throw Error("Cannot make arrivals: {} are asked for, at most {} can be.", count, kMostArrivals);
    // Sizes have numbers of their own: other sizes leave the times as they are.
    Random times(seed), items(seed ^ 0x9e3779b97f4a7c15);
    const Next next = nextOf(process, rate);
    std::vector<Request> requests;
    requests.reserve(count);
    double now = 0;
    for (std::size_t i = 0; i < count; ++i) {
        now = next(now, times);
        if (!(now < kMostSeconds))
            throw Error("Cannot make arrivals: {} at {} a second take over a century.", count, rate);
        requests.push_back({ .at = Nanoseconds(std::llround(now * 1e9)), .items = drawSize(sizes, items) });
    }
    return requests;
}

} // namespace core
