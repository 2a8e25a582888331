// SPDX-License-Identifier: GPL-3.0-or-later
// Words of a cell: read, written, and refused.
#include "core/measure/cell_settings.h"
#include "tests/support/sentence.h"

#include <QTest>

class TstCellSettings : public QObject {
    Q_OBJECT

private slots:
    void reads()
    {
        core::CellKey all {
            .engine = "gpu", .precision = core::Precision::BFloat16, .threads = 2, .batch = 8
        };
        all.tuning.fuse = false;
        QVERIFY(core::settingsFromText("gpu,threads=2,batch=8,precision=bf16,tuning=nofusion") == all);
        QVERIFY(core::settingsFromText("threads=3") == (core::CellKey { .engine = "cpu", .threads = 3 }));
        QVERIFY(core::settingsFromText("recorded:h200").engine == "recorded:h200");
    }

    void writesWhatItReads()
    {
        for (const char* text : { "cpu", "cpu,threads=1", "gpu,batch=4", "recorded:h200,precision=bf16",
                 "cpu,threads=2,batch=8,precision=bf16,tuning=avx2+nofusion" })
            QCOMPARE(core::settingsText(core::settingsFromText(text)), std::string(text));
    }

    void refuses_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<QString>("why");
        const QString none = "Cannot read settings: \"%1\" is none of ENGINE, threads=N, batch=N, "
                             "precision=WORD and tuning=WORD.";
        const QString number = "Cannot read settings: \"%1\" is not a whole number of at least 1.";
        QTest::newRow("no such word") << std::string("cpu,speed=3") << none.arg("speed=3");
        QTest::newRow("no name") << std::string("=3") << none.arg("=3");
        QTest::newRow("nothing between commas") << std::string("cpu,,threads=1") << none.arg("");
        QTest::newRow("no threads") << std::string("threads=0") << number.arg("0");
        QTest::newRow("no number") << std::string("batch=2x") << number.arg("2x");
    }
    void refuses()
    {
        QFETCH(std::string, text);
        QFETCH(QString, why);
        QCOMPARE(QString::fromStdString(support::sentenceOf([&] { core::settingsFromText(text); })), why);
    }
};

QTEST_GUILESS_MAIN(TstCellSettings)
#include "tst_cell_settings.moc"
