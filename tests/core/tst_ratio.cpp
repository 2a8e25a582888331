// SPDX-License-Identifier: GPL-3.0-or-later
// Verdicts on simulated measurements whose truth is known.
#include "core/analyse/compare_runs.h"
#include "core/measure/interleaved.h"
#include "core/record/junit.h"
#include "tests/support/runs.h"

#include <QTest>
#include <cmath>
#include <random>

using core::Nanoseconds;
using core::Ratio;
using core::Verdict;

namespace {

std::vector<Nanoseconds> logNormal(std::mt19937_64& random, std::size_t count, double median, double sigma)
{
    std::normal_distribution<double> normal;
    std::vector<Nanoseconds> drawn(count);
    for (Nanoseconds& each : drawn)
        each = Nanoseconds(static_cast<std::int64_t>(median * std::exp(sigma * normal(random))));
    return drawn;
}

/// A program whose runs take what it is told, around a slow drift that both sides share.
class Simulated final : public core::Program {
public:
    Simulated(double milliseconds, std::mt19937_64& random)
        : m_milliseconds(milliseconds)
        , m_random(random)
    {
    }
    void write(int, std::span<const std::byte>) override { }
    core::Tensor read(int) override { return {}; }
    core::Sample run(core::Trace*) override
    {
        std::lognormal_distribution<double> noise(0, 0.02);
        return { .host = Nanoseconds(static_cast<std::int64_t>(m_milliseconds * 1e6 * noise(m_random))),
            .device = {} };
    }
    core::MemoryUse memory() const override { return {}; }

private:
    double m_milliseconds;
    std::mt19937_64& m_random;
};

/// Makes such programs; of two, the one made later is 1 % faster.
core::ProgramMaker making(double milliseconds, std::mt19937_64& random)
{
    return [milliseconds, &random] {
        static int made = 0;
        return std::make_unique<Simulated>(milliseconds * (made++ % 2 ? 0.99 : 1), random);
    };
}

} // namespace

class TstRatio : public QObject {
    Q_OBJECT

private slots:
    void verdicts_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<QString>("verdict");
        QTest::newRow("slower") << 1.05 << 1.03 << 1.07 << "SLOWER";
        QTest::newRow("faster") << 0.9 << 0.88 << 0.93 << "FASTER";
        QTest::newRow("same") << 1.001 << 0.99 << 1.01 << "SAME";
        QTest::newRow("different, but not worth a name") << 1.004 << 1.002 << 1.006 << "SAME";
        QTest::newRow("unclear") << 1.03 << 0.98 << 1.08 << "UNCLEAR";
        QTest::newRow("wide on both sides") << 1.0 << 0.8 << 1.2 << "UNCLEAR";
    }
    void verdicts()
    {
        QFETCH(double, value);
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(QString, verdict);
        QCOMPARE(QString::fromUtf8(core::verdictName(core::verdictOf({ value, low, high })).data()), verdict);
    }

    /// The interval has the truth in it as often as it says.
    void coverage()
    {
        std::mt19937_64 random(3);
        int covered = 0;
        constexpr int kTrials = 400;
        for (int trial = 0; trial < kTrials; ++trial) {
            const auto a = logNormal(random, 200, 1e6, 0.1), b = logNormal(random, 100, 1.1e6, 0.2);
            const auto ratio = core::medianRatio(a, b);
            QVERIFY(ratio.has_value());
            covered += ratio->low <= 1.1 && 1.1 <= ratio->high;
        }
        const double percent = 100.0 * covered / kTrials;
        QVERIFY2(percent >= 92 && percent <= 98, qPrintable(QString::number(percent)));
    }

    void sameSamplesSameRatio()
    {
        std::mt19937_64 random(4);
        const auto a = logNormal(random, 100, 1e6, 0.1), b = logNormal(random, 100, 1e6, 0.1);
        const Ratio one = *core::medianRatio(a, b), other = *core::medianRatio(a, b);
        QVERIFY(one.value == other.value && one.low == other.low && one.high == other.high);
        QVERIFY(!core::medianRatio(a, std::span(b).first(5)));
        QVERIFY(!core::ratioOverGroups(std::vector<std::vector<double>>(4, { 1.0 })));
    }

    /// 50 comparisons of the same and 50 with a planted slowdown of 3 %.
    void falseAlarmsAndMissedSlowdowns()
    {
        std::mt19937_64 random(5);
        core::InterleavedRule rule = core::interleavedPreset("rigorous");
        rule.time = std::chrono::milliseconds(25);
        rule.seed = 9;
        int alarms = 0, found = 0;
        for (int trial = 0; trial < 50; ++trial) {
            for (const double slowdown : { 1.0, 1.03 }) {
                // Where a program lies is worth up to 2 %, and the second one made lies better.
                const auto rounds
                    = core::measureInterleaved(making(1, random), making(slowdown, random), rule, {});
                QCOMPARE(rounds.size(), std::size_t { 48 });
                QCOMPARE(rounds.back().build, 23);
                const Verdict verdict = core::verdictOf(*core::ratioOverGroups(core::ratiosOf(rounds)));
                alarms += slowdown == 1.0 && (verdict == Verdict::Faster || verdict == Verdict::Slower);
                found += slowdown != 1.0 && verdict == Verdict::Slower;
            }
        }
        QVERIFY2(alarms <= 3, qPrintable(QString::number(alarms)));
        QVERIFY2(found >= 45, qPrintable(QString::number(found)));
    }

    /// Runs of blocks whose programs each have a level of their own: few false alarms, and 3 % are found.
    void ofGroups()
    {
        std::mt19937_64 random(4);
        std::normal_distribution<double> level(0, 0.007);
        int alarms = 0, found = 0, covered = 0;
        for (int trial = 0; trial < 1000; ++trial) {
            const auto medians = [&](double factor) {
                std::vector<Nanoseconds> all;
                for (int block = 0; block < 8; ++block)
                    all.emplace_back(std::llround(1e6 * factor * std::exp(level(random))));
                return all;
            };
            const auto base = medians(1);
            const Ratio same = *core::ratioOfGroups(base, medians(1)),
                        slower = *core::ratioOfGroups(base, medians(1.03));
            alarms += core::verdictOf(same) == Verdict::Faster || core::verdictOf(same) == Verdict::Slower;
            found += core::verdictOf(slower) == Verdict::Slower;
            covered += same.low <= 1 && 1 <= same.high;
        }
        QVERIFY2(alarms <= 30, qPrintable(QString::number(alarms)));
        QVERIFY2(found >= 950, qPrintable(QString::number(found)));
        QVERIFY2(covered >= 930 && covered <= 970, qPrintable(QString::number(covered)));
        QVERIFY(!core::ratioOfGroups(
            std::vector<Nanoseconds>(4, Nanoseconds(5)), std::vector<Nanoseconds>(9, Nanoseconds(5))));
    }

    void overGroups()
    {
        const std::vector<std::vector<double>> groups { { 1.02 }, { 1.00, 1.04, 1.02 }, { 1.06 }, { 0.98 },
            { 1.02 } };
        const Ratio ratio = *core::ratioOverGroups(groups);
        // By hand: logarithms of 1.02, 1.02, 1.06, 0.98, 1.02; t(4) = 2.7764.
        QVERIFY(std::abs(ratio.value - 1.01968) < 1e-5);
        QVERIFY(std::abs(ratio.low - 0.98521) < 2e-4 && std::abs(ratio.high - 1.05536) < 2e-4);
    }

    void disturbedRoundsCountForNothing()
    {
        std::mt19937_64 random(6);
        auto rounds = core::measureInterleaved(making(1, random), making(1, random),
            { .rounds = 6, .builds = 3, .time = std::chrono::milliseconds(20), .seed = 1 }, {});
        for (core::Round& round : rounds)
            round.disturbedPercent = 0;
        rounds[2].disturbedPercent = 40;
        auto ratios = core::ratiosOf(rounds);
        QCOMPARE(ratios.size(), std::size_t { 3 });
        QCOMPARE(ratios[1].size(), std::size_t { 1 });
        rounds[3].disturbedPercent = 40;
        QCOMPARE(core::ratiosOf(rounds).size(), std::size_t { 2 });
    }

    void stoppedBetweenRounds()
    {
        std::mt19937_64 random(7);
        std::stop_source stop;
        int seen = 0;
        const auto rounds = core::measureInterleaved(making(1, random), making(1, random),
            { .rounds = 50, .time = std::chrono::milliseconds(20), .seed = 1 }, stop.get_token(),
            [&](const core::Round&) {
                if (++seen == 3)
                    stop.request_stop();
            });
        QCOMPARE(rounds.size(), std::size_t { 3 });
    }

    void runsCellByCell()
    {
        const core::Run first = support::exampleRun();
        core::Run second = first;
        for (core::TimedSample& sample : second.cells[0].samples)
            sample.latency = sample.latency * 11 / 10;
        second.cells[0].refreshSummary();
        second.cells.pop_back();
        const auto cells = core::compareRuns(first, second);
        QCOMPARE(cells.size(), first.cells.size());
        QVERIFY(cells[0].verdict == Verdict::Slower);
        QVERIFY(std::abs(cells[0].ratio->value - 1.1) < 1e-6);
        QVERIFY(cells[1].verdict == Verdict::Unclear); // disturbed, though its samples are the same
        QCOMPARE(cells[1].why, "disturbed in the first run (3.8 %), disturbed in the second run (3.8 %)");
        QVERIFY(cells[1].ratio.has_value());
        QCOMPARE(cells[2].why, "refused in the first run, refused in the second run");
        QCOMPARE(cells[3].why, "out-of-memory in the first run, not in the second run");
        QCOMPARE(core::compareRuns(second, first).back().why,
            "not in the first run, out-of-memory in the second run");
    }

    void differencesAreSaid()
    {
        const core::Run first = support::exampleRun();
        QVERIFY(core::differencesOf(first, first).empty());
        core::Run second = first;
        second.header.model.sha256 = std::string(64, 'b');
        second.header.environment.cpu = "Other CPU";
        second.header.devices[0].library = "";
        const auto notes = core::differencesOf(first, second);
        QCOMPARE(notes.size(), std::size_t { 3 });
        QCOMPARE(
            notes[0], "The model differs: tiny \"cnn\", v2 aaaaaaaaaaaa and tiny \"cnn\", v2 bbbbbbbbbbbb.");
        QCOMPARE(notes[1], "The processor differs: Example CPU and Other CPU.");
        QCOMPARE(notes[2], "The cpu library differs: scripted times and unknown.");
    }

    void junit()
    {
        const std::string xml = core::toJunit("a \"suite\"",
            { { .name = "good <1>", .seconds = 0.5, .text = "SAME & well" },
                { .name = "bad\x01\xff", .failure = "slower by 7.0 %, the limit is 5 %" },
                { .name = "none", .skipped = "disturbed" } });
        QVERIFY(
            QString::fromStdString(xml).startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite "
                                                   "name=\"a &quot;suite&quot;\" tests=\"3\" failures=\"1\" "
                                                   "skipped=\"1\">"));
        QVERIFY(xml.find("name=\"good &lt;1&gt;\" time=\"0.500\"") != xml.npos);
        QVERIFY(xml.find("<system-out>SAME &amp; well</system-out>") != xml.npos);
        QVERIFY(xml.find("bad\xEF\xBF\xBD\xEF\xBF\xBD") != xml.npos);
        QVERIFY(xml.find("<failure message=\"slower by 7.0 %, the limit is 5 %\"/>") != xml.npos);
        QVERIFY(xml.find("<skipped message=\"disturbed\"/>") != xml.npos);
    }
};

QTEST_GUILESS_MAIN(TstRatio)
#include "tst_ratio.moc"
