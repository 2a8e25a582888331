// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/cgroup.h"
#include "core/sensors/cpu_monitor.h"
#include "tests/support/fake_tree.h"

#include <QTest>

namespace {

constexpr const char* kCpus = "sys/devices/system/cpu/";

} // namespace

/// Clocks, temperature and limits of the processor, from trees that stand in for /sys.
class TstCpuMonitor : public QObject {
    Q_OBJECT

private slots:
    void init();
    void clocks();
    void onlyOwnCpus();
    void noClock();
    void clockVanishes();
    void absurdClock_data();
    void absurdClock();
    void temperatures_data();
    void temperatures();
    void coresAreNotThePackage();
    void absurdTemperature_data();
    void absurdTemperature();
    void noTemperature();
    void groupLimits_data();
    void groupLimits();

private:
    void clock(int cpu, const std::string& khz) const
    {
        m_tree->write(kCpus + ("cpu" + std::to_string(cpu)) + "/cpufreq/scaling_cur_freq", khz + "\n");
    }
    core::CpuMonitor monitor(std::vector<int> cpus = { 0, 1, 2 }) const
    {
        return core::CpuMonitor(m_tree->root(), std::move(cpus));
    }
    std::unique_ptr<support::FakeTree> m_tree;
};

void TstCpuMonitor::init()
{
    m_tree = std::make_unique<support::FakeTree>();
}

void TstCpuMonitor::clocks()
{
    clock(0, "3000000");
    clock(1, "800000");
    clock(2, "3500000");
    const auto found = monitor();
    QCOMPARE(found.clock().source, "cpufreq, 3 CPUs");
    QCOMPARE(found.clock().rights, "none");
    const core::CpuReading reading = found.read();
    QCOMPARE(*reading.clockMhz, 3000.0);
    QCOMPARE(*reading.clockLowMhz, 800.0);
    QCOMPARE(*reading.clockHighMhz, 3500.0);
    QVERIFY(!reading.temperatureC);
}

void TstCpuMonitor::onlyOwnCpus()
{
    clock(0, "3000000");
    clock(1, "800000");
    QCOMPARE(*monitor({ 1 }).read().clockHighMhz, 800.0);
}

void TstCpuMonitor::noClock()
{
    QCOMPARE(monitor({ 0 }).clock().unavailable,
        "No CPU clock: " + m_tree->root() + "/" + kCpus
            + "cpu0/cpufreq/scaling_cur_freq: no such file or directory (a virtual machine?).");
    QVERIFY(!monitor().read().clockMhz);
}

void TstCpuMonitor::clockVanishes()
{
    clock(0, "3000000");
    clock(1, "800000");
    const auto found = monitor();
    m_tree->remove(std::string(kCpus) + "cpu0");
    QCOMPARE(*found.read().clockMhz, 800.0);
    m_tree->remove(kCpus);
    QVERIFY(found.read() == core::CpuReading {});
}

void TstCpuMonitor::absurdClock_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : { "", "0", "-1", "fast", "1e300", "nan", "99999999999999999999999" })
        QTest::newRow(text) << text;
}

void TstCpuMonitor::absurdClock()
{
    QFETCH(QString, text);
    clock(0, "3000000");
    const auto found = monitor({ 0 });
    clock(0, text.toStdString());
    QVERIFY(!found.read().clockMhz); // unknown, not zero
}

void TstCpuMonitor::temperatures_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("label");
    QTest::addColumn<QString>("source");
    QTest::newRow("Intel") << "coretemp"
                           << "Package id 0"
                           << "coretemp, hwmon";
    QTest::newRow("AMD") << "k10temp"
                         << "Tctl"
                         << "k10temp, hwmon";
    QTest::newRow("zenpower") << "zenpower"
                              << "Tctl"
                              << "zenpower, hwmon";
    QTest::newRow("zone") << ""
                          << ""
                          << "x86_pkg_temp, thermal zone";
}

void TstCpuMonitor::temperatures()
{
    QFETCH(QString, name);
    QFETCH(QString, label);
    QFETCH(QString, source);
    const std::string zone = "sys/class/thermal/thermal_zone1/", hwmon = "sys/class/hwmon/hwmon2/";
    m_tree->write(zone + "type", "x86_pkg_temp\n");
    m_tree->write(zone + "temp", name.isEmpty() ? "55000\n" : "1000\n");
    if (!name.isEmpty()) {
        m_tree->write(hwmon + "name", name.toStdString() + "\n");
        m_tree->write(hwmon + "temp1_input", "55000\n");
        m_tree->write(hwmon + "temp1_label", label.toStdString() + "\n");
    }
    const auto found = monitor();
    QCOMPARE(QString::fromStdString(found.temperature().source), source);
    QCOMPARE(*found.read().temperatureC, 55.0);
    m_tree->remove("sys");
    QVERIFY(!found.read().temperatureC);
}

void TstCpuMonitor::coresAreNotThePackage()
{
    const std::string hwmon = "sys/class/hwmon/hwmon0/";
    m_tree->write(hwmon + "name", "coretemp\n");
    m_tree->write(hwmon + "temp2_input", "90000\n");
    m_tree->write(hwmon + "temp2_label", "Core 0\n");
    QVERIFY(!monitor().read().temperatureC);
    m_tree->write(hwmon + "temp1_input", "50000\n");
    m_tree->write(hwmon + "temp1_label", "Package id 0\n");
    m_tree->write(hwmon + "temp9_input", "60000\n");
    m_tree->write(hwmon + "temp9_label", "Package id 1\n");
    QCOMPARE(*monitor().read().temperatureC, 60.0); // the hottest
}

void TstCpuMonitor::absurdTemperature_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : { "", "hot", "-128000", "255000", "1e300", "nan" })
        QTest::newRow(text) << text;
}

void TstCpuMonitor::absurdTemperature()
{
    QFETCH(QString, text);
    m_tree->write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
    m_tree->write("sys/class/thermal/thermal_zone0/temp", "0\n");
    const auto found = monitor();
    QCOMPARE(*found.read().temperatureC, 0.0); // which is cold, but can be
    m_tree->write("sys/class/thermal/thermal_zone0/temp", text.toStdString() + "\n");
    QVERIFY(!found.read().temperatureC);
    QVERIFY(!monitor().read().temperatureC);
}

void TstCpuMonitor::noTemperature()
{
    QCOMPARE(monitor().temperature().unavailable,
        "No CPU temperature: " + m_tree->root() + "/sys/class/hwmon and " + m_tree->root()
            + "/sys/class/thermal have no sensor of a package (a virtual machine?).");
}

void TstCpuMonitor::groupLimits_data()
{
    QTest::addColumn<QStringList>("files"); // path, text, path, text, ...
    QTest::addColumn<QString>("limits");
    QTest::newRow("none") << QStringList { "proc/self/cgroup", "0::/a\n" } << "none none";
    QTest::newRow("v2, around it") << QStringList { "proc/self/cgroup", "0::/a/b/c\n",
        "sys/fs/cgroup/a/cpu.max", "150000 100000\n", "sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n",
        "sys/fs/cgroup/a/b/memory.max", "1000000\n" }
                                   << "1.5 /a 1000000 /a/b";
    QTest::newRow("v2, the tightest counts") << QStringList { "proc/self/cgroup", "0::/a/b\n",
        "sys/fs/cgroup/a/memory.max", "1000\n", "sys/fs/cgroup/a/b/memory.max", "2000\n" }
                                             << "none 1000 /a";
    QTest::newRow("v1") << QStringList { "proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/y\n0::/\n",
        "sys/fs/cgroup/cpu/y/cpu.cfs_quota_us", "25000\n", "sys/fs/cgroup/cpu/y/cpu.cfs_period_us",
        "100000\n", "sys/fs/cgroup/memory/x/memory.limit_in_bytes", "5000\n" }
                        << "0.25 /y 5000 /x";
    QTest::newRow("v1, none") << QStringList { "proc/self/cgroup", "5:memory:/\n4:cpu:/\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n" }
                              << "none none";
    QTest::newRow("absurd") << QStringList { "proc/self/cgroup", "0::/../../etc\nx\n::\n",
        "sys/fs/cgroup/cpu.max", "-5 0\n", "sys/fs/cgroup/memory.max", "lots\n" }
                            << "none none";
}

void TstCpuMonitor::groupLimits()
{
    QFETCH(QStringList, files);
    QFETCH(QString, limits);
    for (qsizetype k = 0; k + 1 < files.size(); k += 2)
        m_tree->write(files[k].toStdString(), files[k + 1].toStdString());
    const core::GroupLimits found = core::readGroupLimits(m_tree->root());
    const QString cpus = found.cpus ? QStringLiteral("%1 %2").arg(*found.cpus).arg(found.cpuGroup.c_str())
                                    : QStringLiteral("none");
    const QString memory = found.memoryBytes
        ? QStringLiteral("%1 %2").arg(*found.memoryBytes).arg(found.memoryGroup.c_str())
        : QStringLiteral("none");
    QCOMPARE(cpus + " " + memory, limits);
}

QTEST_GUILESS_MAIN(TstCpuMonitor)
#include "tst_cpu_monitor.moc"
