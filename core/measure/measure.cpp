// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/measure.h"

#include "core/measure/criteria.h"
#include "core/measure/disturbance.h"

#include <algorithm>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr Nanoseconds kReportEvery = 50ms;
constexpr Nanoseconds kWait = 100ms; // a sink that takes longer waits for somebody
constexpr int kCheckShare
    = 100; // a convergence check may cost at most 1/100 of the time since the one before

Nanoseconds whole(std::chrono::duration<double> time)
{
    // A limit of ten years is none; it keeps the conversion to 64-bit nanoseconds from overflowing.
    constexpr std::chrono::duration<double> kForever { 10 * 365.25 * 86400 };
    if (!(time.count() > 0)) // not-a-number included
        return {};
    return std::chrono::duration_cast<Nanoseconds>(std::min(time, kForever));
}

/// Time since the start of a loop. It never runs behind the program's own account: a program that simulates
/// its times (a test, a model of a device) takes the loop with it. For a real one both are the same.
class LoopClock {
public:
    Nanoseconds now() const { return m_now; }

    /// After a run that says it took `latency`: moves on and returns the gap, the time that no run accounts
    /// for.
    Nanoseconds ran(Nanoseconds latency)
    {
        const Nanoseconds before = m_now;
        m_now = std::max(wall(), before + latency);
        return m_now - before - latency;
    }

    /// After our own work between two runs, which is no gap.
    void worked() { m_now = std::max(wall(), m_now); }

    Nanoseconds wall() const { return Clock::now() - m_begin; }

private:
    Clock::time_point m_begin = Clock::now();
    Nanoseconds m_now {};
};

/// One measuring loop: the state that `measure` reads as prose.
class Loop {
public:
    Loop(const StopRule& rule, const SampleSink& sink)
        : m_rule(rule)
        , m_sink(sink)
        , m_minTime(whole(rule.minTime))
        , m_maxTime(whole(rule.maxTime))
    {
        m_samples.reserve(4096);
    }

    void take(Program& program)
    {
        if (m_samples.size() == m_samples.capacity()) {
            m_samples.reserve(m_samples.capacity() * 2);
            m_clock.worked();
        }
        const Sample sample = program.run();
        const Nanoseconds start = m_clock.now();
        const Nanoseconds gap = m_clock.ran(sample.host);
        m_samples.push_back({ .at = start + gap, .latency = sample.host, .device = sample.device });
        m_hiccups.gap(gap);
    }

    /// Whether the rule ends the loop here; reports and looks at the statistics when it is time for it.
    bool finished()
    {
        const bool last = spent() >= m_maxTime || m_samples.size() >= kMostSamples;
        if (!last && m_clock.now() < m_nextReport)
            return false;
        report();
        m_nextReport = m_clock.now() + kReportEvery;
        if (last) {
            m_stoppedBy = verdict();
            return true;
        }
        return spent() >= m_minTime && m_clock.now() >= m_nextCheck && m_samples.size() >= m_rule.minSamples
            && converged();
    }

    void report()
    {
        const Nanoseconds before = m_clock.wall();
        if (m_sink && m_reported < m_samples.size())
            m_sink(std::span(m_samples).subspan(m_reported));
        m_reported = m_samples.size();
        m_clock.worked();
        if (const Nanoseconds taken = m_clock.wall() - before; taken > kWait)
            m_waited += taken;
    }

    Measurement result(StoppedBy why, const OtherLoad& others)
    {
        Measurement result { .stoppedBy = why, .measured = spent() };
        result.othersPercent = m_waited < kWait
            ? others.percent()
            : Figure::missing("The loop was paused, and /proc/stat counts the pause, too.");
        result.hiccupPercent = m_hiccups.percent(m_samples, spent());
        result.disturbedPercent = std::max(result.hiccupPercent, result.othersPercent.value.value_or(0));
        result.samples = std::move(m_samples);
        return result;
    }

    StoppedBy stoppedBy() const { return m_stoppedBy; }

private:
    Nanoseconds spent() const { return m_clock.now() - m_waited; }

    bool converged()
    {
        const Nanoseconds before = m_clock.wall();
        const bool met = stateOf(m_rule.criterion, m_rule, m_samples).met;
        const Nanoseconds cost = m_clock.wall() - before;
        m_clock.worked();
        m_nextCheck = m_clock.now() + kCheckShare * cost;
        return met;
    }

    StoppedBy verdict()
    {
        const std::size_t enough = m_rule.fallbackSamples > 0 ? m_rule.fallbackSamples : m_rule.minSamples;
        if (m_samples.size() < std::min(enough, m_rule.minSamples) || !medianIntervalRank(m_samples.size()))
            return StoppedBy::TooFewSamples;
        return converged() ? StoppedBy::Converged : StoppedBy::TimeLimit;
    }

    const StopRule& m_rule;
    const SampleSink& m_sink;
    const Nanoseconds m_minTime, m_maxTime;
    LoopClock m_clock;
    Hiccups m_hiccups;
    std::vector<TimedSample> m_samples;
    std::size_t m_reported = 0;
    Nanoseconds m_waited {};
    Nanoseconds m_nextReport = kReportEvery;
    Nanoseconds m_nextCheck {};
    StoppedBy m_stoppedBy = StoppedBy::Converged;
};

} // namespace

Nanoseconds warmUp(Program& program, const StopRule& rule, const std::stop_token& stop)
{
    LoopClock clock;
    const Nanoseconds least = whole(rule.warmUpTime);
    for (std::size_t runs = 0; (runs < rule.warmUpRuns || clock.now() < least) && !stop.stop_requested();
         ++runs)
        clock.ran(program.run().host);
    return clock.now();
}

Measurement measure(Program& program, const StopRule& rule, std::stop_token stop, const SampleSink& sink)
{
    const Nanoseconds warm = warmUp(program, rule, stop);
    const OtherLoad others;
    Loop loop(rule, sink);
    StoppedBy why = StoppedBy::User;
    try {
        while (!stop.stop_requested()) {
            loop.take(program);
            if (loop.finished()) {
                why = loop.stoppedBy();
                break;
            }
        }
    } catch (...) {
        loop.report(); // what was measured before the failure is valid and stays
        throw;
    }
    loop.report();
    Measurement result = loop.result(why, others);
    result.warmUp = warm;
    return result;
}

} // namespace core
