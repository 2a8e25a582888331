// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"

#include "core/engine/kernel_tuning.h"
#include "core/engine/peaks.h"

#include <fmt/format.h>

namespace core {

std::string summarise(const std::vector<Refusal>& refusals)
{
    if (refusals.empty())
        return {};
    const Refusal& first = refusals.front();
    const std::string head = fmt::format("node \"{}\" ({}): {}", first.name, first.type, first.reason);
    return refusals.size() == 1 ? head + "." : fmt::format("{}; and {} more.", head, refusals.size() - 1);
}

std::optional<Peaks> Engine::measurePeaks(int /*threads*/, std::stop_token /*stop*/)
{
    return {};
}

std::optional<KernelTuning> Engine::tuneKernels(
    std::shared_ptr<const Graph> /*graph*/, const CompileOptions& /*options*/, std::stop_token /*stop*/)
{
    return {};
}

} // namespace core
