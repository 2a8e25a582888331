// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "tests/ui/window_support.h"
#include "ui/cell_table.h"
#include "ui/cell_table_model.h"
#include "ui/chart_data.h"
#include "ui/main_window.h"
#include "ui/tuning_button.h"

#include <QAction>
#include <QMenu>
#include <QTableView>

using support::FakeEngine;

/// Choosing what to compare, and what becomes of it in the window.
class TstTuningButton : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;

    static core::Tuning named(const char* name) { return core::tuningFromName(name); }

    static QAction* actionNamed(const ui::TuningButton& button, const QString& text)
    {
        for (QAction* action : button.menu()->actions()) {
            if (action->text() == text)
                return action;
        }
        return nullptr;
    }

private slots:
    void ticksChoose()
    {
        ui::TuningButton button(ui::tuningsOf(FakeEngine::cpu()));
        QSignalSpy changed(&button, &ui::TuningButton::changed);
        QCOMPARE(button.fullText(), QStringLiteral("full"));
        actionNamed(button, QStringLiteral("no more than AVX2"))->trigger();
        actionNamed(button, QStringLiteral("no fusion"))->trigger();
        QVERIFY(button.chosen() == (std::vector { named("full"), named("nofusion"), named("avx2") }));
        QCOMPARE(button.fullText(), QStringLiteral("full · no fusion · AVX2"));
        actionNamed(button, QStringLiteral("no more than AVX2"))->trigger();
        QVERIFY(button.chosen() == (std::vector { named("full"), named("nofusion") }));
        QCOMPARE(changed.size(), 3);
    }

    void oneStaysTicked()
    {
        ui::TuningButton button(ui::tuningsOf(FakeEngine::cpu()));
        QAction* full = button.menu()->actions().first();
        full->trigger();
        QVERIFY(full->isChecked());
        QVERIFY(button.chosen() == std::vector { core::Tuning {} });
    }

    void chosenFromElsewhere()
    {
        ui::TuningButton button(ui::tuningsOf(FakeEngine::cpu()));
        QSignalSpy changed(&button, &ui::TuningButton::changed);
        button.setChosen({ named("plain"), named("amx") }); // the latter from another machine's settings
        QCOMPARE(button.fullText(), QStringLiteral("plain loops · AMX"));
        QVERIFY(actionNamed(button, QStringLiteral("plain loops"))->isChecked());
        QCOMPARE(changed.size(), 0);
    }

    void cardChangesTheSetup()
    {
        ui::Session session(support::fakeEngines());
        ui::MainWindow window(session);
        QTRY_VERIFY(session.devicesKnown());
        const auto buttons = window.findChildren<ui::TuningButton*>();
        QCOMPARE(buttons.size(), 1); // an absent device has nothing to compare
        actionNamed(*buttons[0], QStringLiteral("no fusion"))->trigger();
        QVERIFY(session.setup().engines[0].tunings == (std::vector { named("full"), named("nofusion") }));
        QTRY_VERIFY(buttons[0]->isEnabled());
    }

    void cappedCellsRunByWhatTheWindowWasGiven()
    {
        core::Machine machine;
        machine.child = [] {
            return [](const core::ChildNeeds& needs, const core::SweepSpec&, std::stop_token,
                       const core::EventSink&) {
                throw core::Error(
                    "Cannot run within {}: this is a test.", core::instructionSetName(needs.isa));
            };
        };
        ui::Session session(support::fakeEngines(), machine);
        ui::MainWindow window(session);
        support::openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        auto* table = window.findChild<ui::CellTable*>()->findChild<QTableView*>();
        support::runAndWait(session, QStringLiteral("1"));
        QVERIFY(table->isColumnHidden(ui::CellTableModel::Tuning));
        ui::Setup setup = session.setup();
        setup.engines[0].tunings = { named("full"), named("nofusion"), named("avx2") };
        session.change(setup);
        support::runAndWait(session, QStringLiteral("1"));
        QVERIFY(!table->isColumnHidden(ui::CellTableModel::Tuning));
        const auto text
            = [&](int row, int column) { return table->model()->index(row, column).data().toString(); };
        QCOMPARE(text(1, ui::CellTableModel::Tuning), QStringLiteral("no fusion"));
        QCOMPARE(text(2, ui::CellTableModel::Tuning), QStringLiteral("AVX2"));
        QCOMPARE(
            text(2, ui::CellTableModel::Median), QStringLiteral("Cannot run within avx2: this is a test."));
        const auto keys = ui::seriesKeys(session.run());
        QCOMPARE(keys.size(), std::size_t(3));
        QCOMPARE(ui::seriesName(session.run(), keys[0]), QStringLiteral("CPU · 1 thread"));
        QCOMPARE(ui::seriesName(session.run(), keys[1]), QStringLiteral("CPU · 1 thread · no fusion"));
        QCOMPARE(ui::seriesName(session.run(), keys[2]), QStringLiteral("CPU · 1 thread · AVX2"));
    }
};

QTEST_MAIN(TstTuningButton)
#include "tst_tuning_button.moc"
