// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QFrame;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace ui {

class ElidedLabel;
class Facts;
class Session;

/// The model: where it comes from, what it is, and which engine can run it.
class ModelPanel final : public QWidget {
    Q_OBJECT

public:
    explicit ModelPanel(Session& session, QWidget* parent = nullptr);
    /// Shows that something droppable hovers over the window.
    void setDropHint(bool on);

signals:
    void openRequested();
    void quantiseRequested();

private:
    void buildDropArea(QVBoxLayout& layout);
    void refresh();
    void refreshDims();
    void refreshNumbers();
    void refreshEnabled();
    void showRefusals();
    void showBatch();

    Session& m_session;
    QFrame* m_drop;
    QLabel* m_dropText;
    QPushButton* m_open;
    QPushButton* m_zoo;
    ElidedLabel* m_name;
    QLabel* m_source;
    Facts* m_facts;
    QWidget* m_dims;
    QPushButton* m_free;
    QPushButton* m_quantise;
    QLabel* m_refusals;
};

} // namespace ui
