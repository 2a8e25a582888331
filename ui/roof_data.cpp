// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/roof_data.h"

#include "core/error.h"
#include "core/model/shape_inference.h"
#include "ui/format.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>
#include <set>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::RoofPage", text);
}

bool hasFigure(const core::Cell& cell)
{
    return cell.summary.median && cell.key.requests == 1; // several requests share the device's roof unevenly
}

/// Costs of the model at every batch, found once each.
class Costs {
public:
    Costs(const core::Run& run, const core::Graph& graph)
        : m_run(run)
        , m_graph(graph)
    {
    }

    const std::vector<core::NodeCost>& at(std::int64_t batch)
    {
        auto found = m_costs.find(batch);
        if (found == m_costs.end())
            found = m_costs.emplace(batch, computed(batch)).first;
        return found->second;
    }

private:
    std::vector<core::NodeCost> computed(std::int64_t batch) const
    try {
        return core::nodeCosts(m_graph, core::inferShapes(m_graph, { batch, m_run.header.spec.dims }));
    } catch (const core::Error&) { // the run's dimensions are not this model's: no costs, and no points
        return {};
    }

    const core::Run& m_run;
    const core::Graph& m_graph;
    std::map<std::int64_t, std::vector<core::NodeCost>> m_costs;
};

/// The peaks that cells of the run count against.
using KnownPeaks = std::map<std::pair<std::string, int>, std::optional<core::Peaks>>;

KnownPeaks peaksOfCells(const core::Run& run, const PeaksOf& peaksOf)
{
    KnownPeaks known;
    for (const core::Cell& cell : run.cells) {
        const core::DeviceInfo* device = deviceOf(run, cell.key.engine);
        const auto key = std::pair(cell.key.engine, cell.key.threads);
        // This machine's peaks are no roof over another's figures.
        if (device && !device->recordedOn && hasFigure(cell) && !known.contains(key))
            known[key] = peaksOf(*device, std::max(1, cell.key.threads));
    }
    return known;
}

QString threadsText(int threads)
{
    return threads == 1 ? tr("1 thread") : tr("%1 threads").arg(threads);
}

/// A level for each arithmetic that occurs and number of threads; slopes of the most threads alone, as those
/// of fewer would run beside them.
std::vector<RoofLine> linesOf(const KnownPeaks& known, const std::set<std::pair<int, core::Precision>>& used)
{
    std::vector<RoofLine> lines;
    const core::Peaks* most = nullptr;
    for (const auto& [key, peaks] : known) {
        if (!peaks)
            continue;
        if (!most || peaks->threads > most->threads)
            most = &*peaks;
        for (const auto& [threads, precision] : used)
            if (threads == key.second)
                if (const core::PeakRate* rate = core::computeRate(*peaks, precision))
                    lines.push_back({ tr("%1 · %2").arg(QString::fromUtf8(core::precisionName(precision)),
                                          threadsText(threads)),
                        rate->best, false });
    }
    if (most)
        for (const core::BandwidthPeak& level : most->bandwidth)
            if (level.rate)
                lines.push_back({ QString::fromStdString(level.level), level.rate->best, true });
    return lines;
}

QString sentence(const core::Run& run, const core::Graph* graph, const KnownPeaks& known, bool points)
{
    if (run.cells.empty())
        return tr("Run a sweep: each batch size becomes a point under this machine's roof.");
    if (!graph)
        return tr("Open %1 to place this run's batch sizes: its arithmetic and bytes come from the model.")
            .arg(QString::fromStdString(run.header.model.name));
    QStringList missing;
    for (const auto& [key, peaks] : known)
        if (!peaks)
            missing << threadsText(std::max(1, key.second));
    if (!missing.isEmpty())
        return tr("The peaks of %1 are not known on this machine.").arg(missing.join(tr(" and ")));
    return points ? QString() : tr("No cell of this run has a figure to place.");
}

} // namespace

RoofContent roofContent(
    const core::Run& run, const core::Graph* graph, const PeaksOf& peaksOf, const Theme& theme)
{
    RoofContent content;
    const KnownPeaks known = peaksOfCells(run, peaksOf);
    std::set<std::pair<int, core::Precision>> used;
    std::map<SeriesKey, RoofSeries> series;
    if (graph) {
        Costs costs(run, *graph);
        for (const core::Cell& cell : run.cells) {
            const auto peaks = known.find({ cell.key.engine, cell.key.threads });
            if (!hasFigure(cell) || peaks == known.end() || !peaks->second)
                continue;
            const double taken = seconds(*cell.summary.median);
            const core::RoofPoint point
                = core::roofPoint(costs.at(cell.key.batch), cell.key.precision, *peaks->second, taken);
            if (!point.unknown.empty() || point.intensity <= 0)
                continue;
            const SeriesKey key = seriesKeyOf(run, cell.key);
            RoofSeries& one = series[key];
            one.name = seriesName(run, key);
            one.style = styleOf(run, key, theme);
            one.marks.push_back({ cell.key.batch, point });
            used.emplace(cell.key.threads, point.precision);
        }
    }
    for (const SeriesKey& key : seriesKeys(run))
        if (auto found = series.find(key); found != series.end()) {
            std::ranges::sort(found->second.marks, {}, &RoofMark::batch);
            content.series.push_back(std::move(found->second));
        }
    content.lines = linesOf(known, used);
    content.why = sentence(run, graph, known, !content.series.empty());
    content.peaksMissing = std::ranges::any_of(known, [](const auto& each) { return !each.second; });
    return content;
}

QString roofText(const QString& series, const RoofMark& mark)
{
    const core::RoofPoint& point = mark.point;
    return tr("%1, batch %2: %3/s at %4 FLOP/byte, %5 of its roof (%6)")
        .arg(series)
        .arg(mark.batch)
        .arg(formatFlop(point.attained), formatSignificant(point.intensity, 3),
            formatPercent(point.share * 100, 1), QString::fromUtf8(core::limitName(point.by)));
}

} // namespace ui
