// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/report.h"

#include "core/analyse/cost_words.h"
#include "core/analyse/decision_charts.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

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
      ".low{fill:#b1b9c1}.high{fill:#57606a}svg text{font-size:11.5px;fill:#424a53}svg "
      ".title{font-weight:600;font-size:13px;fill:#1b1f24}"
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
        for (const std::string& warning : oldPrices(m_settings))
            page += "<p class=\"warn\">" + markupEscaped(warning) + "</p>";
        page += list("Why, and how sure", m_decision.reasons);
        page += list("What would change the answer", m_decision.wouldChange);
        page += "<h2>Curves</h2><div class=\"charts\">" + charts() + "</div>"
            + toSvg(drawingOf(tornadoOf(m_decision, m_settings, 960)));
        for (const std::string& sentence : undrawn(m_decision, m_run, m_settings))
            page += "<p class=\"sub\">" + markupEscaped(sentence) + "</p>";
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

    std::string charts() const
    {
        std::string svg;
        for (const LineChart& chart : chartsOf(m_decision, m_run, m_settings))
            svg += toSvg(drawingOf(chart));
        return svg;
    }

    std::string table() const
    {
        std::string html
            = "<table><tr><th>engine</th><th>batch</th><th>median ms</th><th>p99 ms</th><th>items/s</th>"
              "<th>J/item</th><th>cost of a million</th><th>kg CO2 of a "
              "million</th><th>machines</th><th>meets targets</th></tr>";
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
                "<td>{}</td><td>{}</td><td>{}</td></tr>",
                m_decision.best == i ? "best"
                    : no             ? "no"
                                     : "",
                markupEscaped(curveAndBatch(cell.key)), cell.key.items(), ms(cell.summary.median),
                ms(cell.summary.p99), number(cell.throughput()),
                number(cell.finished ? cell.finished->energyPerInferenceJoules.value : std::nullopt),
                number(candidate.serving.costPerMillion),
                number(
                    candidate.serving.grams ? std::optional(*candidate.serving.grams * 1e3) : std::nullopt),
                candidate.serving.machines ? std::to_string(*candidate.serving.machines) : "–",
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
