// SPDX-License-Identifier: GPL-3.0-or-later
// `breakeven-cli sensors`, and a sweep beside an external meter.
#include "tests/support/cli.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <thread>

using nlohmann::json;
using support::cli;
using support::CliResult;

namespace {

const QStringList kSweep { "sweep", "zoo:mlp", "--threads", "1", "--seconds", "0.3", "--json" };

json jsonOf(const CliResult& result)
{
    return json::parse(result.out.toStdString(), nullptr, false);
}

} // namespace

class TstCliSensors : public QObject {
    Q_OBJECT

private slots:
    void lists();
    void asJson();
    void meterThatGrows();
    void meterThatSaysNothing();
    void meterFromTheEnvironment();
    void meterThatIsNotThere();
    void oneThingOnStandardOutput();
};

void TstCliSensors::lists()
{
    const CliResult result = cli({ "sensors" });
    QCOMPARE(result.status, 0);
    for (const char* what : { "CPU power", "GPU power", "machine power", "CPU clock", "CPU temperature",
             "GPU state", "memory", "load of others", "cgroup limits" })
        QVERIFY2(result.out.contains(QLatin1String(what)), qPrintable(result.out));
    for (const QString& line : result.out.split(QLatin1Char('\n')))
        QVERIFY2(line.size() <= 100, qPrintable(line));
}

void TstCliSensors::asJson()
{
    const json found = jsonOf(cli({ "sensors", "--json" }));
    QVERIFY(found.is_object());
    QVERIFY(found["sensors"].size() >= 8);
    for (const json& sensor : found["sensors"])
        QVERIFY(sensor.contains("source") != sensor.contains("unavailable")); // one of the two
    QVERIFY(found["reading"]["resident_bytes"] > 0);
}

void TstCliSensors::meterThatGrows()
{
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("meter.csv")).toStdString();
    std::ofstream(path) << "time,watts\n";
    const std::jthread meter([&](const std::stop_token& stop) {
        for (int line = 0; !stop.stop_requested(); ++line) {
            std::ofstream(path, std::ios::app)
                << (line % 20 == 7 ? std::string("what\n") : std::to_string(line * 0.05) + ",100\n");
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    const CliResult result = cli(kSweep + QStringList { "--power-meter", QString::fromStdString(path) });
    QCOMPARE(result.status, 0);
    const json run = jsonOf(result);
    const json& end = run["cells"][0]["finished"];
    const json& power = end["system_power_mean_watts"];
    // Its clock is the meter's own, and a busy machine writes late.
    QVERIFY2(std::abs(power.value("value", 0.0) - 100) < 50, power.dump().c_str());
    QVERIFY2(power["source"].get<std::string>().find("could not be used") != std::string::npos,
        power.dump().c_str());
    QVERIFY(end["system_energy_per_inference_joules"].value("value", 0.0) > 0);
    QVERIFY(end["sensor_s"] > 0);
    int known = 0; // a reading between two lines of the meter may have nothing new
    for (const json& reading : run["readings"]) {
        known += reading.contains("system_watts");
        QVERIFY(reading.value("system_watts", 100.0) == 100);
    }
    QVERIFY(known > 0);
    QVERIFY(run["header"]["sensors"].size() >= 8);
}

void TstCliSensors::meterThatSaysNothing()
{
    const CliResult result = cli(kSweep + QStringList { "--power-meter", "-" }, {}, "10,100\n");
    const json power = jsonOf(result)["cells"][0]["finished"]["system_power_mean_watts"];
    QVERIFY2(!power.contains("value"), power.dump().c_str()); // silent for the 5 s of rest, and not 0 W
    QVERIFY(power["unknown"].get<std::string>().find("said nothing for") != std::string::npos);
}

void TstCliSensors::meterFromTheEnvironment()
{
    const CliResult result = cli({ "sensors", "--json" }, { "BREAKEVEN_POWER_METER=/nowhere/meter.csv" });
    QCOMPARE(result.status, 0); // it is a setting, not an order
    QVERIFY(result.out.contains(QStringLiteral("/nowhere/meter.csv: no such file or directory")));
}

void TstCliSensors::meterThatIsNotThere()
{
    const CliResult result = cli(kSweep + QStringList { "--power-meter", "/nowhere/meter.csv" });
    QCOMPARE(result.status, 1);
    QCOMPARE(result.out, "");
    QCOMPARE(result.err,
        "breakeven-cli: No power of the whole machine: /nowhere/meter.csv: no such file or directory.\n");
}

void TstCliSensors::oneThingOnStandardOutput()
{
    const CliResult result = cli(kSweep + QStringList { "--events" });
    QCOMPARE(result.status, 2);
    QCOMPARE(
        result.err, "breakeven-cli: Cannot print both: --events, --json and --csv - want standard output.\n");
}

QTEST_GUILESS_MAIN(TstCliSensors)
#include "tst_cli_sensors.moc"
