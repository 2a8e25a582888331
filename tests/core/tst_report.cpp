// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/line_chart.h"
#include "core/analyse/report.h"
#include "tests/support/runs.h"

#include <QTest>
#include <QXmlStreamReader>
#include <cmath>

using core::LineChart;

namespace {

/// Why it is no well-formed XML; "" where it is.
QString flawOf(const std::string& xml)
{
    QXmlStreamReader reader(QString::fromStdString(xml));
    while (!reader.atEnd())
        reader.readNext();
    return reader.hasError() ? reader.errorString() : QString();
}

} // namespace

class TstReport : public QObject {
    Q_OBJECT

private slots:
    void ticks()
    {
        using V = std::vector<double>;
        QCOMPARE(core::ticksBetween(0, 10, false), (V { 0, 2, 4, 6, 8, 10 }));
        QCOMPARE(core::ticksBetween(0.9, 25, true), (V { 1, 2, 5, 10, 20 }));
        QCOMPARE(core::ticksBetween(1e-3, 1e3, true), (V { 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000 }));
        QVERIFY(core::ticksBetween(1, 1, false).empty());
        for (const double high : { 1e-9, 0.37, 3.0, 7e12 }) {
            const V found = core::ticksBetween(0, high, false);
            QVERIFY(found.size() >= 3 && found.size() <= 11);
        }
    }

    void chart()
    {
        LineChart chart {
            .title = "a < b & \"c\"", .xLabel = "x", .yLabel = "y", .logX = true, .logY = true
        };
        chart.series = { { .name = "one", .points = { { 1, 1 }, { 10, 100 } } },
            { .name = "none", .points = { { 1, 0 }, { 0, 5 }, { NAN, 1 }, { 2, INFINITY } } } };
        chart.vertical = { { 3, "here" }, { 1e9, "nowhere" } };
        chart.mark = { 1, 1 };
        const std::string svg = core::toSvg(core::drawingOf(chart));
        QCOMPARE(flawOf(svg), "");
        QVERIFY(svg.find("a &lt; b &amp; &quot;c&quot;") != svg.npos);
        QVERIFY(svg.find("here") != svg.npos && svg.find("nowhere") == svg.npos);
        QVERIFY(svg.find("nan") == svg.npos && svg.find("inf") == svg.npos);
        QCOMPARE(QString::fromStdString(svg).count("<circle"), 3); // two points and the mark
        QCOMPARE(core::toSvg({}), "");
        chart.series = { { .name = "a point", .points = { { 4, 4 } } } };
        QCOMPARE(flawOf(core::toSvg(core::drawingOf(chart))), "");
    }

    void page()
    {
        core::Run run = support::exampleRun();
        run.header.model.name = "<script>alert(1)</script>\x01";
        core::DecisionSettings settings { .objective = core::Objective::Cost, .rate = 100 };
        settings.prices["cpu"].price = core::examplePrices()[2];
        const core::Decision decision = core::decide(run, settings);
        const std::string html = core::htmlReport(decision, run, settings);
        QVERIFY(html.find("<script>") == html.npos);
        QVERIFY(html.find("\x01") == html.npos);
        QVERIFY(html.find(core::markupEscaped(decision.recommendation)) != html.npos);
        QVERIFY(html.find("http") == html.npos); // nothing from outside
        const auto body = html.substr(html.find("<body>"), html.find("</html>") - html.find("<body>"));
        QCOMPARE(flawOf(body), "");
    }
};

QTEST_GUILESS_MAIN(TstReport)
#include "tst_report.moc"
