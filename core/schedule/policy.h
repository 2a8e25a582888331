// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/line.h"
#include "core/schedule/service.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which device serves which requests, in which batches. A policy is asked by whoever owns the devices, a
/// simulator or real engines, and knows neither: it sees a clock value, the lines and the devices' states.
namespace core {

/// A batch on a device.
struct Running {
    std::uint32_t batch = 0; // the owner's name for it
    Nanoseconds started {};
    std::int64_t items = 0;
};

struct DeviceState {
    int idle = 1; // servers
    std::vector<Running> running;
};

struct Situation {
    Nanoseconds now {};
    std::span<const Line> lines;
    std::span<const DeviceState> devices;
};

/// What to do now.
struct Action {
    enum class Kind {
        Wait, // for the next arrival or free server, or until `until`
        Dispatch, // the first `requests` of `line`, as one batch, to `device`
        Drop // the first of `line`
    };
    Kind kind = Kind::Wait;
    std::size_t line = 0, device = 0, requests = 1;
    int servers = 1; // a single request can be split over several idle servers of the device
    Nanoseconds until = Nanoseconds::max();

    static Action wait(Nanoseconds until = Nanoseconds::max()) { return { .until = until }; }
    static Action dispatch(std::size_t line, std::size_t device, std::size_t requests)
    {
        return { .kind = Kind::Dispatch, .line = line, .device = device, .requests = requests };
    }
    static Action drop(std::size_t line) { return { .kind = Kind::Drop, .line = line }; }
};

/// A batch that is done, for policies that learn.
struct Finished {
    Nanoseconds now {}, started {};
    std::size_t device = 0;
    std::int64_t items = 0;
    std::span<const Waiting> requests;
};

/// The owner keeps the lines. On an arrival it asks place() and puts the request there; after every arrival,
/// free server and timer it asks next() and does as told, until the answer is Wait. A time to wait for stands
/// until the next answer. Not for several threads at once. It is asked with the devices it was made for.
class Policy {
public:
    virtual ~Policy() = default;

    /// How many lines it wants.
    virtual std::size_t lines() const { return 1; }
    /// The line for a request that came in.
    virtual std::size_t place(const Waiting& waiting, const Situation& situation);
    /// Dispatches go to idle servers and from lines that are not empty.
    virtual Action next(const Situation& situation) = 0;
    virtual void finished(const Finished& batch);
};

struct PolicyContext {
    std::span<const Device> devices; // outlive the policy
    std::optional<Nanoseconds> slo; // from arrival to answer; deadlines are set by it
};

/// A policy by its word and parameters, "timeout-batch(max=16,delay=5ms)"; docs/deciding.md says what each
/// does. Throws Error, one sentence, for unknown words and parameters, and for devices it needs and does not
/// have.
std::unique_ptr<Policy> makePolicy(std::string_view text, const PolicyContext& context);

/// The words of all policies that can be made of these devices, and this SLO or none.
std::vector<std::string> fittingPolicies(const PolicyContext& context);

/// Of one policy: its word, its parameters with their defaults, and a line on what it does.
struct PolicyInfo {
    std::string name, parameters, about;
};
const std::vector<PolicyInfo>& policyList();

} // namespace core
