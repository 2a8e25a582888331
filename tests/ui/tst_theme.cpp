// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style_sheet.h"
#include "ui/theme.h"

#include <QSet>
#include <QtTest>

class TstTheme : public QObject {
    Q_OBJECT

    static const QColor& of(const ui::Theme& theme, QColor ui::Theme::*member) { return theme.*member; }

private slots:
    void contrastIsKnown()
    {
        QCOMPARE(qRound(ui::contrastRatio(Qt::white, Qt::black)), 21);
        QCOMPARE(qRound(ui::contrastRatio(Qt::white, Qt::white)), 1);
        QCOMPARE(ui::contrastRatio(QColor(0x767676), Qt::white) > 4.5,
            true); // the well-known lightest grey on white
        QCOMPARE(ui::contrastRatio(QColor(0x777777), Qt::white) < 4.5, true);
    }

    void textCanBeRead_data()
    {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("ground");
        for (const ui::Theme& theme : { ui::lightTheme(), ui::darkTheme() }) {
            const std::pair<const char*, QColor> texts[] = { { "text", theme.text }, { "muted", theme.muted },
                { "good", theme.good }, { "warning", theme.warning }, { "bad", theme.bad },
                { "cpu", theme.cpuText }, { "gpu", theme.gpuText } };
            const std::pair<const char*, QColor> grounds[] = { { "window", theme.window },
                { "panel", theme.panel }, { "heading", theme.heading }, { "card", theme.card } };
            for (const auto& [name, text] : texts) {
                for (const auto& [where, ground] : grounds)
                    QTest::addRow("%s, %s on %s", theme.dark ? "dark" : "light", name, where)
                        << text << ground;
            }
            QTest::addRow("%s, primary button", theme.dark ? "dark" : "light")
                << theme.onAccent << theme.accent;
        }
    }
    void textCanBeRead()
    {
        QFETCH(QColor, text);
        QFETCH(QColor, ground);
        const double ratio = ui::contrastRatio(text, ground);
        QVERIFY2(ratio >= 4.5, qPrintable(QString::number(ratio)));
    }

    void linesStandOut()
    {
        for (const ui::Theme& theme : { ui::lightTheme(), ui::darkTheme() }) {
            for (const QColor& line : { theme.cpu, theme.gpu, theme.others[0] })
                QVERIFY(ui::contrastRatio(line, theme.card) >= 3);
        }
    }

    void devicesKeepTheirColours()
    {
        QCOMPARE(ui::lightTheme().cpu, QColor(0x0072b2));
        QCOMPARE(ui::lightTheme().gpu, QColor(0xd55e00));
        QCOMPARE(ui::darkTheme().cpu, QColor(0x56b4e9));
        QCOMPARE(ui::darkTheme().gpu, QColor(0xe69f00));
    }

    void seriesDifferInMoreThanColour()
    {
        const ui::Theme theme = ui::lightTheme();
        QSet<QPair<int, int>> looks;
        for (int i = 0; i < 6; ++i) {
            const ui::SeriesStyle style = ui::seriesStyle(theme, "cpu", core::DeviceKind::Cpu, i);
            QCOMPARE(style.line, theme.cpu);
            looks.insert({ int(style.marker), int(style.dash) });
        }
        QCOMPARE(looks.size(), 6);
        QCOMPARE(ui::seriesStyle(theme, "gpu", core::DeviceKind::Gpu, 0).line, theme.gpu);
        QVERIFY(ui::seriesStyle(theme, "reference", core::DeviceKind::Cpu, 0).line != theme.cpu);
    }

    void namesGoRound()
    {
        for (const auto choice : { ui::ThemeChoice::System, ui::ThemeChoice::Light, ui::ThemeChoice::Dark })
            QCOMPARE(ui::themeChoiceFromName(ui::themeChoiceName(choice)), choice);
        QCOMPARE(ui::themeChoiceFromName(QStringLiteral("purple")), ui::ThemeChoice::System);
    }

    void theStyleSheetNamesNoUnknownColour()
    {
        QVERIFY(!ui::styleSheetOf(ui::lightTheme()).contains(QLatin1Char('@')));
        QVERIFY(ui::styleSheetOf(ui::lightTheme()) != ui::styleSheetOf(ui::darkTheme()));
    }
};

QTEST_MAIN(TstTheme)
#include "tst_theme.moc"
