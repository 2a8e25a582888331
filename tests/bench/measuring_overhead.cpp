// SPDX-License-Identifier: GPL-3.0-or-later
// What the measuring loop adds to a run: measures a program that does nothing and one that spins for 100
// microseconds, and prints the time between two runs that no run accounts for. Not a test: figures depend on
// the machine.
#include "core/measure/measure.h"

#include <algorithm>
#include <cstdio>

namespace {

using Clock = std::chrono::steady_clock;
using core::Nanoseconds;

/// Reads the clock before and after its work, as every engine does.
class Spin final : public core::Program {
public:
    explicit Spin(Nanoseconds work)
        : m_work(work)
    {
    }
    void write(int, std::span<const std::byte>) override { }
    core::Tensor read(int) override { return {}; }
    core::Sample run(core::Trace*) override
    {
        const auto begin = Clock::now();
        auto end = begin;
        while (end - begin < m_work)
            end = Clock::now();
        return { .host = Clock::now() - begin };
    }
    core::MemoryUse memory() const override { return {}; }

private:
    Nanoseconds m_work;
};

void report(const char* name, Nanoseconds work)
{
    core::StopRule rule { .preset = "custom", .relativeHalfWidth = 0 };
    rule.minTime = rule.maxTime = std::chrono::seconds(2);
    Spin program(work);
    std::size_t delivered = 0;
    const auto sink = [&](std::span<const core::TimedSample> samples) { delivered += samples.size(); };
    const core::Measurement result = core::measure(program, rule, {}, sink);
    std::vector<Nanoseconds> gaps, latencies;
    for (std::size_t k = 1; k < result.samples.size(); ++k)
        gaps.push_back(result.samples[k].at - result.samples[k - 1].at - result.samples[k - 1].latency);
    for (const core::TimedSample& sample : result.samples)
        latencies.push_back(sample.latency);
    std::sort(gaps.begin(), gaps.end());
    std::sort(latencies.begin(), latencies.end());
    Nanoseconds inRuns {};
    for (const Nanoseconds latency : latencies)
        inRuns += latency;
    const double runs = static_cast<double>(result.samples.size());
    std::printf("%-12s %8zu runs, median %9.1f ns, between runs: median %5ld ns, p99 %5ld ns, all in all "
                "%.1f ns a run (%.3f %%)\n",
        name, delivered, static_cast<double>(core::median(latencies).count()), core::median(gaps).count(),
        core::percentile(gaps, 0.99).count(), static_cast<double>((result.measured - inRuns).count()) / runs,
        100 * static_cast<double>((result.measured - inRuns).count())
            / static_cast<double>(result.measured.count()));
}

} // namespace

int main()
{
    report("nothing", Nanoseconds(0));
    report("100 us", std::chrono::microseconds(100));
    report("1 ms", std::chrono::milliseconds(1));
}
