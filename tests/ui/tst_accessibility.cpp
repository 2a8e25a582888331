// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window_support.h"
#include "ui/charts_page.h"
#include "ui/main_window.h"
#include "ui/window_actions.h"

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

class TstAccessibility : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;

    /// Parts of compound controls (a spin box's line edit) speak through their owner.
    static bool isPart(const QWidget* widget)
    {
        const QWidget* parent = widget->parentWidget();
        return qobject_cast<const QAbstractSpinBox*>(parent) || qobject_cast<const QComboBox*>(parent)
            || qobject_cast<const QTabBar*>(parent) || qobject_cast<const QTableView*>(parent)
            || widget->objectName().startsWith(QLatin1String("qt_"));
    }

private slots:
    void everyControlHasAName()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        int controls = 0;
        for (const QWidget* widget : window.findChildren<QWidget*>()) {
            const bool control = qobject_cast<const QAbstractButton*>(widget)
                || qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QComboBox*>(widget)
                || qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QTableView*>(widget)
                || qobject_cast<const QTabBar*>(widget) || qobject_cast<const ui::Chart*>(widget);
            if (!control || isPart(widget))
                continue;
            ++controls;
            QVERIFY2(!widget->accessibleName().isEmpty(),
                qPrintable(QStringLiteral("%1 \"%2\"")
                               .arg(QLatin1String(widget->metaObject()->className()), widget->objectName())));
        }
        QVERIFY(controls > 30); // the page of the decision is one of the window's
    }

    void everyControlCanBeReachedByKeyboard()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        for (const QWidget* widget : window.findChildren<QWidget*>()) {
            const bool control = qobject_cast<const QAbstractButton*>(widget)
                || qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QComboBox*>(widget)
                || qobject_cast<const ui::Chart*>(widget);
            if (control && !isPart(widget))
                QVERIFY2(widget->focusPolicy() & Qt::TabFocus, qPrintable(widget->accessibleName()));
        }
    }

    void shortcutsAreSaidInToolTips()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        const ui::WindowActions& actions = window.actions();
        for (const QAction* action :
            { actions.open, actions.openRun, actions.run, actions.stop, actions.baseline, actions.explain })
            QVERIFY2(action->toolTip().contains(action->shortcut().toString(QKeySequence::NativeText)),
                qPrintable(action->text()));
        QCOMPARE(actions.run->shortcut(), QKeySequence(Qt::Key_F5));
        QCOMPARE(actions.stop->shortcut(), QKeySequence(Qt::SHIFT | Qt::Key_F5));
        QCOMPARE(actions.baseline->shortcut(), QKeySequence(Qt::CTRL | Qt::Key_B));
    }

    void chartsCanBeReadByKeyboard()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        window.show();
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        support::runAndWait(session, QStringLiteral("1,2,4"));
        ui::Chart& chart = window.charts().chart(ui::Quantity::Latency);
        QTest::keyClick(&chart, Qt::Key_Right);
        QTest::keyClick(&chart, Qt::Key_Right);
        for (const ui::Quantity quantity : ui::kQuantities)
            QCOMPARE(window.charts().chart(quantity).cursor(), std::optional(2.0));
        QTest::keyClick(&chart, Qt::Key_Escape);
        QVERIFY(!chart.cursor());
    }
};

QTEST_MAIN(TstAccessibility)
#include "tst_accessibility.moc"
