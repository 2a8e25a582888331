// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QFrame>
#include <vector>

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace ui {

class Session;
class TuningButton;

/// One device: whether the sweep uses it, its facts, its precisions and threads. An absent one says why.
class EngineCard final : public QFrame {
    Q_OBJECT

public:
    EngineCard(Session& session, core::DeviceInfo device, QWidget* parent = nullptr);

private:
    QVBoxLayout* buildFrame();
    void buildDetails(QVBoxLayout& layout);
    void addRemark(QVBoxLayout& layout, const QString& remark);
    void buildPrecisions(QFormLayout& form);
    void buildThreads(QFormLayout& form);
    void buildTunings(QFormLayout& form);
    void refresh();
    void apply();

    Session& m_session;
    core::DeviceInfo m_device;
    QCheckBox* m_ticked;
    std::vector<std::pair<core::Precision, QCheckBox*>> m_precisions;
    QLineEdit* m_threads = nullptr;
    TuningButton* m_tunings = nullptr;
    QLabel* m_problem = nullptr;
};

} // namespace ui
