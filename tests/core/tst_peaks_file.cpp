// SPDX-License-Identifier: GPL-3.0-or-later
// Peaks are measured once, and again where their file is of no use.
#include "core/error.h"
#include "core/record/peaks_file.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sentence.h"

#include <sys/stat.h>

#include <QTemporaryDir>
#include <QTest>
#include <fstream>

namespace {

namespace fs = std::filesystem;

core::Peaks peaks()
{
    core::Peaks peaks { .threads = 2 };
    peaks.compute = { { core::Precision::Float32, "FMA", core::PeakRate { 2e11, 1.9e11, 0.01 }, {} },
        { core::Precision::Int8, {}, {}, "the CPU has no VNNI" } };
    peaks.bandwidth
        = { { "L1", 98304, 49152, core::PeakRate { 3e11, 3e11, 0 }, {} }, { "memory", 0, 0, {}, "no room" } };
    return peaks;
}

std::string textOf(const core::Peaks& peaks)
{
    return core::dumped(core::toJson(peaks));
}

} // namespace

class TstPeaksFile : public QObject {
    Q_OBJECT

private slots:
    void init();
    void goesThroughJson();
    void measuresOnce();
    void measuresAgainWhenAsked();
    void measuresForeignFilesAnew_data();
    void measuresForeignFilesAnew();
    void knowsDevicesApart();
    void saysWhyNothingWasKept();
    void passesOnWhatMeasuringThrows();
    void enginesNeedNotKnowPeaks();
    void findsTheFolder();

private:
    core::KnownPeaks known(core::PeaksWanted wanted = core::PeaksWanted::Remembered)
    {
        return core::knownPeaks(*m_engine, 2, wanted, {}, m_path);
    }
    fs::path file() const { return core::peaksPath(m_path, m_engine->device(), 2); }
    std::string content() const
    {
        std::ifstream stream(file());
        return { std::istreambuf_iterator<char>(stream), {} };
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_path;
    std::unique_ptr<support::FakeEngine> m_engine;
};

void TstPeaksFile::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = fs::path(m_folder->path().toStdString()) / "cache" / "breakeven";
    support::FakeScript script;
    script.peaks = peaks();
    m_engine = std::make_unique<support::FakeEngine>(script);
}

void TstPeaksFile::goesThroughJson()
{
    const core::Peaks again = core::peaksOf(core::parsedObject(textOf(peaks())));
    QCOMPARE(textOf(again), textOf(peaks()));
    QCOMPARE(again.compute[0].rate->best, 2e11);
    QCOMPARE(again.compute[1].unknown, std::string("the CPU has no VNNI"));
    QVERIFY(!again.bandwidth[1].rate);
}

void TstPeaksFile::measuresOnce()
{
    const core::KnownPeaks first = known();
    QVERIFY(!first.remembered);
    QVERIFY2(first.notKept.empty(), first.notKept.c_str());
    const core::KnownPeaks second = known();
    QVERIFY(second.remembered);
    QCOMPARE(textOf(*second.peaks), textOf(*first.peaks));
    QCOMPARE(m_engine->peaksMeasured(), std::vector<int> { 2 });
    QVERIFY(core::rememberedPeaks(m_engine->device(), 2, m_path));
    QVERIFY(!core::rememberedPeaks(m_engine->device(), 1, m_path)); // other threads, other peaks
}

void TstPeaksFile::measuresAgainWhenAsked()
{
    known();
    QVERIFY(!known(core::PeaksWanted::Again).remembered);
    QCOMPARE(m_engine->peaksMeasured().size(), 2U);
}

void TstPeaksFile::measuresForeignFilesAnew_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::newRow("empty") << "*"
                           << "";
    QTest::newRow("not JSON") << "*"
                              << "peaks";
    QTest::newRow("not an object") << "*"
                                   << "[]";
    QTest::newRow("another object") << "*"
                                    << "{}";
    QTest::newRow("nested too deeply") << "*" << QString(60'000, '[');
    QTest::newRow("too long") << "*" << QString(100'000, ' ') + "{}";
    QTest::newRow("another CPU") << "Fake CPU, 4 cores"
                                 << "Another CPU, 4 cores";
    QTest::newRow("another instruction set") << "scripted times"
                                             << "other times";
    QTest::newRow("other threads") << "\"threads\": 2"
                                   << "\"threads\": 3";
    QTest::newRow("another version") << "\"version\": 2"
                                     << "\"version\": 0";
    QTest::newRow("negative rate") << "200000000000.0"
                                   << "-1";
    QTest::newRow("zero rate") << "200000000000.0"
                               << "0";
    QTest::newRow("endless rate") << "200000000000.0"
                                  << "1e999";
    QTest::newRow("rate in words") << "200000000000.0"
                                   << "\"fast\"";
    QTest::newRow("negative spread") << "\"spread\": 0.01"
                                     << "\"spread\": -1";
    QTest::newRow("no such precision") << "\"fp32\""
                                       << "\"fp31\"";
    QTest::newRow("control characters") << "\"FMA\""
                                        << "\"F\\u001b[31mMA\"";
    QTest::newRow("long text") << "\"FMA\""
                               << "\"" + QString(1000, 'x') + "\"";
    QTest::newRow("no reason") << "\"no room\""
                               << "\"\"";
    QTest::newRow("negative capacity") << "98304"
                                       << "-98304";
    QTest::newRow("cut off") << "\"bandwidth\""
                             << "\"bandwidt";
}

void TstPeaksFile::measuresForeignFilesAnew()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    known();
    const QString good = QString::fromStdString(content());
    QVERIFY2(from == "*" || good.contains(from), qPrintable(good));
    const QString bad = from == "*" ? to : QString(good).replace(from, to);
    std::ofstream(file()) << bad.toStdString();
    const core::KnownPeaks again = known();
    QVERIFY(!again.remembered);
    QCOMPARE(QString::fromStdString(content()), good); // and mended
}

void TstPeaksFile::knowsDevicesApart()
{
    core::DeviceInfo other = m_engine->device();
    other.name = "Another CPU, 4 cores";
    QVERIFY(core::peaksPath(m_path, other, 2) != file());
    known();
    QVERIFY(!core::rememberedPeaks(other, 2, m_path));
    fs::copy(file(), core::peaksPath(m_path, other, 2)); // the file says itself whose it is
    QVERIFY(!core::rememberedPeaks(other, 2, m_path));
    fs::remove(file());
    QCOMPARE(::mkfifo(file().c_str(), 0600), 0); // nobody writes to it: must not wait
    QVERIFY(!core::rememberedPeaks(m_engine->device(), 2, m_path));
}

void TstPeaksFile::saysWhyNothingWasKept()
{
    fs::create_directories(m_path.parent_path());
    std::ofstream(m_path) << "a file where the folder should be";
    const core::KnownPeaks peaks = known();
    QVERIFY(peaks.peaks && !peaks.remembered);
    QVERIFY2(peaks.notKept.starts_with("Cannot write peaks: " + m_path.string()), peaks.notKept.c_str());
    const core::KnownPeaks nowhere = core::knownPeaks(*m_engine, 2, core::PeaksWanted::Remembered, {}, {});
    QVERIFY(nowhere.peaks);
    QCOMPARE(nowhere.notKept,
        std::string("Cannot keep the peaks: neither XDG_CACHE_HOME nor HOME names a folder."));
}

void TstPeaksFile::passesOnWhatMeasuringThrows()
{
    m_engine->script().peaksError = "Cannot measure the peaks: it was stopped before the end.";
    QCOMPARE(support::sentenceOf([&] { known(); }), m_engine->script().peaksError);
    QVERIFY(!fs::exists(file()));
}

void TstPeaksFile::enginesNeedNotKnowPeaks()
{
    m_engine->script().peaks.reset();
    QVERIFY(!known().peaks);
    QVERIFY(!fs::exists(file()));
}

void TstPeaksFile::findsTheFolder()
{
    qputenv("XDG_CACHE_HOME", "/some/cache");
    QCOMPARE(core::cacheFolder(), fs::path("/some/cache/breakeven"));
    qputenv("XDG_CACHE_HOME", "relative");
    qputenv("HOME", "/home/me");
    QCOMPARE(core::cacheFolder(), fs::path("/home/me/.cache/breakeven"));
    qunsetenv("XDG_CACHE_HOME");
    qunsetenv("HOME");
    QVERIFY(core::cacheFolder().empty());
}

QTEST_GUILESS_MAIN(TstPeaksFile)
#include "tst_peaks_file.moc"
