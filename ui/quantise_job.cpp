// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/quantise_job.h"

#include "core/error.h"
#include "core/quantise/quantise_file.h"
#include "core/record/given_inputs.h"

#include <QCoreApplication>
#include <algorithm>

namespace ui {
namespace {

constexpr const char* kTask = "quantise";
constexpr std::uint64_t kSeed = 1; // as the command line has it

core::Engine& engineOf(const EngineList& engines, const std::string& id)
{
    const auto found = std::find_if(engines.begin(), engines.end(),
        [&](const auto& engine) { return engine->device().id == id && engine->device().absent.empty(); });
    if (found == engines.end())
        throw core::Error("Cannot quantise: there is no engine \"{}\".", id);
    return **found;
}

QuantiseOutcome quantised(const QuantiseRequest& request, const core::Model& model,
    const std::map<std::string, std::int64_t>& dims, core::Engine& engine, core::QuantiseFile file,
    std::stop_token stop)
{
    core::NamedTensors given;
    if (!request.inputs.empty())
        given = core::readInputs(std::span(&request.inputs, 1), *model.graph, kTask);
    const core::CompileOptions compiling { .dims = core::boundDims(*model.graph, given, 1, dims, kTask),
        .threads = std::max(1, engine.device().maxThreads) };
    if (!request.inputs.empty())
        file.given = core::givenInputs(std::move(given), kSeed);
    core::QuantisedModel made = core::quantiseFile(model, engine, compiling, file, std::move(stop));
    return { request, std::move(made.layers), made.accuracy, made.weightBytesBefore, made.weightBytesAfter };
}

} // namespace

JobRunner::Job quantiseJob(QuantiseRequest request, core::Model model,
    std::map<std::string, std::int64_t> dims, std::string engine, SharedEngines engines,
    std::function<void(core::QuantiseProgress)> progressed, std::function<void(QuantiseOutcome)> take)
{
    JobRunner::Job job;
    job.work = [request = std::move(request), model = std::move(model), dims = std::move(dims),
                   engine = std::move(engine), engines, progressed,
                   take](std::stop_token stop, const JobRunner::Post& post) {
        core::QuantiseFile file;
        file.seed = kSeed;
        file.samples = file.evaluated = request.samples;
        file.output = request.output;
        file.how.method = request.method;
        file.how.progress = [&](const core::QuantiseProgress& progress) {
            post([progressed, progress] { progressed(progress); });
        };
        auto outcome = quantised(request, model, dims, engineOf(*engines, engine), std::move(file), stop);
        post([take, outcome = std::move(outcome)] { take(outcome); });
    };
    return job;
}

QString progressText(const core::QuantiseProgress& progress)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("ui::quantise", text); };
    switch (progress.phase) {
    case core::QuantisePhase::Ranges:
        return tr("Finding ranges, input %1 of %2").arg(progress.done).arg(progress.total);
    case core::QuantisePhase::Accuracy:
        return tr("Comparing with fp32");
    case core::QuantisePhase::Layers:
        return tr("Looking at each layer alone, %1 of %2").arg(progress.done + 1).arg(progress.total);
    }
    return {};
}

} // namespace ui
