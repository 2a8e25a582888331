// SPDX-License-Identifier: GPL-3.0-or-later
// The decision in the window: what is asked reaches it, each state says what it is, files are written.
#include "core/record/run_file.h"
#include "tests/support/runs.h"
#include "tests/ui/window_support.h"
#include "ui/charts_page.h"
#include "ui/decision_marks.h"
#include "ui/decision_page.h"
#include "ui/drawing_view.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/settings.h"

#include <QComboBox>
#include <QFile>
#include <QLineEdit>

using namespace std::chrono_literals;

namespace {

/// A CPU at 1 ms an item, and a GPU at 3 ms and 0.25 ms an item: it overtakes at batch 4. The CPU has a p99;
/// the GPU's cells have too few samples for one. Nobody measured power.
core::Run crossingRun()
{
    core::Run run;
    run.header = support::exampleStart();
    run.header.spec = {
        .model = "zoo:tiny-cnn", .engines = { { "cpu", { 1 } }, { "gpu", {} } }, .batches = { 1, 2, 4, 8, 16 }
    };
    run.header.devices[1].absent.clear();
    run.header.cells = core::cells(run.header.spec);
    for (const core::CellKey& key : run.header.cells) {
        const bool gpu = key.engine == "gpu";
        const core::Nanoseconds latency = gpu ? 3ms + key.batch * 250us : key.batch * 1ms;
        core::Cell cell { .key = key, .status = core::CellStatus::Ok };
        cell.samples = support::exampleSamples(gpu ? 60 : 460, latency);
        cell.finished = core::CellFinished { .stoppedBy = core::StoppedBy::Converged };
        cell.finished->powerMeanWatts = core::Figure::missing("No sensor: a test.");
        cell.finished->energyPerInferenceJoules = core::Figure::missing("No sensor: a test.");
        cell.refreshSummary();
        run.cells.push_back(std::move(cell));
    }
    run.finished = core::RunFinished {};
    return run;
}

} // namespace

Q_DECLARE_METATYPE(ui::PriceWish)

class TstDecisionPage : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    QTemporaryDir m_folder;
    QString m_file;

    static bool decides(ui::Session& session)
    {
        return QTest::qWaitFor(
            [&] { return !session.deciding() && session.state() != ui::State::Loading && session.decided(); },
            support::kPatience);
    }

    void open(ui::Session& session) const
    {
        session.openRun(m_file);
        QVERIFY(decides(session));
    }

    /// Waits for the decision on this wish.
    static void ask(ui::Session& session, const ui::DecisionWish& wish)
    {
        session.decideBy(wish);
        QVERIFY(QTest::qWaitFor([&] { return !session.deciding(); }, support::kPatience));
    }

    static QLineEdit* field(QWidget& page, const char* name)
    {
        return page.findChild<QLineEdit*>(QLatin1String(name));
    }

private slots:
    void initTestCase()
    {
        m_file = m_folder.filePath(QStringLiteral("run.json"));
        core::writeFile(m_file.toStdString(), core::toJson(crossingRun()), "run");
    }

    void saysWhatItWaitsFor()
    {
        ui::Session session(support::fakeEngines());
        ui::DecisionPage page(session);
        QVERIFY(page.answer().startsWith(QStringLiteral("Run a sweep, or open a run")));
        QVERIFY(page.warnings().isEmpty());
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        QStringList said;
        connect(&session, &ui::Session::samplesTaken, &page, [&] { said << page.answer(); });
        support::runAndWait(session, QStringLiteral("1,2"));
        QVERIFY(!said.isEmpty());
        for (const QString& sentence : said)
            QVERIFY2(sentence.startsWith(QStringLiteral("The decision follows when the sweep has ended")),
                qPrintable(sentence));
        QVERIFY(decides(session));
        QVERIFY2(page.answer().contains(QStringLiteral(" at batch ")), qPrintable(page.answer()));
    }

    void saysThatNothingWasMeasured()
    {
        core::Run run = crossingRun();
        for (core::Cell& cell : run.cells)
            cell = { .key = cell.key, .status = core::CellStatus::Refused, .reason = "Refused: a test." };
        const QString file = m_folder.filePath(QStringLiteral("nothing.json"));
        core::writeFile(file.toStdString(), core::toJson(run), "run");
        ui::Session session(support::fakeEngines());
        ui::DecisionPage page(session);
        session.openRun(file);
        QVERIFY(decides(session));
        QCOMPARE(page.answer(), QStringLiteral("No recommendation: nothing was measured."));
    }

    void whatIsTypedReachesTheDecision()
    {
        ui::Session session(support::fakeEngines());
        ui::DecisionPage page(session);
        open(session);
        QVERIFY(page.answer().startsWith(QStringLiteral("cpu x1 at batch 1")));
        auto* objective = page.findChild<QComboBox*>(QStringLiteral("objective"));
        objective->setCurrentIndex(1);
        emit objective->activated(1);
        QVERIFY(QTest::qWaitFor(
            [&] { return page.answer().startsWith(QStringLiteral("gpu at batch 16")); }, support::kPatience));
        QTest::keyClicks(field(page, "leastRate"), QStringLiteral("500"));
        QTest::keyClicks(field(page, "served"), QStringLiteral("10000"));
        QVERIFY(QTest::qWaitFor([&] { return !session.deciding(); }, support::kPatience));
        QCOMPARE(session.decided()->settings.targets.rate, std::optional(500.0));
        QCOMPARE(session.decided()->settings.rate, std::optional(10000.0));
        QCOMPARE(session.decided()->settings.objective, core::Objective::Throughput);
        QCOMPARE(page.command(),
            QStringLiteral("breakeven-cli decide %1 --objective throughput --target rate=500 --rate 10000")
                .arg(m_file));
    }

    void whatCannotBeReadDecidesNothing()
    {
        ui::Session session(support::fakeEngines());
        ui::DecisionPage page(session);
        open(session);
        QLineEdit* latency = field(page, "latency");
        QTest::keyClicks(latency, QStringLiteral("soon"));
        QVERIFY(!session.decided());
        QCOMPARE(page.answer(), QStringLiteral("Cannot read the latency: \"soon\" is no number over 0."));
        QVERIFY(latency->property("invalid").toBool());
        latency->clear();
        QTest::keyClicks(latency, QStringLiteral("2"));
        QVERIFY(decides(session));
        QVERIFY(!latency->property("invalid").toBool());
        QCOMPARE(session.decided()->settings.targets.latencySeconds, std::optional(2 * 1e-3));
        session.decideBy({ .objective = core::Objective::Cost });
        QCOMPARE(page.answer(),
            QStringLiteral("Cannot decide by cost: no machine has a price. Choose one below."));
    }

    void anUnknownFigureMeetsNothing()
    {
        ui::Session session(support::fakeEngines());
        ui::DecisionPage page(session);
        open(session);
        ask(session, { .watts = QStringLiteral("1000") });
        QVERIFY(session.decided());
        QVERIFY(!session.decided()->decision.best);
        QVERIFY2(page.answer().contains(QStringLiteral("a figure is unknown")), qPrintable(page.answer()));
        for (std::size_t cell = 0; cell < session.run().cells.size(); ++cell) {
            QVERIFY(ui::missesTargets(*session.decided(), cell));
            QVERIFY(ui::decisionText(*session.decided(), cell).startsWith(QStringLiteral("? unknown")));
        }
        ask(session, { .percentile = 0.99, .latencyMs = QStringLiteral("1000") }); // the GPU has no p99
        QVERIFY(page.answer().startsWith(QStringLiteral("cpu x1")));
    }

    void memoryAndCost()
    {
        ui::Session session(support::fakeEngines());
        ui::DecisionPage page(session);
        open(session);
        ask(session, { .memoryMb = QStringLiteral("0.001") });
        QVERIFY(session.decided());
        QCOMPARE(session.decided()->settings.targets.bytes, std::optional(1000.0));
        QVERIFY2(
            page.command().endsWith(QStringLiteral("--target memory=0.001MB")), qPrintable(page.command()));
        ui::DecisionWish wish { .millionCost = QStringLiteral("1e9") };
        session.decideBy(wish);
        QCOMPARE(page.answer(),
            QStringLiteral("Cannot decide by cost: no machine has a price. Choose one below."));
        wish.prices["cpu"] = { .own = true, .perHour = QStringLiteral("1") };
        ask(session, wish);
        QVERIFY(session.decided()->decision.best);
        QVERIFY2(page.command().contains(QStringLiteral("--target cost=1e9")), qPrintable(page.command()));
        QCOMPARE(ui::check({ .memoryMb = QStringLiteral("x") }, session.run()).problem,
            QStringLiteral("Cannot read the memory: \"x\" is no number over 0."));
        QCOMPARE(ui::check({ .millionCost = QStringLiteral("-1") }, session.run()).problem,
            QStringLiteral("Cannot read the cost of a million: \"-1\" is no number over 0."));
    }

    void pricesOfAnEngine()
    {
        ui::Session session(support::fakeEngines());
        open(session);
        ui::DecisionWish wish { .objective = core::Objective::Cost };
        wish.prices["cpu"] = { .machine = "c5.4xlarge" };
        wish.prices["gpu"] = { .own = true, .perHour = QStringLiteral("1.5") };
        const ui::CheckedWish checked = ui::check(wish, session.run());
        QCOMPARE(checked.problem, QString());
        QCOMPARE(checked.settings.prices.at("cpu").price.perHour, 0.68);
        QCOMPARE(checked.settings.prices.at("gpu").price.perHour, 1.5);
        QCOMPARE(ui::decideCommand(wish, session.run(), {}),
            QStringLiteral("breakeven-cli decide RUN.json --objective cost --price \"cpu=c5.4xlarge\" "
                           "--price gpu=1.5"));
        ask(session, wish);
        ui::Decided old = *session.decided();
        QVERIFY(!ui::decisionWarnings(old).join(QLatin1Char(' ')).contains(QStringLiteral("GPU is over")));
        old.settings.prices.at("gpu").price.date = std::chrono::year(2020) / 1 / 1;
        QVERIFY(ui::decisionWarnings(old).contains(QStringLiteral("The price of GPU is over a year old.")));
        wish.prices["gpu"].perHour = QStringLiteral("-1");
        QVERIFY(ui::check(wish, session.run()).wrongPrices
            == (std::vector { std::pair(std::string("gpu"), ui::PriceField::PerHour) }));
        wish.prices["gpu"] = { .machine = "c5.4xlarge" }; // no GPU
        QVERIFY(!ui::check(wish, session.run()).settings.prices.contains("gpu"));
    }

    void ownedMachine()
    {
        ui::Session session(support::fakeEngines());
        ui::DecisionPage page(session);
        open(session);
        ui::DecisionWish wish { .objective = core::Objective::Cost,
            .served = QStringLiteral("500"),
            .pue = QStringLiteral("1.2"),
            .carbon = QStringLiteral("400") };
        wish.prices["cpu"] = { .machine = "c5.4xlarge" };
        wish.prices["gpu"] = { .owned = true,
            .bought = QStringLiteral("24000"),
            .idleWatts = QStringLiteral("300"),
            .busyWatts = QStringLiteral("1e3") };
        const ui::CheckedWish checked = ui::check(wish, session.run());
        QCOMPARE(checked.problem, QString());
        QCOMPARE(checked.settings.prices.at("gpu").owned->price, 24000.0);
        QCOMPARE(checked.settings.prices.at("gpu").owned->years, 4.0);
        QCOMPARE(checked.settings.prices.at("gpu").busyKw, std::optional(1.0));
        QCOMPARE(checked.settings.pue, 1.2);
        QCOMPARE(checked.settings.gramsPerKwh, std::optional(400.0));
        QCOMPARE(ui::decideCommand(wish, session.run(), {}),
            QStringLiteral(
                "breakeven-cli decide RUN.json --objective cost --rate 500 --price \"cpu=c5.4xlarge\" "
                "--price \"gpu=owned(price=24000,years=4,idle=300W,busy=1e3W)\" --pue 1.2 --carbon 400"));
        ask(session, wish);
        QVERIFY(session.decided() && session.decided()->decision.best);
        int charts = 0;
        for (const auto* view : page.findChildren<ui::DrawingView*>())
            charts += !view->drawing().shapes.empty();
        QCOMPARE(charts, 3); // cost, energy of the GPU as given, the tornado
        // Nobody measured the CPU's power, and it is said.
        QVERIFY(
            page.warnings().join(QLatin1Char(' ')).contains(QStringLiteral("What cpu emits is unknown: ")));
    }

    void ownedCannotBeRead_data()
    {
        QTest::addColumn<ui::PriceWish>("price");
        QTest::addColumn<int>("field");
        QTest::addColumn<QString>("sentence");
        const ui::PriceWish good { .owned = true, .bought = QStringLiteral("24000") };
        const auto row = [&](const char* name, QString ui::PriceWish::*part, ui::PriceField field,
                             const char* text, const QString& sentence) {
            ui::PriceWish wrong = good;
            wrong.*part = QLatin1String(text);
            QTest::newRow(name) << wrong << static_cast<int>(field) << sentence;
        };
        const auto none = [](const char* what, const char* text) {
            return QStringLiteral("Cannot read %1: \"%2\" is no number over 0.").arg(what, text);
        };
        row("price", &ui::PriceWish::bought, ui::PriceField::Bought, "much",
            none("what GPU was bought for", "much"));
        row("years", &ui::PriceWish::years, ui::PriceField::Years, "0", none("the years of GPU", "0"));
        row("rest", &ui::PriceWish::idleWatts, ui::PriceField::IdleWatts, "-3",
            none("the power of GPU at rest", "-3"));
        row("work", &ui::PriceWish::busyWatts, ui::PriceField::BusyWatts, "nan",
            none("the power of GPU at work", "nan"));
        row("centuries", &ui::PriceWish::years, ui::PriceField::Bought, "900",
            QStringLiteral(
                "Cannot read price: \"owned(price=24000,years=900)\": years is a number from 0.01 to "
                "100, not \"900\"."));
    }
    void ownedCannotBeRead()
    {
        QFETCH(ui::PriceWish, price);
        QFETCH(int, field);
        QFETCH(QString, sentence);
        const ui::CheckedWish checked = ui::check({ .prices = { { "gpu", price } } }, crossingRun());
        QCOMPARE(checked.problem, sentence);
        QVERIFY(checked.wrongPrices
            == (std::vector { std::pair(std::string("gpu"), static_cast<ui::PriceField>(field)) }));
    }

    void powerCannotBeRead()
    {
        const core::Run run = crossingRun();
        ui::DecisionWish wish { .pue = QStringLiteral("0.5"), .carbon = QStringLiteral("400") };
        QCOMPARE(ui::check(wish, run).problem,
            QStringLiteral("Cannot read the PUE: \"0.5\" is no number from 1 to 10."));
        wish.carbon.clear(); // then it does not count
        QCOMPARE(ui::check(wish, run).problem, QString());
        wish = { .carbon = QStringLiteral("x") };
        QCOMPARE(ui::check(wish, run).problem,
            QStringLiteral("Cannot read the carbon of a kWh: \"x\" is no number over 0."));
        wish = { .tariff = QStringLiteral("x") };
        wish.prices["gpu"] = { .owned = true };
        QCOMPARE(ui::check(wish, run).problem,
            QStringLiteral("Cannot read the tariff: \"x\" is no number over 0."));
    }

    void wishesOutliveTheWindow()
    {
        ui::DecisionWish wish { .objective = core::Objective::Energy,
            .percentile = 0.9,
            .latencyMs = QStringLiteral("5"),
            .leastRate = QStringLiteral("10"),
            .watts = QStringLiteral("x"),
            .memoryMb = QStringLiteral("8"),
            .millionCost = QStringLiteral("0.5"),
            .served = QStringLiteral("7"),
            .mostPercent = QStringLiteral("60") };
        wish.prices["cpu"] = { .own = true, .perHour = QStringLiteral("0.1") };
        wish.prices["gpu"] = { .owned = true,
            .bought = QStringLiteral("9"),
            .years = QStringLiteral("3"),
            .idleWatts = QStringLiteral("1"),
            .busyWatts = QStringLiteral("2") };
        wish.pue = QStringLiteral("1.1");
        wish.tariff = QStringLiteral("0.2");
        wish.carbon = QStringLiteral("30");
        ui::saveDecisionWish(wish);
        QVERIFY(ui::loadDecisionWish() == wish);
        ui::saveDecisionWish({});
    }

    void marksTheCharts()
    {
        ui::Session session(support::fakeEngines());
        ui::ChartsPage page(session);
        open(session);
        ask(session, { .percentile = 0.5, .latencyMs = QStringLiteral("4.9") });
        const ui::ChartContent& content = page.chart(ui::Quantity::Latency).content();
        QCOMPARE(content.marks.crossings.size(), std::size_t { 1 });
        const ui::ChartMarks::Crossing& crossing = content.marks.crossings.front();
        QVERIFY(crossing.low <= crossing.x && crossing.x <= crossing.high);
        QVERIFY(std::abs(crossing.x - 4) < 0.2);
        QCOMPARE(content.marks.target, std::optional(4.9 * 1e-3));
        QVERIFY(!page.chart(ui::Quantity::Throughput).content().marks.target);
        QVERIFY(page.chart(ui::Quantity::Memory).content().marks.crossings.empty());
        QCOMPARE(content.series[0].points[0].standing, ui::Standing::Best); // CPU, batch 1
        QCOMPARE(content.series[0].points[2].standing, ui::Standing::Plain); // 4 ms
        QCOMPARE(content.series[0].points[3].standing, ui::Standing::Missed); // 8 ms
        QCOMPARE(ui::decisionText(*session.decided(), 0), QStringLiteral("★ best · front"));
    }

    void writesPageAndPaper()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        const QString page = m_folder.filePath(QStringLiteral("decision.html"));
        const QString paper = m_folder.filePath(QStringLiteral("decision.pdf"));
        window.savePdf(paper);
        QCOMPARE(window.messages().message(), QStringLiteral("Cannot write PDF: There is no decision yet."));
        open(session);
        QSignalSpy saved(&session, &ui::Session::saved);
        window.saveReport(page);
        window.savePdf(paper);
        QVERIFY(QTest::qWaitFor([&] { return saved.size() == 2; }, support::kPatience));
        const auto beginning = [](const QString& path) {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QVERIFY(beginning(page).contains("cpu x1 at batch 1"));
        QVERIFY(beginning(paper).startsWith("%PDF-"));
        window.savePdf(m_folder.filePath(QStringLiteral("missing/decision.pdf")));
        QVERIFY(QTest::qWaitFor(
            [&] { return window.messages().message().startsWith(QStringLiteral("Cannot write PDF: ")); },
            support::kPatience));
        ask(session, { .latencyMs = QStringLiteral("soon") });
        window.saveReport(page);
        QVERIFY(window.messages().message().contains(QStringLiteral("\"soon\" is no number over 0")));
    }
};

QTEST_MAIN(TstDecisionPage)
#include "tst_decision_page.moc"
