// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/recorded_engine.h"

#include "core/error.h"
#include "core/record/recorded_cells.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace core {

namespace {

constexpr std::size_t kMostFacts = 12;

void addOnce(std::vector<std::string>& texts, std::string text)
{
    if (std::ranges::find(texts, text) == texts.end())
        texts.push_back(std::move(text));
}

/// The zoo's weights may change from one version to the next, its networks do not.
bool sameModel(const ModelSummary& a, const ModelSummary& b)
{
    if (!a.sha256.empty() && a.sha256 == b.sha256)
        return true;
    return a.source.starts_with("zoo:") && a.source == b.source && a.parameters == b.parameters;
}

std::string dimsText(const std::map<std::string, std::int64_t>& dims)
{
    std::vector<std::string> parts;
    for (const auto& [name, value] : dims)
        parts.push_back(fmt::format("{} = {}", name, value));
    return parts.empty() ? "no dimension set" : fmt::format("{}", fmt::join(parts, ", "));
}

/// Where a run says nothing of its machine's name, its processor stands for it.
RecordedOn recordedOn(const RunStarted& header)
{
    const Environment& machine = header.environment;
    const std::string& name = !machine.host.empty() ? machine.host : machine.cpu;
    return { name.empty() ? "an unknown machine" : plainLine(name),
        header.startedAt.empty() ? "an unknown date" : plainLine(header.startedAt.substr(0, 10)) };
}

/// What settings mean something to it: those that its cells have.
void takeSettings(DeviceInfo& info, const std::vector<const Cell*>& cells)
{
    const auto addOf = [](auto& list, const auto& value) {
        if (std::ranges::find(list, value) == list.end())
            list.push_back(value);
    };
    info.maxThreads = 0;
    info.precisions.clear();
    info.instructionSets.clear();
    info.limit = InstructionSet::All;
    info.plainLoops = info.tunesKernels = info.recordsWork = info.ownMemory = false;
    for (const Cell* cell : cells) {
        const Tuning& tuning = cell->key.tuning;
        info.maxThreads = std::max(info.maxThreads, cell->key.threads);
        addOf(info.precisions, cell->key.precision);
        if (tuning.isa != InstructionSet::All)
            addOf(info.instructionSets, tuning.isa);
        info.plainLoops = info.plainLoops || tuning.plain || !tuning.fuse;
        info.tunesKernels = info.tunesKernels || tuning.rules;
        info.recordsWork = info.recordsWork || !tuning.graph;
        info.ownMemory = info.ownMemory || !tuning.transfers;
    }
}

/// What another machine's file says, as one line each: it goes to terminals.
void takeFacts(DeviceInfo& info, const RunStarted& header)
{
    auto facts = std::move(info.facts);
    facts.resize(std::min(facts.size(), kMostFacts));
    info.facts.clear();
    const Environment& machine = header.environment;
    info.facts.emplace_back("machine",
        plainLine(machine.cores > 0 ? fmt::format("{}, {} cores", machine.cpu, machine.cores) : machine.cpu));
    info.facts.emplace_back("program", plainLine(machine.program));
    for (auto& [name, value] : facts)
        info.facts.emplace_back(plainLine(std::move(name)), plainLine(std::move(value)));
}

} // namespace

RecordedEngine::RecordedEngine(std::string id, std::string device, std::shared_ptr<const Profile> profile)
    : m_device(std::move(device))
    , m_profile(std::move(profile))
{
    std::vector<const Cell*> cells;
    for (const Run& run : m_profile->runs) {
        const DeviceInfo* info = deviceOf(run, m_device);
        // A folder may hold runs of several machines: an engine is one device, the latest.
        if (!info || (!m_runs.empty() && info->name != m_info.name) || cellsOf(run, m_device).empty())
            continue;
        if (m_runs.empty())
            m_info = *info;
        m_runs.push_back(&run);
        for (const Cell* cell : cellsOf(run, m_device))
            cells.push_back(cell);
    }
    const RunStarted& latest = m_runs.front()->header;
    m_info.id = std::move(id);
    m_info.name = plainLine(m_info.name);
    m_info.library = plainLine(m_info.library);
    m_info.recordedOn = recordedOn(latest);
    m_info.patience.reset();
    m_info.uuid.clear(); // of a device that no driver here knows
    takeSettings(m_info, cells);
    takeFacts(m_info, latest);
    m_info.facts.emplace_back("models", fmt::format("{}", fmt::join(models(), ", ")));
}

std::vector<Refusal> RecordedEngine::refusals(const Graph& graph) const
{
    std::vector<Refusal> refusals;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        refusals.push_back(
            { static_cast<int>(i), graph.nodes[i].name, graph.nodes[i].type, computesNothing(m_info) });
    return refusals;
}

std::unique_ptr<Program> RecordedEngine::compile(std::shared_ptr<const Graph>, const CompileOptions&)
{
    throw Error("Cannot compile: {}.", computesNothing(m_info));
}

RecordedCell RecordedEngine::find(
    const ModelSummary& model, const std::map<std::string, std::int64_t>& dims, const CellKey& key) const
{
    std::vector<const Run*> runs = m_runs;
    std::erase_if(runs, [&](const Run* run) { return !sameModel(run->header.model, model); });
    if (runs.empty())
        return missingCell(missingModel(model));
    std::erase_if(runs, [&](const Run* run) { return run->header.spec.dims != dims; });
    if (runs.empty())
        return missingCell(missingDims(model, dims));
    std::vector<const Cell*> cells;
    for (const Run* run : runs) {
        for (const Cell* cell : cellsOf(*run, m_device)) {
            if (sameSettings(cell->key, key))
                return recordedCell(*run, *cell);
            cells.push_back(cell);
        }
    }
    return missingCell(
        fmt::format("{}, has no cell of this model {}.", recordedText(m_info), missingSetting(cells, key)));
}

std::string RecordedEngine::missingModel(const ModelSummary& model) const
{
    const std::vector<std::string> known = models();
    const bool sameName = std::ranges::find(known, plainLine(model.name)) != known.end();
    return fmt::format("{}, has no cell of {}{}: it has {}.", recordedText(m_info), model.name,
        sameName ? " as it is now, but of another file of that name" : "", fmt::join(known, ", "));
}

std::string RecordedEngine::missingDims(
    const ModelSummary& model, const std::map<std::string, std::int64_t>& dims) const
{
    std::vector<std::string> known;
    for (const Run* run : m_runs) {
        if (sameModel(run->header.model, model))
            addOnce(known, plainLine(dimsText(run->header.spec.dims)));
    }
    return fmt::format("{}, has no cell of this model with {}: it has {}.", recordedText(m_info),
        dimsText(dims), fmt::join(known, "; "));
}

std::vector<std::string> RecordedEngine::warnings() const
{
    std::vector<std::string> warnings;
    for (const Run* run : m_runs) {
        for (const std::string& warning : run->header.environment.warnings)
            addOnce(warnings, plainLine(warning));
    }
    return warnings;
}

std::vector<std::string> RecordedEngine::models() const
{
    std::vector<std::string> names;
    for (const Run* run : m_runs)
        addOnce(names, plainLine(run->header.model.name));
    return names;
}

std::size_t RecordedEngine::cellCount() const
{
    std::size_t count = 0;
    for (const Run* run : m_runs)
        count += cellsOf(*run, m_device).size();
    return count;
}

std::string computesNothing(const DeviceInfo& device)
{
    return recordedText(device) + ", computes nothing: it has figures of runs alone";
}

} // namespace core
