// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts_page.h"
#include "ui/elided.h"
#include "ui/format.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/model_panel.h"
#include "ui/quantise_dialog.h"
#include "ui/render.h"
#include "ui/run_text.h"
#include "ui/settings.h"
#include "ui/window_actions.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QWhatsThis>

namespace ui {
namespace {

QString droppedFile(const QMimeData& data)
{
    const QList<QUrl> urls = data.urls();
    return urls.size() == 1 ? urls.first().toLocalFile() : QString();
}

QString lastFolder()
{
    for (const QString& file : recentFiles()) {
        if (!file.startsWith(QLatin1String("zoo:")))
            return QFileInfo(file).absolutePath();
    }
    return {};
}

} // namespace

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (droppedFile(*event->mimeData()).isEmpty()
        || !enabledActions(m_session.state(), m_session.hasResults()).open)
        return;
    event->acceptProposedAction();
    m_model->setDropHint(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_model->setDropHint(false);
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_model->setDropHint(false);
    event->acceptProposedAction();
    m_session.open(droppedFile(*event->mimeData()));
}

void MainWindow::openModelDialog()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Open a model"), lastFolder(),
        tr("ONNX models (*.onnx);;Saved runs (*.json);;All files (*)"));
    if (!path.isEmpty())
        m_session.open(path);
}

void MainWindow::chooseInputsFolder()
{
    const QString path
        = QFileDialog::getExistingDirectory(this, tr("A folder with input_0.pb or NAME.npy"), lastFolder());
    if (!path.isEmpty())
        m_session.useInputs(path);
}

void MainWindow::chooseInputsFile()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Inputs of the model"), lastFolder(), tr("NumPy archives (*.npz);;All files (*)"));
    if (!path.isEmpty())
        m_session.useInputs(path);
}

void MainWindow::openRunDialog()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a saved run"), lastFolder(), tr("Saved runs (*.json);;All files (*)"));
    if (!path.isEmpty())
        m_session.openRun(path);
}

void MainWindow::openProfileDialog()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a run of another machine"), lastFolder(), tr("Saved runs (*.json);;All files (*)"));
    if (!path.isEmpty())
        m_session.openProfile(path);
}

void MainWindow::exportKeptDialog(const QString& id)
{
    const core::RunEntry* entry = m_session.library().find(id);
    const QString name = entry ? oneLine(entry->name.empty() ? entry->model : entry->name) : QString();
    const QString path = askSavePath(name, tr("Export the run"), QStringLiteral("json"), tr("Run (*.json)"));
    if (!path.isEmpty())
        m_session.library().exportRun(id, path);
}

void MainWindow::importRunDialog()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Add a saved run to the library"), lastFolder(), tr("Saved runs (*.json);;All files (*)"));
    if (!path.isEmpty())
        m_session.library().importRun(path);
}

void MainWindow::offerUndo(const QStringList& ids, const QString& sentence)
{
    QStringList commands;
    for (const QString& id : ids.mid(0, 3))
        commands << QStringLiteral("breakeven-cli runs restore ") + id.left(8);
    m_messages->offer(sentence, tr("Undo"),
        tr("Bring back what was deleted (Ctrl+Z in the list)\n%1").arg(commands.join(QLatin1Char('\n'))),
        [this, ids] { m_session.library().restore(ids); });
}

QString MainWindow::askSavePath(const QString& title, const QString& suffix, const QString& filter)
{
    return askSavePath(QString::fromStdString(m_session.run().header.model.name), title, suffix, filter);
}

QString MainWindow::askSavePath(
    const QString& name, const QString& title, const QString& suffix, const QString& filter)
{
    const QString base = QFileInfo(name.section(QLatin1Char('/'), -1)).completeBaseName().left(80);
    const QString proposal = (base.isEmpty() ? QStringLiteral("run") : base) + QLatin1Char('.') + suffix;
    QFileDialog dialog(this, title, lastFolder(), filter);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(suffix);
    dialog.selectFile(proposal);
    return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
}

void MainWindow::fillRecentMenu()
{
    QMenu& menu = m_actions->recentMenu();
    menu.clear();
    for (const QString& file : recentFiles())
        menu.addAction(QString(file).replace(QLatin1Char('&'), QLatin1String("&&")), this,
            [this, file] { m_session.open(file); });
    if (menu.isEmpty())
        menu.addAction(tr("Nothing yet"))->setEnabled(false);
}

void MainWindow::refreshTitle()
{
    QString title;
    if (m_session.hasResults()) {
        title = runTitle(m_session.run());
        const core::RunEntry* kept = m_session.library().find(m_session.origin().id);
        if (kept && !kept->name.empty())
            title = tr("%1 · %2").arg(shortened(oneLine(kept->name)), title);
        else if (!m_session.runFile().isEmpty())
            title = tr("%1 · saved run").arg(title);
    } else if (const LoadedModel* loaded = m_session.model()) {
        title = tr("%1 · %2 parameters")
                    .arg(QString::fromStdString(loaded->model.name),
                        formatCount(static_cast<double>(loaded->parameters)));
        if (loaded->cost.unknown.empty())
            title += tr(" · %1 per item").arg(formatFlop(static_cast<double>(loaded->cost.flopPerItem)));
    }
    m_title->setFullText(title);
    const QString name = m_session.hasResults() ? QString::fromStdString(m_session.run().header.model.name)
        : m_session.model()                     ? QString::fromStdString(m_session.model()->model.name)
                                                : QString();
    setWindowTitle(name.isEmpty() ? tr("Breakeven") : tr("%1 – Breakeven").arg(name));
}

void MainWindow::showQuantise()
{
    auto* dialog = new QuantiseDialog(m_session, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::explainChart()
{
    QWidget& chart = m_charts->chartToExplain();
    QWhatsThis::showText(chart.mapToGlobal(QPoint(30, 40)), chart.whatsThis(), &chart);
}

void MainWindow::showAbout()
{
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setModal(false);
    box->setWindowTitle(tr("About Breakeven"));
    box->setText(tr("<b>Breakeven %1</b>").arg(QApplication::applicationVersion()));
    box->setInformativeText(
        tr("<p>Measures when GPU inference beats CPU inference.</p>"
           "<p>Free software under the GNU General Public License, version 3 or later, with an additional "
           "permission to combine it with NVIDIA's CUDA, cuBLAS and cuDNN libraries. It comes with no "
           "warranty.</p><p>Built with Qt %1, QCustomPlot and oneDNN.</p>")
            .arg(QLatin1String(qVersion())));
    box->show();
}

} // namespace ui
