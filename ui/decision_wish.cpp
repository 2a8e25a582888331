// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decision_wish.h"

#include "core/error.h"
#include "ui/comparison.h"
#include "ui/setup.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::decision", text);
}

/// A number over 0, as typed; nullopt: it is none.
std::optional<double> positive(const QString& text)
{
    bool read = false;
    const double value = QLocale::c().toDouble(text.trimmed(), &read);
    return read && std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
}

bool isEmpty(const QString& text)
{
    return text.trimmed().isEmpty();
}

/// The owned machine as the command line has it.
QString ownedText(const PriceWish& wish)
{
    QString text = QStringLiteral("owned(price=%1,years=%2").arg(wish.bought.trimmed(), wish.years.trimmed());
    if (!isEmpty(wish.idleWatts))
        text += QStringLiteral(",idle=%1W").arg(wish.idleWatts.trimmed());
    if (!isEmpty(wish.busyWatts))
        text += QStringLiteral(",busy=%1W").arg(wish.busyWatts.trimmed());
    return text + QLatin1Char(')');
}

/// Reads one wish.
class Checking {
public:
    Checking(const DecisionWish& wish, const core::Run& run)
        : m_wish(wish)
        , m_run(run)
    {
    }

    CheckedWish checked()
    {
        core::DecisionSettings& settings = m_checked.settings;
        settings.objective = m_wish.objective;
        settings.targets.percentile = m_wish.percentile;
        settings.targets.latencySeconds = optional(WishField::Latency, m_wish.latencyMs, tr("the latency"));
        if (settings.targets.latencySeconds)
            *settings.targets.latencySeconds *= 1e-3;
        settings.targets.rate = optional(WishField::LeastRate, m_wish.leastRate, tr("the throughput"));
        settings.targets.watts = optional(WishField::Watts, m_wish.watts, tr("the power"));
        settings.targets.bytes = optional(WishField::Memory, m_wish.memoryMb, tr("the memory"));
        if (settings.targets.bytes)
            *settings.targets.bytes *= 1e6;
        settings.targets.costPerMillion
            = optional(WishField::MillionCost, m_wish.millionCost, tr("the cost of a million"));
        settings.rate = optional(WishField::Served, m_wish.served, tr("the rate to be served"));
        readMost();
        readPower();
        for (const std::string& engine : enginesOf(m_run))
            readPrice(engine);
        const bool byCost = m_wish.objective == core::Objective::Cost || settings.targets.costPerMillion;
        if (byCost && settings.prices.empty())
            fail(tr("Cannot decide by cost: no machine has a price. Choose one below."));
        return std::move(m_checked);
    }

private:
    void fail(const QString& sentence)
    {
        if (m_checked.problem.isEmpty())
            m_checked.problem = sentence;
    }

    std::optional<double> optional(WishField field, const QString& text, const QString& what)
    {
        if (text.trimmed().isEmpty())
            return {};
        const auto value = positive(text);
        if (!value) {
            m_checked.wrong.push_back(field);
            fail(tr("Cannot read %1: \"%2\" is no number over 0.").arg(what, text));
        }
        return value;
    }

    void readMost()
    {
        const auto percent = positive(m_wish.mostPercent);
        if (percent && *percent >= 1 && *percent <= 100) {
            m_checked.settings.most = *percent / 100;
            return;
        }
        m_checked.wrong.push_back(WishField::MostPercent);
        fail(tr("Cannot read the share of a machine: \"%1\" is no number from 1 to 100.")
                 .arg(m_wish.mostPercent));
    }

    void readPrice(const std::string& engine)
    {
        const auto found = m_wish.prices.find(engine);
        if (found == m_wish.prices.end())
            return;
        const core::DeviceInfo* device = deviceOf(m_run, engine);
        const core::DeviceKind kind = device ? device->kind : core::DeviceKind::Cpu;
        const auto& table = core::examplePrices();
        const PriceWish& wish = found->second;
        const std::string& currency = table.front().currency;
        if (wish.owned)
            return readOwned(engine, wish, kind, currency);
        if (!wish.own) {
            const auto row = std::ranges::find(table, wish.machine, &core::Price::name);
            if (row != table.end() && row->kind == kind)
                m_checked.settings.prices.emplace(engine, core::Pricing { .price = *row });
            return;
        }
        if (isEmpty(wish.perHour))
            return;
        if (const auto perHour = number(engine, PriceField::PerHour, wish.perHour, tr("the price of %1")))
            m_checked.settings.prices.emplace(engine, core::rentedFor(*perHour, kind, currency));
    }

    /// A number over 0; what is none is marked.
    std::optional<double> number(
        const std::string& engine, PriceField field, const QString& text, const QString& what)
    {
        const auto value = positive(text);
        if (!value) {
            m_checked.wrongPrices.emplace_back(engine, field);
            fail(tr("Cannot read %1: \"%2\" is no number over 0.").arg(what.arg(engineTitle(engine)), text));
        }
        return value;
    }

    void readOwned(
        const std::string& engine, const PriceWish& wish, core::DeviceKind kind, const std::string& currency)
    {
        if (isEmpty(wish.bought))
            return; // nothing is said yet
        const auto bought = number(engine, PriceField::Bought, wish.bought, tr("what %1 was bought for"));
        const auto years = number(engine, PriceField::Years, wish.years, tr("the years of %1"));
        bool powers = true;
        if (!isEmpty(wish.idleWatts))
            powers = number(engine, PriceField::IdleWatts, wish.idleWatts, tr("the power of %1 at rest"))
                && powers;
        if (!isEmpty(wish.busyWatts))
            powers = number(engine, PriceField::BusyWatts, wish.busyWatts, tr("the power of %1 at work"))
                && powers;
        if (!bought || !years || !powers)
            return;
        try {
            m_checked.settings.prices.emplace(
                engine, core::ownedFromText(ownedText(wish).toStdString(), kind, currency));
        } catch (const core::Error& why) {
            m_checked.wrongPrices.emplace_back(engine, PriceField::Bought);
            fail(QString::fromUtf8(why.what()));
        }
    }

    /// PUE and tariff count where there is an owned machine or carbon.
    void readPower()
    {
        m_checked.settings.gramsPerKwh
            = optional(WishField::Carbon, m_wish.carbon, tr("the carbon of a kWh"));
        if (!m_checked.settings.gramsPerKwh && isEmpty(m_wish.carbon) && !ownsAny(m_wish))
            return;
        const auto pue = positive(m_wish.pue);
        if (pue && *pue >= 1 && *pue <= 10) {
            m_checked.settings.pue = *pue;
        } else {
            m_checked.wrong.push_back(WishField::Pue);
            fail(tr("Cannot read the PUE: \"%1\" is no number from 1 to 10.").arg(m_wish.pue));
        }
        if (const auto tariff = optional(WishField::Tariff, m_wish.tariff, tr("the tariff")))
            m_checked.settings.perKwh = *tariff;
    }

    const DecisionWish& m_wish;
    const core::Run& m_run;
    CheckedWish m_checked;
};

QString quoted(const QString& word)
{
    return QLatin1Char('"') + word + QLatin1Char('"');
}

} // namespace

CheckedWish check(const DecisionWish& wish, const core::Run& run)
{
    return Checking(wish, run).checked();
}

bool ownsAny(const DecisionWish& wish)
{
    return std::ranges::any_of(wish.prices, [](const auto& price) { return price.second.owned; });
}

std::vector<std::string> enginesOf(const core::Run& run)
{
    std::vector<std::string> engines;
    for (const core::Cell& cell : run.cells)
        if (std::ranges::find(engines, cell.key.engine) == engines.end())
            engines.push_back(cell.key.engine);
    return engines;
}

QString decideCommand(const DecisionWish& wish, const core::Run& run, const RunOrigin& origin)
{
    const QString name = nameForShell(origin);
    QString command
        = QStringLiteral("breakeven-cli decide ") + (name.isEmpty() ? QStringLiteral("RUN.json") : name);
    const auto add = [&](const QString& option, const QString& value) {
        if (!value.trimmed().isEmpty())
            command += QLatin1Char(' ') + option + value.trimmed();
    };
    const QString objective = QString::fromStdString(std::string(core::objectiveName(wish.objective)));
    if (wish.objective != core::Objective::Latency)
        add(QStringLiteral("--objective "), objective);
    if (!wish.latencyMs.trimmed().isEmpty())
        add(QStringLiteral("--target "),
            QStringLiteral("p%1=%2ms").arg(QString::number(wish.percentile * 100), wish.latencyMs.trimmed()));
    add(QStringLiteral("--target rate="), wish.leastRate);
    add(QStringLiteral("--target power="), wish.watts);
    if (!isEmpty(wish.memoryMb))
        add(QStringLiteral("--target "), QStringLiteral("memory=%1MB").arg(wish.memoryMb.trimmed()));
    add(QStringLiteral("--target cost="), wish.millionCost);
    add(QStringLiteral("--rate "), wish.served);
    if (wish.mostPercent.trimmed() != DecisionWish().mostPercent)
        add(QStringLiteral("--most "), wish.mostPercent);
    const CheckedWish checked = check(wish, run);
    for (const auto& [engine, price] : checked.settings.prices) {
        const PriceWish& wished = wish.prices.at(engine);
        const QString id = QString::fromStdString(engine) + QLatin1Char('=');
        add(QStringLiteral("--price "),
            wished.owned     ? quoted(id + ownedText(wished))
                : wished.own ? id + wished.perHour.trimmed()
                             : quoted(id + QString::fromStdString(price.price.name)));
    }
    const core::DecisionSettings usual;
    if (checked.settings.pue != usual.pue)
        add(QStringLiteral("--pue "), wish.pue);
    if (checked.settings.perKwh != usual.perKwh)
        add(QStringLiteral("--tariff "), wish.tariff);
    add(QStringLiteral("--carbon "), wish.carbon);
    return command;
}

} // namespace ui
