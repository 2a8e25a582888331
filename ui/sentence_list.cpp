// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sentence_list.h"

#include "ui/facts.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace ui {

SentenceList::SentenceList(const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 6);
    m_column->setSpacing(4);
    QLabel* heading = makeText("title", this);
    heading->setText(title);
    m_column->addWidget(heading);
    setAccessibleName(title);
    hide();
}

void SentenceList::setSentences(const QStringList& sentences)
{
    setVisible(!sentences.isEmpty());
    if (sentences == m_sentences)
        return;
    m_sentences = sentences;
    delete m_rows;
    m_rows = new QWidget(this);
    auto* grid = new QGridLayout(m_rows);
    grid->setContentsMargins(2, 0, 0, 0);
    grid->setHorizontalSpacing(7);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    for (int row = 0; row < static_cast<int>(sentences.size()); ++row) {
        auto* dot = new QLabel(QStringLiteral("·"), m_rows);
        setRole(*dot, "muted");
        QLabel* text = makeText("value", m_rows);
        text->setText(sentences[row]);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        grid->addWidget(dot, row, 0, Qt::AlignTop);
        grid->addWidget(text, row, 1);
    }
    m_column->addWidget(m_rows);
    m_rows->show();
}

} // namespace ui
