// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_spec.h"

#include "core/record/given_inputs.h"

namespace app {

void runSpec(core::SweepSpec spec, const std::vector<core::Engine*>& engines, core::SweepControl control,
    const core::EventSink& take, const core::Machine& machine)
{
    if (spec.inputs.empty()) {
        if (spec.batches.empty())
            spec.batches = { 1 };
        return core::runSweep(spec, engines, std::move(control), take, machine);
    }
    constexpr const char* kTask = "start the sweep";
    const core::Model model = core::openModel(spec.model);
    core::NamedTensors given = core::readInputs(spec.inputs, *model.graph, kTask);
    const core::DimBindings dims = core::boundDims(*model.graph, given, 0, spec.dims, kTask);
    spec.dims = dims.named;
    if (spec.batches.empty())
        spec.batches = { dims.batch };
    core::runSweep(spec, model, engines, std::move(control), take, machine,
        core::givenInputs(std::move(given), spec.seed));
}

} // namespace app
