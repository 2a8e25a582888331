// SPDX-License-Identifier: GPL-3.0-or-later
// Prints how many requests a second the simulator works off, policy by policy.
#include "core/schedule/oracle.h"

#include <fmt/format.h>

#include <cstdlib>

int main(int argc, char** argv)
{
    const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    // Times drawn from samples, as those of a recorded run are.
    const auto sampled = [](std::initializer_list<std::int64_t> items, double perItem, double overhead) {
        core::Random random(1);
        std::vector<core::ServiceTime::Point> points;
        for (const std::int64_t each : items) {
            points.push_back({ .items = each, .samples = {} });
            for (int i = 0; i < 1000; ++i)
                points.back().samples.emplace_back(static_cast<std::int64_t>(
                    1e9 * (overhead + perItem * static_cast<double>(each)) * (1 + random.exponential(0.05))));
        }
        return core::ServiceTime::measured(std::move(points));
    };
    const std::vector<core::Device> devices {
        { .name = "gpu", .accelerator = true, .most = 64, .time = sampled({ 1, 4, 16, 64 }, 1e-4, 1e-3) },
        { .name = "cpu", .servers = 2, .most = 8, .time = sampled({ 1, 2, 4, 8 }, 5e-4, 5e-4) }
    };
    const auto seconds = [](auto time) { return std::chrono::duration<double>(time).count(); };
    const auto time = [&](const auto& work) {
        const auto start = std::chrono::steady_clock::now();
        work();
        return seconds(std::chrono::steady_clock::now() - start);
    };
    std::vector<core::Request> requests;
    const double arriving = time([&] { requests = core::arrivals({}, 2000, count, 1); });
    fmt::print("{:<16}{:>12.0f} requests/s\n", "arrivals", static_cast<double>(count) / arriving);
    for (const core::PolicyInfo& info : core::policyList()) {
        const auto policy = core::makePolicy(info.name, { devices, std::chrono::milliseconds(20) });
        const double taken = time([&] { core::simulate(requests, devices, *policy); });
        fmt::print(
            "{:<16}{:>12.0f} requests/s, {:.2f} s\n", info.name, static_cast<double>(count) / taken, taken);
    }
    const double bounding = time([&] { core::oracleBound(requests, devices, {}); });
    fmt::print("{:<16}{:>12.0f} requests/s\n", "oracle", static_cast<double>(count) / bounding);
}
