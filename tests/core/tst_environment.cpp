// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/environment.h"
#include "core/sensors/memory.h"
#include "core/sensors/power.h"
#include "tests/support/fake_tree.h"

#include <QTest>

class TstEnvironment : public QObject {
    Q_OBJECT

private slots:
    void init();
    void facts();
    void warnings();
    void quietMachine();
    void cgroupLimits_data();
    void cgroupLimits();
    void emptyTree();
    void thisMachine();
    void availableMemory_data();
    void availableMemory();
    void ownMemory();
    void formatBytes_data();
    void formatBytes();

private:
    bool warned(const std::string& sentence) const
    {
        const auto warnings = core::readEnvironment(m_tree->root()).warnings;
        return std::find(warnings.begin(), warnings.end(), sentence) != warnings.end();
    }
    std::string fact(const std::string& name) const
    {
        for (const auto& [key, value] : core::readEnvironment(m_tree->root()).facts) {
            if (key == name)
                return value;
        }
        return {};
    }
    std::unique_ptr<support::FakeTree> m_tree;
};

void TstEnvironment::init()
{
    m_tree = std::make_unique<support::FakeTree>();
    m_tree->write("proc/cpuinfo",
        "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9B14\nflags\t\t: fpu avx avx2 fma avx512f "
        "hypervisor\n");
    m_tree->write("proc/meminfo", "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n");
    m_tree->write("proc/loadavg", "1.25 0.40 0.10 1/200 4242\n");
    m_tree->write("proc/sys/kernel/hostname", "station\n");
    m_tree->write("proc/sys/kernel/osrelease", "6.1.0-13-amd64\n");
    m_tree->write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
    m_tree->write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
    m_tree->write("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
    m_tree->write("sys/class/dmi/id/sys_vendor", "QEMU\n");
}

void TstEnvironment::facts()
{
    const core::Environment environment = core::readEnvironment(m_tree->root());
    QCOMPARE(environment.host, "station");
    QCOMPARE(environment.os, "Debian GNU/Linux 12 (bookworm)");
    QCOMPARE(environment.kernel, "Linux 6.1.0-13-amd64");
    QCOMPARE(environment.cpu, "AMD EPYC 9B14");
    QCOMPARE(environment.memoryBytes, std::size_t { 16'384'000'000 });
    QVERIFY(environment.cores >= 1);
    QVERIFY(environment.program.starts_with("Breakeven "));
    QCOMPARE(fact("instruction sets"), "avx avx2 fma avx512f");
    QCOMPARE(fact("frequency governor"), "powersave");
    QCOMPARE(fact("turbo"), "on");
    QCOMPARE(fact("hypervisor"), "QEMU");
    QCOMPARE(fact("load average"), "1.25");
}

void TstEnvironment::warnings()
{
    QVERIFY(warned("This is a virtual machine: others may share its processor unseen."));
    QVERIFY(warned("CPU frequency governor is powersave, not performance."));
    QVERIFY(warned("Load average was 1.25 when the run began: something else is running."));
}

void TstEnvironment::quietMachine()
{
    m_tree->write("proc/cpuinfo", "model name\t: X\nflags\t\t: avx2\n");
    m_tree->write("proc/loadavg", "0.05 0.40 0.10 1/200 4242\n");
    m_tree->write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    QVERIFY(!warned("This is a virtual machine: others may share its processor unseen."));
    for (const std::string& warning : core::readEnvironment(m_tree->root()).warnings)
        QVERIFY2(warning.starts_with("Built "),
            warning.c_str()); // what the build says of itself does not depend on the tree
}

void TstEnvironment::cgroupLimits_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("limit");
    QTest::newRow("v2") << "cpu.max"
                        << "50000 100000\n"
                        << "0.5 CPUs";
    QTest::newRow("v2, none") << "cpu.max"
                              << "max 100000\n"
                              << "";
    QTest::newRow("v1") << "cpu/cpu.cfs_quota_us"
                        << "25000\n"
                        << "0.25 CPUs";
    QTest::newRow("v1, none") << "cpu/cpu.cfs_quota_us"
                              << "-1\n"
                              << "";
}

void TstEnvironment::cgroupLimits()
{
    QFETCH(QString, file);
    QFETCH(QString, text);
    QFETCH(QString, limit);
    m_tree->write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    m_tree->write("sys/fs/cgroup/" + file.toStdString(), text.toStdString());
    QCOMPARE(QString::fromStdString(fact("cgroup CPU limit")), limit);
    const std::string sentence
        = "A cgroup limits this process to " + limit.toStdString() + ": it will be paused when it uses more.";
    QCOMPARE(warned(sentence), !limit.isEmpty());
}

void TstEnvironment::emptyTree()
{
    const core::Environment environment = core::readEnvironment("/nowhere/at/all");
    QVERIFY(environment.cpu.empty());
    QCOMPARE(environment.memoryBytes, std::size_t { 0 });
}

void TstEnvironment::thisMachine()
{
    const core::Environment environment = core::readEnvironment();
    QVERIFY(!environment.cpu.empty());
    QVERIFY(environment.memoryBytes > 0);
}

void TstEnvironment::availableMemory_data()
{
    QTest::addColumn<QStringList>("files"); // path, text, path, text, ...
    QTest::addColumn<qulonglong>("bytes");
    QTest::newRow("no cgroup") << QStringList {} << 8'192'000'000ULL;
    QTest::newRow("v2") << QStringList { "proc/self/cgroup", "0::/job\n", "sys/fs/cgroup/job/memory.max",
        "5000000000\n", "sys/fs/cgroup/job/memory.current", "1000000000\n" }
                        << 4'000'000'000ULL;
    QTest::newRow("v2, file pages give way") << QStringList { "proc/self/cgroup", "0::/job\n",
        "sys/fs/cgroup/job/memory.max", "5000000000\n", "sys/fs/cgroup/job/memory.current", "1000000000\n",
        "sys/fs/cgroup/job/memory.stat", "anon 5\ninactive_file 600000000\n" }
                                             << 4'600'000'000ULL;
    QTest::newRow("v2, no limit") << QStringList { "proc/self/cgroup", "0::/\n", "sys/fs/cgroup/memory.max",
        "max\n", "sys/fs/cgroup/memory.current", "1000\n" }
                                  << 8'192'000'000ULL;
    QTest::newRow("v1, seen from inside a container") << QStringList { "proc/self/cgroup",
        "4:memory:/docker/abc\n", "sys/fs/cgroup/memory/memory.limit_in_bytes", "3000000000\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes", "2000000000\n" }
                                                      << 1'000'000'000ULL;
    QTest::newRow("over the limit") << QStringList { "proc/self/cgroup", "0::/\n", "sys/fs/cgroup/memory.max",
        "1000\n", "sys/fs/cgroup/memory.current", "2000\n" }
                                    << 0ULL;
}

void TstEnvironment::availableMemory()
{
    QFETCH(QStringList, files);
    QFETCH(qulonglong, bytes);
    for (qsizetype k = 0; k + 1 < files.size(); k += 2)
        m_tree->write(files[k].toStdString(), files[k + 1].toStdString());
    QCOMPARE(static_cast<qulonglong>(*core::availableMemory(m_tree->root())), bytes);
}

void TstEnvironment::ownMemory()
{
    QVERIFY(core::residentBytes() > 100'000);
    const core::Figure peak = core::peakResidentBytes();
    QVERIFY2(peak.value.has_value(), peak.unknown.c_str());
    QVERIFY(*peak.value > 100'000);
    QVERIFY(!core::availableMemory("/nowhere/at/all"));
}

void TstEnvironment::formatBytes_data()
{
    QTest::addColumn<double>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("bytes") << 999.0 << "999 bytes";
    QTest::newRow("kB") << 1500.0 << "1.5 kB";
    QTest::newRow("MB") << 97.8e6 << "97.8 MB";
    QTest::newRow("rounds up to the next unit") << 999.96e6 << "1.0 GB";
    QTest::newRow("GB") << 31.2e9 << "31.2 GB";
    QTest::newRow("EB") << 2e18 << "2.0 EB";
}

void TstEnvironment::formatBytes()
{
    QFETCH(double, bytes);
    QTEST(QString::fromStdString(core::formatBytes(bytes)), "text");
}

QTEST_GUILESS_MAIN(TstEnvironment)
#include "tst_environment.moc"
