// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep_spec.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <random>
#include <set>

using Batches = std::vector<std::int64_t>;

class TstBatches : public QObject {
    Q_OBJECT

private slots:
    void parse_data();
    void parse();
    void refuse_data();
    void refuse();
    void format_data();
    void format();
    void formatIsReadBack();
};

void TstBatches::parse_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<int>>("expected");
    QTest::newRow("one") << "8" << QList<int> { 8 };
    QTest::newRow("list") << "1,2,8" << QList<int> { 1, 2, 8 };
    QTest::newRow("order and duplicates") << "8,1,8,2" << QList<int> { 1, 2, 8 };
    QTest::newRow("range") << "1-4" << QList<int> { 1, 2, 3, 4 };
    QTest::newRow("steps") << "8-32+8" << QList<int> { 8, 16, 24, 32 };
    QTest::newRow("steps that miss the end") << "1-10+4" << QList<int> { 1, 5, 9 };
    QTest::newRow("doubling") << "4-64x2" << QList<int> { 4, 8, 16, 32, 64 };
    QTest::newRow("doubling that misses the end") << "1-100x3" << QList<int> { 1, 3, 9, 27, 81 };
    QTest::newRow("all together") << "1,2,4-64x2" << QList<int> { 1, 2, 4, 8, 16, 32, 64 };
    QTest::newRow("multiplication sign") << QString::fromUtf8("4-16\u00d72") << QList<int> { 4, 8, 16 };
    QTest::newRow("star and capital") << "1-4*2,8-16X2" << QList<int> { 1, 2, 4, 8, 16 };
    QTest::newRow("spaces") << " 1 , 2 - 8 x 2 " << QList<int> { 1, 2, 4, 8 };
    QTest::newRow("range of one") << "3-3" << QList<int> { 3 };
}

void TstBatches::parse()
{
    QFETCH(QString, text);
    QFETCH(QList<int>, expected);
    QCOMPARE(core::parseBatches(text.toStdString()), Batches(expected.begin(), expected.end()));
}

void TstBatches::refuse_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* text, const char* why) {
        QTest::newRow(text) << text << QString("Cannot read batch list: ") + why;
    };
    row("", "it is empty.");
    row("  ", "it is empty.");
    row("0", "\"0\" is not a whole number of at least 1.");
    row("-3", "\"-3\" is not a whole number of at least 1.");
    row("1,,2", "\"\" is not a whole number of at least 1.");
    row("1,", "\"\" is not a whole number of at least 1.");
    row("two", "\"two\" is not a whole number of at least 1.");
    row("1.5", "\"1.5\" is not a whole number of at least 1.");
    row("0-4", "\"0\" is not a whole number of at least 1.");
    row("8-4", "\"8-4\" ends before it begins.");
    row("1-8x1", "\"1-8x1\" never ends: the factor must be at least 2.");
    row("1-8+0", "\"0\" is not a whole number of at least 1.");
    row("1-8x", "\"\" is not a whole number of at least 1.");
    row("99999999999999999999", "\"99999999999999999999\" is more than 1000000000.");
    row("1000000001", "\"1000000001\" is more than 1000000000.");
    row("1-1000000000", "it has more than 1000 batch sizes.");
}

void TstBatches::refuse()
{
    QFETCH(QString, text);
    QFETCH(QString, sentence);
    QCOMPARE(QString::fromStdString(support::sentenceOf([&] { core::parseBatches(text.toStdString()); })),
        sentence);
}

void TstBatches::format_data()
{
    QTest::addColumn<QList<int>>("batches");
    QTest::addColumn<QString>("expected");
    QTest::newRow("none") << QList<int> {} << "";
    QTest::newRow("one") << QList<int> { 7 } << "7";
    QTest::newRow("two") << QList<int> { 1, 2 } << "1,2";
    QTest::newRow("run") << QList<int> { 1, 2, 3, 4 } << "1-4";
    QTest::newRow("doubling") << QList<int> { 1, 2, 4, 8, 16, 32, 64 } << "1-64x2";
    QTest::newRow("steps") << QList<int> { 8, 16, 24, 32, 40 } << "8-40+8";
    QTest::newRow("mixed") << QList<int> { 1, 3, 8, 16, 24, 32, 40 } << "1,3,8-40+8";
}

void TstBatches::format()
{
    QFETCH(QList<int>, batches);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(core::formatBatches(Batches(batches.begin(), batches.end()))), expected);
}

void TstBatches::formatIsReadBack()
{
    std::mt19937 random(11);
    for (int round = 0; round < 500; ++round) {
        std::set<std::int64_t> set;
        const int count = 1 + static_cast<int>(random() % 12);
        for (int k = 0; k < count; ++k)
            set.insert(1 + static_cast<std::int64_t>(random() % 24));
        const Batches batches(set.begin(), set.end());
        QCOMPARE(core::parseBatches(core::formatBatches(batches)), batches);
    }
}

QTEST_GUILESS_MAIN(TstBatches)
#include "tst_batches.moc"
