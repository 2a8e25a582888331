// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with runs of the list.
#include "ui/facts.h"
#include "ui/run_list_model.h"
#include "ui/run_text.h"
#include "ui/runs_panel.h"
#include "ui/session.h"

#include <QAction>
#include <QMenu>
#include <QPushButton>
#include <QTableView>

namespace ui {
namespace {

constexpr int kMostCommands = 3; // in a tooltip

/// `breakeven-cli runs WORD ID REST`, a line for each run.
QString commandsFor(const QStringList& shortIds, const QString& word, const QString& rest = {})
{
    QStringList lines;
    for (const QString& id : shortIds.mid(0, kMostCommands))
        lines << QStringLiteral("breakeven-cli runs %1 %2%3").arg(word, id, rest);
    if (shortIds.size() > kMostCommands)
        lines << QString(QChar(0x2026));
    return lines.join(QLatin1Char('\n'));
}

void describe(QAction* action, const QString& tip, const QString& commands)
{
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(
        (keys.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, keys)) + QLatin1Char('\n') + commands);
}

} // namespace

/// Keys belong to the table: while a name is edited they are the editor's.
QAction* RunsPanel::add(const QString& text, const QList<QKeySequence>& keys, void (RunsPanel::*work)())
{
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, work);
    m_table->addAction(action);
    m_menu->addAction(action);
    return action;
}

void RunsPanel::buildActions()
{
    m_menu->setToolTipsVisible(true);
    m_menu->setAccessibleName(tr("What can be done with runs"));
    open = add(tr("Open"), { Qt::Key_Return, Qt::Key_Enter }, &RunsPanel::openSelected);
    pin = add(tr("Pin as baseline"), { QKeySequence(tr("Ctrl+Shift+B")) }, &RunsPanel::pinSelected);
    m_menu->addSeparator();
    rename = add(tr("Rename"), { Qt::Key_F2 }, &RunsPanel::renameCurrent);
    retag = add(tr("Edit tags"), { QKeySequence(tr("Ctrl+T")) }, &RunsPanel::retagCurrent);
    m_menu->addSeparator();
    exportRun = add(tr("Export…"), { QKeySequence(tr("Ctrl+Shift+E")) }, &RunsPanel::exportSelected);
    importRun = add(tr("Import…"), { QKeySequence(tr("Ctrl+Shift+I")) }, &RunsPanel::askForImport);
    m_menu->addSeparator();
    remove = add(tr("Delete"), { QKeySequence(Qt::Key_Delete) }, &RunsPanel::removeSelected);
    undo = add(tr("Undo deleting"), { QKeySequence::Undo }, &RunsPanel::undoRemove);
    refreshList = add(tr("Read the list again"), { QKeySequence(tr("Ctrl+R")) }, &RunsPanel::readAgain);
    describe(
        importRun, tr("Add a run file to the library"), QStringLiteral("breakeven-cli runs import run.json"));
    describe(refreshList, tr("Show what other programs have added"), QStringLiteral("breakeven-cli runs"));
}

/// A button that is what the action is.
QPushButton* RunsPanel::button(QAction* action)
{
    auto* shown = new QPushButton(this);
    const auto follow = [shown, action] {
        shown->setText(action->text());
        shown->setToolTip(action->toolTip());
        shown->setAccessibleName(action->text());
        shown->setEnabled(action->isEnabled());
    };
    connect(action, &QAction::changed, shown, follow);
    connect(shown, &QPushButton::clicked, action, &QAction::trigger);
    follow();
    return shown;
}

void RunsPanel::refreshActions()
{
    const bool usable = m_session.library().usable() && m_session.library().place().off.isEmpty();
    const std::vector<int> rows = selectedRows();
    QStringList shortIds;
    for (const int row : rows)
        shortIds << QString::fromStdString(m_model->entry(row).shortId);
    const bool one = usable && rows.size() == 1, some = usable && !rows.empty();
    const QStringList named = shortIds.isEmpty() ? QStringList { QStringLiteral("ID") } : shortIds;
    open->setEnabled(some);
    open->setText(rows.size() > 1 ? tr("Open as overlays") : tr("Open"));
    describe(open,
        rows.size() > 1 ? tr("Show the first of these %1 runs, the others behind it").arg(rows.size())
                        : tr("Show this run; of several, the others behind the first"),
        commandsFor(named, QStringLiteral("show")));
    pin->setEnabled(one);
    describe(pin, tr("Compare whatever is shown with this run"),
        QStringLiteral("breakeven-cli compare %1 %2")
            .arg(named.first(),
                m_session.origin().id.isEmpty() ? QStringLiteral("run.json")
                                                : m_session.origin().id.left(8)));
    rename->setEnabled(one);
    describe(rename, tr("Give this run a name"),
        commandsFor(named.mid(0, 1), QStringLiteral("rename"), QStringLiteral(" \"NAME\"")));
    retag->setEnabled(some);
    describe(retag, tr("Tags with commas between; of several runs, all get and lose the same"),
        commandsFor(named, QStringLiteral("tag"), QStringLiteral(" TAG")));
    exportRun->setEnabled(one);
    describe(exportRun, tr("Write this run as a file"),
        commandsFor(named.mid(0, 1), QStringLiteral("export"), QStringLiteral(" run.json")));
    importRun->setEnabled(usable);
    remove->setEnabled(some);
    describe(remove, tr("Delete these runs; it can be undone"), commandsFor(named, QStringLiteral("delete")));
    undo->setEnabled(usable && m_session.library().canUndo());
    describe(undo, tr("Bring back what was deleted last"), QStringLiteral("breakeven-cli runs restore ID"));
    refreshList->setEnabled(usable);
}

void RunsPanel::openSelected()
{
    m_session.openKept(selectedIds());
}

void RunsPanel::pinSelected()
{
    if (const QStringList ids = selectedIds(); ids.size() == 1)
        m_session.pinKept(ids.first());
}

void RunsPanel::edit(int column)
{
    const QStringList ids = selectedIds();
    int row = m_table->currentIndex().row();
    if (row < 0 || !ids.contains(m_model->id(row)))
        row = ids.isEmpty() ? -1 : m_model->rowOf(ids.first());
    if (row < 0)
        return;
    const QModelIndex index = m_model->index(row, column);
    m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
    m_table->edit(index);
}

void RunsPanel::renameCurrent()
{
    edit(RunListModel::Name);
}

void RunsPanel::retagCurrent()
{
    edit(RunListModel::Tags);
}

/// What was added and taken away in one run's line happens to all that are selected with it.
void RunsPanel::applyTags(const QString& id, const std::vector<std::string>& tags)
{
    const core::RunEntry* entry = m_session.library().find(id);
    QStringList ids = selectedIds();
    if (!ids.contains(id))
        ids = { id };
    if (entry)
        m_session.library().retag(ids, entry->tags, tags);
}

void RunsPanel::exportSelected()
{
    if (const QStringList ids = selectedIds(); ids.size() == 1)
        emit exportRequested(ids.first());
}

void RunsPanel::askForImport()
{
    emit importRequested();
}

void RunsPanel::removeSelected()
{
    m_session.library().remove(selectedIds());
}

void RunsPanel::undoRemove()
{
    m_session.library().undoRemove();
}

void RunsPanel::readAgain()
{
    m_session.library().refresh();
}

} // namespace ui
