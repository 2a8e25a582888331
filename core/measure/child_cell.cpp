// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/measure/cell_run.h"
#include "core/measure/forwarded_cell.h"

#include <algorithm>

namespace core {

namespace {

class ChildCell final : public CellRun {
public:
    ChildCell(SweepContext& context, int cell, const DeviceInfo& device)
        : m_context(context)
        , m_cell(cell)
        , m_kind(device.kind)
        , m_needs { context.key(cell).tuning.isa, device.patience.value_or(std::chrono::seconds {}) }
    {
    }

    CellEnd measure(const StopRule& rule) override
    {
        const CellKey& key = m_context.key(m_cell);
        const EventSink marked = [&](const SweepEvent& event) {
            SweepEvent mine = m_context.sensors.besides(event, m_context.clock.now(), key.items());
            if (auto* taken = std::get_if<SamplesTaken>(&mine))
                taken->block = m_context.block;
            m_context.emit(mine);
        };
        ForwardedCell cell(m_cell, key, m_context.estimateAfter(m_cell), m_context.clock, marked);
        SweepSpec spec = specOfCell(m_context.spec, key);
        spec.rule = rule;
        spec.checkOutputs = spec.checkOutputs && m_measured++ == 0;
        m_context.sensors.beginChild();
        try {
            m_context.child(
                m_needs, spec, m_context.control.stop, [&](const SweepEvent& event) { cell.take(event); });
        } catch (const Error& error) {
            if (!m_context.stopped())
                throw;
            return CellFailed { m_cell, m_context.clock.now(), CellFailure::Cancelled, error.what() };
        }
        CellEnd end = cell.end();
        if (const auto* finished = std::get_if<CellFinished>(&end)) {
            const SweepEvent whole = m_context.sensors.besides(*finished, m_context.clock.now(), key.items());
            return m_context.sensors.withIdle(std::get<CellFinished>(whole), m_kind);
        }
        return end;
    }

private:
    SweepContext& m_context;
    const int m_cell;
    const DeviceKind m_kind;
    const ChildNeeds m_needs;
    int m_measured = 0; // times
};

} // namespace

PreparedCell prepareElsewhere(SweepContext& context, int cell, const DeviceInfo& device)
{
    const Tuning& tuning = context.key(cell).tuning;
    const bool capped = tuning.isa != InstructionSet::All;
    const std::string_view isa = instructionSetName(tuning.isa);
    if (capped && std::ranges::count(device.instructionSets, tuning.isa) == 0)
        return CellFailed { cell, context.clock.now(), CellFailure::Refused,
            fmt::format("Cannot limit kernels to {}: {} has no more than {}.", isa, device.name,
                instructionSetName(device.instructionSets.back())) };
    if (!context.child)
        throw Error("Cannot limit kernels to {}: this program starts no child processes.", isa);
    return std::make_unique<ChildCell>(context, cell, device);
}

} // namespace core
