// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/profile.h"

#include "core/error.h"
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/sensors/memory.h"

#include <algorithm>

namespace core {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestLine = 300;
constexpr Nanoseconds kLongestTime = std::chrono::hours(24 * 365);

bool isRunFile(const fs::path& path)
{
    return path.extension() == ".json";
}

/// Sums of times of another machine must stay within 64 bits.
bool timesCanBe(const Cell& cell)
{
    const auto within = [](Nanoseconds time) { return time.count() >= 0 && time <= kLongestTime; };
    Nanoseconds before {};
    for (const TimedSample& sample : cell.samples) {
        if (!within(sample.at) || !within(sample.latency) || sample.latency.count() == 0
            || sample.at < before)
            return false;
        before = sample.at;
        if (const auto& device = sample.device; device
            && !(within(device->enqueue) && within(device->copyIn) && within(device->compute)
                && within(device->copyOut)))
            return false;
    }
    return !cell.finished || (within(cell.finished->compile) && within(cell.finished->measured));
}

bool isMeasured(const Run& run, const Cell& cell)
{
    const DeviceInfo* device = deviceOf(run, cell.key.engine);
    return device && !device->recordedOn && hasEnded(cell);
}

void checkSize(const fs::path& path)
{
    std::error_code error;
    if (!fs::is_regular_file(path, error)) // a pipe would wait for its other end
        return; // reading says why
    if (const auto bytes = fs::file_size(path, error); !error && bytes > kMostProfileBytes)
        throw Error("Cannot read run: {}: it has {}, of a profile at most {} are read.", path.string(),
            formatBytes(static_cast<double>(bytes)), formatBytes(static_cast<double>(kMostProfileBytes)));
}

Run readMeasured(const fs::path& path)
{
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw Error("Cannot read run: {}: is not a file.", path.string());
    checkSize(path);
    Run run = readRun(path);
    std::erase_if(run.cells, [&](const Cell& cell) { return !isMeasured(run, cell); });
    if (run.cells.empty())
        throw Error("Cannot use run as a profile: {}: it has no measured cell.", path.string());
    for (const Cell& cell : run.cells) {
        if (!timesCanBe(cell))
            throw Error("Cannot use run as a profile: {}: times of {} at batch {} cannot be.", path.string(),
                cell.key.engine, cell.key.batch);
    }
    run.readings.clear(); // of another clock and another process
    return run;
}

} // namespace

bool hasEnded(const Cell& cell)
{
    switch (cell.status) {
    case CellStatus::Ok:
    case CellStatus::Unstable:
    case CellStatus::Disturbed:
        return cell.finished && !cell.samples.empty();
    case CellStatus::Refused:
    case CellStatus::OutOfMemory:
    case CellStatus::Failed:
        return true;
    case CellStatus::Waiting:
    case CellStatus::Running:
    case CellStatus::Cancelled: // by whoever measured there: of this device it says nothing
        return false;
    }
    return false;
}

std::string plainLine(std::string text)
{
    if (text.size() > kLongestLine) {
        std::size_t end = kLongestLine;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
            --end; // within a character
        text.resize(end);
        text += "…";
    }
    return printable(std::move(text));
}

Profile openProfile(const fs::path& path)
{
    Profile profile { .path = path, .runs = {}, .leftOut = {} };
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        profile.runs.push_back(readMeasured(path));
        return profile;
    }
    std::vector<fs::path> files = profilesIn(path);
    std::erase_if(files, [](const fs::path& each) { return !isRunFile(each); });
    if (files.size() > kMostProfileFiles)
        throw Error("Cannot use folder as a profile: {}: it has more than {} files.", path.string(),
            kMostProfileFiles);
    for (const fs::path& file : files) {
        try {
            profile.runs.push_back(readMeasured(file));
        } catch (const Error& why) {
            profile.leftOut.emplace_back(why.what());
        }
    }
    if (profile.runs.empty())
        throw Error("Cannot use folder as a profile: {}: {}.", path.string(),
            profile.leftOut.empty() ? "no run file (*.json) is in it" : asReason(profile.leftOut.front()));
    std::ranges::stable_sort(
        profile.runs, [](const Run& a, const Run& b) { return a.header.startedAt > b.header.startedAt; });
    return profile;
}

std::vector<fs::path> profilesIn(const fs::path& folder)
{
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code unknown;
        const bool hidden = entry->path().filename().string().starts_with('.');
        if (!hidden && (isRunFile(entry->path()) || entry->is_directory(unknown)))
            found.push_back(entry->path());
    }
    std::ranges::sort(found);
    if (found.size() > kMostProfileFiles + 1)
        found.resize(kMostProfileFiles + 1);
    return found;
}

std::vector<std::string> devicesOf(const Profile& profile)
{
    std::vector<std::string> gpus, others;
    for (const Run& run : profile.runs) {
        for (const Cell& cell : run.cells) {
            auto& ids = deviceOf(run, cell.key.engine)->kind == DeviceKind::Gpu ? gpus : others;
            if (std::ranges::find(ids, cell.key.engine) == ids.end())
                ids.push_back(cell.key.engine);
        }
    }
    gpus.insert(gpus.end(), others.begin(), others.end());
    return gpus;
}

} // namespace core
