// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/rapl.h"
#include "tests/support/fake_tree.h"

#include <QTest>

using namespace std::chrono_literals;

namespace {

constexpr const char* kPmu = "sys/bus/event_source/devices/power";

} // namespace

/// RAPL through perf's power events, with counters that the test moves.
class TstRaplPerf : public QObject {
    Q_OBJECT

private slots:
    void init();
    void inThePlaceOfPowercap();
    void powercapFirst();
    void packagesAddUp();
    void exactToAMicrojoule();
    void constantIsUnknownNotZero();
    void goesBackwards();
    void vanishes();
    void bothReasons_data();
    void bothReasons();

private:
    core::PowerMeterOr open()
    {
        const core::OpenPerf perf
            = [this](std::uint32_t type, std::uint64_t config, int cpu) -> core::PerfCounter {
            m_asked.push_back({ type, config, cpu });
            if (!m_denied.empty())
                return { {}, m_denied };
            return { [this, cpu]() -> std::optional<std::uint64_t> {
                        return m_gone ? std::nullopt : std::optional(m_steps[cpu]);
                    },
                {} };
        };
        return core::openRapl(
            m_tree->root(), [this] { return m_now; }, perf);
    }

    std::unique_ptr<support::FakeTree> m_tree;
    std::chrono::steady_clock::time_point m_now {};
    std::vector<std::tuple<std::uint32_t, std::uint64_t, int>> m_asked;
    std::map<int, std::uint64_t> m_steps;
    std::string m_denied;
    bool m_gone = false;
};

void TstRaplPerf::init()
{
    m_tree = std::make_unique<support::FakeTree>();
    const std::string pmu = kPmu;
    m_tree->write(pmu + "/type", "23\n");
    m_tree->write(pmu + "/cpumask", "0\n");
    m_tree->write(pmu + "/events/energy-pkg", "event=0x02\n");
    m_tree->write(pmu + "/events/energy-pkg.scale", "2.3283064365386962890625e-10\n");
    m_tree->write(pmu + "/events/energy-pkg.unit", "Joules\n");
    m_asked.clear();
    m_steps = { { 0, 1ULL << 40 } };
    m_denied.clear();
    m_gone = false;
}

void TstRaplPerf::inThePlaceOfPowercap()
{
    const auto found = open();
    QVERIFY2(found.meter != nullptr, found.unavailable.c_str());
    QCOMPARE(found.meter->source(), "RAPL package, perf power events");
    QCOMPARE(found.meter->updatePeriod(), 1ms);
    QVERIFY(m_asked == (decltype(m_asked) { { 23, 2, 0 } }));
    QCOMPARE(*found.meter->joules().value, 0.0);
    m_steps[0] += 5ULL << 31; // 2^-32 J each
    QCOMPARE(*found.meter->joules().value, 2.5);
}

void TstRaplPerf::powercapFirst()
{
    const std::string zone = "sys/class/powercap/intel-rapl:0";
    m_tree->write(zone + "/name", "package-0\n");
    m_tree->write(zone + "/energy_uj", "1\n");
    m_tree->write(zone + "/max_energy_range_uj", "262143328850\n");
    QCOMPARE(open().meter->source(), "RAPL package-0, powercap");
    QVERIFY(m_asked.empty());
}

void TstRaplPerf::packagesAddUp()
{
    m_tree->write(std::string(kPmu) + "/cpumask", "0-1,18\n");
    const auto found = open();
    QCOMPARE(found.meter->source(), "RAPL, 3 packages, perf power events");
    m_steps[1] += 1ULL << 32;
    m_steps[18] += 1ULL << 33;
    QCOMPARE(*found.meter->joules().value, 3.0);
}

void TstRaplPerf::exactToAMicrojoule()
{
    m_steps[0] = UINT64_MAX - 9; // ten steps before it comes round
    const auto found = open();
    m_steps[0] = (1ULL << 52) - 10; // 2^52 steps: a mebijoule
    QCOMPARE(*found.meter->joules().value, 1048576.0);
    m_steps[0] += 4295; // one microjoule and 0.03 steps
    QVERIFY(std::abs(*found.meter->joules().value - 1048576.000001) < 1e-7);
}

void TstRaplPerf::constantIsUnknownNotZero()
{
    const auto found = open();
    m_now += 1999ms;
    QVERIFY(found.meter->joules().value.has_value());
    m_now += 1ms;
    QCOMPARE(found.meter->joules().unknown,
        "The counter of RAPL package, perf power events stood still for 2 s: it is not supported here.");
    m_steps[0] += 1ULL << 32;
    QCOMPARE(*found.meter->joules().value, 1.0);
}

void TstRaplPerf::goesBackwards()
{
    const auto found = open();
    m_steps[0] -= 1000;
    QCOMPARE(found.meter->joules().unknown, "The counter of RAPL package, perf power events went backwards.");
    m_steps[0] += 1ULL << 32;
    QCOMPARE(*found.meter->joules().value, 1.0); // the step back counts for nothing
}

void TstRaplPerf::vanishes()
{
    const auto found = open();
    m_gone = true;
    QCOMPARE(found.meter->joules().unknown,
        "The counter of RAPL package, perf power events cannot be read any more.");
}

void TstRaplPerf::bothReasons_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text"); // empty: no such file
    QTest::addColumn<QString>("reason");
    QTest::newRow("denied") << ""
                            << ""
                            << "perf event energy-pkg: permission denied";
    QTest::newRow("no PMU") << "type"
                            << ""
                            << "%1/type: no such file or directory";
    QTest::newRow("no number") << "type"
                               << "many"
                               << "%1/type: is not a number";
    QTest::newRow("other terms") << "events/energy-pkg"
                                 << "event=0x02,umask=1"
                                 << "%1/events/energy-pkg: is no counter of joules";
    QTest::newRow("other unit") << "events/energy-pkg.unit"
                                << "Calories"
                                << "%1/events/energy-pkg: is no counter of joules";
    QTest::newRow("no CPU") << "cpumask"
                            << ""
                            << "%1: says nothing that makes sense";
    QTest::newRow("a billion CPUs") << "cpumask"
                                    << "0-1000000000"
                                    << "%1: says nothing that makes sense";
    QTest::newRow("absurd scale") << "events/energy-pkg.scale"
                                  << "1e300"
                                  << "%1: says nothing that makes sense";
    QTest::newRow("negative scale") << "events/energy-pkg.scale"
                                    << "-1"
                                    << "%1: says nothing that makes sense";
}

void TstRaplPerf::bothReasons()
{
    QFETCH(QString, file);
    QFETCH(QString, text);
    QFETCH(QString, reason);
    const std::string path = std::string(kPmu) + "/" + file.toStdString();
    if (file.isEmpty())
        m_denied = "permission denied";
    else if (text.isEmpty())
        m_tree->remove(path);
    else
        m_tree->write(path, text.toStdString() + "\n");
    const QString root = QString::fromStdString(m_tree->root());
    if (reason.contains("%1"))
        reason = reason.arg(root + "/" + kPmu);
    QCOMPARE(QString::fromStdString(open().unavailable),
        "No CPU power reading: " + root + "/sys/class/powercap has no RAPL package (a virtual machine?); "
            + reason + ".");
}

QTEST_GUILESS_MAIN(TstRaplPerf)
#include "tst_rapl_perf.moc"
