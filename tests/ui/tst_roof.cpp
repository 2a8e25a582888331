// SPDX-License-Identifier: GPL-3.0-or-later
// The roofline chart: what it draws of a run, and the page that offers to measure the peaks.
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "tests/support/runs.h"
#include "tests/ui/window_support.h"
#include "ui/roof_data.h"
#include "ui/roof_page.h"

#include <QLabel>
#include <QPushButton>

using core::Precision;

namespace {

core::Peaks peaks(int threads)
{
    return { .threads = threads,
        .compute = { { Precision::Float32, "FMA", core::PeakRate { 1e11 * threads, 1e11, 0.01 }, {} },
            { Precision::BFloat16, "", {}, "there is none" } },
        .bandwidth = { { "L1", 32'768, 16'384, core::PeakRate { 1e12, 1e12, 0.01 }, {} },
            { "memory", 0, 1 << 30, core::PeakRate { 2e10, 2e10, 0.01 }, {} } } };
}

/// tiny-cnn on one and on two threads at three batches, 1 ms an item.
core::Run run()
{
    core::Run made;
    made.header = support::exampleStart();
    made.header.spec
        = { .model = "zoo:tiny-cnn", .engines = { { "cpu", { 1, 2 } } }, .batches = { 4, 1, 2 } };
    for (const core::CellKey& key : core::cells(made.header.spec)) {
        core::Cell cell { .key = key };
        cell.summary.median = std::chrono::milliseconds(key.batch);
        made.cells.push_back(cell);
    }
    return made;
}

std::shared_ptr<const core::Graph> graph()
{
    return core::optimise(*core::openZoo("tiny-cnn").graph);
}

QStringList labels(const ui::RoofContent& content)
{
    QStringList names;
    for (const ui::RoofLine& line : content.lines)
        names << line.label;
    return names;
}

} // namespace

class TstRoof : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    QTemporaryDir m_cache;

private slots:
    void initTestCase() { qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8()); }

    void placesEveryBatch()
    {
        const auto model = graph();
        const ui::RoofContent content = ui::roofContent(
            run(), model.get(), [](const auto&, int threads) { return peaks(threads); }, ui::lightTheme());
        QCOMPARE(content.why, QString());
        QVERIFY(!content.peaksMissing);
        QCOMPARE(content.series.size(), std::size_t { 2 });
        QCOMPARE(content.series[0].marks.size(), std::size_t { 3 });
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(content.series[0].marks[i].batch, std::int64_t { 1 } << i);
        const core::Shapes shapes = core::inferShapes(*model, { 2, {} });
        double flop = 0;
        for (const core::NodeCost& cost : core::nodeCosts(*model, shapes))
            flop += static_cast<double>(cost.flop);
        QCOMPARE(content.series[0].marks[1].point.attained, flop / 2e-3);
        QCOMPARE(labels(content), QStringList({ "fp32 · 1 thread", "fp32 · 2 threads", "L1", "memory" }));
        QVERIFY(ui::roofText("CPU", content.series[0].marks[1]).startsWith("CPU, batch 2: "));
    }

    void leavesOutWhatHasNoFigure()
    {
        core::Run some = run();
        some.cells[0].summary.median.reset();
        some.cells[1].key.requests = 4;
        const auto model = graph();
        const ui::RoofContent content = ui::roofContent(
            some, model.get(), [](const auto&, int threads) { return peaks(threads); }, ui::lightTheme());
        std::size_t marks = 0;
        for (const auto& series : content.series)
            marks += series.marks.size();
        QCOMPARE(marks, std::size_t { 4 });
    }

    void saysWhatIsMissing()
    {
        const auto model = graph();
        const auto known = [](const core::DeviceInfo&, int threads) { return peaks(threads); };
        const auto one = [](const core::DeviceInfo&, int threads) {
            return threads == 1 ? std::optional(peaks(1)) : std::nullopt;
        };
        QCOMPARE(ui::roofContent({}, model.get(), known, ui::lightTheme()).why,
            QString("Run a sweep: each batch size becomes a point under this machine's roof."));
        QCOMPARE(ui::roofContent(run(), nullptr, known, ui::lightTheme()).why,
            QString("Open tiny \"cnn\", v2 to place this run's batch sizes: its arithmetic and bytes come "
                    "from the model."));
        const ui::RoofContent half = ui::roofContent(run(), model.get(), one, ui::lightTheme());
        QCOMPARE(half.why, QString("The peaks of 2 threads are not known on this machine."));
        QVERIFY(half.peaksMissing);
        QCOMPARE(half.series.size(), std::size_t { 1 });
        core::Run none = run();
        for (core::Cell& cell : none.cells)
            cell.summary.median.reset();
        QCOMPARE(ui::roofContent(none, model.get(), known, ui::lightTheme()).why,
            QString("No cell of this run has a figure to place."));
        core::Run other = run();
        other.header.devices[0].id = "elsewhere"; // nothing is known of its device
        QVERIFY(ui::roofContent(other, model.get(), known, ui::lightTheme()).series.empty());
    }

    void measuresPeaksWhenAsked()
    {
        support::FakeScript script;
        script.peaks = peaks(1);
        script.steps = { { .node = 0,
            .name = "stem",
            .type = "Conv",
            .kernel = "jit",
            .time = std::chrono::milliseconds(1) } };
        ui::Session session(support::fakeEngines(script));
        ui::RoofPage page(session);
        page.resize(700, 400);
        page.show();
        support::openAndWait(session, "zoo:tiny-cnn");
        support::runAndWait(session, "1,2");
        auto* button = page.findChild<QPushButton*>();
        QVERIFY(
            QTest::qWaitFor([&] { return button->isVisible() && button->isEnabled(); }, support::kPatience));
        QCOMPARE(page.content().why, QString("The peaks of 1 thread are not known on this machine."));
        QVERIFY(page.content().series.empty());
        button->click();
        QVERIFY(QTest::qWaitFor([&] { return !page.content().series.empty(); }, support::kPatience));
        QCOMPARE(page.content().series[0].marks.size(), std::size_t { 2 });
        QVERIFY(!button->isVisible());
        QVERIFY(!page.findChild<QLabel*>()->isVisible());
    }
};

QTEST_MAIN(TstRoof)
#include "tst_roof.moc"
