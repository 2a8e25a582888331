// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/table.h"
#include "core/record/blob_cache.h"
#include "core/record/json_fields.h"
#include "core/record/peaks_file.h"
#include "core/sensors/memory.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace app {

namespace {

struct Options {
    bool clear = false, json = false;
};

core::BlobCache opened()
{
    const auto folder = core::cacheFolder();
    return core::BlobCache(folder.empty() ? folder : folder / "weights", core::blobCacheLimit());
}

std::string sizeText(std::size_t bytes)
{
    return core::formatBytes(static_cast<double>(bytes));
}

std::string timeText(std::chrono::file_clock::time_point time)
{
    const auto seconds
        = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::file_clock::to_sys(time));
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::string report(const core::BlobCache& cache, const std::vector<core::BlobCache::Entry>& entries)
{
    Table table({ { "MODEL", Align::Left }, { "SIZE" }, { "LAST USED", Align::Left } }, Overflow::Elide);
    std::size_t sum = 0;
    for (const auto& entry : entries) {
        table.add({ entry.note, sizeText(entry.bytes), timeText(entry.used) });
        sum += entry.bytes;
    }
    return (entries.empty() ? std::string() : table.text() + "\n")
        + fmt::format("{} of packed weights in {}, {} at most.\n", sizeText(sum), cache.folder().string(),
            sizeText(cache.limit()));
}

core::Json document(const core::BlobCache& cache, const std::vector<core::BlobCache::Entry>& entries)
{
    core::Json rows = core::Json::array();
    for (const auto& entry : entries)
        rows.push_back({ { "key", entry.key }, { "model", entry.note }, { "bytes", entry.bytes },
            { "used_at", timeText(entry.used) } });
    return { { "folder", cache.folder().string() }, { "limit_bytes", cache.limit() },
        { "entries", std::move(rows) } };
}

int cache(const Options& options)
{
    const core::BlobCache weights = opened();
    if (weights.folder().empty())
        throw core::Error("Cannot look at the cache: neither XDG_CACHE_HOME nor HOME names a folder.");
    if (options.clear) {
        print(fmt::format("{} freed.\n", sizeText(weights.clear())));
        return kOk;
    }
    const auto entries = weights.entries();
    print(options.json ? core::dumped(document(weights, entries), 2) + "\n" : report(weights, entries));
    return kOk;
}

} // namespace

void addCache(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "cache", "List the packed weights kept on disk, or remove them");
    auto options = std::make_shared<Options>();
    command->add_flag("--clear", options->clear, "Remove them all");
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer(
        "infer keeps weights as kernels want them, so that the next start need not pack them again: one\n"
        "file for each model, batch, number of threads and choice of kernels, checked when it is read.\n"
        "What was not used for longest goes first where BREAKEVEN_CACHE_LIMIT (bytes) is reached.");
    command->callback([&context, options] { context.command = [options] { return cache(*options); }; });
}

} // namespace app
