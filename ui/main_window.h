// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session.h"
#include "ui/theme.h"

#include <QMainWindow>

class QDockWidget;

namespace ui {

class CellTable;
class ChartsPage;
class ElidedLabel;
class MessageBar;
class ModelPanel;
class RunsPanel;
class SweepPanel;
class StatusLine;
class WindowActions;

/// The window: puts the panels in their places and connects the actions. Everything else is the Session's
/// business.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    /// `theme` overrides what the settings say, for this window only.
    MainWindow(Session& session, std::optional<ThemeChoice> theme = {}, QWidget* parent = nullptr);

    void saveCsv(const QString& path);
    void saveJson(const QString& path);
    void savePng(const QString& path);
    void saveReport(const QString& path);
    void savePdf(const QString& path);
    ChartsPage& charts() const { return *m_charts; }
    MessageBar& messages() const { return *m_messages; }
    WindowActions& actions() const { return *m_actions; }
    RunsPanel& runs() const { return *m_runs; }
    /// Brings the list of kept runs to the front.
    void showRuns();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void buildToolBar();
    void buildSide();
    void buildCentre();
    void buildRuns();
    void buildViewMenu();
    void connectActions();
    void restore();
    void chooseTheme(ThemeChoice choice);
    void applyChosenTheme();
    void refreshTitle();
    void fillRecentMenu();
    void openModelDialog();
    void chooseInputsFolder();
    void chooseInputsFile();
    void openRunDialog();
    void openProfileDialog();
    void exportKeptDialog(const QString& id);
    void importRunDialog();
    void offerUndo(const QStringList& ids, const QString& sentence);
    QString askSavePath(const QString& title, const QString& suffix, const QString& filter);
    QString askSavePath(
        const QString& name, const QString& title, const QString& suffix, const QString& filter);
    void showQuantise();
    void explainChart();
    void showAbout();

    Session& m_session;
    ThemeChoice m_themeChoice;
    Theme m_theme;
    bool m_applyingTheme = false;
    WindowActions* m_actions;
    SweepPanel* m_sweep = nullptr;
    ModelPanel* m_model = nullptr;
    ChartsPage* m_charts = nullptr;
    CellTable* m_table = nullptr;
    RunsPanel* m_runs = nullptr;
    MessageBar* m_messages = nullptr;
    StatusLine* m_status = nullptr;
    ElidedLabel* m_title = nullptr;
    QDockWidget* m_side = nullptr;
    QDockWidget* m_cells = nullptr;
    QDockWidget* m_kept = nullptr;
};

} // namespace ui
