// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/forwarded_cell.h"

#include "core/error.h"

namespace core {

namespace {

/// The cell an event is of; 0 for events of the run as a whole.
int cellOf(const SweepEvent& event)
{
    return std::visit(
        [](const auto& value) {
            if constexpr (requires { value.cell; })
                return value.cell;
            else
                return 0;
        },
        event);
}

} // namespace

SweepSpec specOfCell(const SweepSpec& spec, const CellKey& key)
{
    SweepSpec single = spec;
    single.batches = { key.batch };
    single.requests = { key.requests };
    single.engines = { { .id = key.engine,
        .threads = key.threads > 0 ? std::vector { key.threads } : std::vector<int> {},
        .precisions = { key.precision },
        .tunings = { key.tuning } } };
    return single;
}

ForwardedCell::ForwardedCell(
    int cell, const CellKey& key, std::chrono::duration<double> later, RunClock& clock, const EventSink& emit)
    : m_cell(cell)
    , m_key(key)
    , m_later(later)
    , m_clock(clock)
    , m_emit(emit)
{
}

void ForwardedCell::take(const SweepEvent& event)
{
    if (const auto* started = std::get_if<RunStarted>(&event)) {
        check(*started);
        m_begin = m_clock.now();
        return;
    }
    if (!m_begin || cellOf(event) != 0)
        throw Error("Cannot take an event of a child process: it is not of the cell that was asked for.");
    if (const auto* progress = std::get_if<CellProgress>(&event)) {
        const auto later = std::chrono::duration_cast<Nanoseconds>(m_later);
        m_emit(CellProgress { m_cell, progress->phase, progress->remaining + later });
    } else if (const auto* taken = std::get_if<SamplesTaken>(&event)) {
        pass(*taken);
    } else if (const auto* reading = std::get_if<SensorReading>(&event)) {
        SensorReading mine = *reading;
        mine.at = m_clock.now();
        m_emit(mine);
    } else if (const auto* finished = std::get_if<CellFinished>(&event)) {
        m_end = *finished;
    } else if (const auto* failed = std::get_if<CellFailed>(&event)) {
        m_end = *failed;
    }
}

CellEnd ForwardedCell::end() const
{
    if (!m_end)
        throw Error("Cannot measure in a child process: it ended without a result.");
    CellEnd end = *m_end;
    std::visit(
        [&](auto& each) {
            each.cell = m_cell;
            each.at = m_clock.now();
        },
        end);
    return end;
}

/// The limit is a request to a library in another process: what that process says of itself decides.
void ForwardedCell::check(const RunStarted& started) const
{
    const bool single = started.cells.size() == 1 && started.devices.size() == 1;
    if (!single || started.cells.front() != m_key)
        throw Error("Cannot take an event of a child process: it is not of the cell that was asked for.");
    if (started.devices.front().limit != m_key.tuning.isa)
        throw Error("Cannot measure in a child process: its kernels do not stay within {}, but use {}.",
            instructionSetName(m_key.tuning.isa), started.devices.front().library);
}

void ForwardedCell::pass(const SamplesTaken& taken)
{
    SamplesTaken mine { m_cell, taken.samples };
    for (TimedSample& sample : mine.samples) {
        sample.at += *m_begin;
        m_clock.atLeast(sample.at + sample.latency);
    }
    m_emit(mine);
}

} // namespace core
