// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/continued_run.h"

#include "core/error.h"
#include "core/record/profile.h"
#include "core/record/recorded_cells.h"

#include <algorithm>

namespace core {

bool isSeenThrough(const Cell& cell)
{
    return hasEnded(cell) && cell.status != CellStatus::OutOfMemory && cell.status != CellStatus::Failed;
}

int cellsLeft(const Run& run)
{
    return static_cast<int>(
        std::ranges::count_if(run.cells, [](const Cell& c) { return !isSeenThrough(c); }));
}

std::function<std::optional<RecordedCell>(const CellKey&)> earlierCells(std::shared_ptr<const Run> run)
{
    return [run = std::move(run)](const CellKey& key) -> std::optional<RecordedCell> {
        const auto found = std::ranges::find(run->cells, key, &Cell::key);
        if (found == run->cells.end() || !isSeenThrough(*found))
            return {};
        RecordedCell cell = recordedCell(*run, *found);
        // A cell that was carried over before says itself where it is from.
        if (auto* end = std::get_if<CellFinished>(&cell.end); end && found->finished->recorded)
            end->recorded = found->finished->recorded;
        return cell;
    };
}

void checkContinues(const Run& run, const ModelSummary& model)
{
    if (cellsLeft(run) == 0)
        throw Error("Cannot continue the sweep: all {} cells of it are measured.", run.cells.size());
    if (run.header.model.sha256 != model.sha256)
        throw Error("Cannot continue the sweep: {} has changed since.", run.header.spec.model);
}

} // namespace core
