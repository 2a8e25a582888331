// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/cost_words.h"

#include "core/analyse/batch_curve.h"
#include "core/analyse/serving_curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core {

namespace {

std::string nameOf(const Run& run, std::size_t cell)
{
    const CellKey& key = run.cells[cell].key;
    return fmt::format("{} at batch {}", curveName(key), key.batch);
}

const Pricing* pricingOf(const Run& run, const DecisionSettings& settings, std::size_t cell)
{
    const auto found = settings.prices.find(run.cells[cell].key.engine);
    return found == settings.prices.end() ? nullptr : &found->second;
}

/// The rate at which the order of both turns: where the second is already cheaper, the one since when it is;
/// else the next one, else the last below.
std::string breakEvenRateSentence(const Run& run, const DecisionSettings& settings, std::size_t best,
    std::size_t second, const FleetChoice& a, const FleetChoice& b)
{
    const double highest = highestRate(a, b);
    const std::vector<BreakEven> turns = breakEvenRates(a, b, highest, settings.most);
    const std::string first = nameOf(run, best), other = nameOf(run, second);
    if (turns.empty())
        return fmt::format("In whole machines {} costs no less than {} at any rate up to {:.3g} items/s.",
            other, first, highest);
    const auto next = std::ranges::upper_bound(turns, settings.rate.value_or(0), {}, &BreakEven::rate);
    const bool already = next != turns.begin() && (next - 1)->second;
    const BreakEven* turn
        = next == turns.begin() || (!already && next != turns.end()) ? &*next : &*(next - 1);
    if (turn->second)
        return turn->rate > 0
            ? fmt::format(
                "In whole machines {} costs less than {} from {:.4g} items/s on.", other, first, turn->rate)
            : fmt::format("In whole machines {} costs less than {} from the first item on.", other, first);
    return fmt::format(
        "In whole machines {} costs less than {} below {:.4g} items/s.", other, first, turn->rate);
}

/// u* against `rent` an hour of work: "renting it", "renting cpu x2".
std::string utilisationSentence(const std::string& name, const std::string& against,
    const OwnedMachine& machine, double rent, const std::string& currency)
{
    const std::string rented = fmt::format("{} at {:.4g} {} an hour of its work", against, rent, currency);
    const auto least = breakEvenUtilisation(machine, rent);
    if (!least)
        return fmt::format(
            "Owning the machine of {} never costs less than {}: the power of an hour's work alone "
            "costs as much.",
            name, rented);
    if (*least > 1)
        return fmt::format(
            "Owning the machine of {} costs more than {}, even if it always works.", name, rented);
    return fmt::format("Owning the machine of {} costs less than {} from a utilisation of {:.2f} % on.", name,
        rented, *least * 100);
}

/// The owned machine of a cell with its power; nullopt: it is not owned, or its power is unknown.
std::optional<OwnedMachine> ownedOf(
    const Run& run, const DecisionSettings& settings, std::size_t cell, const Server& server)
{
    const Pricing* pricing = pricingOf(run, settings, cell);
    if (!pricing || !pricing->owned || !server.fleet)
        return {};
    OwnedMachine machine = *pricing->owned;
    machine.idleKw = *server.idleWatts.value * 1e-3;
    machine.busyKw = *server.busyWatts.value * 1e-3;
    machine.pue = settings.pue;
    machine.perKwh = settings.perKwh;
    return machine;
}

std::string rentWords(const Pricing& pricing)
{
    std::string words = pricing.billing == Billing::WhileBusy ? " while it works" : "";
    if (pricing.interrupted > 0)
        words += fmt::format(
            "; {:g} % of its work is lost to interruptions and done again", pricing.interrupted * 100);
    return words;
}

std::string ownedWords(const std::string& engine, const Pricing& pricing)
{
    const OwnedMachine& machine = *pricing.owned;
    std::string words = fmt::format(
        "{} is owned: {:g} {} over {:g} years", engine, machine.price, pricing.price.currency, machine.years);
    if (machine.salvage > 0)
        words += fmt::format(", of which {:g} % is left", machine.salvage * 100);
    words += fmt::format(", is {:.4g} an hour", machine.capitalPerHour());
    if (machine.otherPerHour > 0)
        words += fmt::format("; {:g} an hour for the rest", machine.otherPerHour);
    if (machine.embodiedGrams > 0)
        words += fmt::format("; making it emitted {:g} kg of CO2", machine.embodiedGrams * 1e-3);
    return words + '.';
}

std::string powerWords(const std::string& engine, const Server& server)
{
    const auto words = [](const Figure& figure) {
        return figure.value ? fmt::format("{:.4g} W ({})", *figure.value, figure.source)
                            : std::string("unknown power");
    };
    const bool measured = server.idleWatts.source != "as given" || server.busyWatts.source != "as given";
    return fmt::format("{} draws {} at rest and {} at work{}.", engine, words(server.idleWatts),
        words(server.busyWatts), measured ? "; measured power is the device's, not the whole machine's" : "");
}

} // namespace

std::vector<std::string> breakEvenSentences(
    const Run& run, const DecisionSettings& settings, std::size_t best, std::optional<std::size_t> second)
{
    std::vector<std::string> said;
    const auto server = serverOf(run.cells[best], settings);
    const auto other = second ? serverOf(run.cells[*second], settings) : std::nullopt;
    if (server && other && server->fleet && other->fleet)
        said.push_back(breakEvenRateSentence(run, settings, best, *second, *server->fleet, *other->fleet));
    const auto sayUse = [&](std::size_t cell, const Server& mine, std::optional<std::size_t> against,
                            const std::optional<Server>& theirs) {
        const auto machine = ownedOf(run, settings, cell, mine);
        if (!machine)
            return;
        const Pricing& pricing = *pricingOf(run, settings, cell);
        if (pricing.rent)
            said.push_back(utilisationSentence(
                nameOf(run, cell), "renting it", *machine, *pricing.rent, pricing.price.currency));
        const Pricing* rented = against ? pricingOf(run, settings, *against) : nullptr;
        if (!rented || rented->owned || !theirs)
            return;
        // As many hours of the other's as the same work takes.
        said.push_back(utilisationSentence(nameOf(run, cell), "renting " + nameOf(run, *against), *machine,
            rented->price.perHour * mine.capacity / theirs->capacity, pricing.price.currency));
    };
    if (server)
        sayUse(best, *server, second, other);
    if (other)
        sayUse(*second, *other, best, server);
    return said;
}

std::vector<std::string> costAssumptions(
    const Run& run, const DecisionSettings& settings, std::optional<std::size_t> best)
{
    std::vector<std::string> said;
    if (settings.rate)
        said.push_back(fmt::format(
            "{:g} items/s are served by whole machines, each used to at most {:g} % of its throughput.",
            *settings.rate, settings.most * 100));
    bool owned = false;
    for (const auto& [engine, pricing] : settings.prices) {
        const Price& price = pricing.price;
        if (!pricing.owned) {
            said.push_back(fmt::format("{} costs {:g} {} an hour{} ({}, {}, {:04}-{:02}{}).", engine,
                price.perHour, price.currency, rentWords(pricing), price.name, price.basis,
                static_cast<int>(price.date.year()), static_cast<unsigned>(price.date.month()),
                price.source.empty() ? "" : ", " + price.source));
            continue;
        }
        owned = true;
        said.push_back(ownedWords(engine, pricing));
    }
    if (!settings.rate && !settings.prices.empty())
        said.push_back("Costs are those of machines that are always busy.");
    if (owned)
        said.push_back(fmt::format(
            "Power costs {:g} a kWh, and the building takes {:g} times what the machines take (PUE).",
            settings.perKwh, settings.pue));
    if (settings.gramsPerKwh)
        said.push_back(fmt::format("A kWh emits {:g} g of CO2 equivalent, at a PUE of {:g}; making a machine "
                                   "counts where it is said what it emitted.",
            *settings.gramsPerKwh, settings.pue));
    if (!best || (!owned && !settings.gramsPerKwh))
        return said;
    const auto server = serverOf(run.cells[*best], settings);
    if (server && (server->idleWatts || server->busyWatts))
        said.push_back(powerWords(nameOf(run, *best), *server));
    return said;
}

std::vector<std::string> unknownCosts(const Run& run, const DecisionSettings& settings)
{
    std::vector<std::string> said;
    std::set<std::string> engines;
    for (const Cell& cell : run.cells) {
        const auto server = serverOf(cell, settings);
        if (!server || engines.contains(cell.key.engine))
            continue;
        const bool priced = settings.prices.contains(cell.key.engine);
        const Serving serving = served(*server, settings.rate, settings);
        const bool carbon = settings.gramsPerKwh && !serving.grams;
        if (carbon || (priced && !server->fleet))
            engines.insert(cell.key.engine);
        if (priced && !server->fleet)
            said.push_back(fmt::format("What {} costs is unknown: {}", cell.key.engine, server->unpriced));
        if (carbon)
            said.push_back(fmt::format("What {} emits is unknown: {}", cell.key.engine,
                server->busyWatts.value ? server->idleWatts.unknown : server->busyWatts.unknown));
    }
    return said;
}

std::vector<std::string> oldPrices(const DecisionSettings& settings)
{
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    std::vector<std::string> said;
    for (const auto& [engine, pricing] : settings.prices)
        if (isStale(pricing.price, today))
            said.push_back(fmt::format("The price of {} is over a year old.", engine));
    return said;
}

} // namespace core
