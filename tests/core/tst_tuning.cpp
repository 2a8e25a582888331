// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/tuning.h"
#include "tests/support/sentence.h"

#include <QTest>

using core::InstructionSet;
using core::Tuning;

class TstTuning : public QObject {
    Q_OBJECT

private slots:
    void names_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("isa");
        QTest::addColumn<bool>("fuse");
        QTest::addColumn<bool>("plain");
        const auto row = [](const char* name, InstructionSet isa, bool fuse, bool plain) {
            QTest::newRow(name) << name << static_cast<int>(isa) << fuse << plain;
        };
        row("full", InstructionSet::All, true, false);
        row("nofusion", InstructionSet::All, false, false);
        row("plain", InstructionSet::All, true, true);
        row("nofusion+plain", InstructionSet::All, false, true);
        row("baseline", InstructionSet::Baseline, true, false);
        row("avx2+nofusion", InstructionSet::Avx2, false, false);
        row("avx512", InstructionSet::Avx512, true, false);
        row("vnni", InstructionSet::Vnni, true, false);
        row("bf16", InstructionSet::Bf16, true, false);
        row("amx+nofusion+plain", InstructionSet::Amx, false, true);
    }

    void withoutMeasuredKernels()
    {
        QVERIFY(core::tuningFromName("rules") == (Tuning { .rules = true }));
        QCOMPARE(core::tuningName({ .isa = InstructionSet::Avx2, .fuse = false, .rules = true }),
            "avx2+nofusion+rules");
        QVERIFY(Tuning {} < Tuning { .rules = true });
    }

    void ofGpus()
    {
        QVERIFY(
            core::tuningFromName("notransfers+nograph") == (Tuning { .graph = false, .transfers = false }));
        QCOMPARE(core::tuningName({ .graph = false, .transfers = false }), "nograph+notransfers");
        QVERIFY((Tuning {} < Tuning { .graph = false }) != (Tuning { .graph = false } < Tuning {}));
    }

    void names()
    {
        QFETCH(QString, name);
        QFETCH(int, isa);
        QFETCH(bool, fuse);
        QFETCH(bool, plain);
        const Tuning tuning { static_cast<InstructionSet>(isa), fuse, plain };
        QVERIFY(core::tuningFromName(name.toStdString()) == tuning);
        QCOMPARE(QString::fromStdString(core::tuningName(tuning)), name);
    }

    void wordsInAnyOrder()
    {
        QVERIFY(core::tuningFromName("plain+nofusion+avx2") == core::tuningFromName("avx2+nofusion+plain"));
    }

    void unknownWords_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "", "all", "fast", "avx2+", "+avx2", "avx2+avx512", "plain+plain",
                 "nofusion+nofusion", "full+plain", "AVX2" })
            QTest::newRow(*name ? name : "nothing") << name;
    }

    void unknownWords()
    {
        QFETCH(QString, name);
        QCOMPARE(
            QString::fromStdString(support::sentenceOf([&] { core::tuningFromName(name.toStdString()); })),
            "Cannot use tuning \"" + name
                + "\": it is full, or words of nofusion, plain, rules, nograph, notransfers and one of "
                  "baseline, avx2, avx512, vnni, bf16 and amx, joined by +.");
    }

    void instructionSets()
    {
        for (const auto set : { InstructionSet::All, InstructionSet::Baseline, InstructionSet::Amx })
            QVERIFY(core::instructionSetFromName(core::instructionSetName(set)) == set);
        QCOMPARE(support::sentenceOf([] { core::instructionSetFromName("mmx"); }),
            "Cannot use instruction set \"mmx\": known are baseline, avx2, avx512, vnni, bf16 and amx.");
    }
};

QTEST_GUILESS_MAIN(TstTuning)
#include "tst_tuning.moc"
