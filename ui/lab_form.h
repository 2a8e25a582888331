// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab_wish.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace ui {

class Lab;

/// What a simulation is asked for: requests, deadlines, policies and devices. What is typed counts at once.
class LabForm final : public QWidget {
    Q_OBJECT

public:
    explicit LabForm(Lab& lab, QWidget* parent = nullptr);

private:
    struct Row {
        QCheckBox* tick;
        QLineEdit* text;
    };

    QLabel* makeName(const QString& text);
    QLineEdit* addField(
        const QString& name, const QString& accessible, const QString& tip, const char* objectName);
    void buildRequests();
    void addArrivals();
    void chooseTrace();
    QGridLayout* addSection(const QString& title);
    void rebuildPolicies();
    void rebuildDevices();
    void fill();
    void apply();
    void refresh();
    void mark();

    Lab& m_lab;
    QFormLayout* m_form;
    QComboBox* m_arrivals;
    QLineEdit *m_rate = nullptr, *m_sizes = nullptr, *m_slo = nullptr, *m_requests = nullptr,
              *m_seed = nullptr;
    QGridLayout *m_policyGrid = nullptr, *m_deviceGrid = nullptr;
    QLabel* m_deviceNote = nullptr;
    std::vector<Row> m_policies, m_devices;
    std::vector<std::string> m_curves; // that m_devices are
    bool m_filling = false; // the fields, not a person
};

} // namespace ui
