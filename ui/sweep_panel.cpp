// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sweep_panel.h"

#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/format.h"
#include "ui/session.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSpinBox>
#include <QStyle>
#include <limits>

namespace ui {
namespace {

QString presetText(const core::StopRule& rule)
{
    const QString name = QString::fromStdString(rule.preset);
    if (rule.criterion == core::Criterion::ThreeWindows)
        return SweepPanel::tr("Windows, three alike");
    if (rule.criterion == core::Criterion::Percentile)
        return SweepPanel::tr("Percentile, p%1 sure").arg(rule.percentile * 100);
    return SweepPanel::tr("%1, within %2")
        .arg(name.left(1).toUpper() + name.mid(1),
            formatPercent(rule.relativeHalfWidth * 100, rule.relativeHalfWidth < 0.01 ? 1 : 0));
}

void markInvalid(QWidget& field, bool invalid)
{
    field.setProperty("invalid", invalid);
    field.style()->unpolish(&field);
    field.style()->polish(&field);
}

} // namespace

SweepPanel::SweepPanel(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_batches(new QLineEdit(this))
    , m_requests(new QLineEdit(this))
    , m_problem(makeText("bad", this))
    , m_preset(new QComboBox(this))
    , m_seed(new QSpinBox(this))
    , m_inputs(new ElidedButton(this))
    , m_tuneKernels(new QCheckBox(tr("tuned first"), this))
    , m_checkOutputs(new QCheckBox(tr("against the reference"), this))
    , m_cells(makeText("title", this))
    , m_memory(makeText("muted", this))
{
    buildForm();
    buildInputs();
    connect(m_batches, &QLineEdit::textEdited, this, &SweepPanel::apply);
    connect(m_requests, &QLineEdit::textEdited, this, &SweepPanel::apply);
    connect(m_preset, &QComboBox::activated, this, &SweepPanel::apply);
    connect(m_seed, &QSpinBox::valueChanged, this, &SweepPanel::apply);
    connect(m_checkOutputs, &QCheckBox::clicked, this, &SweepPanel::apply);
    connect(m_tuneKernels, &QCheckBox::clicked, this, &SweepPanel::apply);
    connect(&session, &Session::setupChanged, this, &SweepPanel::refresh);
    connect(&session, &Session::stateChanged, this, &SweepPanel::refresh);
    refresh();
}

void SweepPanel::buildForm()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 6);
    layout->setSpacing(8);
    layout->addWidget(makeHeading(tr("Sweep"), this));
    auto* form = new QFormLayout;
    form->setContentsMargins(14, 0, 14, 0);
    form->setVerticalSpacing(5);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto add = [&](const QString& name, QWidget* field, const QString& accessible, const QString& tip) {
        QLabel* label = makeText("muted", this);
        label->setText(name);
        label->setFixedWidth(kFactNameWidth);
        field->setAccessibleName(accessible);
        field->setToolTip(tip);
        form->addRow(label, field);
    };
    add(tr("batch sizes"), m_batches, tr("Batch sizes"),
        tr("A list or ranges: 1,2,8 or 1-64x2 (doubling) or 8-32+8 (in steps)."));
    add(tr("requests"), m_requests, tr("Requests at once"),
        tr("How many batches come in at once: 1,2,4. Each has cores or a GPU stream of its own, as far as "
           "there are.\n"
           "More threads for one, or one thread each for more? Sweep both."));
    form->addRow(m_problem);
    for (const std::string& name : core::stopRulePresets())
        m_preset->addItem(presetText(core::stopRulePreset(name)), QString::fromStdString(name));
    m_preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_preset->setMinimumContentsLength(8);
    add(tr("stop rule"), m_preset, tr("Stop rule"),
        tr("A cell has enough samples when the 95 % interval of its median is this narrow."));
    add(tr("inputs"), m_inputs, tr("Inputs of the model"),
        tr("Made at random by default. Or your own: a folder with input_0.pb or NAME.npy, or a .npz file.\n"
           "Their items are repeated until a batch is full."));
    m_seed->setRange(1, std::numeric_limits<int>::max());
    add(tr("input seed"), m_seed, tr("Seed of the inputs"),
        tr("Inputs are made at random; the same seed makes the same ones."));
    add(tr("kernels"), m_tuneKernels, tr("Tune kernels before measuring"),
        tr("Times an engine's kernels against each other first and keeps the fastest: some seconds\n"
           "for each cell, once. Without it kernels are chosen by rule where nobody has tuned."));
    add(tr("outputs"), m_checkOutputs, tr("Compare outputs with the reference engine"),
        tr("Compares each cell's outputs with plain, slow loops. Slow for large models."));
    form->addRow(m_cells);
    form->addRow(m_memory);
    layout->addLayout(form);
}

void SweepPanel::buildInputs()
{
    auto* menu = new QMenu(m_inputs);
    menu->addAction(tr("From a &folder…"), this, &SweepPanel::inputsFolderRequested);
    menu->addAction(tr("From a .&npz file…"), this, &SweepPanel::inputsFileRequested);
    menu->addAction(tr("&Made from the seed"), this, [this] { m_session.useInputs({}); });
    m_inputs->setMenu(menu);
    setRole(*m_inputs, "menu");
}

void SweepPanel::apply()
{
    Setup setup = m_session.setup();
    if (!m_batches->isReadOnly()) // else it says what the file fixes
        setup.batches = m_batches->text();
    setup.requests = m_requests->text();
    setup.preset = m_preset->currentData().toString().toStdString();
    setup.seed = static_cast<std::uint64_t>(m_seed->value());
    setup.checkOutputs = m_checkOutputs->isChecked();
    setup.tuneKernels = m_tuneKernels->isChecked();
    m_session.change(setup);
}

void SweepPanel::refresh()
{
    const Setup& setup = m_session.setup();
    const bool edit = enabledActions(m_session.state(), m_session.hasResults()).edit;
    const std::int64_t fixed = m_session.model() ? m_session.model()->fixedBatch.value_or(0) : 0; // 0: free
    m_batches->setEnabled(edit && fixed == 0);
    m_batches->setReadOnly(fixed != 0);
    for (QWidget* field :
        { static_cast<QWidget*>(m_requests), static_cast<QWidget*>(m_preset), static_cast<QWidget*>(m_seed),
            static_cast<QWidget*>(m_checkOutputs), static_cast<QWidget*>(m_tuneKernels) })
        field->setEnabled(edit);
    m_inputs->setEnabled(edit && m_session.model());
    m_inputs->setFullText(setup.inputs.empty() ? tr("made from the seed")
                                               : QFileInfo(QString::fromStdString(setup.inputs)).fileName());
    const QString batches = fixed != 0 ? tr("%1, fixed by the file").arg(fixed) : setup.batches;
    if (m_batches->text() != batches)
        m_batches->setText(batches);
    if (m_requests->text() != setup.requests)
        m_requests->setText(setup.requests);
    const QSignalBlocker quiet(m_seed);
    m_preset->setCurrentIndex(m_preset->findData(QString::fromStdString(setup.preset)));
    m_seed->setValue(static_cast<int>(setup.seed));
    m_checkOutputs->setChecked(setup.checkOutputs);
    m_tuneKernels->setChecked(setup.tuneKernels);
    const CheckedSetup& checked = m_session.checked();
    const QString& problem
        = checked.batchesProblem.isEmpty() ? checked.requestsProblem : checked.batchesProblem;
    m_problem->setText(breakable(problem));
    m_problem->setVisible(!problem.isEmpty());
    markInvalid(*m_batches, !checked.batchesProblem.isEmpty());
    markInvalid(*m_requests, !checked.requestsProblem.isEmpty());
    refreshEstimate();
}

void SweepPanel::refreshEstimate()
{
    const CheckedSetup& checked = m_session.checked();
    if (!checked.problem.isEmpty() || !m_session.model()) {
        m_cells->setText(m_session.model() && m_problem->text().isEmpty() ? checked.problem : QString());
        m_memory->clear();
        return;
    }
    const Estimate estimate = m_session.estimated();
    const bool lookedUp = estimate.seconds <= 0; // all of them recorded: no time, no memory
    m_cells->setText(cellsText(estimate.cells)
        + (lookedUp ? tr(" · all recorded") : tr(" · about %1").arg(formatRemaining(estimate.seconds))));
    m_cells->setToolTip(estimate.measured
            ? tr("From the latencies measured in the run shown.")
            : tr("A guess from the model's arithmetic, until something was measured."));
    if (lookedUp)
        m_memory->clear();
    else if (!m_session.model()->cost.unknown.empty())
        m_memory->setText(tr("memory unknown"));
    else if (estimate.memoryBytes > 0)
        m_memory->setText(tr("largest cell needs about %1 of %2")
                              .arg(formatBytes(estimate.largestBytes),
                                  formatBytes(static_cast<double>(estimate.memoryBytes))));
    else
        m_memory->setText(tr("largest cell needs about %1").arg(formatBytes(estimate.largestBytes)));
}

} // namespace ui
