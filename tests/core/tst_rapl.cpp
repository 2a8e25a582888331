// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/rapl.h"
#include "tests/support/fake_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <QTest>

using namespace std::chrono_literals;

namespace {

constexpr const char* kZone = "sys/class/powercap/intel-rapl:0";

} // namespace

class TstRapl : public QObject {
    Q_OBJECT

private slots:
    void init();
    void joulesSinceItWasMade();
    void wrapsExactly();
    void goesBackwards();
    void growsOverItsRange();
    void platformIsTheWholeMachine();
    void packagesAddUp();
    void noZone();
    void denied();
    void vanishes();
    void notANumber();
    void overItsRange();
    void constantIsUnknownNotZero();
    void movingAgainIsKnownAgain();
    void neverAWattFromNothing();

private:
    void zone(const std::string& path, const std::string& name, const std::string& energy) const
    {
        m_tree->write(path + "/name", name + "\n");
        m_tree->write(path + "/energy_uj", energy + "\n");
        m_tree->write(path + "/max_energy_range_uj", "262143328850\n");
    }
    void energy(const std::string& value) const
    {
        m_tree->write(std::string(kZone) + "/energy_uj", value + "\n");
    }
    /// Without performance events: see tst_rapl_perf.
    core::PowerMeterOr open() const
    {
        return core::openRaplPowercap(m_tree->root(), [this] { return m_now; });
    }

    std::unique_ptr<support::FakeTree> m_tree;
    std::chrono::steady_clock::time_point m_now {};
};

void TstRapl::init()
{
    m_tree = std::make_unique<support::FakeTree>();
    zone(kZone, "package-0", "1000000");
}

void TstRapl::joulesSinceItWasMade()
{
    const auto found = open();
    QVERIFY2(found.meter != nullptr, found.unavailable.c_str());
    QCOMPARE(found.meter->source(), "RAPL package-0, powercap");
    energy("3500000");
    QCOMPARE(*found.meter->joules().value, 2.5);
    energy("3500001");
    QCOMPARE(*found.meter->joules().value, 2.500001);
}

void TstRapl::wrapsExactly()
{
    energy("262143328849");
    const auto found = open();
    energy("9"); // 262143328850, 0, 1, ... 9: eleven microjoules on
    QCOMPARE(*found.meter->joules().value, 11e-6);
    m_now += 60s;
    energy("0"); // once round, less 9, in a minute: 4 kW
    QCOMPARE(*found.meter->joules().value, (11 + 262143328851.0 - 9) / 1e6);
}

void TstRapl::goesBackwards()
{
    const auto found = open();
    m_now += 50ms;
    energy("999999"); // else a quarter of a megajoule in 50 ms
    QCOMPARE(found.meter->joules().unknown, m_tree->root() + "/" + kZone + "/energy_uj: went backwards.");
    m_now += 50ms;
    energy("1999999");
    QCOMPARE(*found.meter->joules().value, 1.0); // from where it stood then
}

void TstRapl::growsOverItsRange()
{
    const auto found = open();
    energy("18446744073709551615");
    QCOMPARE(
        found.meter->joules().unknown, m_tree->root() + "/" + kZone + "/energy_uj: is over its own range.");
}

void TstRapl::platformIsTheWholeMachine()
{
    zone("sys/class/powercap/intel-rapl:1", "psys", "0");
    const auto now = [this] { return m_now; };
    QCOMPARE(
        core::openRaplPlatform(m_tree->root(), now).meter->source(), "whole machine, RAPL psys, powercap");
    m_tree->remove("sys/class/powercap/intel-rapl:1");
    QVERIFY(!core::openRaplPlatform(m_tree->root(), now).meter);
}

void TstRapl::packagesAddUp()
{
    zone("sys/class/powercap/intel-rapl:1", "package-1", "0");
    zone("sys/class/powercap/intel-rapl:0:0", "core", "0"); // inside package-0
    zone("sys/class/powercap/intel-rapl-mmio:0", "package-0", "0"); // package-0 by another road
    const auto found = open();
    QCOMPARE(found.meter->source(), "RAPL package-0 + package-1, powercap");
    m_tree->write("sys/class/powercap/intel-rapl:1/energy_uj", "4000000\n");
    m_tree->write("sys/class/powercap/intel-rapl:0:0/energy_uj", "8000000\n");
    QCOMPARE(*found.meter->joules().value, 4.0);
}

void TstRapl::noZone()
{
    m_tree->remove(kZone);
    QCOMPARE(
        open().unavailable, m_tree->root() + "/sys/class/powercap has no RAPL package (a virtual machine?)");
    m_tree->remove("sys");
    QVERIFY(!open().meter);
}

void TstRapl::denied()
{
    const std::string file = m_tree->root() + "/" + kZone + "/energy_uj";
    if (geteuid() == 0) {
        // Root may read everything: a folder in the file's place is refused to root as well.
        m_tree->remove(std::string(kZone) + "/energy_uj");
        std::filesystem::create_directories(file);
        QCOMPARE(open().unavailable, file + ": is a directory");
        return;
    }
    QCOMPARE(chmod(file.c_str(), 0), 0);
    QCOMPARE(open().unavailable, file + ": permission denied");
}

void TstRapl::vanishes()
{
    const auto found = open();
    m_tree->remove(kZone);
    const core::Figure joules = found.meter->joules();
    QVERIFY(!joules);
    QCOMPARE(joules.unknown, m_tree->root() + "/" + kZone + "/energy_uj: no such file or directory.");
}

void TstRapl::notANumber()
{
    energy("lots");
    QCOMPARE(open().unavailable, m_tree->root() + "/" + kZone + "/energy_uj: is not a number");
}

void TstRapl::overItsRange()
{
    energy("262143328851");
    QCOMPARE(open().unavailable, m_tree->root() + "/" + kZone + "/energy_uj: is over its own range");
}

void TstRapl::constantIsUnknownNotZero()
{
    const auto found = open();
    m_now += 1999ms;
    QVERIFY(found.meter->joules().value.has_value());
    m_now += 1ms;
    const core::Figure joules = found.meter->joules();
    QVERIFY(!joules);
    QCOMPARE(joules.unknown,
        "The counter of RAPL package-0, powercap stood still for 2 s: it is not supported here.");
}

void TstRapl::movingAgainIsKnownAgain()
{
    const auto found = open();
    m_now += 3s;
    QVERIFY(!found.meter->joules());
    energy("2000000");
    QCOMPARE(*found.meter->joules().value, 1.0);
}

void TstRapl::neverAWattFromNothing()
{
    m_tree->write(std::string(kZone) + "/max_energy_range_uj", "");
    QCOMPARE(open().unavailable, m_tree->root() + "/" + kZone + "/max_energy_range_uj: is not a number");
}

QTEST_GUILESS_MAIN(TstRapl)
#include "tst_rapl.moc"
