// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run_store.h"
#include "tests/support/runs.h"

#include <fmt/format.h>

/// Runs for tests of lists, and libraries with some in them.
namespace support {

inline core::RunEntry entryOf(const std::string& id, const std::string& model, const std::string& startedAt)
{
    return { .id = id,
        .shortId = id.substr(0, 8),
        .name = {},
        .model = model,
        .source = "zoo:" + model,
        .sha256 = "ab12",
        .machine = "station-7",
        .cpu = "Xeon",
        .startedAt = startedAt,
        .finishedAt = startedAt,
        .tags = {},
        .planned = 4,
        .kept = 4 };
}

/// The example run of another model, begun at another time.
inline core::Run runOf(const std::string& model, const std::string& startedAt)
{
    core::Run run = exampleRun();
    run.header.model.name = model;
    run.header.model.source = model;
    run.header.startedAt = startedAt;
    return run;
}

/// A library with a run of each model, a day apart, the last one newest; their ids in that order.
inline std::vector<std::string> fill(
    const std::filesystem::path& path, const std::vector<std::string>& models)
{
    core::RunStore store(path);
    std::vector<std::string> ids;
    for (std::size_t k = 0; k < models.size(); ++k)
        ids.push_back(store.import(runOf(models[k], fmt::format("2026-03-{:02}T12:00:00+00:00", k + 1))));
    return ids;
}

} // namespace support
