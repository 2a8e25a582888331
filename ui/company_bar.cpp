// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/company_bar.h"

#include "ui/chart_content.h"
#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/legend.h"
#include "ui/run_text.h"
#include "ui/session.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace ui {

CompanyBar::CompanyBar(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_theme(lightTheme())
    , m_sentence(new ElidedLabel(Qt::ElideRight, this))
    , m_legend(new Legend(this))
    , m_clear(new QPushButton(tr("Clear overlays"), this))
    , m_overlays(overlayRow())
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_sentence);
    column->addWidget(m_overlays);
    setRole(*m_sentence, "muted");
    connect(&session, &Session::overlaysChanged, this, &CompanyBar::refresh);
    connect(&session, &Session::baselineChanged, this, &CompanyBar::refresh);
    connect(&session, &Session::comparisonChanged, this, &CompanyBar::refresh);
    connect(&session, &Session::cellChanged, this, &CompanyBar::refresh);
    connect(&session, &Session::runFinished, this, &CompanyBar::refresh);
    refresh();
}

QWidget* CompanyBar::overlayRow()
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    m_legend->setAccessibleName(tr("Runs behind the shown one"));
    layout->addWidget(m_legend, 1);
    setRole(*m_clear, "quiet");
    m_clear->setAccessibleName(m_clear->text());
    m_clear->setToolTip(tr("Draw the shown run alone again (Ctrl+Shift+L)"));
    connect(m_clear, &QPushButton::clicked, &m_session, &Session::clearOverlays);
    layout->addWidget(m_clear);
    return row;
}

void CompanyBar::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_legend->setTheme(theme);
    refresh();
}

void CompanyBar::setWanted(bool wanted)
{
    m_wanted = wanted;
    refresh();
}

QString CompanyBar::sentence() const
{
    if (!m_session.baseline())
        return {};
    QString text = tr("Against %1").arg(shortened(m_session.baselineOrigin().name));
    const Comparison& comparison = m_session.comparison();
    if (const QString verdicts = comparisonText(comparison); !verdicts.isEmpty())
        text += tr(": %1").arg(verdicts);
    text += QLatin1Char('.');
    for (const std::string& difference : comparison.differences)
        text += QLatin1Char(' ') + oneLine(difference);
    return text;
}

void CompanyBar::refresh()
{
    const bool overlays = !m_session.overlays().empty();
    const QString said = sentence();
    m_sentence->setFullText(said);
    m_sentence->setNote(compareCommand(m_session.baselineOrigin(), m_session.origin()));
    m_sentence->setVisible(!said.isEmpty());
    m_legend->setEntries(overlayLegend(m_session.overlays(), m_theme));
    m_overlays->setVisible(overlays);
    setVisible(m_wanted && (overlays || !said.isEmpty()));
}

} // namespace ui
