// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live_job.h"

#include "core/error.h"

#include <algorithm>

namespace ui {
namespace {

constexpr std::string_view kRehearsal = " (rehearsal)"; // as LiveBench tells it from the policy itself

core::Engine& engineOf(const EngineList& engines, const std::string& id)
{
    const auto found
        = std::ranges::find_if(engines, [&](const auto& each) { return each->device().id == id; });
    if (found == engines.end())
        throw core::Error("Cannot serve: there is no engine \"{}\".", id);
    return **found;
}

/// Counts policies as they come.
class Looking {
public:
    Looking(const core::LiveLoad& load, const core::LiveBench& bench)
        : m_load(load)
        , m_bench(bench)
    {
    }

    LiveGlance at(const std::string& word, const core::LiveState* state)
    {
        LiveGlance glance;
        glance.rehearsal = word.ends_with(kRehearsal);
        glance.policy = glance.rehearsal ? word.substr(0, word.size() - kRehearsal.size()) : word;
        // The same policy may be asked for twice: each begins with a call without a state.
        if (!state && !word.empty())
            ++m_place;
        glance.place = m_place;
        glance.policies = policies();
        if (!state)
            return glance;
        glance.preparing = false;
        glance.seconds = std::chrono::duration<double>(state->situation.now).count();
        glance.arrived = state->arrived;
        glance.waiting = state->waiting;
        glance.answered = state->answered;
        if (state->answered > 0)
            glance.lastLatency = state->lastLatency;
        for (const core::Line& line : state->situation.lines)
            glance.lines.push_back(line.size());
        for (std::size_t device = 0; device < m_bench.devices().size(); ++device) {
            std::int64_t items = 0;
            for (const core::Running& batch : state->situation.devices[device].running)
                items += batch.items;
            glance.devices.push_back(m_bench.devices()[device].name);
            glance.items.push_back(items);
        }
        return glance;
    }

private:
    std::size_t policies() const
    {
        const bool adds = core::canMix(m_bench.devices())
            && std::ranges::find(m_load.policies, core::kReferencePolicy) == m_load.policies.end();
        return m_load.policies.size() + (adds ? 1 : 0);
    }

    const core::LiveLoad& m_load;
    const core::LiveBench& m_bench;
    std::size_t m_place = 0;
};

} // namespace

JobRunner::Job liveJob(LiveOrder order, SharedEngines engines, core::Machine machine,
    std::function<void(const LiveGlance&)> take, std::function<void(std::shared_ptr<const LiveOutcome>)> took)
{
    JobRunner::Job job;
    job.work = [order = std::move(order), engines, machine = std::move(machine), take = std::move(take),
                   took = std::move(took)](std::stop_token stop, const JobRunner::Post& post) {
        std::vector<core::LiveServerSpec> servers;
        for (const core::CellKey& key : order.servers)
            servers.push_back({ &engineOf(*engines, key.engine), key });
        core::LiveBench bench(order.model, servers, order.settings, machine);
        Looking looking(order.load, bench);
        auto outcome = std::make_shared<LiveOutcome>();
        outcome->comparison
            = bench.compare(order.load, stop, [&](const std::string& policy, const core::LiveState* state) {
                  post([take, glance = looking.at(policy, state)] { take(glance); });
              });
        outcome->devices = bench.devices();
        outcome->notes = bench.notes();
        post([took, outcome] { took(outcome); });
    };
    return job;
}

} // namespace ui
