// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace ui {

/// A heading with sentences below it, each after a dot; hidden without any.
class SentenceList final : public QWidget {
    Q_OBJECT

public:
    explicit SentenceList(const QString& title, QWidget* parent = nullptr);
    void setSentences(const QStringList& sentences);
    const QStringList& sentences() const { return m_sentences; }

private:
    QVBoxLayout* m_column;
    QWidget* m_rows = nullptr;
    QStringList m_sentences;
};

} // namespace ui
