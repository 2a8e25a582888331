// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/decision_wish.h"

#include <QWidget>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;

namespace ui {

class Session;

/// What a decision is asked for: objective, targets, the rate to be served, and the price of each engine's
/// machine. What is typed counts at once.
class DecisionForm final : public QWidget {
    Q_OBJECT

public:
    explicit DecisionForm(Session& session, QWidget* parent = nullptr);

private:
    struct PriceRow {
        std::string engine;
        QComboBox* machine;
        QLineEdit* own;
        QWidget* owned; // the fields below, of an owned machine
        QLineEdit *bought, *years, *idle, *busy;
    };

    QLabel* makeName(const QString& text);
    QLabel* makeShort(const QString& text);
    QLineEdit* addNumber(const QString& name, const QString& unit, const QString& accessible,
        const QString& tip, const char* objectName);
    void buildRows();
    void addPrice(const std::string& engine);
    QLineEdit* addOwnedField(PriceRow& row, int line, int column, const QString& name,
        const QString& accessible, const QString& tip, const char* objectName);
    void addOwned(PriceRow& row, const QString& title);
    void addPower();
    void rebuildPrices();
    void fillFrom(const DecisionWish& wish);
    void apply();
    void refresh();
    void markWrong();

    Session& m_session;
    QFormLayout* m_form;
    QComboBox* m_objective;
    QComboBox* m_percentile;
    QLineEdit *m_latency = nullptr, *m_leastRate = nullptr, *m_watts = nullptr, *m_memory = nullptr,
              *m_millionCost = nullptr, *m_served = nullptr, *m_most = nullptr, *m_pue = nullptr,
              *m_tariff = nullptr, *m_carbon = nullptr;
    QWidget* m_powerRow = nullptr; // PUE and tariff, where they count
    QWidget* m_priceBox = nullptr;
    std::vector<PriceRow> m_prices;
    bool m_filling = false; // the fields, not a person
};

} // namespace ui
