// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/schedules.h"

#include "core/schedule/random.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>

namespace support {

using core::Nanoseconds;
using core::Random;

namespace {

int whole(Random& random, int low, int high)
{
    return low + static_cast<int>(random.uniform() * (high - low + 1));
}

core::ServiceTime randomTime(Random& random, bool& spread)
{
    const double perItem = 1e-3 * whole(random, 0, 5), overhead = 1e-3 * whole(random, 0, 10);
    switch (whole(random, 0, 3)) {
    case 0:
        spread = true;
        return core::ServiceTime::exponential(1e-3 + overhead);
    case 1: {
        spread = true;
        std::vector<core::ServiceTime::Point> points;
        for (const std::int64_t items : { 1, 4, 16 }) {
            points.push_back({ .items = items, .samples = {} });
            for (int i = 0; i < 5; ++i)
                points.back().samples.emplace_back(
                    1'000'000 * items + static_cast<std::int64_t>(random.exponential(2e6)));
        }
        return core::ServiceTime::measured(std::move(points));
    }
    default:
        return core::ServiceTime::affine(perItem, overhead);
    }
}

std::vector<core::Request> randomRequests(Random& random)
{
    std::vector<core::Request> requests;
    const double gap = 1e-3 * whole(random, 1, 20);
    const int largest = whole(random, 0, 1) ? 1 : whole(random, 2, 40);
    const int lowest = whole(random, 0, 1) ? 0 : core::kPriorities - 1;
    double now = 0;
    for (int left = whole(random, 1, 60); left > 0; --left) {
        if (whole(random, 0, 3) > 0) // else at the same time as the one before
            now += random.exponential(gap);
        requests.push_back({ .at = Nanoseconds(std::llround(now * 1e9)),
            .items = whole(random, 1, largest),
            .priority = whole(random, 0, lowest) });
    }
    return requests;
}

std::string randomPolicy(Random& random, Scenario& scenario)
{
    const auto& list = core::policyList();
    const std::string name = list[static_cast<std::size_t>(random.uniform() * double(list.size()))].name;
    std::string parameters;
    const auto add = [&](const std::string& text) { parameters += (parameters.empty() ? "" : ",") + text; };
    if (whole(random, 0, 1)) {
        scenario.most = whole(random, 1, 20);
        add(fmt::format("max={}", scenario.most));
    }
    if (name == "static-split")
        add(fmt::format("p={}", 0.125 * whole(random, 0, 8)));
    if (name == "size-threshold") {
        const int split = whole(random, 1, 3);
        scenario.splits = split > 1;
        add(fmt::format("T={},split={}", whole(random, 0, 20), split));
    }
    if (name == "timeout-batch") {
        scenario.delay = std::chrono::milliseconds(whole(random, 0, 20));
        add(fmt::format("delay={}ns", scenario.delay.count()));
    }
    if (name == "eft-deadline")
        add(whole(random, 0, 1) ? "drop=yes" : "drop=no");
    if (name == "aimd")
        scenario.slo = std::chrono::milliseconds(whole(random, 5, 100));
    if (name == "hill-climb")
        add("window=20");
    return parameters.empty() ? name : name + "(" + parameters + ")";
}

/// What is wrong with a decision, whatever the policy.
std::string mistakeIn(const core::Action& action, const core::Situation& situation)
{
    if (action.line >= situation.lines.size() || action.requests < 1
        || situation.lines[action.line].size() < action.requests)
        return "it takes more than waits";
    if (action.kind == core::Action::Kind::Dispatch
        && (action.device >= situation.devices.size() || action.servers < 1
            || situation.devices[action.device].idle < action.servers))
        return "the device is not idle";
    return {};
}

} // namespace

Scenario randomScenario(std::uint64_t seed)
{
    Random random(seed);
    Scenario scenario { .seed = seed };
    for (int i = 0; i < whole(random, 2, 3) || i < 2; ++i)
        scenario.devices.push_back({ .name = i == 0 ? "gpu" : "cpu",
            .accelerator = i == 0,
            .servers = whole(random, 1, 3),
            .most = whole(random, 0, 3) ? whole(random, 1, 16) : core::kUnlimited,
            .time = randomTime(random, scenario.spread) });
    scenario.requests = randomRequests(random);
    if (whole(random, 0, 2))
        scenario.slo = std::chrono::milliseconds(whole(random, 1, 100));
    if (whole(random, 0, 4) == 0)
        scenario.until = Nanoseconds(static_cast<std::int64_t>(
            random.uniform() * static_cast<double>(scenario.requests.back().at.count() + 1)));
    scenario.policy = randomPolicy(random, scenario);
    return scenario;
}

Recorded record(const Scenario& scenario)
{
    Recorded recorded;
    const auto policy = core::makePolicy(scenario.policy, { scenario.devices, scenario.slo });
    recorded.result = core::simulate(scenario.requests, scenario.devices, *policy,
        { .slo = scenario.slo,
            .seed = scenario.seed,
            .until = scenario.until,
            .watch = [&](const core::Decided& decided, const core::Situation& situation) {
                if (recorded.mistake.empty())
                    recorded.mistake = mistakeIn(decided.action, situation);
                recorded.decisions.push_back(
                    { decided.now, decided.action, { decided.requests.begin(), decided.requests.end() } });
            } });
    return recorded;
}

std::uint64_t digestOf(const core::SimulationResult& result)
{
    std::uint64_t digest = 14695981039346656037U; // FNV-1a
    const auto add = [&](std::uint64_t value) {
        for (int byte = 0; byte < 8; ++byte)
            digest = (digest ^ (value >> (8 * byte) & 0xff)) * 1099511628211U;
    };
    const auto addReal = [&](double value) { add(std::bit_cast<std::uint64_t>(value)); };
    const auto addTimes = [&](const core::TimeFigures& times) {
        add(times.samples);
        addReal(times.meanSeconds);
        for (const auto& time : { times.p50, times.p90, times.p95, times.p99, times.largest })
            add(static_cast<std::uint64_t>(time.value_or(Nanoseconds(-1)).count()));
    };
    for (const std::size_t count :
        { result.arrived, result.completed, result.dropped, result.inFlight, result.missed })
        add(count);
    addTimes(result.latency);
    addTimes(result.service);
    addTimes(result.closedLoop);
    add(static_cast<std::uint64_t>(result.duration.count()));
    addReal(result.throughput);
    for (const core::DeviceFigures& device : result.devices) {
        addReal(device.utilisation);
        addReal(device.share);
        add(device.batches);
        add(device.requests);
        add(device.items);
    }
    add(static_cast<std::uint64_t>(result.queue.width.count()));
    for (const auto& stretch : result.queue.stretches) {
        addReal(stretch.mean);
        add(stretch.largest);
    }
    addReal(result.inSystem);
    addReal(result.rateTimesTime);
    for (const Nanoseconds latency : result.latencies)
        add(static_cast<std::uint64_t>(latency.count()));
    return digest;
}

} // namespace support
