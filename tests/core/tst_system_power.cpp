// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/system_power.h"
#include "core/sensors/watt_integral.h"
#include "tests/support/fake_tree.h"

#include <QTest>

using namespace std::chrono_literals;

namespace {

constexpr const char* kAcpi = "sys/class/hwmon/hwmon3/";
constexpr const char* kBattery = "sys/class/power_supply/BAT0/";

} // namespace

/// Watts of the whole machine, and the joules that come of them.
class TstSystemPower : public QObject {
    Q_OBJECT

private slots:
    void init();
    void trapezoid();
    void gapIsUnknown();
    void integralRefusesTheWayBack();
    void acpiMeter();
    void otherPartsArePassedOver();
    void labelledSystem();
    void absurd_data();
    void absurd();
    void vanishes();
    void gapOfTheMeter();
    void battery();
    void batteryByCurrent();
    void notOnBattery_data();
    void notOnBattery();
    void mouseIsNoMachine();
    void nothing();

private:
    void write(const std::string& path, const std::string& text) const { m_tree->write(path, text + "\n"); }
    core::PowerMeterOr open() const
    {
        return core::openSystemPower(m_tree->root(), [this] { return m_now; });
    }

    std::unique_ptr<support::FakeTree> m_tree;
    std::chrono::steady_clock::time_point m_now { 100s };
};

void TstSystemPower::init()
{
    m_tree = std::make_unique<support::FakeTree>();
    write("sys/class/hwmon/hwmon0/name", "coretemp");
}

void TstSystemPower::trapezoid()
{
    core::WattIntegral integral;
    QVERIFY(integral.add(5s, 100));
    QCOMPARE(*integral.joules(), 0.0);
    QVERIFY(integral.add(6s, 200));
    QCOMPARE(*integral.joules(), 150.0);
    QVERIFY(integral.add(8s, 0)); // exactly the longest gap
    QCOMPARE(*integral.joules(), 350.0);
    QCOMPARE(*integral.watts(), 0.0);
}

void TstSystemPower::gapIsUnknown()
{
    core::WattIntegral integral;
    integral.add(0s, 100);
    integral.add(1s, 100);
    integral.add(3001ms, 100);
    QVERIFY(!integral.joules());
    QCOMPARE(integral.gap(), 2001ms);
    integral.add(4s, 100);
    QVERIFY(!integral.joules()); // what was drawn stays unknown
    integral.restart();
    integral.add(60s, 100); // nobody asked before
    QVERIFY(integral.joules().has_value());
    const double before = *integral.joules();
    integral.add(61s, 300);
    QCOMPARE(*integral.joules() - before, 200.0);
}

void TstSystemPower::integralRefusesTheWayBack()
{
    core::WattIntegral integral;
    integral.add(2s, 100);
    QVERIFY(!integral.add(1s, 1000));
    integral.add(3s, 100);
    QCOMPARE(*integral.joules(), 100.0);
}

void TstSystemPower::acpiMeter()
{
    write(std::string(kAcpi) + "name", "power_meter");
    write(std::string(kAcpi) + "power1_average", "200000000");
    const auto found = open();
    QVERIFY2(found.meter != nullptr, found.unavailable.c_str());
    QCOMPARE(found.meter->source(), "whole machine, power_meter, hwmon");
    QCOMPARE(found.meter->updatePeriod(), 1s);
    m_now += 1s;
    QCOMPARE(*found.meter->joules().value, 200.0);
    QCOMPARE(*found.meter->watts(), 200.0);
}

void TstSystemPower::otherPartsArePassedOver()
{
    write("sys/class/hwmon/hwmon1/name", "amdgpu");
    write("sys/class/hwmon/hwmon1/power1_average", "90000000");
    write("sys/class/hwmon/hwmon1/power1_label", "PPT");
    QVERIFY(!open().meter);
}

void TstSystemPower::labelledSystem()
{
    write("sys/class/hwmon/hwmon1/name", "ibmpowernv");
    write("sys/class/hwmon/hwmon1/power1_input", "90000000");
    write("sys/class/hwmon/hwmon1/power1_label", "System");
    QCOMPARE(open().meter->source(), "whole machine, ibmpowernv, hwmon");
}

void TstSystemPower::absurd_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : { "", "many", "-5", "1e300", "nan", "inf", "99999999999999999999", "12 34" })
        QTest::newRow(text) << text;
}

void TstSystemPower::absurd()
{
    QFETCH(QString, text);
    write(std::string(kAcpi) + "name", "power_meter");
    write(std::string(kAcpi) + "power1_average", text.toStdString());
    QVERIFY(!open().meter);
    write(std::string(kAcpi) + "power1_average", "1000000");
    const auto found = open();
    write(std::string(kAcpi) + "power1_average", text.toStdString());
    const core::Figure joules = found.meter->joules();
    QVERIFY(!joules);
    QVERIFY2(joules.unknown.starts_with("No power of the whole machine: "), joules.unknown.c_str());
    QVERIFY(!found.meter->watts());
}

void TstSystemPower::vanishes()
{
    write(std::string(kAcpi) + "name", "power_meter");
    write(std::string(kAcpi) + "power1_average", "1000000");
    const auto found = open();
    m_tree->remove(kAcpi);
    QCOMPARE(found.meter->joules().unknown,
        "No power of the whole machine: " + m_tree->root() + "/" + kAcpi
            + "power1_average: no such file or directory.");
}

void TstSystemPower::gapOfTheMeter()
{
    write(std::string(kAcpi) + "name", "power_meter");
    write(std::string(kAcpi) + "power1_average", "1000000");
    const auto found = open();
    m_now += 3s;
    QCOMPARE(found.meter->joules().unknown,
        "The power of the whole machine was not read for 3.0 s: what it drew then is unknown.");
    found.meter->restart();
    const double before = *found.meter->joules().value;
    m_now += 1s;
    QCOMPARE(*found.meter->joules().value - before, 1.0);
}

void TstSystemPower::battery()
{
    write(std::string(kBattery) + "type", "Battery");
    write(std::string(kBattery) + "status", "Discharging");
    write(std::string(kBattery) + "power_now", "-15000000"); // some drivers' sign
    const auto found = open();
    QVERIFY2(found.meter != nullptr, found.unavailable.c_str());
    QCOMPARE(found.meter->source(), "whole machine, discharge of its batteries");
    QCOMPARE(*found.meter->watts(), 15.0);
    write(std::string(kBattery) + "status", "Charging");
    QCOMPARE(found.meter->joules().unknown,
        "No power of the whole machine: the machine does not run on its batteries.");
}

void TstSystemPower::batteryByCurrent()
{
    for (const std::string name : { "BAT0/", "BAT1/" }) {
        const std::string folder = "sys/class/power_supply/" + name;
        write(folder + "type", "Battery");
        write(folder + "status", "Discharging");
        write(folder + "current_now", "1500000");
        write(folder + "voltage_now", "12000000");
    }
    QCOMPARE(*open().meter->watts(), 36.0);
    m_tree->remove("sys/class/power_supply/BAT1/voltage_now");
    QVERIFY(!open().meter); // half of it is not the machine's
}

void TstSystemPower::notOnBattery_data()
{
    QTest::addColumn<QString>("status");
    for (const char* status : { "Charging", "Full", "Not charging", "Unknown", "" })
        QTest::newRow(status) << status;
}

void TstSystemPower::notOnBattery()
{
    QFETCH(QString, status);
    write(std::string(kBattery) + "type", "Battery");
    write(std::string(kBattery) + "status", status.toStdString());
    write(std::string(kBattery) + "power_now", "15000000");
    QVERIFY(!open().meter);
}

void TstSystemPower::mouseIsNoMachine()
{
    write("sys/class/power_supply/hid/type", "Battery");
    write("sys/class/power_supply/hid/scope", "Device");
    write("sys/class/power_supply/hid/status", "Discharging");
    write("sys/class/power_supply/hid/power_now", "1000");
    QVERIFY(!open().meter);
}

void TstSystemPower::nothing()
{
    QCOMPARE(open().unavailable,
        "No power of the whole machine: " + m_tree->root()
            + "/sys/class/hwmon has no power meter of the machine, there is no battery, and no external "
              "meter is "
              "given (--power-meter).");
}

QTEST_GUILESS_MAIN(TstSystemPower)
#include "tst_system_power.moc"
