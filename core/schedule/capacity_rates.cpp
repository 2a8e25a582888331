// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/capacity_rates.h"

#include "core/error.h"
#include "core/schedule/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace core {

namespace {

double secondsOf(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// The mean of rate (1 + swing sin(turn t)) over each interval.
void fillDiurnal(RateOverTime& over, const ArrivalProcess& process, double rate)
{
    const double turn = 2 * std::numbers::pi / secondsOf(process.period);
    for (std::size_t i = 0; i < over.rates.size(); ++i) {
        const double from = over.width * static_cast<double>(i), to = from + over.width;
        over.rates[i] = rate
            * (1 + process.swing * (std::cos(turn * from) - std::cos(turn * to)) / (turn * over.width));
    }
}

/// Quiet times and bursts as in arrivals(), with their shares of each interval.
void fillMmpp(RateOverTime& over, const ArrivalProcess& process, double rate, std::uint64_t seed)
{
    const double quiet = rate / (1 - process.share + process.share * process.burst);
    const double inBurst = secondsOf(process.length);
    const double inQuiet = inBurst * (1 - process.share) / process.share;
    Random random(seed);
    bool bursting = random.uniform() < process.share;
    double until = random.exponential(bursting ? inBurst : inQuiet);
    for (std::size_t i = 0; i < over.rates.size(); ++i) {
        const double end = over.width * static_cast<double>(i + 1);
        double items = 0;
        for (double now = end - over.width; now < end;) {
            const double to = std::min(until, end);
            items += (to - now) * quiet * (bursting ? process.burst : 1);
            now = to;
            if (until <= end) {
                bursting = !bursting;
                until += random.exponential(bursting ? inBurst : inQuiet);
            }
        }
        over.rates[i] = items / over.width;
    }
}

RateOverTime ofTrace(const ArrivalProcess& process, double width)
{
    const std::vector<Request> requests = readTrace(process.file);
    const double intervals = std::ceil(secondsOf(requests.back().at) / width);
    if (intervals > static_cast<double>(kMostIntervals))
        throw Error("Cannot plan capacity: the trace has {:.0f} intervals of {:g} s, at most {} can be.",
            intervals, width, kMostIntervals);
    RateOverTime over { .width = width };
    over.rates.resize(std::max<std::size_t>(1, static_cast<std::size_t>(intervals)));
    for (const Request& request : requests) {
        const auto place = static_cast<std::size_t>(secondsOf(request.at) / width);
        over.rates[std::min(place, over.rates.size() - 1)] += request.items / width;
    }
    return over;
}

} // namespace

double RateOverTime::mean() const
{
    return rates.empty()
        ? 0
        : std::accumulate(rates.begin(), rates.end(), 0.0) / static_cast<double>(rates.size());
}

double RateOverTime::peak() const
{
    return rates.empty() ? 0 : *std::ranges::max_element(rates);
}

RateOverTime rateOverTime(
    const ArrivalProcess& process, double rate, double seconds, double width, std::uint64_t seed)
{
    if (process.kind == ArrivalProcess::Kind::Trace)
        return ofTrace(process, width);
    const double intervals = std::ceil(seconds / width);
    if (!(intervals >= 1) || intervals > static_cast<double>(kMostIntervals))
        throw Error("Cannot plan capacity: these are {:.0f} intervals of {:g} s, at most {} can be.",
            intervals, width, kMostIntervals);
    RateOverTime over { .width = width, .rates = std::vector(static_cast<std::size_t>(intervals), rate) };
    switch (process.kind) {
    case ArrivalProcess::Kind::Constant:
    case ArrivalProcess::Kind::Poisson:
    case ArrivalProcess::Kind::Trace:
        break;
    case ArrivalProcess::Kind::Gamma:
        throw Error("Cannot plan capacity: gamma has the same rate all the time; the ways are poisson, mmpp, "
                    "diurnal and trace(FILE).");
    case ArrivalProcess::Kind::Mmpp:
        fillMmpp(over, process, rate, seed);
        break;
    case ArrivalProcess::Kind::Diurnal:
        fillDiurnal(over, process, rate);
        break;
    }
    return over;
}

} // namespace core
