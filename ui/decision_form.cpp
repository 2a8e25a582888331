// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decision_form.h"

#include "ui/chart_data.h"
#include "ui/facts.h"
#include "ui/format.h"
#include "ui/session.h"

#include <QComboBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QStyle>
#include <algorithm>

namespace ui {
namespace {

constexpr int kUnitWidth = 54;
// No machine has these names.
const QString kOwn = QStringLiteral("\x01own"), kOwned = QStringLiteral("\x01owned");

QString percentileText(double percentile)
{
    return percentile == 0.5 ? DecisionForm::tr("median")
                             : DecisionForm::tr("p%1").arg(QString::number(percentile * 100));
}

QString priceText(const core::Price& price)
{
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return (
        core::isStale(price, today) ? DecisionForm::tr("%1 · %2 %3 · old") : DecisionForm::tr("%1 · %2 %3"))
        .arg(QString::fromStdString(price.name), formatSignificant(price.perHour, 3),
            QString::fromStdString(price.currency));
}

QString priceToolTip(const core::Price& price)
{
    return DecisionForm::tr("%1, %2-%3: %4")
        .arg(QString::fromStdString(price.basis))
        .arg(static_cast<int>(price.date.year()))
        .arg(static_cast<unsigned>(price.date.month()), 2, 10, QLatin1Char('0'))
        .arg(QString::fromStdString(price.source));
}

void markInvalid(QWidget& field, bool invalid)
{
    if (field.property("invalid").toBool() == invalid)
        return;
    field.setProperty("invalid", invalid);
    field.style()->unpolish(&field);
    field.style()->polish(&field);
}

} // namespace

DecisionForm::DecisionForm(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_form(new QFormLayout(this))
    , m_objective(new QComboBox(this))
    , m_percentile(new QComboBox(this))
{
    buildRows();
    connect(m_objective, &QComboBox::activated, this, &DecisionForm::apply);
    connect(m_percentile, &QComboBox::activated, this, &DecisionForm::apply);
    for (QLineEdit* field : { m_latency, m_leastRate, m_watts, m_memory, m_millionCost, m_served, m_most,
             m_pue, m_tariff, m_carbon })
        connect(field, &QLineEdit::textEdited, this, &DecisionForm::apply);
    connect(&session, &Session::wishChanged, this, &DecisionForm::refresh);
    connect(&session, &Session::runReplaced, this, &DecisionForm::rebuildPrices);
    rebuildPrices();
}

QLabel* DecisionForm::makeName(const QString& text)
{
    QLabel* label = makeText("muted", this);
    label->setText(text);
    label->setFixedWidth(kFactNameWidth);
    return label;
}

/// A name between two fields, as wide as it is.
QLabel* DecisionForm::makeShort(const QString& text)
{
    auto* label = new QLabel(text, this);
    setRole(*label, "muted");
    return label;
}

QLineEdit* DecisionForm::addNumber(const QString& name, const QString& unit, const QString& accessible,
    const QString& tip, const char* objectName)
{
    auto* field = new QLineEdit(this);
    field->setObjectName(QLatin1String(objectName));
    field->setAccessibleName(accessible);
    field->setToolTip(tip);
    field->setPlaceholderText(tr("not asked for"));
    field->setMinimumWidth(60);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(field, 1);
    if (unit.isEmpty()) {
        row->addWidget(m_percentile);
    } else {
        auto* label = new QLabel(unit, this);
        setRole(*label, "muted");
        label->setFixedWidth(kUnitWidth);
        row->addWidget(label);
    }
    m_form->addRow(makeName(name), row);
    return field;
}

void DecisionForm::buildRows()
{
    m_form->setContentsMargins(0, 0, 6, 0);
    m_form->setVerticalSpacing(6);
    m_form->setHorizontalSpacing(8);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_objective->setObjectName(QStringLiteral("objective"));
    m_objective->setAccessibleName(tr("Best at"));
    m_objective->setToolTip(tr("What the best of the cells that meet all targets is best at."));
    m_objective->addItem(tr("lowest latency"), static_cast<int>(core::Objective::Latency));
    m_objective->addItem(tr("highest throughput"), static_cast<int>(core::Objective::Throughput));
    m_objective->addItem(tr("least energy an item"), static_cast<int>(core::Objective::Energy));
    m_objective->addItem(tr("least cost an item"), static_cast<int>(core::Objective::Cost));
    m_form->addRow(makeName(tr("best at")), m_objective);
    m_percentile->setObjectName(QStringLiteral("percentile"));
    m_percentile->setAccessibleName(tr("Percentile of the latency target"));
    m_percentile->setToolTip(tr("A percentile is unknown below the samples that support it: p99 takes 459.\n"
                                "An unknown figure never meets a target."));
    for (const double percentile : kTargetPercentiles)
        m_percentile->addItem(percentileText(percentile), percentile);
    m_latency = addNumber(tr("latency ms"), {}, tr("Latency at most, in milliseconds"),
        tr("Of a whole batch, at most; of this percentile."), "latency");
    m_leastRate = addNumber(tr("throughput"), tr("items/s"), tr("Throughput at least, in items a second"),
        tr("Of one machine, at least."), "leastRate");
    m_watts = addNumber(tr("power"), tr("W"), tr("Power at most, in watts"),
        tr("Mean power of the device while it works, at most."), "watts");
    m_memory = addNumber(tr("memory"), tr("MB"), tr("Memory at most, in megabytes"),
        tr("What the engine plans for a cell, weights included, at most."), "memory");
    m_millionCost = addNumber(tr("a million"), QString::fromStdString(core::examplePrices().front().currency),
        tr("Cost of a million inferences at most"),
        tr("At the rate to be served, in whole machines; without one, of machines that are always busy.\n"
           "Needs the price of a machine, below."),
        "millionCost");
    m_served = addNumber(tr("to serve"), tr("items/s"), tr("Rate to be served, in items a second"),
        tr("Served by as many machines as it takes; costs are then those of whole machines."), "served");
    m_most = addNumber(tr("use at most"), tr("%"), tr("Share of a machine that is used, in per cent"),
        tr("How much of a machine's throughput a rate to be served may take: the rest is for bursts."),
        "most");
    m_priceBox = new QWidget(this);
    auto* prices = new QFormLayout(m_priceBox);
    prices->setContentsMargins(0, 4, 0, 0);
    prices->setVerticalSpacing(6);
    prices->setHorizontalSpacing(8);
    prices->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->addRow(m_priceBox);
    addPower();
}

void DecisionForm::addPower()
{
    m_powerRow = new QWidget(this);
    auto* fields = new QHBoxLayout(m_powerRow);
    fields->setContentsMargins(0, 0, 0, 0);
    fields->setSpacing(6);
    const auto add = [&](const QString& accessible, const QString& tip, const char* name) {
        auto* field = new QLineEdit(m_powerRow);
        field->setAccessibleName(accessible);
        field->setToolTip(tip);
        field->setObjectName(QLatin1String(name));
        field->setMinimumWidth(40);
        fields->addWidget(field, 1);
        return field;
    };
    QLabel* name = makeName(tr("PUE"));
    fields->addWidget(name);
    m_pue = add(tr("PUE, power of the building over that of its machines"),
        tr("Power of the building over that of its machines: 1.54 on average, 1.1 at its best."), "pue");
    fields->addWidget(makeShort(tr("tariff a kWh")));
    m_tariff
        = add(tr("Tariff, what a kilowatt hour costs"), tr("What owned machines pay for power."), "tariff");
    m_form->addRow(m_powerRow);
    m_carbon = addNumber(tr("carbon"), tr("g/kWh"), tr("Carbon, in grams of CO2 equivalent a kilowatt hour"),
        tr("What a kilowatt hour emits: about 30 to 700 by country. An inference then has its CO2,\n"
           "where its energy is known."),
        "carbon");
}

void DecisionForm::addPrice(const std::string& engine)
{
    const core::Run& run = m_session.run();
    const QString title = engineTitle(run, engine);
    const core::DeviceInfo* device = deviceOf(run, engine);
    auto* form = static_cast<QFormLayout*>(m_priceBox->layout());
    PriceRow row { .engine = engine, .machine = new QComboBox(m_priceBox), .own = new QLineEdit(m_priceBox) };
    row.machine->setAccessibleName(tr("Machine of %1, for its price").arg(title));
    row.machine->setToolTip(tr("What an hour of the machine costs that %1 stands for.\n"
                               "The prices are examples with their dates, no offers.")
                                .arg(title));
    row.machine->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    row.machine->setMinimumContentsLength(10);
    row.machine->addItem(tr("no price"), QString());
    for (const core::Price& price :
        core::pricesOf(core::examplePrices(), device ? device->kind : core::DeviceKind::Cpu)) {
        row.machine->addItem(priceText(price), QString::fromStdString(price.name));
        row.machine->setItemData(row.machine->count() - 1, priceToolTip(price), Qt::ToolTipRole);
    }
    row.machine->addItem(tr("own figure"), kOwn);
    row.machine->addItem(tr("owned machine"), kOwned);
    row.own->setAccessibleName(tr("Price of %1 an hour").arg(title));
    row.own->setPlaceholderText(tr("per hour"));
    row.own->setFixedWidth(76);
    auto* fields = new QHBoxLayout;
    fields->setSpacing(6);
    fields->addWidget(row.machine, 1);
    fields->addWidget(row.own);
    QLabel* name = makeName(tr("%1 an hour").arg(title));
    form->addRow(name, fields);
    connect(row.machine, &QComboBox::activated, this, &DecisionForm::apply);
    connect(row.own, &QLineEdit::textEdited, this, &DecisionForm::apply);
    addOwned(row, title);
    form->addRow(row.owned);
    m_prices.push_back(row);
}

QLineEdit* DecisionForm::addOwnedField(PriceRow& row, int line, int column, const QString& name,
    const QString& accessible, const QString& tip, const char* objectName)
{
    auto* grid = static_cast<QGridLayout*>(row.owned->layout());
    QLabel* label = column == 0 ? makeName(name) : makeShort(name);
    auto* field = new QLineEdit(row.owned);
    field->setObjectName(QLatin1String(objectName));
    field->setAccessibleName(accessible);
    field->setToolTip(tip);
    field->setMinimumWidth(40);
    grid->addWidget(label, line, 2 * column);
    grid->addWidget(field, line, 2 * column + 1);
    connect(field, &QLineEdit::textEdited, this, &DecisionForm::apply);
    return field;
}

/// Price and years, power at rest and at work; below the machine's row.
void DecisionForm::addOwned(PriceRow& row, const QString& title)
{
    row.owned = new QWidget(m_priceBox);
    auto* grid = new QGridLayout(row.owned);
    grid->setContentsMargins(0, 0, 0, 4);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    row.bought
        = addOwnedField(row, 0, 0, tr("bought for"), tr("What the machine of %1 was bought for").arg(title),
            tr("In the currency of the prices. Nothing of it is left at the end."), "bought");
    row.years = addOwnedField(row, 0, 1, tr("years"), tr("Years that the machine of %1 is used").arg(title),
        tr("The price is spread over all their hours, at work or not."), "years");
    const QString measured = tr("Empty: as the run measured it, of the device alone.");
    row.idle = addOwnedField(
        row, 1, 0, tr("W at rest"), tr("Watts of the machine of %1 at rest").arg(title), measured, "idle");
    row.busy = addOwnedField(
        row, 1, 1, tr("at work"), tr("Watts of the machine of %1 at work").arg(title), measured, "busy");
    for (QLineEdit* field : { row.idle, row.busy })
        field->setPlaceholderText(tr("measured"));
}

void DecisionForm::rebuildPrices()
{
    auto* form = static_cast<QFormLayout*>(m_priceBox->layout());
    const std::vector<std::string> engines = enginesOf(m_session.run());
    if (!std::ranges::equal(engines, m_prices, {}, {}, &PriceRow::engine)) {
        while (form->rowCount() > 0)
            form->removeRow(0);
        m_prices.clear();
        for (const std::string& engine : engines)
            addPrice(engine);
    }
    m_priceBox->setVisible(!m_prices.empty());
    refresh();
}

void DecisionForm::fillFrom(const DecisionWish& wish)
{
    const QScopedValueRollback filling(m_filling, true);
    const auto set = [](QLineEdit& field, const QString& text) {
        if (field.text() != text)
            field.setText(text);
    };
    m_objective->setCurrentIndex(m_objective->findData(static_cast<int>(wish.objective)));
    m_percentile->setCurrentIndex(m_percentile->findData(wish.percentile));
    set(*m_latency, wish.latencyMs);
    set(*m_leastRate, wish.leastRate);
    set(*m_watts, wish.watts);
    set(*m_memory, wish.memoryMb);
    set(*m_millionCost, wish.millionCost);
    set(*m_served, wish.served);
    set(*m_most, wish.mostPercent);
    set(*m_pue, wish.pue);
    set(*m_tariff, wish.tariff);
    set(*m_carbon, wish.carbon);
    for (const PriceRow& row : m_prices) {
        const auto found = wish.prices.find(row.engine);
        const PriceWish price = found == wish.prices.end() ? PriceWish() : found->second;
        const int at = row.machine->findData(price.owned ? kOwned
                : price.own                              ? kOwn
                                                         : QString::fromStdString(price.machine));
        row.machine->setCurrentIndex(std::max(0, at));
        set(*row.own, price.perHour);
        row.own->setVisible(price.own);
        set(*row.bought, price.bought);
        set(*row.years, price.years);
        set(*row.idle, price.idleWatts);
        set(*row.busy, price.busyWatts);
        row.owned->setVisible(price.owned);
    }
    m_powerRow->setVisible(ownsAny(wish) || !wish.carbon.trimmed().isEmpty());
}

void DecisionForm::apply()
{
    if (m_filling)
        return;
    DecisionWish wish = m_session.wish();
    wish.objective = static_cast<core::Objective>(m_objective->currentData().toInt());
    wish.percentile = m_percentile->currentData().toDouble();
    wish.latencyMs = m_latency->text();
    wish.leastRate = m_leastRate->text();
    wish.watts = m_watts->text();
    wish.memoryMb = m_memory->text();
    wish.millionCost = m_millionCost->text();
    wish.served = m_served->text();
    wish.mostPercent = m_most->text();
    wish.pue = m_pue->text();
    wish.tariff = m_tariff->text();
    wish.carbon = m_carbon->text();
    for (const PriceRow& row : m_prices) {
        const QString machine = row.machine->currentData().toString();
        const bool own = machine == kOwn, owned = machine == kOwned;
        wish.prices[row.engine] = { .machine = own || owned ? std::string() : machine.toStdString(),
            .own = own,
            .perHour = row.own->text(),
            .owned = owned,
            .bought = row.bought->text(),
            .years = row.years->text(),
            .idleWatts = row.idle->text(),
            .busyWatts = row.busy->text() };
    }
    m_session.decideBy(wish);
}

void DecisionForm::refresh()
{
    fillFrom(m_session.wish());
    markWrong();
}

void DecisionForm::markWrong()
{
    const CheckedWish checked = check(m_session.wish(), m_session.run());
    const std::pair<QLineEdit*, WishField> fields[] = { { m_latency, WishField::Latency },
        { m_leastRate, WishField::LeastRate }, { m_watts, WishField::Watts }, { m_memory, WishField::Memory },
        { m_millionCost, WishField::MillionCost }, { m_served, WishField::Served },
        { m_most, WishField::MostPercent }, { m_pue, WishField::Pue }, { m_tariff, WishField::Tariff },
        { m_carbon, WishField::Carbon } };
    for (const auto& [field, which] : fields)
        markInvalid(*field, std::ranges::find(checked.wrong, which) != checked.wrong.end());
    for (const PriceRow& row : m_prices) {
        const std::pair<QLineEdit*, PriceField> own[] = { { row.own, PriceField::PerHour },
            { row.bought, PriceField::Bought }, { row.years, PriceField::Years },
            { row.idle, PriceField::IdleWatts }, { row.busy, PriceField::BusyWatts } };
        for (const auto& [field, which] : own)
            markInvalid(*field,
                std::ranges::find(checked.wrongPrices, std::pair(row.engine, which))
                    != checked.wrongPrices.end());
    }
}

} // namespace ui
