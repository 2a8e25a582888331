// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/comparison.h"
#include "ui/theme.h"

#include <QString>
#include <array>
#include <compare>
#include <limits>
#include <optional>
#include <vector>

/// What the four charts draw of a run. Pure functions from values to values; nothing here draws.
namespace ui {

enum class Quantity { Latency, Throughput, Memory, Power };
inline constexpr std::array kQuantities { Quantity::Latency, Quantity::Throughput, Quantity::Memory,
    Quantity::Power };

enum class XAxis { Batch, Time };

/// One curve: what stays the same while the batch grows.
struct SeriesKey {
    std::string engine;
    core::Precision precision = core::Precision::Model;
    int threads = 0;
    int requests = 1; // where they are not what the axis shows
    core::Tuning tuning;

    std::strong_ordering operator<=>(const SeriesKey&) const = default;
    bool operator==(const SeriesKey&) const = default;
};

/// Whether a run's cells differ in the requests that come in at once, and not in the batch: then they are
/// what the axis shows.
bool isOverRequests(const core::Run& run);
SeriesKey seriesKeyOf(const core::Run& run, const core::CellKey& key);

/// Every curve of a run, in the order of its cells.
std::vector<SeriesKey> seriesKeys(const core::Run& run);

/// "CPU", "Reference"; "GPU recorded" for figures of another machine, or "h200 recorded" where the run has
/// several such devices of a kind.
QString engineTitle(const core::Run& run, const std::string& engine);

/// "CPU · fp32 · 2 threads · 4 at once · AVX2".
QString seriesName(const core::Run& run, const SeriesKey& key);
/// The same with where and when it was recorded, for a legend: "GPU recorded on NVIDIA H200, 2026-12-02 ·
/// fp16".
QString fullSeriesName(const core::Run& run, const SeriesKey& key);
SeriesStyle styleOf(const core::Run& run, const SeriesKey& key, const Theme& theme);

inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// A cell in the eyes of a decision.
enum class Standing { Plain, Missed, Best }; // missed: a target speaks against it, or cannot tell

/// x: batch or requests at once. y: seconds, items per second, bytes or
/// watts. NaN: unknown.
struct Point {
    double x = 0, y = kNoValue;
    double low = kNoValue, high = kNoValue; // p5 to p95
    double relative = kNoValue; // half width of the 95 % interval over y
    std::optional<core::Verdict> verdict {}; // against the baseline
    int cell = -1; // index into the run
    Standing standing = Standing::Plain;
};

struct Series {
    SeriesKey key;
    QString name;
    SeriesStyle style;
    std::vector<Point> points; // x rises
};

/// The curves over batch sizes or requests, also of cells that still run. Latency and throughput carry the
/// verdicts of `comparison`, which may be null.
std::vector<Series> seriesByBatch(
    const core::Run& run, Quantity quantity, const Theme& theme, const Comparison* comparison = nullptr);
/// The same of runs behind the shown one, in their own styles; named after the runs.
std::vector<Series> overlaySeries(
    const std::vector<OpenedRun>& overlays, Quantity quantity, const Theme& theme);

/// The batches or requests of the run's cells, rising: where the axis has its ticks.
std::vector<double> batchTicks(const core::Run& run);

/// Title, subtitle and words of a chart.
QString chartTitle(Quantity quantity);
QString chartSubtitle(Quantity quantity);
/// What F1 says: how to read the chart, a few sentences of rich text.
QString chartExplanation(Quantity quantity);

/// "1.27 s", "25.3 /s", "142 MB", "190 W": a value of the chart with its unit.
QString formatValue(Quantity quantity, double value);
/// Shorter, for the ticks of an axis.
QString formatTick(Quantity quantity, double value);

/// A remark inside a chart: a bold line and the reason below it.
struct ChartNote {
    QString title, text;
    QColor color;
};

/// Why there is no power reading of a device the run used; empty when all have one.
std::vector<ChartNote> powerNotes(const core::Run& run, const Theme& theme);

} // namespace ui
