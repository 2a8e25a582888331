// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/external_meter.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <random>

using namespace std::chrono_literals;

/// An external meter: a file that grows or a pipe, and nothing in it is trusted.
class TstExternalMeter : public QObject {
    Q_OBJECT

private slots:
    void init();
    void lines_data();
    void lines();
    void zonesAreTheSameMoment();
    void growingFile();
    void oldLinesDoNotCount();
    void badLinesAreCountedOnce();
    void lineInPieces();
    void longLine();
    void backwards();
    void silence();
    void gap();
    void restartForgetsTheGap();
    void truncated();
    void pipe();
    void cannotBeOpened();
    void anyBytes();

private:
    void append(const std::string& text) const { std::ofstream(m_path, std::ios::app) << text; }
    core::PowerMeterOr open() const
    {
        return core::openExternalMeter(m_path, [this] { return m_now; });
    }
    QTemporaryDir m_folder;
    std::string m_path;
    std::chrono::steady_clock::time_point m_now { 100s };
};

void TstExternalMeter::init()
{
    m_path = m_folder.filePath(QStringLiteral("meter.csv")).toStdString();
    std::ofstream(m_path, std::ios::trunc);
    m_now = std::chrono::steady_clock::time_point(100s);
}

void TstExternalMeter::lines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("good");
    QTest::addColumn<qlonglong>("nanoseconds");
    const auto row = [](const char* line, bool good, qlonglong ns = 0) {
        QTest::newRow(line) << QByteArray(line) << good << ns;
    };
    row("1772366400.25,120.5", true, 1772366400250000000);
    row("1772366400;120.5\r", true, 1772366400000000000);
    row("2026-03-01T12:00:00.25Z, 120.5", true, 1772366400250000000);
    row("2026-03-01 12:00:00,120.5", true, 1772366400000000000);
    row("\"2026-03-01T13:00:00+01:00\",\"120.5\"", true, 1772366400000000000);
    row("2026-03-01T06:30:00.123456789-0530,120.5", true, 1772366400123456789);
    for (const char* bad : { "", "time,watts", "120.5", "1,", ",1", "1,2,3", "1,nan", "1,inf", "1,-5",
             "1,1e7", "-1,5", "nan,5", "1e300,5", "2026-13-01T12:00:00Z,5", "2026-02-30T12:00:00Z,5",
             "2026-03-01T25:00:00Z,5", "2026-03-01T12:00:00Zx,5", "2026-03-01T12:00:00+99:00,5",
             "9999-03-01T12:00:00Z,5", "0x10,5", "1,5 W" })
        row(bad, false);
}

void TstExternalMeter::lines()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, good);
    QFETCH(qlonglong, nanoseconds);
    const auto read = core::meterLine(line.toStdString());
    QCOMPARE(read.has_value(), good);
    if (good) {
        QVERIFY(std::abs(read->time.count() - nanoseconds) < 200); // a double's seconds
        QCOMPARE(read->watts, 120.5);
    }
}

void TstExternalMeter::zonesAreTheSameMoment()
{
    QCOMPARE(core::meterLine("2026-03-01T12:00:00Z,1")->time,
        core::meterLine("2026-03-01T23:59:00+11:59,1")->time);
}

void TstExternalMeter::growingFile()
{
    const auto found = open();
    QVERIFY2(found.meter != nullptr, found.unavailable.c_str());
    QCOMPARE(found.meter->source(), "whole machine, external meter meter.csv");
    QCOMPARE(found.meter->joules().unknown, "The external meter meter.csv has said nothing yet.");
    append("time,watts\n10,100\n");
    QCOMPARE(*found.meter->joules().value, 0.0);
    m_now += 500ms;
    QCOMPARE(*found.meter->joules().value, 50.0); // until the next line the last one holds
    m_now += 500ms;
    append("11,300\n");
    QCOMPARE(*found.meter->joules().value, 200.0);
    QCOMPARE(*found.meter->watts(), 300.0);
    QVERIFY(found.meter->takeRemark().empty()); // a header is no mistake
}

void TstExternalMeter::oldLinesDoNotCount()
{
    append("1,100\n2,100\n");
    const auto found = open();
    QVERIFY(!found.meter->joules());
}

void TstExternalMeter::badLinesAreCountedOnce()
{
    const auto found = open();
    append("10,100\nwhat\n11,100\n,,,\n\n");
    QCOMPARE(*found.meter->joules().value, 100.0);
    QCOMPARE(found.meter->takeRemark(), "2 lines of it could not be used");
    QCOMPARE(found.meter->takeRemark(), "");
    append("word\n");
    found.meter->joules();
    QCOMPARE(found.meter->takeRemark(), "1 line of it could not be used");
}

void TstExternalMeter::lineInPieces()
{
    const auto found = open();
    append("10,1");
    QVERIFY(!found.meter->joules());
    append("00\n11,");
    QCOMPARE(*found.meter->joules().value, 0.0); // which reads
    QCOMPARE(*found.meter->watts(), 100.0);
    append("100\n");
    QCOMPARE(*found.meter->joules().value, 100.0);
}

void TstExternalMeter::longLine()
{
    const auto found = open();
    append("10,100\n" + std::string(3'000'000, '1') + "\n11,100\n");
    for (int look = 0; look < 100; ++look) // at most 64 KiB each
        found.meter->joules();
    QCOMPARE(*found.meter->joules().value, 100.0);
    QCOMPARE(found.meter->takeRemark(), "1 line of it could not be used");
}

void TstExternalMeter::backwards()
{
    const auto found = open();
    append("10,100\n9,5000\n11,100\n");
    QCOMPARE(*found.meter->joules().value, 100.0);
    QCOMPARE(found.meter->takeRemark(), "1 line of it could not be used");
}

void TstExternalMeter::silence()
{
    const auto found = open();
    append("10,100\n");
    QVERIFY(found.meter->joules().value.has_value());
    m_now += 2001ms;
    QCOMPARE(found.meter->joules().unknown, "The external meter meter.csv said nothing for 2.0 s.");
    QVERIFY(!found.meter->watts());
}

void TstExternalMeter::gap()
{
    const auto found = open();
    append("10,100\n15,100\n");
    QCOMPARE(found.meter->joules().unknown, "The external meter meter.csv left out 5.0 s.");
}

void TstExternalMeter::restartForgetsTheGap()
{
    const auto found = open();
    append("10,100\n15,100\n");
    found.meter->restart();
    const double before = *found.meter->joules().value;
    append("16,100\n");
    QCOMPARE(*found.meter->joules().value - before, 100.0);
}

void TstExternalMeter::truncated()
{
    append("1,1\n2,1\n3,1\n4,1\n");
    const auto found = open();
    std::ofstream(m_path, std::ios::trunc) << "10,100\n";
    QCOMPARE(*found.meter->joules().value, 0.0);
    QCOMPARE(*found.meter->watts(), 100.0);
}

void TstExternalMeter::pipe()
{
    m_path = m_folder.filePath(QStringLiteral("pipe")).toStdString();
    QCOMPARE(mkfifo(m_path.c_str(), 0600), 0);
    const auto found = open(); // nobody writes yet, and nobody waits
    QVERIFY2(found.meter != nullptr, found.unavailable.c_str());
    QVERIFY(!found.meter->joules());
    const int writer = ::open(m_path.c_str(), O_WRONLY);
    QCOMPARE(write(writer, "10,100\n11,100\n", 14), 14);
    QCOMPARE(*found.meter->joules().value, 100.0);
    QCOMPARE(*found.meter->joules().value, 100.0); // an empty pipe is not waited for
    close(writer);
    m_now += 3s;
    QCOMPARE(found.meter->joules().unknown, "The external meter pipe said nothing for 3.0 s.");
}

void TstExternalMeter::cannotBeOpened()
{
    QCOMPARE(core::openExternalMeter("/nowhere/meter").unavailable,
        "No power of the whole machine: /nowhere/meter: no such file or directory.");
    QCOMPARE(
        core::openExternalMeter("/tmp").unavailable, "No power of the whole machine: /tmp: is a folder.");
}

void TstExternalMeter::anyBytes()
{
    std::mt19937 random(1);
    const auto found = open();
    for (int round = 0; round < 200; ++round) {
        std::string text;
        for (int k = 0; k < 300; ++k)
            text += "0123456789.,-:TZ+ne\n\r\x00\xff"[random() % 22];
        append(text);
        m_now += 10ms;
        const core::Figure joules = found.meter->joules();
        QVERIFY(!joules || (*joules.value >= 0 && std::isfinite(*joules.value)));
    }
}

QTEST_GUILESS_MAIN(TstExternalMeter)
#include "tst_external_meter.moc"
