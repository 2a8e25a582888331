// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_sweep_page.h"

#include "ui/elided.h"
#include "ui/mark_field.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <algorithm>

namespace ui {
namespace {

using Parameter = core::PolicySweep::Parameter;

} // namespace

LabSweepPage::LabSweepPage(Lab& lab, QWidget* parent)
    : QWidget(parent)
    , m_lab(lab)
    , m_theme(lightTheme())
    , m_figure(addChoice("sweepFigure", tr("Figure that is drawn")))
    , m_parameter(addChoice("sweepParameter", tr("What is swept")))
    , m_values(new QLineEdit(this))
    , m_bests(new ElidedLabel(Qt::ElideRight, this))
    , m_chart(new LabSweepChart(this))
{
    m_figure->addItem(tr("p99"), static_cast<int>(SweepFigure::P99));
    m_figure->addItem(tr("median"), static_cast<int>(SweepFigure::P50));
    m_figure->addItem(tr("share lost"), static_cast<int>(SweepFigure::Lost));
    m_parameter->addItem(tr("over the rate"), static_cast<int>(Parameter::Rate));
    m_parameter->addItem(tr("over burstiness (cv)"), static_cast<int>(Parameter::Variation));
    m_parameter->addItem(tr("over the threshold (T)"), static_cast<int>(Parameter::Threshold));
    m_values->setObjectName(QStringLiteral("sweepValues"));
    m_values->setAccessibleName(tr("Values that are swept"));
    m_values->setToolTip(tr("As 0.5,1,2 or 50-500+50 or 1-64x2, at most 100; left empty they suit the run"));
    m_values->setMinimumWidth(90);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_figure);
    row->addWidget(m_parameter);
    row->addWidget(m_values, 1);
    column->addLayout(row);
    column->addWidget(m_bests);
    column->addWidget(m_chart, 1);
    connect(m_figure, &QComboBox::activated, this, &LabSweepPage::refresh);
    connect(m_parameter, &QComboBox::activated, this, [this] {
        m_values->clear(); // values of another kind say nothing
        apply();
    });
    connect(m_values, &QLineEdit::textEdited, this, &LabSweepPage::apply);
    connect(&lab, &Lab::sweepChanged, this, &LabSweepPage::refresh);
    connect(&lab, &Lab::changed, this, &LabSweepPage::refresh);
    connect(&lab, &Lab::wishChanged, this, &LabSweepPage::refresh);
    refresh();
}

QComboBox* LabSweepPage::addChoice(const char* objectName, const QString& accessible)
{
    auto* choice = new QComboBox(this);
    choice->setObjectName(QLatin1String(objectName));
    choice->setAccessibleName(accessible);
    return choice;
}

void LabSweepPage::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_chart->setTheme(theme);
    refresh();
}

void LabSweepPage::setView(LabView view)
{
    m_view = view;
    refresh();
}

void LabSweepPage::apply()
{
    LabWish wish = m_lab.wish();
    wish.sweep = static_cast<Parameter>(m_parameter->currentData().toInt());
    wish.sweepValues = m_values->text();
    m_lab.ask(wish);
}

void LabSweepPage::refresh()
{
    const LabWish& wish = m_lab.wish();
    m_parameter->setCurrentIndex(m_parameter->findData(static_cast<int>(wish.sweep)));
    if (m_values->text() != wish.sweepValues)
        m_values->setText(wish.sweepValues);
    m_values->setPlaceholderText(m_lab.checked().sweepValues);
    const auto& wrong = m_lab.checked().wrong;
    markField(*m_values, std::ranges::find(wrong, LabField::SweepValues) != wrong.end());
    const auto figure = static_cast<SweepFigure>(m_figure->currentData().toInt());
    m_chart->setContent(sweepContent(m_lab, figure, m_view, m_theme));
    m_bests->setFullText(QString::fromStdString(core::bestByValue(wish.sweep, m_lab.swept())));
    m_bests->setVisible(!m_lab.swept().empty());
}

} // namespace ui
