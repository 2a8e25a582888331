// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <utility>
#include <vector>

class QGridLayout;
class QLabel;

namespace ui {

inline constexpr int kFactNameWidth = 84;

/// Gives a widget the style sheet's role of that name, also after it was shown.
void setRole(QWidget& widget, const char* role);

QLabel* makeHeading(const QString& text, QWidget* parent);
/// `text` with places to break it inside long names: after slashes, dots, underscores and hyphens.
QString breakable(const QString& text);

/// A label that wraps, in any width it is given, and never reads its text as markup.
QLabel* makeText(const char* role, QWidget* parent);

/// Two columns: muted names and their values, aligned through all sections of the side panel.
class Facts final : public QWidget {
    Q_OBJECT

public:
    using List = std::vector<std::pair<QString, QString>>;

    explicit Facts(QWidget* parent = nullptr);
    void setFacts(const List& facts);

private:
    QGridLayout* m_grid;
    List m_facts;
};

} // namespace ui
