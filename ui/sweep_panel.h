// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace ui {

class ElidedButton;
class Session;

/// What to measure: batches, stop rule, seed; and what it will take, before anyone presses Run.
class SweepPanel final : public QWidget {
    Q_OBJECT

public:
    explicit SweepPanel(Session& session, QWidget* parent = nullptr);

signals:
    void inputsFolderRequested();
    void inputsFileRequested();

private:
    void buildForm();
    void buildInputs();
    void apply();
    void refresh();
    void refreshEstimate();

    Session& m_session;
    QLineEdit* m_batches;
    QLineEdit* m_requests;
    QLabel* m_problem;
    QComboBox* m_preset;
    QSpinBox* m_seed;
    ElidedButton* m_inputs;
    QCheckBox* m_tuneKernels;
    QCheckBox* m_checkOutputs;
    QLabel* m_cells;
    QLabel* m_memory;
};

} // namespace ui
