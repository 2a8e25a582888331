// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format.h"

#include <QtTest>
#include <limits>

class TstFormat : public QObject {
    Q_OBJECT

    /// Special spaces written as plain ones, so that the tables below can be read.
    static QString plain(QString text) { return text.replace(QChar(0xa0), ' ').replace(QChar(0x202f), ' '); }

private slots:
    void significant_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("digits");
        QTest::addColumn<QString>("text");
        QTest::newRow("rounds") << 45.4249 << 4 << "45.42";
        QTest::newRow("small") << 0.0332 << 4 << "0.03320";
        QTest::newRow("thousands") << 3012.4 << 4 << "3 012";
        QTest::newRow("millions") << 1234567.0 << 3 << "1 234 567";
        QTest::newRow("carries") << 9.9996 << 4 << "10.00";
        QTest::newRow("negative") << -1234.0 << 4 << "-1 234";
        QTest::newRow("zero") << 0.0 << 4 << "0";
        QTest::newRow("infinite") << std::numeric_limits<double>::infinity() << 4 << "—";
        QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN() << 4 << "—";
    }
    void significant()
    {
        QFETCH(double, value);
        QFETCH(int, digits);
        QTEST(plain(ui::formatSignificant(value, digits)), "text");
    }

    void duration_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << 0.0 << "0 s";
        QTest::newRow("ns") << 250e-9 << "250 ns";
        QTest::newRow("us") << 332.1e-6 << "332 µs";
        QTest::newRow("ms") << 45.42e-3 << "45.4 ms";
        QTest::newRow("almost a second") << 0.99996 << "1.00 s";
        QTest::newRow("s") << 1.274 << "1.27 s";
        QTest::newRow("min") << 125.0 << "2 min 05 s";
        QTest::newRow("almost a minute") << 59.97 << "1 min 00 s";
    }
    void duration()
    {
        QFETCH(double, seconds);
        QTEST(plain(ui::formatDuration(seconds)), "text");
    }

    void remaining_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("nearly there") << 0.3 << "under 1 s";
        QTest::newRow("s") << 12.4 << "12 s";
        QTest::newRow("min") << 250.0 << "4 min 10 s";
        QTest::newRow("h") << 4800.0 << "1 h 20 min";
    }
    void remaining()
    {
        QFETCH(double, seconds);
        QTEST(plain(ui::formatRemaining(seconds)), "text");
    }

    void units()
    {
        QCOMPARE(plain(ui::formatBytes(0)), QStringLiteral("0 B"));
        QCOMPARE(plain(ui::formatBytes(512)), QStringLiteral("512 B"));
        QCOMPARE(plain(ui::formatBytes(97.4e6)), QStringLiteral("97.4 MB"));
        QCOMPARE(plain(ui::formatBytes(3.12e9)), QStringLiteral("3.12 GB"));
        QCOMPARE(plain(ui::formatMegabytes(131.2e6)), QStringLiteral("131"));
        QCOMPARE(plain(ui::formatFlop(8.21e9)), QStringLiteral("8.21 GFLOP"));
        QCOMPARE(plain(ui::formatCount(25.6e6)), QStringLiteral("25.6 M"));
        QCOMPARE(plain(ui::formatCount(812)), QStringLiteral("812"));
        QCOMPARE(plain(ui::formatPercent(4.06, 1)), QStringLiteral("4.1 %"));
        QCOMPARE(plain(ui::formatPlusMinus(0.004)), QStringLiteral("± 0.4 %"));
        QCOMPARE(plain(ui::formatInteger(2010)), QStringLiteral("2 010"));
        QCOMPARE(plain(ui::formatMilliseconds(core::Nanoseconds(332'000))), QStringLiteral("0.3320"));
    }
};

QTEST_APPLESS_MAIN(TstFormat)
#include "tst_format.moc"
