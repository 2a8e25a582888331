// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/peaks_file.h"

#include "core/model/digest.h"
#include "core/record/run_file.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

namespace core {

namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 2; // rises when kernels, sizes or the file change: older files are measured anew
constexpr std::size_t kMostBytes = 64 * 1024, kMostRows = 16, kLongestText = 300;

/// What the peaks are of. Everything that may change them without a change of the program.
Json keyOf(const DeviceInfo& device, int threads)
{
    return { { "version", kVersion }, { "device", device.name }, { "library", device.library },
        { "threads", threads } };
}

/// Text that goes to a terminal.
std::string plainTextOf(const Json& json, const char* key)
{
    std::string text = textOf(json, key);
    const bool control
        = std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (control || text.size() > kLongestText)
        throw Error("\"{}\" is not a short line of text", key);
    return text;
}

double positiveOf(const Json& json, const char* key)
{
    const double value = realOf(json, key);
    if (!std::isfinite(value) || value <= 0)
        throw Error("\"{}\" is not a positive number", key);
    return value;
}

const Json& rowsOf(const Json& json, const char* key)
{
    const Json& rows = arrayOf(json, key);
    if (rows.size() > kMostRows)
        throw Error("\"{}\" has too many rows", key);
    return rows;
}

void addRate(Json& json, const std::optional<PeakRate>& rate, const std::string& unknown)
{
    if (rate)
        json.update({ { "best", rate->best }, { "median", rate->median }, { "spread", rate->spread } });
    else
        json["unknown"] = unknown;
}

template <typename Peak> void readRate(const Json& json, Peak& peak)
{
    if (memberOrNull(json, "unknown")) {
        peak.unknown = plainTextOf(json, "unknown");
        if (peak.unknown.empty())
            throw Error("\"unknown\" gives no reason");
        return;
    }
    const double spread = realOf(json, "spread");
    if (!std::isfinite(spread) || spread < 0)
        throw Error("\"spread\" is not a number of at least 0");
    peak.rate = PeakRate { positiveOf(json, "best"), positiveOf(json, "median"), spread };
}

std::string readAll(const fs::path& path)
{
    std::error_code error;
    if (!fs::is_regular_file(path, error)) // a pipe would wait for its other end
        return {};
    std::ifstream file(path, std::ios::binary);
    std::string text(kMostBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text.size() > kMostBytes ? std::string() : text;
}

} // namespace

Json toJson(const Peaks& peaks)
{
    Json compute = Json::array(), bandwidth = Json::array();
    for (const ComputePeak& peak : peaks.compute) {
        Json row { { "precision", precisionName(peak.precision) }, { "instruction", peak.instruction } };
        addRate(row, peak.rate, peak.unknown);
        compute.push_back(std::move(row));
    }
    for (const BandwidthPeak& peak : peaks.bandwidth) {
        Json row { { "level", peak.level }, { "capacity_bytes", peak.capacity },
            { "working_set_bytes", peak.workingSet } };
        addRate(row, peak.rate, peak.unknown);
        bandwidth.push_back(std::move(row));
    }
    return { { "threads", peaks.threads }, { "compute", std::move(compute) },
        { "bandwidth", std::move(bandwidth) } };
}

Peaks peaksOf(const Json& json)
{
    Peaks peaks { .threads = integerOf<int>(json, "threads") };
    for (const Json& row : rowsOf(json, "compute")) {
        ComputePeak& peak = peaks.compute.emplace_back();
        peak.precision = precisionFromName(textOf(row, "precision"));
        peak.instruction = plainTextOf(row, "instruction");
        readRate(row, peak);
    }
    for (const Json& row : rowsOf(json, "bandwidth")) {
        BandwidthPeak& peak = peaks.bandwidth.emplace_back();
        peak.level = plainTextOf(row, "level");
        peak.capacity = integerOf<std::size_t>(row, "capacity_bytes");
        peak.workingSet = integerOf<std::size_t>(row, "working_set_bytes");
        readRate(row, peak);
    }
    return peaks;
}

fs::path cacheFolder()
{
    // The XDG base directory specification: a path that is not absolute is to be ignored.
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && fs::path(cache).is_absolute())
        return fs::path(cache) / "breakeven";
    if (const char* home = std::getenv("HOME"); home && fs::path(home).is_absolute())
        return fs::path(home) / ".cache" / "breakeven";
    return {};
}

fs::path peaksPath(const fs::path& folder, const DeviceInfo& device, int threads)
{
    const std::string key = dumped(keyOf(device, threads));
    const std::string digest
        = hexDigest(Digest::Sha256, { std::as_bytes(std::span(key)) }, Pages::Keep).substr(0, 16);
    return folder / fmt::format("peaks-{}.json", digest);
}

std::optional<Peaks> rememberedPeaks(const DeviceInfo& device, int threads, const fs::path& folder)
{
    if (folder.empty())
        return {};
    try {
        const Json json = parsedObject(readAll(peaksPath(folder, device, threads)));
        Peaks peaks = peaksOf(member(json, "peaks"));
        if (member(json, "key") == keyOf(device, threads) && peaks.threads == threads)
            return peaks;
    } catch (const Error&) { // no file, or a damaged one: measuring is the remedy for both
    }
    return {};
}

KnownPeaks knownPeaks(
    Engine& engine, int threads, PeaksWanted wanted, std::stop_token stop, const fs::path& folder)
{
    const DeviceInfo device = engine.device();
    KnownPeaks known;
    if (wanted == PeaksWanted::Remembered)
        known.peaks = rememberedPeaks(device, threads, folder);
    known.remembered = known.peaks.has_value();
    if (known.remembered)
        return known;
    known.peaks = engine.measurePeaks(threads, std::move(stop));
    if (!known.peaks)
        return known;
    try {
        if (folder.empty())
            throw Error("Cannot keep the peaks: neither XDG_CACHE_HOME nor HOME names a folder.");
        std::error_code error;
        fs::create_directories(folder, error); // writing says what is wrong with it
        const Json json { { "key", keyOf(device, threads) }, { "peaks", toJson(*known.peaks) } };
        writeFile(peaksPath(folder, device, threads), dumped(json, 2) + "\n", "peaks");
    } catch (const Error& why) {
        known.notKept = why.what();
    }
    return known;
}

} // namespace core
