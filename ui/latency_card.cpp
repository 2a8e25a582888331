// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/latency_card.h"

#include "ui/facts.h"

#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace ui {

LatencyCard::LatencyCard(QWidget* parent)
    : QWidget(parent)
    , m_chart(new Chart(Quantity::Latency, this))
    , m_parts(new TimePartsChart(this))
    , m_pages(new QStackedLayout)
    , m_switch(new QPushButton(this))
{
    auto* pages = new QWidget(this);
    pages->setLayout(m_pages);
    m_pages->setContentsMargins(0, 0, 0, 0);
    m_pages->addWidget(m_chart);
    m_pages->addWidget(m_parts);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pages);
    setRole(*m_switch, "link");
    m_switch->setCursor(Qt::PointingHandCursor);
    m_switch->setToolTip(
        tr("Copying in, computing, copying out and the host's part of each latency, or its curve"));
    connect(m_switch, &QPushButton::clicked, this, [this] { showParts(!showsParts()); });
    refresh();
}

void LatencyCard::setParts(TimeParts parts, bool offered)
{
    m_offered = offered && parts.worthShowing();
    m_parts->setContent(std::move(parts));
    refresh();
}

void LatencyCard::showParts(bool on)
{
    m_wanted = on;
    refresh();
}

bool LatencyCard::showsParts() const
{
    return m_pages->currentWidget() == m_parts;
}

void LatencyCard::refresh()
{
    m_pages->setCurrentWidget(m_wanted && m_offered ? static_cast<QWidget*>(m_parts) : m_chart);
    m_switch->setVisible(m_offered);
    m_switch->setText(showsParts() ? tr("curve") : tr("parts"));
    m_switch->setAccessibleName(
        showsParts() ? tr("Show the latency's curve") : tr("Show where the time goes"));
    m_switch->resize(m_switch->sizeHint());
    m_switch->move(width() - m_switch->width() - 14, 2 + (kChartTitleHeight - m_switch->height()) / 2);
    m_switch->raise();
}

void LatencyCard::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    refresh();
}

} // namespace ui
