// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_card.h"

#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/session.h"
#include "ui/tuning_button.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>
#include <iterator>

namespace ui {
namespace {

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

QLabel* rowName(const QString& name, QWidget* parent)
{
    QLabel* label = makeText("muted", parent);
    label->setText(name);
    label->setFixedWidth(kFactNameWidth - 16);
    return label;
}

bool anyRecorded(const Session& session)
{
    return std::ranges::any_of(
        session.devices(), [](const core::DeviceInfo& device) { return device.recordedOn.has_value(); });
}

Facts::List factsOf(const core::DeviceInfo& device)
{
    Facts::List facts;
    if (!device.library.empty())
        facts.emplace_back(EngineCard::tr("library"), text(device.library));
    for (const auto& [name, value] : device.facts) {
        // Said already, by the library or by the field for threads.
        if (value != device.library && name != "threads")
            facts.emplace_back(text(name), text(value));
    }
    return facts;
}

} // namespace

EngineCard::EngineCard(Session& session, core::DeviceInfo device, QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_device(std::move(device))
    , m_ticked(new QCheckBox(engineTitle(m_device.id), this))
{
    const bool absent = !m_device.absent.empty();
    QVBoxLayout* layout = buildFrame();
    auto* top = new QHBoxLayout;
    auto* name = new ElidedLabel(Qt::ElideRight, this);
    setRole(*m_ticked, "title");
    setRole(*name, "muted");
    name->setFullText(m_device.id == "reference" ? tr("plain loops, slow") : plainName(m_device.name));
    name->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    top->addWidget(m_ticked);
    top->addWidget(name, 1);
    layout->addLayout(top);
    m_ticked->setAccessibleName(tr("Measure on %1").arg(engineTitle(m_device.id)));
    m_ticked->setEnabled(!absent);
    if (absent) {
        addRemark(*layout, text(m_device.absent));
        if (m_device.id == "gpu" && !anyRecorded(session))
            addRemark(
                *layout, tr("A run of another machine can stand in for it: File > Open recorded profile…"));
        return;
    }
    if (m_device.recordedOn)
        addRemark(*layout, ui::recordedText(m_device));
    if (m_device.id == "reference")
        setToolTip(tr("Slow on purpose: what the other engines are checked against."));
    else
        buildDetails(*layout);
    m_problem = makeText("bad", this);
    layout->addWidget(m_problem);
    connect(m_ticked, &QCheckBox::clicked, this, &EngineCard::apply);
    connect(&session, &Session::setupChanged, this, &EngineCard::refresh);
    connect(&session, &Session::stateChanged, this, &EngineCard::refresh);
    refresh();
}

QVBoxLayout* EngineCard::buildFrame()
{
    const QString kind
        = m_device.kind == core::DeviceKind::Gpu ? QStringLiteral("gpu") : QStringLiteral("cpu");
    const QString device = !m_device.absent.empty() ? QStringLiteral("absent")
        : m_device.recordedOn                       ? kind
                                                    : text(m_device.id);
    setObjectName(QStringLiteral("engine"));
    setProperty("device", device);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(5, 5, 10, 5);
    row->setSpacing(9);
    auto* stripe = new QFrame(this);
    stripe->setObjectName(QStringLiteral("stripe"));
    stripe->setProperty("device", device);
    stripe->setFixedWidth(4);
    row->addWidget(stripe);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(0, 3, 0, 4);
    column->setSpacing(5);
    row->addLayout(column, 1);
    return column;
}

void EngineCard::addRemark(QVBoxLayout& layout, const QString& remark)
{
    QLabel* label = makeText("muted", this);
    label->setText(breakable(remark));
    layout.addWidget(label);
}

void EngineCard::buildDetails(QVBoxLayout& layout)
{
    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(4);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    buildPrecisions(*form);
    if (m_device.maxThreads > 0)
        buildThreads(*form);
    if (tuningsOf(m_device).size() > 1)
        buildTunings(*form);
    for (const auto& [factName, value] : factsOf(m_device)) {
        QLabel* right = makeText("value", this);
        right->setText(breakable(value));
        form->addRow(rowName(factName, this), right);
    }
    layout.addLayout(form);
}

void EngineCard::buildPrecisions(QFormLayout& form)
{
    auto* box = new QWidget(this);
    // The dock is as wide as "as in the file" and one more: further ones go below it.
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    const auto& all = m_device.precisions;
    const auto models = std::count(all.begin(), all.end(), core::Precision::Model);
    const bool asInFile = !m_device.recordedOn || models > 0; // a recording has what it was taken in
    const bool below = asInFile && models + 1 < std::ssize(all);
    constexpr int kColumns = 4;
    const auto add = [&](core::Precision precision, const QString& label) {
        auto* tick = new QCheckBox(label, box);
        tick->setAccessibleName(tr("Precision %1 on %2").arg(label, engineTitle(m_device.id)));
        const int index = static_cast<int>(m_precisions.size());
        if (index == 0 && below)
            grid->addWidget(tick, 0, 0, 1, kColumns);
        else
            grid->addWidget(tick, below ? 1 : 0, below ? index - 1 : index);
        m_precisions.emplace_back(precision, tick);
        connect(tick, &QCheckBox::clicked, this, &EngineCard::apply);
    };
    if (asInFile) {
        add(core::Precision::Model, tr("as in the file"));
        m_precisions.back().second->setToolTip(tr("Computes in the types the model itself gives."));
    }
    for (const core::Precision precision : m_device.precisions) {
        if (precision != core::Precision::Model)
            add(precision, precisionText(precision));
    }
    grid->setColumnStretch(kColumns, 1);
    form.addRow(rowName(tr("precision"), this), box);
}

void EngineCard::buildThreads(QFormLayout& form)
{
    m_threads = new QLineEdit(this);
    m_threads->setAccessibleName(tr("Threads of %1").arg(engineTitle(m_device.id)));
    m_threads->setToolTip(tr("One number or a list such as 1,2; at most %1.").arg(m_device.maxThreads));
    form.addRow(rowName(tr("threads"), this), m_threads);
    connect(m_threads, &QLineEdit::textEdited, this, &EngineCard::apply);
}

void EngineCard::buildTunings(QFormLayout& form)
{
    m_tunings = new TuningButton(tuningsOf(m_device), this);
    m_tunings->setAccessibleName(tr("What %1 is compared with").arg(engineTitle(m_device.id)));
    form.addRow(rowName(tr("compare"), this), m_tunings);
    connect(m_tunings, &TuningButton::changed, this, &EngineCard::apply);
}

void EngineCard::refresh()
{
    const auto& engines = m_session.setup().engines;
    const auto setup = std::find_if(
        engines.begin(), engines.end(), [&](const auto& engine) { return engine.id == m_device.id; });
    if (setup == engines.end())
        return;
    const bool edit = enabledActions(m_session.state(), m_session.hasResults()).edit;
    m_ticked->setEnabled(edit);
    m_ticked->setChecked(setup->ticked);
    for (const auto& [precision, tick] : m_precisions) {
        const auto& chosen = setup->precisions;
        tick->setChecked(std::find(chosen.begin(), chosen.end(), precision) != chosen.end());
        tick->setEnabled(edit && setup->ticked);
    }
    const auto& problems = m_session.checked().threadsProblems;
    const bool bad = problems.contains(m_device.id);
    m_problem->setText(bad ? problems.at(m_device.id) : QString());
    m_problem->setVisible(bad);
    if (m_tunings) {
        m_tunings->setChosen(setup->tunings);
        m_tunings->setEnabled(edit && setup->ticked);
    }
    if (!m_threads)
        return;
    if (m_threads->text() != setup->threads)
        m_threads->setText(setup->threads);
    m_threads->setEnabled(edit && setup->ticked);
    m_threads->setProperty("invalid", bad);
    m_threads->style()->unpolish(m_threads);
    m_threads->style()->polish(m_threads);
}

void EngineCard::apply()
{
    Setup setup = m_session.setup();
    for (EngineSetup& engine : setup.engines) {
        if (engine.id != m_device.id)
            continue;
        engine.ticked = m_ticked->isChecked();
        if (m_threads)
            engine.threads = m_threads->text();
        if (m_tunings)
            engine.tunings = m_tunings->chosen();
        std::vector<core::Precision> chosen;
        for (const auto& [precision, tick] : m_precisions) {
            if (tick->isChecked())
                chosen.push_back(precision);
        }
        // The last precision cannot be unticked: an engine always computes in one.
        if (!chosen.empty())
            engine.precisions = chosen;
    }
    m_session.change(setup);
}

} // namespace ui
