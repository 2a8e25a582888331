// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"
#include "tests/support/runs.h"

namespace support {

/// A CPU with one thread at 2 ms an item, one with two at 1 ms, and a GPU at 3 ms and 0.25 ms an item: always
/// the same times, in batches of 1 to 16. Without `gpu` and `second` the CPU with one thread is alone.
inline core::Run labRun(bool second = true, bool gpu = true)
{
    using namespace std::chrono_literals;
    core::Run run;
    run.header = exampleStart();
    run.header.spec
        = { .model = "zoo:tiny-cnn", .engines = { { "cpu", { 1 } } }, .batches = { 1, 2, 4, 8, 16 } };
    if (second)
        run.header.spec.engines[0].threads = { 1, 2 };
    if (gpu)
        run.header.spec.engines.push_back({ "gpu", {} });
    run.header.devices[1].absent.clear();
    run.header.cells = core::cells(run.header.spec);
    for (const core::CellKey& key : run.header.cells) {
        const core::Nanoseconds latency = key.engine == "gpu"
            ? 3ms + key.batch * 250us
            : core::Nanoseconds(key.batch * 2ms) / key.threads;
        core::Cell cell { .key = key, .status = core::CellStatus::Ok };
        for (int i = 0; i < 60; ++i)
            cell.samples.push_back({ .at = i * 10ms, .latency = latency });
        cell.finished = core::CellFinished { .stoppedBy = core::StoppedBy::Converged };
        cell.refreshSummary();
        run.cells.push_back(std::move(cell));
    }
    run.finished = core::RunFinished {};
    return run;
}

} // namespace support
