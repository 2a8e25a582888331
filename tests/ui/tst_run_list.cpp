// SPDX-License-Identifier: GPL-3.0-or-later
// The list of kept runs: what people type to find them, and what is shown of each.
#include "tests/support/run_entries.h"
#include "tests/ui/window_support.h"
#include "ui/run_list_model.h"
#include "ui/run_text.h"

#include <QElapsedTimer>

using support::entryOf;
using ui::RunListModel;
using ui::RunSearch;

class TstRunList : public QObject {
    Q_OBJECT

private slots:
    void words_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("fits");
        QTest::newRow("nothing") << "" << true;
        QTest::newRow("model") << "resnet" << true;
        QTest::newRow("case") << "RESNET" << true;
        QTest::newRow("source") << "zoo:res" << true;
        QTest::newRow("name") << "update" << true;
        QTest::newRow("another model") << "bert" << false;
        QTest::newRow("both") << "resnet update" << true;
        QTest::newRow("one of both") << "resnet bert" << false;
        QTest::newRow("tag") << "tag:nightly" << true;
        QTest::newRow("tag's case") << "Tag:Nightly" << true;
        QTest::newRow("part of a tag") << "tag:night" << false;
        QTest::newRow("two tags") << "tag:nightly tag:\"two words\"" << true;
        QTest::newRow("one tag of two") << "tag:nightly tag:other" << false;
        QTest::newRow("machine") << "machine:station" << true;
        QTest::newRow("processor") << "machine:xeon" << true;
        QTest::newRow("another machine") << "machine:laptop" << false;
        QTest::newRow("model:") << "model:resnet50" << true;
        QTest::newRow("digest") << "model:ab12" << true;
        QTest::newRow("after that day") << "after:2026-11-01" << true;
        QTest::newRow("after the next") << "after:2026-11-02" << false;
        QTest::newRow("before that day") << "before:2026-11-01" << false;
        QTest::newRow("before the next") << "before:2026-11-02" << true;
        QTest::newRow("on it") << "on:2026-11-01" << true;
        QTest::newRow("in that month") << "on:2026-11" << true;
        QTest::newRow("in that year") << "on:2026" << true;
        QTest::newRow("in another month") << "on:2026-10" << false;
        QTest::newRow("being typed") << "tag:" << true;
        QTest::newRow("a day being typed") << "after:" << true;
        QTest::newRow("an open quote") << "tag:\"two words" << true;
        QTest::newRow("spaces") << "   resnet   " << true;
        QTest::newRow("a pattern") << ".*" << false;
    }
    void words()
    {
        QFETCH(QString, text);
        core::RunEntry entry = entryOf("0123456789", "resnet50", "2026-11-01T12:00:00+00:00");
        entry.name = "Before the update";
        entry.tags = { "nightly", "two words" };
        const RunSearch search(text);
        QVERIFY2(search.problem().isEmpty(), qPrintable(search.problem()));
        QTEST(search.fits(entry), "fits");
    }

    void aWrongDayIsOneSentence_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text :
            { "after:yesterday", "on:2026-13-01", "before:2026-02-30", "on:26", "after:2026-1" })
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void aWrongDayIsOneSentence()
    {
        QFETCH(QString, text);
        const RunSearch search(text + QStringLiteral(" bert"));
        QCOMPARE(search.problem(),
            QStringLiteral("Cannot read %1: a day is written 2026-11-01, a month 2026-11.").arg(text));
        QVERIFY2(!search.fits(entryOf("01", "resnet50", "2026-11-01T12:00:00Z")), "the other word holds");
        QVERIFY(search.fits(entryOf("01", "bert", "2026-11-01T12:00:00Z")));
    }

    void namesTheCommand_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("command");
        QTest::newRow("all") << ""
                             << "breakeven-cli runs";
        QTest::newRow("options") << "model:resnet machine:vm tag:\"it's\""
                                 << "breakeven-cli runs --model resnet --machine vm --tag 'it'\\''s'";
        QTest::newRow("month") << "on:2026-02"
                               << "breakeven-cli runs --since 2026-02-01 --until 2026-02-28";
        QTest::newRow("after") << "after:2026-02-03"
                               << "breakeven-cli runs --since 2026-02-03";
        QTest::newRow("before") << "before:2026-03-01"
                                << "breakeven-cli runs --until 2026-02-28";
        QTest::newRow("a word") << "resnet"
                                << "";
        QTest::newRow("twice") << "tag:a tag:b"
                               << "";
    }
    void namesTheCommand()
    {
        QFETCH(QString, text);
        QTEST(RunSearch(text).command(), "command");
    }

    void tagsAsText_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("tags");
        QTest::newRow("none") << "" << QStringList();
        QTest::newRow("two") << "nightly, a b" << QStringList { "a b", "nightly" };
        QTest::newRow("twice") << "x,x, x ," << QStringList { "x" };
        QTest::newRow("comma") << "\"a,b\", c" << QStringList { "a,b", "c" };
        QTest::newRow("quote") << "\"say \"\"no\"\"\"" << QStringList { "say \"no\"" };
        QTest::newRow("only quotes") << "\"\"" << QStringList();
    }
    void tagsAsText()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, tags);
        std::vector<std::string> expected;
        for (const QString& tag : tags)
            expected.push_back(tag.toStdString());
        QCOMPARE(ui::tagsOfText(text), expected);
        QCOMPARE(ui::tagsOfText(ui::tagsText(expected)), expected);
    }

    void hostileNamesStayInTheirLine()
    {
        QCOMPARE(ui::oneLine("a\nb\tc\x7f"), QStringLiteral("a?b?c?"));
        QCOMPARE(ui::oneLine("a\u202egnp.exe\u2066\u2029"), QStringLiteral("a?gnp.exe??"));
        QCOMPARE(ui::oneLine("تجربة"), QStringLiteral("تجربة"));
        QCOMPARE(ui::shortened(QString(1000, 'x')).size(), 40);
        core::RunEntry entry = entryOf("0123456789", "<b>bold</b>\n&", "no time");
        entry.name = "x";
        QCOMPARE(ui::runLabel(entry), QStringLiteral("x · <b>bold</b>?&"));
        QCOMPARE(ui::localTime(entry.startedAt), QStringLiteral("no time"));
    }

    void tenThousandRunsListInWellUnderASecond()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("runs.sqlite").toStdString();
        {
            core::RunStore store(path);
            const core::Run run = support::exampleRun();
            for (int k = 0; k < 200; ++k)
                store.import(run);
        }
        ui::Session session(support::fakeEngines(), {}, { .path = path, .off = {} });
        RunListModel model(session);
        QSignalSpy changed(&session.library(), &ui::RunLibrary::changed);
        QVERIFY(QTest::qWaitFor([&] { return model.rowCount() == 200; }, support::kPatience));
        model.setSearch(RunSearch(QStringLiteral("no such model")));
        QCOMPARE(model.rowCount(), 0);

        // What the window does with a list of ten thousand; no clock decides, but a quadratic walk would
        // show.
        std::vector<core::RunEntry> many;
        for (int k = 0; k < 10'000; ++k)
            many.push_back(
                entryOf(fmt::format("{:032x}", k * 7919), "resnet50", "2026-11-01T12:00:00+00:00"));
        const RunSearch search(QStringLiteral("resnet tag:none machine:station after:2026-01-01"));
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(std::ranges::count_if(many, [&](const auto& entry) { return search.fits(entry); }), 0);
        QVERIFY(clock.elapsed() < 5000);
    }
};

QTEST_MAIN(TstRunList)
#include "tst_run_list.moc"
