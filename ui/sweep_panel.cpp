// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sweep_panel.h"

#include "ui/facts.h"
#include "ui/format.h"
#include "ui/session.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStyle>
#include <limits>

namespace ui {
namespace {

QString presetText(const core::StopRule& rule)
{
    const QString name = QString::fromStdString(rule.preset);
    return SweepPanel::tr("%1, within %2")
        .arg(name.left(1).toUpper() + name.mid(1), formatPercent(rule.relativeHalfWidth * 100, 0));
}

} // namespace

SweepPanel::SweepPanel(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_batches(new QLineEdit(this))
    , m_problem(makeText("bad", this))
    , m_preset(new QComboBox(this))
    , m_seed(new QSpinBox(this))
    , m_checkOutputs(new QCheckBox(tr("against the reference"), this))
    , m_cells(makeText("title", this))
    , m_memory(makeText("muted", this))
{
    buildForm();
    connect(m_batches, &QLineEdit::textEdited, this, &SweepPanel::apply);
    connect(m_preset, &QComboBox::activated, this, &SweepPanel::apply);
    connect(m_seed, &QSpinBox::valueChanged, this, &SweepPanel::apply);
    connect(m_checkOutputs, &QCheckBox::clicked, this, &SweepPanel::apply);
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
    form->addRow(m_problem);
    for (const std::string& name : core::stopRulePresets())
        m_preset->addItem(presetText(core::stopRulePreset(name)), QString::fromStdString(name));
    m_preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_preset->setMinimumContentsLength(8);
    add(tr("stop rule"), m_preset, tr("Stop rule"),
        tr("A cell has enough samples when the 95 % interval of its median is this narrow."));
    m_seed->setRange(1, std::numeric_limits<int>::max());
    add(tr("input seed"), m_seed, tr("Seed of the inputs"),
        tr("Inputs are made at random; the same seed makes the same ones."));
    add(tr("outputs"), m_checkOutputs, tr("Compare outputs with the reference engine"),
        tr("Compares each cell's outputs with plain, slow loops. Slow for large models."));
    form->addRow(m_cells);
    form->addRow(m_memory);
    layout->addLayout(form);
}

void SweepPanel::apply()
{
    Setup setup = m_session.setup();
    setup.batches = m_batches->text();
    setup.preset = m_preset->currentData().toString().toStdString();
    setup.seed = static_cast<std::uint64_t>(m_seed->value());
    setup.checkOutputs = m_checkOutputs->isChecked();
    m_session.change(setup);
}

void SweepPanel::refresh()
{
    const Setup& setup = m_session.setup();
    const bool edit = enabledActions(m_session.state(), m_session.hasResults()).edit;
    for (QWidget* field : { static_cast<QWidget*>(m_batches), static_cast<QWidget*>(m_preset),
             static_cast<QWidget*>(m_seed), static_cast<QWidget*>(m_checkOutputs) })
        field->setEnabled(edit);
    if (m_batches->text() != setup.batches)
        m_batches->setText(setup.batches);
    const QSignalBlocker quiet(m_seed);
    m_preset->setCurrentIndex(m_preset->findData(QString::fromStdString(setup.preset)));
    m_seed->setValue(static_cast<int>(setup.seed));
    m_checkOutputs->setChecked(setup.checkOutputs);
    const QString& problem = m_session.checked().batchesProblem;
    m_problem->setText(breakable(problem));
    m_problem->setVisible(!problem.isEmpty());
    m_batches->setProperty("invalid", !problem.isEmpty());
    m_batches->style()->unpolish(m_batches);
    m_batches->style()->polish(m_batches);
    refreshEstimate();
}

void SweepPanel::refreshEstimate()
{
    const CheckedSetup& checked = m_session.checked();
    if (!checked.problem.isEmpty() || !m_session.model()) {
        m_cells->setText(m_session.model() && checked.batchesProblem.isEmpty() ? checked.problem : QString());
        m_memory->clear();
        return;
    }
    const Estimate estimate = m_session.estimated();
    m_cells->setText(cellsText(estimate.cells) + tr(" · about %1").arg(formatRemaining(estimate.seconds)));
    m_cells->setToolTip(estimate.measured
            ? tr("From the latencies measured in the run shown.")
            : tr("A guess from the model's arithmetic, until something was measured."));
    if (!m_session.model()->cost.unknown.empty())
        m_memory->setText(tr("memory unknown"));
    else if (estimate.memoryBytes > 0)
        m_memory->setText(tr("largest cell needs about %1 of %2")
                              .arg(formatBytes(estimate.largestBytes),
                                  formatBytes(static_cast<double>(estimate.memoryBytes))));
    else
        m_memory->setText(tr("largest cell needs about %1").arg(formatBytes(estimate.largestBytes)));
}

} // namespace ui
