// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/roofline_table.h"

#include "app/cli/context.h"
#include "app/cli/figures.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"
#include "core/sensors/memory.h"

#include <fmt/format.h>

namespace app {

namespace {

constexpr double kGiga = 1e9;

/// Best, median and spread of a rate; three empty fields where it is unknown.
void addRate(std::vector<std::string>& fields, const std::optional<core::PeakRate>& rate)
{
    fields.push_back(rate ? figure(rate->best / kGiga) : "");
    fields.push_back(rate ? figure(rate->median / kGiga) : "");
    fields.push_back(rate ? shareText(rate->spread) : "");
}

std::string sizeText(std::size_t bytes)
{
    return bytes == 0 ? std::string() : core::formatBytes(static_cast<double>(bytes));
}

std::string precisionText(core::Precision precision)
{
    return std::string(core::precisionName(precision));
}

std::string computeTable(const core::Peaks& peaks)
{
    Table table({ { "ARITHMETIC", Align::Left }, { "INSTRUCTION", Align::Left }, { "BEST GFLOP/s" },
        { "MEDIAN" }, { "SPREAD" } });
    for (const core::ComputePeak& peak : peaks.compute) {
        std::vector<std::string> fields { precisionText(peak.precision), peak.instruction };
        addRate(fields, peak.rate);
        table.add(std::move(fields));
    }
    return table.text();
}

std::string bandwidthTable(const core::Peaks& peaks)
{
    Table table(
        { { "READING", Align::Left }, { "HOLDS" }, { "READ" }, { "BEST GB/s" }, { "MEDIAN" }, { "SPREAD" } });
    for (const core::BandwidthPeak& peak : peaks.bandwidth) {
        std::vector<std::string> fields { peak.level, sizeText(peak.capacity), sizeText(peak.workingSet) };
        addRate(fields, peak.rate);
        table.add(std::move(fields));
    }
    return table.text();
}

std::string unknownLines(const core::Peaks& peaks)
{
    std::string text;
    for (const core::ComputePeak& peak : peaks.compute)
        if (!peak.rate)
            text += labelled(precisionText(peak.precision) + ":", "unknown: " + peak.unknown + ".", 9);
    for (const core::BandwidthPeak& peak : peaks.bandwidth)
        if (!peak.rate)
            text += labelled(peak.level + ":", "unknown: " + peak.unknown + ".", 9);
    return text;
}

} // namespace

std::string peaksTable(const core::DeviceInfo& device, const core::Peaks& peaks)
{
    return fmt::format("{}; {} thread{}\n\n", device.name, peaks.threads, peaks.threads == 1 ? "" : "s")
        + computeTable(peaks) + "\n" + bandwidthTable(peaks) + "\n" + unknownLines(peaks)
        + labelled("best:",
            "the highest rate of several short repetitions, of all threads together: others who share the "
            "machine can only slow it down. Median and spread (between the quartiles, of the median) tell "
            "how steady it was.",
            9)
        + labelled("FLOP:",
            "a multiply-add on registers is 2, in integers as well (u8 x s8); on tiles where the CPU has "
            "AMX.",
            9)
        + labelled("reading:",
            "each thread sums up its own part of READ bytes, again and again. HOLDS is what the level has "
            "for these threads.",
            9);
}

std::string roofTable(const std::vector<RoofRow>& rows)
{
    Table table({ { "BATCH" }, { "MEDIAN ms" }, { "ARITHMETIC", Align::Left }, { "FLOP/byte" }, { "GFLOP/s" },
        { "ROOF GFLOP/s" }, { "OF ROOF" }, { "LIMITED BY", Align::Left } });
    std::string reasons;
    for (const RoofRow& row : rows) {
        const core::RoofPoint& point = row.point;
        const bool known = point.unknown.empty();
        table.add({ std::to_string(row.cell.batch), row.seconds ? figure(*row.seconds * 1e3) : "",
            known ? precisionText(point.precision) : "", known ? figure(point.intensity) : "",
            known ? figure(point.attained / kGiga) : "", known ? figure(point.roof / kGiga) : "",
            known ? shareText(point.share) : "", known ? std::string(core::limitName(point.by)) : "" });
        if (!known)
            reasons += labelled(nameOf(row.cell) + ":", "unknown: " + point.unknown + ".", 20);
    }
    return table.text() + reasons;
}

} // namespace app
