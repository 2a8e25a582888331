// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/run_entries.h"
#include "tests/ui/window_support.h"
#include "ui/main_window.h"
#include "ui/run_list_model.h"
#include "ui/runs_panel.h"

#include <QAction>
#include <QLineEdit>
#include <QTableView>

namespace support {

/// A window on a library of its own.
struct RunsBench {
    explicit RunsBench(const std::filesystem::path& path, FakeScript script = {})
        : session(fakeEngines(std::move(script)), {}, { .path = path, .off = {} })
        , window(session)
        , panel(window.runs())
        , model(panel.model())
    {
        window.show();
        window.showRuns();
        if (!QTest::qWaitFor([&] { return session.library().known(); }, kPatience))
            qFatal("the library is not listed");
    }
    QString text(int row, int column) const { return model.index(row, column).data().toString(); }
    /// Writes into the editor of the selected row, as somebody at the keyboard.
    void type(QAction* action, const QString& what)
    {
        action->trigger();
        auto* editor = panel.table().viewport()->findChild<QLineEdit*>();
        QVERIFY(editor);
        editor->setText(what);
        QTest::keyClick(editor, Qt::Key_Return);
    }
    /// A key for the table, which has the focus.
    void press(Qt::Key key)
    {
        QVERIFY(QTest::qWaitForWindowActive(&window));
        panel.table().setFocus();
        QTest::keyClick(&panel.table(), key);
    }
    /// Opens a model and sets up a sweep that lasts until it is stopped; for a script that sleeps in each
    /// run.
    void prepareLongSweep()
    {
        openAndWait(session, QStringLiteral("zoo:tiny-cnn"));
        ui::Setup setup = session.setup();
        setup.batches = QStringLiteral("1-512x2");
        session.change(setup);
    }
    /// Such a script.
    static FakeScript slow()
    {
        FakeScript script;
        script.sleep = std::chrono::milliseconds(2);
        return script;
    }
    bool waitFor(const std::function<bool()>& what) { return QTest::qWaitFor(what, kPatience); }

    ui::Session session;
    ui::MainWindow window;
    ui::RunsPanel& panel;
    ui::RunListModel& model;
};

} // namespace support
