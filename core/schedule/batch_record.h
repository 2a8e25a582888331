// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/simulation.h"

#include <map>

/// What devices did in a run, batch by batch.
namespace core {

/// More is not kept: 32 bytes each.
inline constexpr std::size_t kMostRecorded = 200'000;

struct RecordedBatch {
    Nanoseconds started {}, ended {}; // of a split one: when its last part was done
    std::int64_t items = 0;
    std::uint32_t requests = 0;
    std::uint16_t device = 0, servers = 1; // it was split over so many
};

struct BatchRecord {
    std::vector<RecordedBatch> batches; // in the order they started
    std::vector<Nanoseconds> drops; // of requests, rising
    /// Nothing is kept of what was decided at this time or later; unset: everything is.
    std::optional<Nanoseconds> cut;
};

/// A policy that does as `inner` says and writes down the first kMostRecorded batches and drops, together.
class BatchRecorder final : public Policy {
public:
    /// `inner` outlives it.
    explicit BatchRecorder(Policy& inner, std::size_t most = kMostRecorded);

    std::size_t lines() const override { return m_inner.lines(); }
    std::size_t place(const Waiting& waiting, const Situation& situation) override;
    Action next(const Situation& situation) override;
    void finished(const Finished& batch) override;

    /// All that has ended; the recorder is empty then.
    BatchRecord take();

private:
    Policy& m_inner;
    std::size_t m_most, m_decided = 0;
    std::map<std::uint32_t, int> m_split; // servers, by the request that runs on them
    BatchRecord m_record;
};

struct RecordedRun {
    SimulationResult result;
    BatchRecord record;
};

/// simulate() with a policy by its word; the result is the same. Throws Error when it cannot be made.
RecordedRun simulateRecorded(std::span<const Request> requests, std::span<const Device> devices,
    std::string_view policy, const SimulationSettings& settings);

} // namespace core
