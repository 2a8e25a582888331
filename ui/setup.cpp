// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup.h"

#include "core/error.h"
#include "core/record/profile_list.h"

#include <QCoreApplication>
#include <algorithm>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::setup", text);
}

struct ReadList {
    std::vector<std::int64_t> numbers;
    QString problem;
};

/// While somebody types, a text that cannot be read is an ordinary value, not a failure.
ReadList readList(const QString& text)
{
    try {
        return { core::parseBatches(text.trimmed().toStdString()), {} };
    } catch (const core::Error& error) {
        return { {}, QString::fromUtf8(error.what()) };
    }
}

ReadList readRequests(const QString& text)
{
    ReadList list = readList(text);
    if (!list.problem.isEmpty())
        list.problem = tr("Cannot read requests: \"%1\" is not a list such as 1,2,4.").arg(text);
    else if (list.numbers.back() > core::kMostRequests)
        list = { {},
            tr("Cannot send %1 requests at once: expected at most %2.")
                .arg(list.numbers.back())
                .arg(core::kMostRequests) };
    return list;
}

ReadList readThreads(const QString& text, const core::DeviceInfo& device)
{
    ReadList list = readList(text);
    if (!list.problem.isEmpty())
        list.problem = tr("Cannot read threads of %1: \"%2\" is not a list such as 1,2.")
                           .arg(engineTitle(device.id), text);
    else if (list.numbers.back() > device.maxThreads)
        list.problem = tr("Cannot use %1 threads: %2 has %3.")
                           .arg(list.numbers.back())
                           .arg(engineTitle(device.id))
                           .arg(device.maxThreads);
    return list;
}

const core::DeviceInfo* find(const std::vector<core::DeviceInfo>& devices, const std::string& id)
{
    const auto found
        = std::find_if(devices.begin(), devices.end(), [&](const auto& device) { return device.id == id; });
    return found == devices.end() ? nullptr : &*found;
}

void addEngine(CheckedSetup& checked, const EngineSetup& engine, const core::DeviceInfo& device)
{
    core::EngineChoice choice {
        .id = engine.id, .threads = {}, .precisions = engine.precisions, .tunings = engine.tunings
    };
    if (device.maxThreads > 0) {
        const ReadList threads = readThreads(engine.threads, device);
        if (!threads.problem.isEmpty())
            checked.threadsProblems[engine.id] = threads.problem;
        choice.threads.assign(threads.numbers.begin(), threads.numbers.end());
    }
    checked.spec.engines.push_back(std::move(choice));
}

/// `task` is "Cannot start the sweep" or another head of a sentence.
QString firstProblem(const CheckedSetup& checked, const std::vector<std::string>& dims, const QString& task)
{
    if (checked.spec.model.empty())
        return tr("Open a model first: drop an ONNX file on the window or choose a built-in one.");
    for (const auto& dim : dims) {
        if (!checked.spec.dims.contains(dim))
            return tr("%1: dimension \"%2\" is not set.").arg(task, QString::fromStdString(dim));
    }
    if (!checked.batchesProblem.isEmpty())
        return checked.batchesProblem;
    if (!checked.requestsProblem.isEmpty())
        return checked.requestsProblem;
    if (checked.spec.engines.empty())
        return tr("%1: no engine is ticked.").arg(task);
    return checked.threadsProblems.empty() ? QString() : checked.threadsProblems.begin()->second;
}

} // namespace

namespace {

/// Those of `chosen` that it was recorded in, or else the first of them.
std::vector<core::Precision> recordedPrecisions(
    std::vector<core::Precision> chosen, const core::DeviceInfo& device)
{
    std::erase_if(chosen,
        [&](core::Precision precision) { return std::ranges::count(device.precisions, precision) == 0; });
    if (chosen.empty() && !device.precisions.empty())
        chosen = { device.precisions.front() };
    return chosen;
}

} // namespace

Setup withDevices(Setup setup, const std::vector<core::DeviceInfo>& devices)
{
    std::vector<EngineSetup> engines;
    for (const auto& device : devices) {
        const auto known = std::find_if(setup.engines.begin(), setup.engines.end(),
            [&](const EngineSetup& engine) { return engine.id == device.id; });
        EngineSetup engine { .id = device.id, .ticked = device.id != "reference" && !device.recordedOn };
        if (device.maxThreads > 0)
            engine.threads = QString::number(device.maxThreads);
        if (known != setup.engines.end())
            engine = *known;
        if (device.recordedOn)
            engine.precisions = recordedPrecisions(std::move(engine.precisions), device);
        engine.ticked = engine.ticked && device.absent.empty();
        engines.push_back(std::move(engine));
    }
    setup.engines = std::move(engines);
    return setup;
}

CheckedSetup check(const Setup& setup, const ModelNeeds& model, const std::vector<core::DeviceInfo>& devices)
{
    CheckedSetup checked;
    checked.spec.model = model.source;
    checked.spec.rule = core::stopRulePreset(setup.preset);
    checked.spec.seed = setup.seed;
    if (!setup.inputs.empty())
        checked.spec.inputs = { setup.inputs };
    checked.spec.checkOutputs = setup.checkOutputs;
    checked.spec.tuneKernels = setup.tuneKernels;
    for (const auto& dim : model.dims) {
        if (const auto value = setup.dims.find(dim); value != setup.dims.end())
            checked.spec.dims.insert(*value);
    }
    if (model.fixedBatch) {
        checked.spec.batches = { *model.fixedBatch };
    } else {
        ReadList batches = readList(setup.batches);
        checked.spec.batches = std::move(batches.numbers);
        checked.batchesProblem = std::move(batches.problem);
    }
    const ReadList requests = readRequests(setup.requests);
    checked.spec.requests.assign(requests.numbers.begin(), requests.numbers.end());
    checked.requestsProblem = requests.problem;
    for (const auto& engine : setup.engines) {
        const core::DeviceInfo* device = find(devices, engine.id);
        if (engine.ticked && device && device->absent.empty())
            addEngine(checked, engine, *device);
    }
    checked.problem = firstProblem(checked, model.dims, tr("Cannot start the sweep"));
    checked.traceProblem = firstProblem(checked, model.dims, tr("Cannot trace"));
    const auto& chosen = checked.spec.engines;
    if (checked.traceProblem.isEmpty() && std::ranges::all_of(chosen, [&](const core::EngineChoice& choice) {
            return isRecorded(devices, choice.id);
        }))
        checked.traceProblem = tr("Cannot trace: recorded engines compute nothing.");
    return checked;
}

bool isRecorded(const std::vector<core::DeviceInfo>& devices, const std::string& id)
{
    const core::DeviceInfo* device = find(devices, id);
    return device && device->recordedOn;
}

QString plainName(const std::string& name)
{
    return QString::fromStdString(name)
        .remove(QStringLiteral("(R)"))
        .remove(QStringLiteral("(TM)"))
        .simplified();
}

QString recordedText(const core::DeviceInfo& device)
{
    return device.recordedOn
        ? tr("recorded on %1, %2")
              .arg(plainName(device.name), QString::fromStdString(device.recordedOn->date))
        : QString();
}

QString engineTitle(const std::string& id)
{
    QString text = QString::fromStdString(id);
    if (id.starts_with(core::kRecordedPrefix)) {
        text.remove(0, static_cast<qsizetype>(core::kRecordedPrefix.size()));
        const qsizetype file = text.indexOf(QLatin1String(".json"));
        if (text.contains(QLatin1Char('/')) && file > 0) // a path, and perhaps a device
            text = text.mid(text.lastIndexOf(QLatin1Char('/'), file) + 1).remove(QLatin1String(".json"));
        return tr("%1 recorded").arg(text);
    }
    return text.size() <= 3 ? text.toUpper() : text.left(1).toUpper() + text.mid(1);
}

QString precisionText(core::Precision precision)
{
    const auto name = core::precisionName(precision);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

namespace {

QString instructionSetText(core::InstructionSet set)
{
    switch (set) {
    case core::InstructionSet::All:
        return tr("all instructions");
    case core::InstructionSet::Baseline:
        return tr("SSE4.1");
    case core::InstructionSet::Avx2:
        return tr("AVX2");
    case core::InstructionSet::Avx512:
        return tr("AVX-512");
    case core::InstructionSet::Vnni:
        return tr("AVX-512 VNNI");
    case core::InstructionSet::Bf16:
        return tr("AVX-512 bf16");
    case core::InstructionSet::Amx:
        return tr("AMX");
    }
    return {};
}

} // namespace

QString tuningText(const core::Tuning& tuning)
{
    QStringList words;
    if (tuning.isa != core::InstructionSet::All)
        words << instructionSetText(tuning.isa);
    if (!tuning.fuse)
        words << tr("no fusion");
    if (tuning.plain)
        words << tr("plain loops");
    if (tuning.rules)
        words << tr("kernels by rule");
    if (!tuning.graph)
        words << tr("no CUDA graph");
    if (!tuning.transfers)
        words << tr("no transfers");
    return words.isEmpty() ? tr("full") : words.join(QStringLiteral(", "));
}

std::vector<core::Tuning> tuningsOf(const core::DeviceInfo& device)
{
    std::vector<core::Tuning> tunings { core::Tuning {} };
    if (device.plainLoops || device.recordsWork)
        tunings.push_back({ .fuse = false });
    if (device.plainLoops)
        tunings.push_back({ .plain = true });
    if (device.tunesKernels)
        tunings.push_back({ .rules = true });
    if (device.recordsWork)
        tunings.push_back({ .graph = false });
    if (device.ownMemory)
        tunings.push_back({ .transfers = false });
    for (const core::InstructionSet set : device.instructionSets) {
        if (set != device.limit) // which nothing is left out of
            tunings.push_back({ .isa = set });
    }
    return tunings;
}

} // namespace ui
