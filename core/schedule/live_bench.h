// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/recording.h"
#include "core/schedule/compare_policies.h"
#include "core/schedule/live.h"
#include "core/schedule/live_energy.h"

#include <map>
#include <memory>

/// Policies before real engines, each beside what the simulator makes of the same requests.
namespace core {

class ProgramServer;

/// A server: an engine, or a recording of one, with what differs from its defaults; the batch means nothing.
struct LiveServerSpec {
    Engine* engine = nullptr;
    CellKey key;
};

struct LiveBenchSettings {
    std::map<std::string, std::int64_t> dims;
    int most = 8; // items of a batch at most; each size is a program
    std::uint64_t seed = 1;
    /// Each batch size is run for so long, each server alone and all together.
    std::chrono::duration<double> sampling { 0.3 };
};

/// What comes in, and what is tried.
struct LiveLoad {
    std::vector<std::string> policies;
    ArrivalProcess arrivals;
    std::optional<double> rate; // requests a second; else:
    double load = 0.5; // that share of what the servers do one by one
    double seconds = 20; // of each policy
    double rehearsal = 10; // seconds before and after each policy, with other requests at the same rate
    std::optional<Nanoseconds> slo;
    std::uint64_t seed = 1;
};

/// The rest of what is known of a policy's live run.
struct LiveRun {
    TimeFigures late; // the load generator
    std::vector<LiveEnergy> energy; // by meter
    Figure joulesPerItem; // of all meters
    Figure others; // CPU time of other programs meanwhile, in per cent
};

struct LiveComparison {
    PolicyComparison live, simulated; // as many runs each, in the same order; no oracle
    std::vector<LiveRun> runs;
    double rate = 0; // requests a second
    std::size_t requests = 0;
    bool stopped = false; // the last run is cut off, others are missing
};

/// Looks on: the policy that is tried, and null while programs are made and sampled.
using LiveWatch = std::function<void(const std::string& policy, const LiveState* state)>;

/// Servers as devices of their own, each with a thread and cores of its own.
class LiveBench {
public:
    /// Engines and model outlive it. Throws Error for what cannot be served: a model with refused nodes, a
    /// recording without a cell of it.
    LiveBench(const Model& model, const std::vector<LiveServerSpec>& servers,
        const LiveBenchSettings& settings, const Machine& machine = {});
    ~LiveBench();

    /// Throws Error for one that cannot be made for these servers.
    void checkPolicies(const std::vector<std::string>& policies, std::optional<Nanoseconds> slo) const;

    /// Finds out how fast the servers are, then tries one policy after the other, gpu-only among them where
    /// there are accelerators and others. Each is preceded by a rehearsal, from whose times the simulator
    /// draws. Throws Error when an engine does.
    LiveComparison compare(const LiveLoad& load, const std::stop_token& stop, const LiveWatch& watch = {});

    /// As policies see them: times of runs one after the other.
    const std::vector<Device>& devices() const { return m_known; }
    /// What a reader has to know of the devices, a sentence each.
    const std::vector<std::string>& notes() const { return m_notes; }

private:
    void add(const Model& model, const LiveServerSpec& spec, const LiveBenchSettings& settings);
    void addRecorded(
        const Model& model, const Recording& recording, CellKey key, const LiveBenchSettings& settings);
    std::vector<LiveMeter> meters(const Machine& machine) const;
    void prepareTogether();
    void lookAtDevices();
    void chooseAccelerator();
    std::vector<Request> requestsOf(const LiveLoad& load, LiveComparison& comparison) const;
    using Times = std::vector<std::vector<ServiceTime::Point>>; // by device
    void rehearse(const std::string& policy, double rate, std::uint64_t seed, const LiveLoad& load,
        const std::stop_token& stop, const LiveWatch& watch, Times& times);
    std::vector<Device> inServiceOf(Times times) const;
    void tryPolicy(LiveComparison& comparison, const std::string& policy, std::span<const Request> requests,
        const LiveLoad& load, const std::stop_token& stop, const LiveWatch& watch);

    std::vector<LiveDevice> m_devices;
    std::vector<ProgramServer*> m_programs; // by device; null for recorded ones
    std::vector<DeviceInfo> m_infos; // by device
    std::vector<Device> m_known; // as policies see them
    std::vector<std::string> m_notes;
    std::map<int, int> m_places; // taken so far, by the number of threads
    std::unique_ptr<LiveMeters> m_meters;
};

/// Times of batches in service, `served` (a size may be there more than once), where there are enough of a
/// size; else those of runs one after the other, scaled by how the two differ at the sizes that have both (by
/// their medians, the middle one of these ratios).
std::vector<ServiceTime::Point> inService(
    std::vector<ServiceTime::Point> served, const std::vector<ServiceTime::Point>& alone);

} // namespace core
