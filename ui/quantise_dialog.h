// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/quantise_job.h"

#include <QDialog>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace ui {

class ElidedLabel;
class Session;

/// Asks how the open model shall become an int8 one, shows how far that is, and then what it cost in
/// accuracy. Closing it while it works stops the work.
class QuantiseDialog final : public QDialog {
    Q_OBJECT

public:
    explicit QuantiseDialog(Session& session, QWidget* parent = nullptr);
    /// What the fields say now.
    QuantiseRequest request() const;

protected:
    void done(int result) override;

private:
    void buildForm(QFormLayout& form);
    void buildButtons();
    void chooseInputs();
    void chooseOutput();
    void refresh();
    void showProgress(const core::QuantiseProgress& progress);
    void showOutcome(const QuantiseOutcome& outcome);
    void showFailure(const QString& sentence);
    void showKept(const std::vector<core::QuantisedLayer>& layers);

    Session& m_session;
    QComboBox* m_method;
    QComboBox* m_source;
    QLineEdit* m_folder;
    QPushButton* m_choose;
    QLineEdit* m_output;
    QPushButton* m_browse;
    QLabel* m_text; // the outcome, the progress, or what went wrong
    QProgressBar* m_progress;
    QTableWidget* m_kept;
    QPushButton* m_start;
    QPushButton* m_stop;
    QPushButton* m_openModel;
    QString m_written; // the file that was made; empty: none yet
};

/// "37 of 38 layers are int8 ...": the outcome in a few lines.
QString outcomeText(const QuantiseOutcome& outcome);

} // namespace ui
