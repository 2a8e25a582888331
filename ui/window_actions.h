// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QAction;
class QMenu;
class QMenuBar;
class QToolBar;

namespace ui {

class Session;

/// The window's actions with their shortcuts, their places in menus and tool bar, and when they may be used.
/// Whoever owns the window connects them to what they do.
class WindowActions final : public QObject {
    Q_OBJECT

public:
    WindowActions(Session& session, QObject* parent);

    QAction* open;
    QAction* openRun;
    QAction* openProfile;
    QAction* run;
    QAction* trace;
    QAction* traceUnderRoof;
    QAction* stop;
    QAction* pause; // or resume
    QAction* goOn;
    QAction* exportCsv;
    QAction* exportJson;
    QAction* exportPng;
    QAction* exportReport;
    QAction* exportPdf;
    QAction* baseline; // checkable
    QAction* byBatch;
    QAction* overTime;
    QAction* nodes;
    QAction* roof;
    QAction* decision;
    QAction* lab;
    QAction* fit;
    QAction* findRun;
    QAction* clearOverlays;
    QAction* explain;
    QAction* about;
    QAction* quit;

    void fillMenuBar(QMenuBar& bar);
    void fillToolBar(QToolBar& bar);
    QMenu& exportMenu() const { return *m_export; }
    QMenu& recentMenu() const { return *m_recent; }
    QMenu& viewMenu() const { return *m_view; }

private:
    void refresh();
    void refreshTrace();

    Session& m_session;
    QMenu* m_export = nullptr;
    QMenu* m_recent = nullptr;
    QMenu* m_view = nullptr;
};

} // namespace ui
