// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/recorded_cells.h"

#include "core/record/profile.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace core {

namespace {

/// One setting of a key, and how it is said.
struct Setting {
    const char* phrase; // "at batch {}"
    std::function<std::string(const CellKey&)> text;
};

/// From those that mean another measurement to those that mean another place on the axis.
std::vector<Setting> settings()
{
    return {
        { "in precision {}", [](const CellKey& key) { return std::string(precisionName(key.precision)); } },
        { "with tuning {}", [](const CellKey& key) { return tuningName(key.tuning); } },
        { "on {} threads", [](const CellKey& key) { return std::to_string(key.threads); } },
        { "with {} requests at once", [](const CellKey& key) { return std::to_string(key.requests); } },
        { "at batch {}", [](const CellKey& key) { return std::to_string(key.batch); } },
    };
}

Figure plain(Figure figure)
{
    figure.source = plainLine(std::move(figure.source));
    figure.unknown = plainLine(std::move(figure.unknown));
    return figure;
}

CellFinished finishedOf(const Run& run, const Cell& cell)
{
    CellFinished end = *cell.finished;
    end.peakResidentBytes = plain(std::move(end.peakResidentBytes));
    end.powerMeanWatts = plain(std::move(end.powerMeanWatts));
    end.energyPerInferenceJoules = plain(std::move(end.energyPerInferenceJoules));
    end.idleWatts = plain(std::move(end.idleWatts));
    end.marginalEnergyPerInferenceJoules = plain(std::move(end.marginalEnergyPerInferenceJoules));
    end.outputMaxAbsDiff = plain(std::move(end.outputMaxAbsDiff));
    end.othersPercent = plain(std::move(end.othersPercent));
    end.gpu.unknown = plainLine(std::move(end.gpu.unknown));
    end.library = plainLine(std::move(end.library));
    end.recorded = RecordedFrom { plainLine(run.header.startedAt), plainLine(run.header.spec.rule.preset),
        plainLine(cell.reason) };
    return end;
}

CellFailure failureOf(CellStatus status)
{
    return status == CellStatus::Refused    ? CellFailure::Refused
        : status == CellStatus::OutOfMemory ? CellFailure::OutOfMemory
                                            : CellFailure::Error;
}

} // namespace

std::vector<const Cell*> cellsOf(const Run& run, const std::string& device)
{
    std::vector<const Cell*> cells;
    for (const Cell& cell : run.cells) {
        if (cell.key.engine == device && hasEnded(cell))
            cells.push_back(&cell);
    }
    return cells;
}

bool sameSettings(const CellKey& a, const CellKey& b)
{
    CellKey same = a;
    same.engine = b.engine;
    return same == b;
}

RecordedCell recordedCell(const Run& run, const Cell& cell)
{
    if (cell.finished)
        return { cell.samples, finishedOf(run, cell), cell.blocks };
    return { cell.samples, CellFailed { .kind = failureOf(cell.status), .reason = plainLine(cell.reason) },
        cell.blocks };
}

RecordedCell missingCell(std::string reason)
{
    return { {}, CellFailed { .kind = CellFailure::Refused, .reason = std::move(reason) } };
}

std::string missingSetting(std::vector<const Cell*> cells, const CellKey& key)
{
    for (const Setting& setting : settings()) {
        const std::string wanted = setting.text(key);
        std::vector<std::string> there;
        for (const Cell* cell : cells) {
            if (std::string text = setting.text(cell->key); std::ranges::find(there, text) == there.end())
                there.push_back(std::move(text));
        }
        if (std::ranges::find(there, wanted) == there.end())
            return fmt::format(
                "{}: it has {}", fmt::format(fmt::runtime(setting.phrase), wanted), fmt::join(there, ", "));
        std::erase_if(cells, [&](const Cell* cell) { return setting.text(cell->key) != wanted; });
    }
    return "with these settings"; // unreachable for a key that no cell has
}

} // namespace core
