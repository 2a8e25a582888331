// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/power.h"

#include <dlfcn.h>

#include <QTest>

class TstNvml : public QObject {
    Q_OBJECT

private slots:
    void withoutADriver();
    void joulesSinceItWasMade();
    void refused_data();
    void refused();
    void counterLost();

private:
    /// Once loaded the stub answers to its name, wherever it came from.
    bool loadStub() const { return dlopen(STUB_NVML_DIR "/libnvidia-ml.so.1", RTLD_NOW) != nullptr; }
};

void TstNvml::withoutADriver()
{
    if (void* real = dlopen("libnvidia-ml.so.1", RTLD_NOW)) {
        dlclose(real);
        QSKIP("This machine has an NVIDIA driver.");
    }
    const auto found = core::openNvml();
    QVERIFY(!found.meter);
    QCOMPARE(
        found.unavailable, "No GPU power reading: libnvidia-ml.so.1 cannot be loaded (no NVIDIA driver?).");
}

void TstNvml::joulesSinceItWasMade()
{
    QVERIFY2(loadStub(), dlerror());
    qputenv("STUB_NVML", "");
    qputenv("STUB_NVML_MJ", "5000000000000"); // counters outlive 32 bits
    {
        const auto found = core::openNvml();
        QVERIFY2(found.meter != nullptr, found.unavailable.c_str());
        QCOMPARE(found.meter->source(), "NVML energy counter, Stub GPU");
        QCOMPARE(*found.meter->joules().value, 0.0);
        qputenv("STUB_NVML_MJ", "5000000001500");
        QCOMPARE(*found.meter->joules().value, 1.5);
        qunsetenv("STUB_NVML_SHUTDOWN");
    }
    QCOMPARE(qgetenv("STUB_NVML_SHUTDOWN"), QByteArray("1"));
}

void TstNvml::refused_data()
{
    QTest::addColumn<QByteArray>("failing");
    for (const char* function : { "init", "device", "energy" })
        QTest::newRow(function) << QByteArray(function);
}

void TstNvml::refused()
{
    QFETCH(QByteArray, failing);
    QVERIFY2(loadStub(), dlerror());
    qputenv("STUB_NVML", failing);
    qputenv("STUB_NVML_MJ", "1");
    const auto found = core::openNvml();
    QVERIFY(!found.meter);
    QCOMPARE(found.unavailable, "No GPU power reading: Not Supported.");
}

void TstNvml::counterLost()
{
    QVERIFY2(loadStub(), dlerror());
    qputenv("STUB_NVML", "");
    qputenv("STUB_NVML_MJ", "1");
    const auto found = core::openNvml();
    QVERIFY(found.meter != nullptr);
    qputenv("STUB_NVML", "energy");
    QCOMPARE(found.meter->joules().unknown, "NVML cannot read the energy counter: Not Supported.");
}

QTEST_GUILESS_MAIN(TstNvml)
#include "tst_nvml.moc"
