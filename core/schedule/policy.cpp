// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/policy.h"

#include "core/error.h"
#include "core/schedule/policy_support.h"

namespace core {

std::size_t Policy::place(const Waiting&, const Situation&)
{
    return 0;
}

void Policy::finished(const Finished&) { }

namespace {

struct Row {
    PolicyInfo info;
    std::unique_ptr<Policy> (*make)(Call&, const PolicyContext&);
};

const std::vector<Row>& rows()
{
    static const std::vector<Row> all {
        { { "cpu-only", "max", "CPUs alone, each batch as large as what waits" },
            [](Call& call, const PolicyContext& context) {
                return makeOnly(call, context, DeviceGroup::Cpu);
            } },
        { { "gpu-only", "max", "GPUs alone, likewise" },
            [](Call& call, const PolicyContext& context) {
                return makeOnly(call, context, DeviceGroup::Gpu);
            } },
        { { "static-split", "p=0.5,max", "a share p of the requests to GPUs, the others to CPUs" },
            makeStaticSplit },
        { { "round-robin", "max", "one device after the other" }, makeRoundRobin },
        { { "least-work", "max", "the device that would be done with it first, all its queue counted" },
            makeLeastWork },
        { { "size-threshold", "T=8,split=1,max",
              "requests of over T items to GPUs, others to CPUs, each over `split` cores" },
            makeSizeThreshold },
        { { "timeout-batch", "max,delay=1ms,on=any",
              "waits until a batch is full or its first request is `delay` old" },
            makeTimeoutBatch },
        { { "aimd", "slo,add=1,factor=0.9,max",
              "a device's batch grows by `add` while it keeps the SLO, else shrinks by `factor`" },
            makeAimd },
        { { "eft-deadline", "slo,quantile=0.9,drop=yes,max",
              "the batch that keeps the oldest deadline and ends first; drops the hopeless" },
            makeEftDeadline },
        { { "work-steal", "max", "a queue each by speed; who has nothing takes half of the longest" },
            makeWorkSteal },
        { { "hill-climb", "window=500,max", "size-threshold that tunes its T and its batch while it serves" },
            makeHillClimb },
    };
    return all;
}

} // namespace

std::unique_ptr<Policy> makePolicy(std::string_view text, const PolicyContext& context)
{
    Call call(text, "policy");
    std::string names;
    for (const Row& row : rows()) {
        if (row.info.name == call.name()) {
            auto policy = row.make(call, context);
            call.finish();
            return policy;
        }
        names += names.empty() ? row.info.name : ", " + row.info.name;
    }
    call.refuse("there are " + names + " and oracle");
}

std::vector<std::string> fittingPolicies(const PolicyContext& context)
{
    std::vector<std::string> names;
    for (const PolicyInfo& info : policyList()) {
        try {
            makePolicy(info.name, context);
            names.push_back(info.name);
        } catch (const Error&) {
            continue; // it needs a device or an SLO that is not there
        }
    }
    return names;
}

const std::vector<PolicyInfo>& policyList()
{
    static const std::vector<PolicyInfo> list = [] {
        std::vector<PolicyInfo> infos;
        for (const Row& row : rows())
            infos.push_back(row.info);
        return infos;
    }();
    return list;
}

} // namespace core
