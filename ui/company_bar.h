// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QWidget>

class QPushButton;

namespace ui {

class ElidedLabel;
class Legend;
class Session;

/// Above the charts, while there is something beside the shown run: how it compares with the baseline, and
/// which runs lie behind it.
class CompanyBar final : public QWidget {
    Q_OBJECT

public:
    explicit CompanyBar(Session& session, QWidget* parent = nullptr);
    void setTheme(const Theme& theme);
    /// Whether the charts are shown that it speaks of.
    void setWanted(bool wanted);
    /// "Against …: ▲F 3 faster · …", and how the two runs differ; empty without a baseline.
    QString sentence() const;
    QPushButton& clear() const { return *m_clear; }

private:
    void refresh();
    QWidget* overlayRow();

    Session& m_session;
    Theme m_theme;
    ElidedLabel* m_sentence;
    Legend* m_legend;
    QPushButton* m_clear;
    QWidget* m_overlays;
    bool m_wanted = true;
};

} // namespace ui
