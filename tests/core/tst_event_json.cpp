// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/event_json.h"
#include "tests/support/runs.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <limits>

using core::Nanoseconds;

class TstEventJson : public QObject {
    Q_OBJECT

private slots:
    void roundTrip();
    void oneLine();
    void nanosecondsStayWhole();
    void bytesThatAreNotUtf8();
    void refuse_data();
    void refuse();
    void hostileLinesNeverCrash();
    void deepNesting();
};

void TstEventJson::roundTrip()
{
    for (const core::SweepEvent& event : support::exampleEvents()) {
        const std::string line = core::toJsonLine(event);
        const core::SweepEvent read = core::eventFromJson(line);
        QCOMPARE(read.index(), event.index());
        QCOMPARE(core::toJsonLine(read), line);
    }
}

void TstEventJson::oneLine()
{
    core::CellFailed failed { .cell = 3, .reason = "two\nlines \"quoted\"" };
    const std::string line = core::toJsonLine(failed);
    QVERIFY(line.find('\n') == std::string::npos);
    QVERIFY(line.starts_with("{\"event\":\"cell-failed\",\"cell\":3,"));
    QCOMPARE(std::get<core::CellFailed>(core::eventFromJson(line)).reason, failed.reason);
}

void TstEventJson::nanosecondsStayWhole()
{
    const Nanoseconds large(9'007'199'254'740'993); // 2^53 + 1, which no double holds
    const Nanoseconds largest(std::numeric_limits<std::int64_t>::max());
    const core::SamplesTaken taken { 0,
        { { large, largest, core::DeviceTimes { Nanoseconds(-1), large, largest, Nanoseconds(0) } },
            { Nanoseconds(1), Nanoseconds(2), {} } } };
    const auto read = std::get<core::SamplesTaken>(core::eventFromJson(core::toJsonLine(taken)));
    QCOMPARE(read.samples[0].at, large);
    QCOMPARE(read.samples[0].latency, largest);
    QVERIFY(read.samples[0].device == taken.samples[0].device);
    QVERIFY(!read.samples[1].device);
}

void TstEventJson::bytesThatAreNotUtf8()
{
    const core::CellFailed failed { .cell = 0, .reason = "file \xff\xfe.onnx" };
    const auto read = std::get<core::CellFailed>(core::eventFromJson(core::toJsonLine(failed)));
    QCOMPARE(read.reason, std::string("file \uFFFD\uFFFD.onnx"));
}

void TstEventJson::refuse_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("why");
    const auto row
        = [](const char* line, const char* why) { QTest::newRow(*line ? line : "nothing") << line << why; };
    row("", "it is not JSON, or it is cut off");
    row("{\"event\":\"cell-sta", "it is not JSON, or it is cut off");
    row("[1]", "it is not a JSON object");
    row("{}", "\"event\" is missing");
    row("{\"event\":7}", "\"event\" is not a text");
    row("{\"event\":\"lunch\"}", "\"lunch\" is not an event");
    row("{\"event\":\"cell-started\"}", "\"cell\" is missing");
    row("{\"event\":\"cell-started\",\"cell\":1.5,\"at_ns\":0}", "\"cell\" is not a whole number that fits");
    row("{\"event\":\"cell-started\",\"cell\":3000000000,\"at_ns\":0}",
        "\"cell\" is not a whole number that fits");
    row("{\"event\":\"cell-started\",\"cell\":1,\"at_ns\":9223372036854775808}",
        "\"at_ns\" is not a whole number that fits");
    row("{\"event\":\"cell-progress\",\"cell\":1,\"phase\":\"asleep\",\"remaining_ns\":0}",
        "\"asleep\" is not a phase");
    row("{\"event\":\"cell-failed\",\"cell\":1,\"at_ns\":0,\"kind\":\"bad\",\"reason\":\"\"}",
        "\"bad\" is not a kind of failure");
    row("{\"event\":\"samples-taken\",\"cell\":1,\"samples\":[]}",
        "what should hold \"at_ns\" is not an object");
    row("{\"event\":\"samples-taken\",\"cell\":1,\"samples\":{\"at_ns\":[1],\"latency_ns\":[]}}",
        "the columns of \"samples\" differ in length");
    row("{\"event\":\"samples-taken\",\"cell\":1,\"samples\":{\"at_ns\":[1],\"latency_ns\":[\"x\"]}}",
        "\"latency_ns\" is not a whole number that fits");
    row("{\"event\":\"run-finished\",\"at_ns\":0,\"stopped_by_user\":1,\"finished_at\":\"\"}",
        "\"stopped_by_user\" is neither true nor false");
    row("{\"event\":\"sensor-reading\",\"at_ns\":0,\"cpu_watts\":3}",
        "what should hold \"value\" is not an object");
    row("{\"event\":\"run-started\",\"spec\":{\"model\":\"m\",\"engines\":7}}", "\"engines\" is not a list");
}

void TstEventJson::refuse()
{
    QFETCH(QString, line);
    QFETCH(QString, why);
    const std::string sentence = support::sentenceOf([&] { core::eventFromJson(line.toStdString()); });
    QCOMPARE(QString::fromStdString(sentence), "Cannot read event: " + why + ".");
}

void TstEventJson::hostileLinesNeverCrash()
{
    std::mt19937 random(5);
    std::vector<std::string> lines;
    for (const core::SweepEvent& event : support::exampleEvents())
        lines.push_back(core::toJsonLine(event));
    int refused = 0;
    for (int round = 0; round < 4000; ++round) {
        const std::string line = support::mutated(lines[random() % lines.size()], random);
        refused += !support::sentenceOf([&] { core::eventFromJson(line); }).empty();
    }
    QVERIFY(refused > 1000);
}

void TstEventJson::deepNesting()
{
    const std::string line(1'000'000, '[');
    QVERIFY(!support::sentenceOf([&] { core::eventFromJson(line); }).empty());
    const std::string closed = "{\"event\":" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
    QVERIFY(!support::sentenceOf([&] { core::eventFromJson(closed); }).empty());
}

QTEST_GUILESS_MAIN(TstEventJson)
#include "tst_event_json.moc"
