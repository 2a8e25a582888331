// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/onnx_bytes.h"
#include "tests/ui/window_support.h"
#include "ui/charts_page.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/node_table_model.h"
#include "ui/nodes_page.h"
#include "ui/operator_chart.h"
#include "ui/window_actions.h"

#include <QAction>
#include <QClipboard>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>

using namespace std::chrono_literals;

namespace {

core::Trace::Step step(int node, const char* name, const char* type, std::chrono::nanoseconds time, bool slow)
{
    return { .node = node,
        .name = name,
        .type = type,
        .kernel = slow ? "ref:any" : "jit:avx2",
        .slow = slow,
        .computes = core::ElementType::Float32,
        .cost = core::NodeCost { .flop = 2000, .weightBytes = 100, .activationBytes = 400 },
        .time = time };
}

support::FakeScript script(int scale = 1)
{
    support::FakeScript made;
    made.steps = { step(0, "stem", "Conv", 6ms * scale, false), step(-1, "reorder", "", 500us * scale, false),
        step(1, "head", "Gemm", 3ms * scale, true), step(2, "tail", "Conv", 500us * scale, false) };
    return made;
}

/// A CPU and a GPU that are both there.
ui::EngineFactory twoEngines()
{
    return [] {
        ui::EngineList engines;
        engines.push_back(std::make_unique<support::FakeEngine>(script(3)));
        engines.push_back(std::make_unique<support::FakeEngine>(script(1), support::FakeEngine::gpu()));
        return engines;
    };
}

void traceAndWait(ui::Session& session)
{
    QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }, support::kPatience));
    QSignalSpy finished(&session, &ui::Session::traceFinished);
    session.trace();
    QVERIFY(QTest::qWaitFor([&] { return !finished.isEmpty(); }, support::kPatience));
}

QString cell(const QTableView& table, int row, int column)
{
    return table.model()->index(row, column).data().toString();
}

} // namespace

class TstNodesPage : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    QTemporaryDir m_folder;

private slots:
    void showsNodesMostExpensiveFirst()
    {
        ui::Session session(support::fakeEngines(script()));
        ui::NodesPage page(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        traceAndWait(session);
        const QTableView& table = page.table();
        QCOMPARE(table.model()->rowCount(), 4);
        QCOMPARE(cell(table, 0, ui::NodeTableModel::Node), QStringLiteral("stem"));
        QCOMPARE(cell(table, 0, ui::NodeTableModel::Share), QStringLiteral("60.0\u00A0%"));
        QCOMPARE(cell(table, 0, ui::NodeTableModel::Time), QStringLiteral("6.00\u00A0ms"));
        QCOMPARE(cell(table, 0, ui::NodeTableModel::Flop), QStringLiteral("2.00\u00A0k"));
        QCOMPARE(cell(table, 0, ui::NodeTableModel::Bytes), QStringLiteral("500\u00A0B"));
        QCOMPARE(cell(table, 1, ui::NodeTableModel::Kernel), QStringLiteral("plain ref:any"));
        QVERIFY(table.isColumnHidden(ui::NodeTableModel::Engine)); // only one
        QVERIFY(cell(table, 2, ui::NodeTableModel::Operator) == QStringLiteral("(reorder)")
            || cell(table, 3, ui::NodeTableModel::Operator) == QStringLiteral("(reorder)"));
    }

    void sortsAndFilters()
    {
        ui::Session session(support::fakeEngines(script()));
        ui::NodesPage page(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        traceAndWait(session);
        const auto header = [&](int column) {
            return page.table().model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        };
        QCOMPARE(header(ui::NodeTableModel::Time), QString::fromUtf8("▾ time"));
        page.table().sortByColumn(ui::NodeTableModel::Node, Qt::AscendingOrder);
        QCOMPARE(header(ui::NodeTableModel::Node), QString::fromUtf8("▴ node"));
        QCOMPARE(header(ui::NodeTableModel::Time), QString::fromUtf8("time"));
        QCOMPARE(cell(page.table(), 0, ui::NodeTableModel::Node), QStringLiteral("head"));
        auto* filter = page.findChild<QLineEdit*>();
        filter->setText(QStringLiteral("CONV"));
        QCOMPARE(page.table().model()->rowCount(), 2);
        filter->setText(QStringLiteral("(re")); // no pattern, just text
        QCOMPARE(page.table().model()->rowCount(), 1);
        filter->clear();
        QCOMPARE(page.table().model()->rowCount(), 4);
    }

    void comparesEngines()
    {
        ui::Session session(twoEngines());
        ui::NodesPage page(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        traceAndWait(session);
        QCOMPARE(page.table().model()->rowCount(), 8);
        QVERIFY(!page.table().isColumnHidden(ui::NodeTableModel::Engine));
        QCOMPARE(cell(page.table(), 0, ui::NodeTableModel::Engine), QStringLiteral("CPU"));
        const ui::OperatorBars& bars = page.chart().content();
        QCOMPARE(bars.engines, (std::vector<std::string> { "cpu", "gpu" }));
        QCOMPARE(bars.names.front(), QStringLiteral("Conv"));
        QCOMPARE(bars.bars.front()[0].seconds, 0.0195);
        QCOMPARE(bars.bars.front()[1].seconds, 0.0065);
        QCOMPARE(bars.bars[1][0].plainSeconds, 0.009);
    }

    void sumsUpOtherOperators()
    {
        core::EngineTrace trace;
        trace.spec.cell.engine = "cpu";
        for (int i = 0; i < 5; ++i)
            trace.placement.operators.push_back(
                { .type = std::string(1, static_cast<char>('a' + i)), .time = 10ms * (5 - i), .share = 0.2 });
        core::EngineTrace failed;
        failed.why = "Cannot trace.";
        const ui::OperatorBars bars = ui::operatorBars({ failed, trace }, 3);
        QCOMPARE(bars.engines.size(), std::size_t(1));
        QCOMPARE(bars.names, (std::vector<QString> { "a", "b", "3 others" }));
        QCOMPARE(bars.bars[2][0].seconds, 0.06);
        QCOMPARE(ui::operatorBars({ trace }, 5).names.size(), std::size_t(5));
        QVERIFY(ui::operatorBars({}, 5).names.empty());
    }

    void isDisabledWhileItRuns()
    {
        support::FakeScript slow = script();
        slow.sleep = 20ms;
        ui::Session session(support::fakeEngines(slow));
        ui::MainWindow window(session);
        window.show();
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QVERIFY(window.actions().trace->isEnabled());
        QTest::keyClick(&window, Qt::Key_F6);
        QCOMPARE(session.state(), ui::State::Tracing);
        QVERIFY(!window.actions().trace->isEnabled());
        QVERIFY(!window.actions().run->isEnabled());
        QVERIFY(window.actions().stop->isEnabled());
        QVERIFY(window.charts().nodes().isVisible());
        session.openModel(QStringLiteral("zoo:mlp"));
        QCOMPARE(
            window.messages().message(), QStringLiteral("Cannot open zoo:mlp now: stop the trace first."));
        QTest::qWait(100);
        QTest::keyClick(&window, Qt::Key_F5, Qt::ShiftModifier);
        QVERIFY(support::reaches(session, ui::State::Ready));
        QCOMPARE(session.traces().size(), std::size_t(1));
        QVERIFY(session.traces()[0].placement.runs < 20); // stopped early, and what was seen stays
        QVERIFY(window.actions().trace->isEnabled());
    }

    void saysTheCommand()
    {
        ui::Session session(support::fakeEngines(script()));
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }, support::kPatience));
        const QString command
            = QStringLiteral("breakeven-cli trace zoo:tiny-cnn --engine cpu --batch 1 --threads 4");
        QVERIFY2(window.actions().trace->toolTip().contains(command),
            qPrintable(window.actions().trace->toolTip()));
    }

    void holdsNodesAgainstTheRoof()
    {
        QTemporaryDir cache; // peaks are kept there
        const QByteArray before = qgetenv("XDG_CACHE_HOME");
        qputenv("XDG_CACHE_HOME", cache.path().toUtf8());
        const core::PeakRate rate { 1e6, 1e6, 0 };
        support::FakeScript told = script();
        told.peaks = core::Peaks { .threads = 4 };
        told.peaks->compute = { { core::Precision::Float32, "FMA", rate, {} } };
        told.peaks->bandwidth = { { "memory", 0, 1, rate, {} } };
        ui::Session session(support::fakeEngines(told));
        ui::MainWindow window(session);
        window.show();
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        traceAndWait(session);
        const QTableView& table = window.charts().nodes().table();
        QVERIFY(table.isColumnHidden(ui::NodeTableModel::OfRoof)); // nobody measured the peaks
        QVERIFY(window.actions().traceUnderRoof->isEnabled());
        QSignalSpy finished(&session, &ui::Session::traceFinished);
        QTest::keyClick(&window, Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(!window.actions().traceUnderRoof->isEnabled());
        QVERIFY(QTest::qWaitFor([&] { return !finished.isEmpty(); }, support::kPatience));
        QVERIFY(!table.isColumnHidden(ui::NodeTableModel::OfRoof));
        // Three nodes of 2 ms each at the limit, in 10 ms.
        QVERIFY(ui::traceSummary(session.traces()[0]).endsWith(QStringLiteral("; 60.0\u00A0% of roof")));
        // 2000 FLOP at 1 MFLOP/s are 2 ms, of 6 ms that the node took; the reorder has no roof.
        QCOMPARE(cell(table, 0, ui::NodeTableModel::OfRoof), QStringLiteral("33.3\u00A0%"));
        QVERIFY(table.model()
                    ->index(0, 0)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .endsWith(QStringLiteral("33.3\u00A0% of roof, limited by compute")));
        int unknown = 0;
        for (int row = 0; row < 4; ++row)
            unknown += table.model()
                           ->index(row, 0)
                           .data(Qt::ToolTipRole)
                           .toString()
                           .endsWith(QStringLiteral("roof unknown: the engine inserted it"));
        QCOMPARE(unknown, 1);
        traceAndWait(session); // the next trace finds them
        QVERIFY(!table.isColumnHidden(ui::NodeTableModel::OfRoof));
        before.isNull() ? qunsetenv("XDG_CACHE_HOME") : qputenv("XDG_CACHE_HOME", before);
    }

    void failuresGoToTheMessageBar()
    {
        support::FakeScript broken = script();
        broken.compileErrors[1] = "Cannot compile: it is broken.";
        ui::Session session(support::fakeEngines(broken));
        ui::MainWindow window(session);
        window.show();
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }, support::kPatience));
        session.trace();
        QCOMPARE(window.messages().message(),
            QStringLiteral("Open a model first: drop an ONNX file on the window or choose a built-in one."));
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        traceAndWait(session);
        QCOMPARE(window.messages().message(), QStringLiteral("Cannot compile: it is broken."));
        QCOMPARE(window.charts().nodes().table().model()->rowCount(), 0);
        ui::Setup none = session.setup();
        for (auto& engine : none.engines)
            engine.ticked = false;
        session.change(none);
        session.trace();
        QCOMPARE(window.messages().message(), QStringLiteral("Cannot trace: no engine is ticked."));
    }

    void anotherModelDropsTheRows()
    {
        ui::Session session(support::fakeEngines(script()));
        ui::NodesPage page(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        traceAndWait(session);
        support::openAndWait(session, QStringLiteral("zoo:mlp"));
        QCOMPARE(page.table().model()->rowCount(), 0);
        QVERIFY(session.traces().empty());
    }

    void copiesWhatIsShown()
    {
        ui::Session session(support::fakeEngines(script()));
        ui::NodesPage page(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        traceAndWait(session);
        const QString csv = page.shownCsv();
        QVERIFY2(csv.startsWith(QStringLiteral(
                     "node,operator,engine,kernel,type,FLOP,bytes,time,share,of roof\nstem,Conv,CPU,")),
            qPrintable(csv));
        QCOMPARE(csv.count('\n'), 5);
    }

    void offersDimensions()
    {
        support::OnnxFile file = support::reluFile();
        file.inputs = { support::valueInfo("x", 1, { "batch", "3", "", "width" }) };
        const QString path = m_folder.filePath(QStringLiteral("dims.onnx"));
        QFile written(path);
        QVERIFY(written.open(QIODevice::WriteOnly));
        const std::string bytes = file.bytes();
        QCOMPARE(written.write(bytes.data(), static_cast<qint64>(bytes.size())),
            static_cast<qint64>(bytes.size()));
        written.close();
        ui::Session session(support::fakeEngines(script()));
        ui::MainWindow window(session);
        support::openAndWait(session, path);
        QCOMPARE(session.setup().dims.at("x.2"), 224);
        QCOMPARE(session.setup().dims.at("width"), 224);
        QVERIFY(session.checked().traceProblem.isEmpty());
        QSpinBox* width = nullptr;
        for (QSpinBox* spin : window.findChildren<QSpinBox*>())
            if (spin->accessibleName() == QStringLiteral("Dimension width"))
                width = spin;
        QVERIFY(width);
        QVERIFY(!width->property("invalid").toBool());
        width->setValue(0);
        QVERIFY(width->property("invalid").toBool());
        session.trace();
        QCOMPARE(
            window.messages().message(), QStringLiteral("Cannot trace: dimension \"width\" is not set."));
        width->setValue(32);
        QVERIFY(!width->property("invalid").toBool());
        QVERIFY(window.actions().trace->toolTip().contains(QStringLiteral("--dim width=32")));
    }
};

QTEST_MAIN(TstNodesPage)
#include "tst_nodes_page.moc"
