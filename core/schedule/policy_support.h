// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/call.h"
#include "core/schedule/policy.h"

/// What policies share; nobody else's business.
namespace core {

/// How long batches will take, from the devices' own distributions: a quantile, or the mean.
class Predictor {
public:
    /// `quantile`: 0 to 1; nullopt: the mean.
    Predictor(std::span<const Device> devices, std::optional<double> quantile);

    /// Of `items` on one server, in batches as large as they may be.
    Nanoseconds batch(std::size_t device, std::int64_t items) const;
    /// When the next server of the device is free.
    Nanoseconds freeAt(std::size_t device, const Situation& situation) const;
    /// What its running batches still need, over all servers.
    Nanoseconds remaining(std::size_t device, const Situation& situation) const;

private:
    Nanoseconds computed(std::size_t device, std::int64_t items) const;

    std::span<const Device> m_devices;
    std::optional<double> m_quantile;
    std::vector<std::vector<Nanoseconds>> m_known; // by items, the first few
};

/// Devices in the order in which they are offered work: accelerators first, each kind as it was given.
std::vector<std::size_t> acceleratorsFirst(std::span<const Device> devices);

/// Throws the refusal of `call` unless there are devices of the kind.
enum class DeviceGroup { Cpu, Gpu };
void need(DeviceGroup group, std::span<const Device> devices, const Call& call);

/// "max", the most items of a batch; by default what each device can.
int mostItems(Call& call);

/// "slo", by default the one of the context. Throws when there is none.
Nanoseconds neededSlo(Call& call, const PolicyContext& context);

// policies_fixed.cpp
std::unique_ptr<Policy> makeOnly(Call& call, const PolicyContext& context, DeviceGroup group);
std::unique_ptr<Policy> makeStaticSplit(Call& call, const PolicyContext& context);
std::unique_ptr<Policy> makeSizeThreshold(Call& call, const PolicyContext& context);
// policies_placed.cpp
std::unique_ptr<Policy> makeRoundRobin(Call& call, const PolicyContext& context);
std::unique_ptr<Policy> makeLeastWork(Call& call, const PolicyContext& context);
std::unique_ptr<Policy> makeWorkSteal(Call& call, const PolicyContext& context);
// policies_batching.cpp
std::unique_ptr<Policy> makeTimeoutBatch(Call& call, const PolicyContext& context);
std::unique_ptr<Policy> makeAimd(Call& call, const PolicyContext& context);
// policy_deadline.cpp
std::unique_ptr<Policy> makeEftDeadline(Call& call, const PolicyContext& context);
// policy_hill_climb.cpp
std::unique_ptr<Policy> makeHillClimb(Call& call, const PolicyContext& context);

} // namespace core
