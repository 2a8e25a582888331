// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/report.h"

#include "core/analyse/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Okabe and Ito's colours, as the window has them: blue is the CPU's, vermillion the GPU's.
constexpr const char* kCpuColours[] { "#0072B2", "#009E73", "#56B4E9", "#000000" };
constexpr const char* kGpuColours[] { "#D55E00", "#CC79A7", "#E69F00" };
constexpr std::size_t kMostTicks = 12; // of batch sizes
constexpr int kRates = 400; // points of the chart over rates

constexpr const char* kStyle
    = "body{font:15px/1.45 Inter,system-ui,sans-serif;color:#1b1f24;max-width:1180px;margin:32px "
      "auto;padding:0 24px}"
      "h1{font-size:26px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}p,ul{margin:6px "
      "0}ul{padding-left:20px}"
      ".sub{color:#57606a}.answer{font-size:20px;border-left:5px solid #0072B2;padding:10px "
      "16px;background:#f4f7fa;"
      "margin:20px 0}.warn{border-left:5px solid #E69F00;padding:6px 14px;background:#fdf8ec}"
      ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(460px,1fr));gap:18px}"
      "svg{width:100%;height:auto;border:1px solid #d8dee4;border-radius:6px}"
      "svg text{font-size:11.5px;fill:#424a53}svg .title{font-weight:600;font-size:13px;fill:#1b1f24}"
      ".grid{stroke:#e6eaee}.axis{stroke:#8c959f}.line{fill:none;stroke-width:2}"
      ".mark{stroke:#57606a;stroke-dasharray:2 3}.best{fill:none;stroke:#1b1f24;stroke-width:2}"
      "table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:3px 12px 3px "
      "0;text-align:right}"
      "th{color:#57606a;font-weight:500;border-bottom:1px solid "
      "#d8dee4}td:first-child,th:first-child{text-align:left}"
      "tr.best td{font-weight:600}tr.no td{color:#8c959f}"
      "@media print{body{margin:0;font-size:12px}.charts{grid-template-columns:1fr 1fr}}";

std::string list(const char* heading, const std::vector<std::string>& sentences)
{
    if (sentences.empty())
        return {};
    std::string html = fmt::format("<h2>{}</h2><ul>", heading);
    for (const std::string& sentence : sentences)
        html += "<li>" + markupEscaped(sentence) + "</li>";
    return html + "</ul>";
}

/// The page while it is written.
class Page {
public:
    Page(const Decision& decision, const Run& run, const DecisionSettings& settings)
        : m_decision(decision)
        , m_run(run)
        , m_settings(settings)
    {
    }

    std::string html() const
    {
        const ModelSummary& model = m_run.header.model;
        std::string page = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                           "<meta name=\"viewport\" content=\"width=device-width\"><title>"
            + markupEscaped(model.name) + ": CPU or GPU?</title><style>" + kStyle + "</style></head><body>";
        page += "<h1>" + markupEscaped(model.name) + ": which device, which batch?</h1>";
        page += fmt::format("<p class=\"sub\">Best for {}{} · measured on {} at {} · Breakeven</p>",
            objectiveName(m_settings.objective), targets(), markupEscaped(m_run.header.environment.host),
            markupEscaped(m_run.header.startedAt));
        page += "<p class=\"answer\">" + markupEscaped(m_decision.recommendation) + "</p>";
        for (const std::string& warning : m_decision.warnings)
            page += "<p class=\"warn\">" + markupEscaped(warning) + "</p>";
        page += list("Why, and how sure", m_decision.reasons);
        page += list("What would change the answer", m_decision.wouldChange);
        page += "<h2>Curves</h2><div class=\"charts\">" + toSvg(latencies()) + toSvg(rates()) + toSvg(costs())
            + "</div>";
        page += "<h2>All cells</h2>" + table();
        page += list("Assumptions", m_decision.assumptions);
        page += list("About the machine", m_run.header.environment.warnings);
        page += "<p class=\"sub\">Latencies are medians with their 95 % intervals in the run file; a figure "
                "that nobody "
                "measured is unknown, and never counts as met. Definitions: docs/measuring.md and "
                "docs/deciding.md.</p>";
        return page + "</body></html>\n";
    }

private:
    std::string targets() const
    {
        std::string text;
        if (m_settings.targets.latencySeconds)
            text += fmt::format(", {} of at most {:g} ms",
                m_settings.targets.percentile == 0.5
                    ? "a median"
                    : fmt::format("a p{:g}", m_settings.targets.percentile * 100),
                *m_settings.targets.latencySeconds * 1e3);
        if (m_settings.rate)
            text += fmt::format(", {:g} items/s", *m_settings.rate);
        return text;
    }

    bool isGpu(const CellKey& key) const
    {
        const DeviceInfo* device = deviceOf(m_run, key.engine);
        return device && device->kind == DeviceKind::Gpu;
    }

    /// A series for each curve, in its device's colours.
    template <typename Value> std::vector<SvgChart::Series> seriesOf(const Value& value) const
    {
        std::vector<SvgChart::Series> all;
        std::size_t cpus = 0, gpus = 0;
        for (const CurveFacts& facts : m_decision.curves) {
            const bool gpu = isGpu(facts.curve.key);
            SvgChart::Series series { .name = facts.name,
                .colour = gpu ? kGpuColours[gpus++ % std::size(kGpuColours)]
                              : kCpuColours[cpus++ % std::size(kCpuColours)],
                .dashed = gpu };
            for (const CurvePoint& point : facts.curve.points)
                series.points.emplace_back(static_cast<double>(point.items), value(point));
            all.push_back(std::move(series));
        }
        return all;
    }

    /// All sizes that were measured, as long as there is room for them.
    std::vector<double> sizes() const
    {
        std::vector<double> all;
        for (const CurveFacts& facts : m_decision.curves)
            for (const CurvePoint& point : facts.curve.points)
                all.push_back(static_cast<double>(point.items));
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return all.size() > kMostTicks ? std::vector<double> {} : all;
    }

    const Cell* best() const
    {
        return m_decision.best ? &m_run.cells[m_decision.candidates[*m_decision.best].cell] : nullptr;
    }

    SvgChart latencies() const
    {
        SvgChart chart {
            .title = "Latency", .xLabel = "batch size", .yLabel = "median, ms", .logX = true, .logY = true
        };
        chart.xTicks = sizes();
        chart.series = seriesOf([](const CurvePoint& point) { return point.seconds * 1e3; });
        for (const auto& [words, crossover] : m_decision.crossovers)
            if (crossover.kind == Crossover::Kind::At)
                chart.vertical.push_back(
                    { crossover.items, fmt::format("crossing at {:.3g}", crossover.items) });
        if (m_settings.targets.latencySeconds)
            chart.horizontal.push_back({ *m_settings.targets.latencySeconds * 1e3, "target" });
        if (const Cell* cell = best())
            chart.mark = { static_cast<double>(cell->key.items()),
                std::chrono::duration<double, std::milli>(*cell->summary.median).count() };
        return chart;
    }

    SvgChart rates() const
    {
        SvgChart chart { .title = "Throughput",
            .xLabel = "batch size",
            .yLabel = "items a second",
            .logX = true,
            .logY = true };
        chart.xTicks = sizes();
        chart.series = seriesOf([](const CurvePoint& point) { return point.rate(); });
        if (const Cell* cell = best())
            chart.mark = { static_cast<double>(cell->key.items()), *cell->throughput() };
        return chart;
    }

    /// What a fleet of whole machines costs an hour over the rate, each device at its best feasible cell.
    SvgChart costs() const
    {
        SvgChart chart { .title = "Fleet", .xLabel = "items a second", .yLabel = "price an hour" };
        double highest = 2 * m_settings.rate.value_or(0);
        std::map<std::string, FleetChoice> fleets;
        for (const Candidate& candidate : m_decision.candidates) {
            const Cell& cell = m_run.cells[candidate.cell];
            const auto price = m_settings.prices.find(cell.key.engine);
            if (price == m_settings.prices.end() || candidate.verdict.feasible == Answer::No
                || !cell.throughput())
                continue;
            FleetChoice& fleet = fleets[cell.key.engine];
            fleet.perHour = price->second.perHour;
            fleet.capacity = std::max(fleet.capacity, *cell.throughput());
            highest = std::max(highest, m_settings.rate ? 0 : 3 * fleet.capacity);
        }
        for (const auto& [engine, fleet] : fleets) {
            const bool gpu = isGpu({ .engine = engine });
            SvgChart::Series series { .name = engine,
                .colour = gpu ? kGpuColours[0] : kCpuColours[0],
                .dashed = gpu,
                .stepped = true };
            for (int i = 0; i <= kRates; ++i) {
                const double rate = highest * i / kRates;
                series.points.emplace_back(
                    rate, machinesFor(rate, fleet.capacity, m_settings.most) * fleet.perHour);
            }
            chart.series.push_back(std::move(series));
        }
        if (m_settings.rate)
            chart.vertical.push_back({ *m_settings.rate, "asked for" });
        return chart;
    }

    std::string table() const
    {
        std::string html
            = "<table><tr><th>engine</th><th>batch</th><th>median ms</th><th>p99 ms</th><th>items/s</th>"
              "<th>J/item</th><th>cost of a million</th><th>machines</th><th>meets targets</th></tr>";
        for (std::size_t i = 0; i < m_decision.candidates.size(); ++i) {
            const Candidate& candidate = m_decision.candidates[i];
            const Cell& cell = m_run.cells[candidate.cell];
            const auto number
                = [](std::optional<double> value) { return value ? fmt::format("{:.4g}", *value) : "–"; };
            const auto ms = [&](const std::optional<Nanoseconds>& time) {
                return number(time ? std::optional(std::chrono::duration<double, std::milli>(*time).count())
                                   : std::nullopt);
            };
            const bool yes = candidate.verdict.feasible == Answer::Yes,
                       no = candidate.verdict.feasible == Answer::No;
            html += fmt::format(
                "<tr "
                "class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
                "<td>{}</td><td>{}</td></tr>",
                m_decision.best == i ? "best"
                    : no             ? "no"
                                     : "",
                markupEscaped(curveAndBatch(cell.key)), cell.key.items(), ms(cell.summary.median),
                ms(cell.summary.p99), number(cell.throughput()),
                number(cell.finished ? cell.finished->energyPerInferenceJoules.value : std::nullopt),
                number(candidate.costPerMillion),
                candidate.machines ? std::to_string(*candidate.machines) : "–",
                !cell.finished ? std::string(cellStatusName(cell.status))
                    : yes      ? "yes"
                    : no       ? "no"
                               : "unknown");
        }
        return html + "</table>";
    }

    const Decision& m_decision;
    const Run& m_run;
    const DecisionSettings& m_settings;
};

} // namespace

std::string htmlReport(const Decision& decision, const Run& run, const DecisionSettings& settings)
{
    return Page(decision, run, settings).html();
}

} // namespace core
