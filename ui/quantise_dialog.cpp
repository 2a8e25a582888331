// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/quantise_dialog.h"

#include "ui/facts.h"
#include "ui/format.h"
#include "ui/session.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <algorithm>

namespace ui {
namespace {

constexpr int kFolder = 1; // its place in the list of sources
constexpr int kWidth = 620, kTableHeight = 150;

std::size_t keptOf(const std::vector<core::QuantisedLayer>& layers)
{
    return static_cast<std::size_t>(
        std::count_if(layers.begin(), layers.end(), [](const auto& layer) { return !layer.kept.empty(); }));
}

/// Beside the model, or in the home folder where it is no file.
QString proposedOutput(const core::Model& model)
{
    const QFileInfo file(QString::fromStdString(model.file.string()));
    const QString name = QFileInfo(QString::fromStdString(model.name)).completeBaseName();
    const QDir folder = model.file.empty() ? QDir::home() : file.absoluteDir();
    return folder.filePath(name + QStringLiteral("-int8.onnx"));
}

/// A field with a button behind it.
QHBoxLayout* besides(QWidget* field, QWidget* button)
{
    auto* row = new QHBoxLayout;
    row->addWidget(field, 1);
    row->addWidget(button);
    return row;
}

} // namespace

QString outcomeText(const QuantiseOutcome& outcome)
{
    const auto tr = [](const char* text) { return QuantiseDialog::tr(text); };
    const core::Accuracy& accuracy = outcome.accuracy;
    QStringList lines;
    lines << tr("%1 of %2 layers are int8; weights %3, before %4.")
                 .arg(outcome.layers.size() - keptOf(outcome.layers))
                 .arg(outcome.layers.size())
                 .arg(formatBytes(static_cast<double>(outcome.weightBytesAfter)),
                     formatBytes(static_cast<double>(outcome.weightBytesBefore)));
    lines << (outcome.request.inputs.empty() ? tr("Against fp32, over %1 made-up inputs:")
                                             : tr("Against fp32, over %1 given inputs:"))
                 .arg(accuracy.inputs);
    lines << tr("least cosine %1 · largest difference %2")
                 .arg(QString::number(accuracy.cosine, 'f', 6), QString::number(accuracy.maxAbs, 'g', 3));
    lines << (accuracy.rows == 0
            ? tr("The first output has no largest element to compare.")
            : tr("same largest element in %1 of %2 rows").arg(accuracy.sameTop).arg(accuracy.rows));
    if (outcome.request.inputs.empty())
        lines << tr("Made-up inputs tell how fast the model gets, not what its answers are then worth.");
    return lines.join(QLatin1Char('\n'));
}

QuantiseDialog::QuantiseDialog(Session& session, QWidget* parent)
    : QDialog(parent)
    , m_session(session)
    , m_method(new QComboBox(this))
    , m_source(new QComboBox(this))
    , m_folder(new QLineEdit(this))
    , m_choose(new QPushButton(tr("Choose…"), this))
    , m_output(new QLineEdit(this))
    , m_browse(new QPushButton(tr("Choose…"), this))
    , m_text(makeText("muted", this))
    , m_progress(new QProgressBar(this))
    , m_kept(new QTableWidget(0, 2, this))
    , m_start(new QPushButton(tr("Quantise"), this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_openModel(new QPushButton(tr("Open the int8 model"), this))
{
    setWindowTitle(tr("Quantise to int8"));
    setMinimumWidth(kWidth);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    auto* form = new QFormLayout;
    buildForm(*form);
    column->addLayout(form);
    column->addWidget(m_text);
    column->addWidget(m_progress);
    column->addWidget(m_kept, 1);
    buildButtons();
    connect(&session, &Session::stateChanged, this, &QuantiseDialog::refresh);
    connect(&session, &Session::quantiseProgressed, this, &QuantiseDialog::showProgress);
    connect(&session, &Session::quantised, this, &QuantiseDialog::showOutcome);
    connect(&session, &Session::quantiseFailed, this, &QuantiseDialog::showFailure);
    refresh();
}

void QuantiseDialog::buildForm(QFormLayout& form)
{
    form.setLabelAlignment(Qt::AlignLeft);
    m_method->setObjectName(QStringLiteral("method"));
    for (const auto& [method, about] : { std::pair { core::CalibrationMethod::MinMax, tr("least to most") },
             { core::CalibrationMethod::Percentile, tr("99.99 % of the values") },
             { core::CalibrationMethod::Entropy, tr("least information lost") } }) {
        const auto name = core::calibrationName(method);
        m_method->addItem(tr("%1: %2").arg(QLatin1String(name.data(), qsizetype(name.size())), about),
            static_cast<int>(method));
    }
    form.addRow(tr("Ranges by"), m_method);
    m_source->setObjectName(QStringLiteral("source"));
    m_source->addItems({ tr("8 made-up inputs, 8 more for accuracy"), tr("a folder of inputs") });
    form.addRow(tr("From"), m_source);
    m_folder->setObjectName(QStringLiteral("folder"));
    m_folder->setPlaceholderText(tr("A folder with input_0.pb or NAME.npy"));
    m_folder->setAccessibleName(tr("Folder of inputs"));
    form.addRow(tr("Folder"), besides(m_folder, m_choose));
    m_output->setObjectName(QStringLiteral("output"));
    if (m_session.model())
        m_output->setText(proposedOutput(m_session.model()->model));
    m_browse->setAccessibleName(tr("Choose the file to write"));
    m_choose->setAccessibleName(tr("Choose a folder of inputs"));
    form.addRow(tr("Write to"), besides(m_output, m_browse));
    connect(m_source, &QComboBox::currentIndexChanged, this, &QuantiseDialog::refresh);
    connect(m_choose, &QPushButton::clicked, this, &QuantiseDialog::chooseInputs);
    connect(m_browse, &QPushButton::clicked, this, &QuantiseDialog::chooseOutput);
    for (QLineEdit* field : { m_folder, m_output })
        connect(field, &QLineEdit::textChanged, this, &QuantiseDialog::refresh);
}

void QuantiseDialog::buildButtons()
{
    m_kept->setHorizontalHeaderLabels({ tr("Stays fp32"), tr("Why") });
    m_kept->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_kept->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_kept->setShowGrid(false);
    m_kept->setWordWrap(false);
    m_kept->setTextElideMode(Qt::ElideMiddle); // what tells names apart is at their ends
    m_kept->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_kept->verticalHeader()->hide();
    m_kept->setMinimumHeight(kTableHeight);
    m_kept->setAccessibleName(tr("Layers that stay fp32"));
    m_kept->hide();
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of quantising"));
    m_start->setObjectName(QStringLiteral("start"));
    m_stop->setObjectName(QStringLiteral("stop"));
    m_openModel->setObjectName(QStringLiteral("openModel"));
    auto* close = new QPushButton(tr("Close"), this);
    auto* row = new QHBoxLayout;
    row->addStretch();
    for (QPushButton* button : { m_openModel, m_stop, m_start, close })
        row->addWidget(button);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
    for (QPushButton* button : findChildren<QPushButton*>())
        button->setAutoDefault(false); // Return starts, wherever the focus was
    m_start->setDefault(true);
    connect(m_start, &QPushButton::clicked, this, [this] {
        m_written.clear();
        m_kept->hide();
        m_progress->setRange(0, 0); // the model is compiled first, which tells nothing of its progress
        m_text->setText(tr("Preparing"));
        m_session.quantise(request());
        m_stop->setFocus();
    });
    connect(m_stop, &QPushButton::clicked, &m_session, &Session::stop);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_openModel, &QPushButton::clicked, this, [this] {
        accept();
        m_session.openModel(m_written);
    });
}

QuantiseRequest QuantiseDialog::request() const
{
    QuantiseRequest request;
    request.method = static_cast<core::CalibrationMethod>(m_method->currentData().toInt());
    if (m_source->currentIndex() == kFolder)
        request.inputs = m_folder->text().trimmed().toStdString();
    request.output = m_output->text().trimmed().toStdString();
    return request;
}

void QuantiseDialog::chooseInputs()
{
    const QString path = QFileDialog::getExistingDirectory(this, m_folder->placeholderText());
    if (!path.isEmpty())
        m_folder->setText(path);
}

void QuantiseDialog::chooseOutput()
{
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Write the int8 model to"), m_output->text(), tr("ONNX models (*.onnx)"));
    if (!path.isEmpty())
        m_output->setText(path);
}

void QuantiseDialog::refresh()
{
    const bool working = m_session.state() == State::Quantising;
    const bool folder = m_source->currentIndex() == kFolder;
    for (QWidget* field :
        { static_cast<QWidget*>(m_method), static_cast<QWidget*>(m_source), static_cast<QWidget*>(m_output) })
        field->setEnabled(!working);
    for (QWidget* field : { static_cast<QWidget*>(m_folder), static_cast<QWidget*>(m_choose) })
        field->setEnabled(!working && folder);
    m_progress->setVisible(working);
    m_stop->setVisible(working);
    m_start->setVisible(!working);
    m_start->setEnabled(
        !m_output->text().trimmed().isEmpty() && (!folder || !m_folder->text().trimmed().isEmpty()));
    m_openModel->setVisible(!working && !m_written.isEmpty());
    if (working)
        setRole(*m_text, "muted");
}

void QuantiseDialog::showProgress(const core::QuantiseProgress& progress)
{
    m_text->setText(progressText(progress));
    // A comparison tells no part of itself: the bar then only moves.
    const bool known = progress.phase != core::QuantisePhase::Accuracy;
    m_progress->setRange(0, known ? static_cast<int>(progress.total) : 0);
    m_progress->setValue(static_cast<int>(progress.done));
}

void QuantiseDialog::showOutcome(const QuantiseOutcome& outcome)
{
    m_written = QString::fromStdString(outcome.request.output);
    refresh();
    m_text->setText(outcomeText(outcome));
    setRole(*m_text, "plain");
    m_start->setFocus();
    showKept(outcome.layers);
}

void QuantiseDialog::showFailure(const QString& sentence)
{
    refresh();
    m_text->setText(breakable(sentence));
    setRole(*m_text, "bad");
}

void QuantiseDialog::showKept(const std::vector<core::QuantisedLayer>& layers)
{
    m_kept->setRowCount(0);
    for (const core::QuantisedLayer& layer : layers) {
        if (layer.kept.empty())
            continue;
        const int row = m_kept->rowCount();
        m_kept->insertRow(row);
        const QString name = QString::fromStdString(layer.name), why = QString::fromStdString(layer.kept);
        for (const auto& [place, text] : { std::pair { 0, name }, { 1, why } }) {
            auto* item = new QTableWidgetItem(text);
            item->setToolTip(text);
            m_kept->setItem(row, place, item);
        }
    }
    m_kept->setColumnWidth(0, kWidth / 3);
    m_kept->setVisible(m_kept->rowCount() > 0);
}

void QuantiseDialog::done(int result)
{
    if (m_session.state() == State::Quantising)
        m_session.stop();
    QDialog::done(result);
}

} // namespace ui
