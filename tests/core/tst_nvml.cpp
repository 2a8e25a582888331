// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/gpu_conditions.h"
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
    void namedGpu();
    void stateOfTheGpu();
    void stateThatIsUnknown_data();
    void stateThatIsUnknown();
    void noMonitor();
    void wordsOfClockEvents();

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

void TstNvml::namedGpu()
{
    QVERIFY2(loadStub(), dlerror());
    qputenv("STUB_NVML", "");
    qputenv("STUB_NVML_MJ", "1");
    QVERIFY(core::openNvml("GPU-stub").meter != nullptr);
    QCOMPARE(core::openNvml("GPU-other").unavailable, "No GPU power reading: Not Supported.");
}

void TstNvml::stateOfTheGpu()
{
    QVERIFY2(loadStub(), dlerror());
    qputenv("STUB_NVML", "");
    const auto found = core::openGpuMonitor();
    QVERIFY2(found.monitor != nullptr, found.unavailable.c_str());
    const core::GpuReading reading = found.monitor->read();
    QVERIFY(reading
        == (core::GpuReading { .smClockMhz = 1980,
            .memoryClockMhz = 3201,
            .temperatureC = 41,
            .utilisationPercent = 97,
            .memoryUsedBytes = 40,
            .clockEvents = 0x24,
            .powerInstantWatts = 512.5,
            .powerAverageWatts = 480 }));
    core::GpuConditions conditions;
    conditions.add(reading);
    core::GpuReading later = reading;
    later.smClockMhz = 1830;
    later.temperatureC = 55;
    later.clockEvents = 0;
    conditions.add(later);
    conditions.add(core::GpuReading {}); // a driver that says nothing takes nothing back
    QCOMPARE(conditions.readings, 3);
    QCOMPARE(core::describe(conditions), "SM 1830-1980 MHz, memory 3201 MHz, 41-55 °C; power cap, thermal");
    QCOMPARE(core::describe({}), "");
}

void TstNvml::stateThatIsUnknown_data()
{
    QTest::addColumn<QByteArray>("failing");
    QTest::addColumn<int>("known"); // figures that are left
    QTest::newRow("clock") << QByteArray("clock") << 6;
    for (const char* function : { "temperature", "utilisation", "memory", "events" })
        QTest::newRow(function) << QByteArray(function) << 7;
    for (const char* power : { "field", "fields" })
        QTest::newRow(power) << QByteArray(power) << 6;
}

void TstNvml::stateThatIsUnknown()
{
    QFETCH(QByteArray, failing);
    QFETCH(int, known);
    QVERIFY2(loadStub(), dlerror());
    qputenv("STUB_NVML", failing);
    const core::GpuReading reading = core::openGpuMonitor().monitor->read();
    int count = reading.clockEvents.has_value();
    for (const auto& value :
        { reading.smClockMhz, reading.memoryClockMhz, reading.temperatureC, reading.utilisationPercent,
            reading.memoryUsedBytes, reading.powerInstantWatts, reading.powerAverageWatts })
        count += value.has_value();
    QCOMPARE(count, known);
}

void TstNvml::noMonitor()
{
    QVERIFY2(loadStub(), dlerror());
    qputenv("STUB_NVML", "init");
    const auto found = core::openGpuMonitor();
    QVERIFY(!found.monitor);
    QCOMPARE(found.unavailable, "No GPU clocks: Not Supported.");
}

void TstNvml::wordsOfClockEvents()
{
    QCOMPARE(core::clockEventWords(0), "");
    QCOMPARE(core::clockEventWords(0x1FF),
        "idle, clocks set by a user, power cap, hardware slowdown, sync boost, thermal, hardware thermal, "
        "power brake, display clocks");
    QCOMPARE(core::clockEventWords(0x1004), "power cap, unknown reason 0x1000");
}

QTEST_GUILESS_MAIN(TstNvml)
#include "tst_nvml.moc"
