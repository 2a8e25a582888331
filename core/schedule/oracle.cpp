// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/oracle.h"

#include <functional>

namespace core {

namespace {

double secondsOf(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// Times of the answers, rising, of one server that serves the least left first.
std::vector<double> leastLeftFirst(std::span<const Request> requests, double rate)
{
    std::vector<double> answers, left; // `left` is a heap, the least in front
    answers.reserve(requests.size());
    double now = 0;
    const auto workUntil = [&](double end) {
        while (!left.empty() && now + left.front() / rate <= end) {
            now += left.front() / rate;
            answers.push_back(now);
            std::ranges::pop_heap(left, std::greater());
            left.pop_back();
        }
        if (!left.empty())
            left.front() -= (end - now) * rate; // still the least
        now = end;
    };
    for (const Request& request : requests) {
        workUntil(secondsOf(request.at));
        left.push_back(request.items);
        std::ranges::push_heap(left, std::greater());
    }
    std::ranges::sort(left);
    for (const double items : left)
        answers.push_back(now += items / rate);
    return answers;
}

Nanoseconds alone(std::int64_t items, std::span<const Device> devices, double u)
{
    Nanoseconds least = Nanoseconds::max();
    for (const Device& device : devices)
        least = std::min(least, device.quantile((items + device.servers - 1) / device.servers, u));
    return least;
}

} // namespace

OracleBound oracleBound(std::span<const Request> requests, std::span<const Device> devices,
    std::optional<Nanoseconds> slo, std::uint64_t seed)
{
    OracleBound bound;
    if (requests.empty())
        return bound;
    double rate = 0;
    for (const Device& device : devices)
        rate += device.bestRate();
    Random random(apart(seed));
    std::vector<Nanoseconds> times;
    std::vector<double> answers;
    times.reserve(requests.size());
    answers.reserve(requests.size());
    double arrivals = 0;
    for (const Request& request : requests) {
        times.push_back(alone(request.items, devices, random.uniform()));
        answers.push_back(secondsOf(request.at + times.back()));
        arrivals += secondsOf(request.at);
        bound.missed += slo && times.back() > *slo;
    }
    std::ranges::sort(answers);
    const std::vector<double> pooled = leastLeftFirst(requests, rate);
    double sum = 0;
    for (std::size_t i = 0; i < answers.size(); ++i)
        sum += std::max(answers[i], pooled[i]);
    const auto count = static_cast<double>(requests.size());
    bound.meanSeconds = std::max(0.0, (sum - arrivals) / count);
    const TimeFigures figures = timeFigures(std::move(times));
    bound.p50 = figures.p50;
    bound.p90 = figures.p90;
    bound.p95 = figures.p95;
    bound.p99 = figures.p99;
    bound.throughput = count / std::max({ answers.back(), pooled.back(), 1e-9 });
    return bound;
}

} // namespace core
