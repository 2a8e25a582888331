// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/sensitivity.h"

#include "core/analyse/batch_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace core {

namespace {

constexpr double kGrid = 1.02; // a flip shorter than a step of 2 % is not seen
constexpr int kHalvings = 60;

/// The settings while one of them is moved.
struct Assumed {
    DecisionSettings settings;
    Moved moved;
};

/// One assumption: `set` gives it a value from `least` to `most`.
struct Assumption {
    std::string name;
    double value = 0;
    std::function<void(double value, Assumed&)> set;
    std::function<std::string(double value)> words;
    double least = 0, most = HUGE_VAL;
    bool measured = false; // -1 to 1, the ends of an interval; else a factor moves it
};

std::optional<double> lossOf(const Cell& cell, const Assumed& assumed)
{
    const DecisionSettings& settings = assumed.settings;
    const auto server = serverOf(cell, settings, assumed.moved);
    if (!server)
        return {};
    const Serving serving = served(*server, settings.rate, settings);
    if (settings.targets.costPerMillion
        && !(serving.costPerMillion && *serving.costPerMillion <= *settings.targets.costPerMillion))
        return {};
    auto loss = lossOf(cell, settings.objective, serving.costPerMillion);
    if (loss && settings.objective != Objective::Cost)
        *loss *= latencyFactor(cell, assumed.moved);
    if (loss && settings.objective == Objective::Energy && assumed.moved.engine == cell.key.engine)
        *loss *= assumed.moved.power;
    return loss;
}

/// Three digits, without an exponent where money has none.
std::string number(double value)
{
    return value >= 1000 && value < 1e9 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string percent(double change)
{
    return fmt::format("{:.3g} %", std::abs(change) * 100);
}

class Swinging {
public:
    Swinging(const Run& run, const DecisionSettings& settings, std::span<const std::size_t> cells,
        std::size_t best, std::optional<std::size_t> second)
        : m_run(run)
        , m_base { settings, {} }
        , m_cells(cells)
        , m_best(best)
        , m_second(second)
    {
    }

    std::vector<Swing> all() const
    {
        std::vector<Swing> swings;
        for (const Assumption& assumption : assumptions()) {
            Swing swing = swingOf(assumption);
            const bool lost = !swing.low.loss || !swing.high.loss; // it misses the target of cost
            if (lost || swing.width() > 0 || swing.below || swing.above || swing.low.other
                || swing.high.other)
                swings.push_back(std::move(swing));
        }
        std::ranges::stable_sort(swings, std::greater {}, &Swing::width);
        return swings;
    }

private:
    std::string curve(std::size_t cell) const { return curveName(m_run.cells[cell].key); }

    Assumed with(const Assumption& assumption, double value) const
    {
        Assumed assumed = m_base;
        assumption.set(value, assumed);
        return assumed;
    }

    std::optional<std::size_t> bestUnder(const Assumed& assumed) const
    {
        std::optional<std::size_t> best;
        double least = HUGE_VAL;
        for (const std::size_t cell : m_cells) {
            const auto loss = lossOf(m_run.cells[cell], assumed);
            if (loss && *loss < least) {
                least = *loss;
                best = cell;
            }
        }
        return best;
    }

    /// The answer, where it is another curve's than the recommended one.
    std::optional<std::size_t> otherUnder(const Assumed& assumed) const
    {
        const auto best = bestUnder(assumed);
        return best && curve(*best) != curve(m_best) ? best : std::nullopt;
    }

    SwingEnd endOf(const Assumption& assumption, double value) const
    {
        const Assumed assumed = with(assumption, value);
        return { .value = brief(assumption, value),
            .loss = lossOf(m_run.cells[m_best], assumed),
            .second = m_second ? lossOf(m_run.cells[*m_second], assumed) : std::nullopt,
            .other = otherUnder(assumed) };
    }

    static std::string brief(const Assumption& assumption, double value)
    {
        if (assumption.measured)
            return value < 0 ? "low" : "high";
        return assumption.most == 1 ? percent(value) : number(value);
    }

    Swing swingOf(const Assumption& assumption) const
    {
        const auto moved = [&](double by) {
            return assumption.measured
                ? (by < 0 ? -1.0 : 1.0)
                : std::clamp(assumption.value * (1 + by), assumption.least, assumption.most);
        };
        Swing swing { .name = assumption.name,
            .low = endOf(assumption, moved(-kMovedBy)),
            .high = endOf(assumption, moved(kMovedBy)),
            .measured = assumption.measured };
        swing.below = flip(assumption, false);
        swing.above = flip(assumption, true);
        return swing;
    }

    /// Looks outwards in small steps, then halves the one in which the answer changes.
    std::optional<Flip> flip(const Assumption& assumption, bool up) const
    {
        const int steps
            = assumption.measured ? 8 : static_cast<int>(std::ceil(std::log(kFlipsWithin) / std::log(kGrid)));
        double inside = assumption.value;
        for (int step = 1; step <= steps; ++step) {
            const double share = double(step) / steps;
            const double factor = std::pow(kFlipsWithin, up ? share : -share);
            const double value = assumption.measured
                ? (up ? share : -share)
                : std::clamp(assumption.value * factor, assumption.least, assumption.most);
            if (value == inside)
                return {}; // it goes no further
            if (const auto other = otherUnder(with(assumption, value)))
                return halved(assumption, inside, value, *other);
            inside = value;
        }
        return {};
    }

    Flip halved(const Assumption& assumption, double inside, double outside, std::size_t other) const
    {
        for (int halving = 0; halving < kHalvings; ++halving) {
            const double middle = (inside + outside) / 2;
            if (const auto found = otherUnder(with(assumption, middle))) {
                outside = middle;
                other = *found;
            } else {
                inside = middle;
            }
        }
        return { .value = assumption.words(outside),
            .change = assumption.measured ? outside : outside / assumption.value - 1,
            .cell = other };
    }

    std::vector<Assumption> assumptions() const
    {
        std::vector<Assumption> all;
        std::set<std::string> engines;
        bool owned = false;
        for (const std::size_t cell : m_cells)
            engines.insert(m_run.cells[cell].key.engine);
        for (const std::string& engine : engines) {
            if (const auto found = m_base.settings.prices.find(engine);
                found != m_base.settings.prices.end()) {
                addPrices(all, engine, found->second);
                owned = owned || found->second.owned;
            }
            addMeasured(all, engine);
        }
        const DecisionSettings& settings = m_base.settings;
        if (settings.rate) {
            all.push_back({ "rate", *settings.rate, [](double v, Assumed& a) { a.settings.rate = v; },
                [](double v) { return number(v) + " items/s"; } });
            all.push_back(
                { "share of a machine used", settings.most, [](double v, Assumed& a) { a.settings.most = v; },
                    [](double v) { return fmt::format("{:.3g} %", v * 100); }, 0.01, 1 });
        }
        if (owned) {
            all.push_back({ "PUE", settings.pue, [](double v, Assumed& a) { a.settings.pue = v; },
                [](double v) { return number(v); }, 1 });
            all.push_back({ "tariff", settings.perKwh, [](double v, Assumed& a) { a.settings.perKwh = v; },
                [](double v) { return number(v) + " a kWh"; } });
        }
        return all;
    }

    static void addPrices(std::vector<Assumption>& all, const std::string& engine, const Pricing& pricing)
    {
        const auto add
            = [&](const char* what, double value, auto set, std::string unit, double least, double most) {
                  if (!(value > 0))
                      return;
                  all.push_back({ fmt::format("{} of {}", what, engine), value,
                      [engine, set](double v, Assumed& a) { set(v, a.settings.prices.at(engine)); },
                      [unit](double v) { return number(v) + unit; }, least, most });
              };
        const std::string money = ' ' + pricing.price.currency;
        if (pricing.interrupted > 0)
            add(
                "interrupted share", pricing.interrupted, [](double v, Pricing& p) { p.interrupted = v; }, "",
                0, 0.99);
        if (!pricing.owned) {
            add(
                "price", pricing.price.perHour, [](double v, Pricing& p) { p.price.perHour = v; },
                money + " an hour", 0, HUGE_VAL);
            return;
        }
        add(
            "price", pricing.owned->price, [](double v, Pricing& p) { p.owned->price = v; }, money, 0,
            HUGE_VAL);
        add(
            "life", pricing.owned->years, [](double v, Pricing& p) { p.owned->years = v; }, " years", 0,
            HUGE_VAL);
        add(
            "salvage", pricing.owned->salvage, [](double v, Pricing& p) { p.owned->salvage = v; }, "", 0, 1);
        add(
            "other cost", pricing.owned->otherPerHour,
            [](double v, Pricing& p) { p.owned->otherPerHour = v; }, money + " an hour", 0, HUGE_VAL);
    }

    void addMeasured(std::vector<Assumption>& all, const std::string& engine) const
    {
        const auto pricing = m_base.settings.prices.find(engine);
        if (m_base.settings.objective == Objective::Energy
            || (pricing != m_base.settings.prices.end() && pricing->second.owned))
            all.push_back({ "power of " + engine, 1,
                [engine](double v, Assumed& a) { a.moved = { .engine = engine, .power = v }; },
                [](double v) { return fmt::format("{:.3g} times", v); } });
        all.push_back({ "latency of " + engine, 0,
            [engine](double v, Assumed& a) { a.moved = { .engine = engine, .latency = v }; },
            [](double) { return std::string(); }, -1, 1, true });
    }

    const Run& m_run;
    const Assumed m_base;
    const std::span<const std::size_t> m_cells;
    const std::size_t m_best;
    const std::optional<std::size_t> m_second;
};

} // namespace

std::vector<Swing> swingsOf(const Run& run, const DecisionSettings& settings,
    std::span<const std::size_t> cells, std::size_t best, std::optional<std::size_t> second)
{
    return Swinging(run, settings, cells, best, second).all();
}

std::vector<std::string> flipSentences(
    const std::vector<Swing>& swings, const Run& run, const DecisionSettings& settings)
{
    const char* what = settings.objective == Objective::Cost ? "cheaper"
        : settings.objective == Objective::Energy            ? "more frugal"
                                                             : "faster";
    std::vector<std::pair<double, std::string>> found;
    for (const Swing& swing : swings) {
        for (const auto* flip : { &swing.below, &swing.above }) {
            if (!*flip)
                continue;
            const CellKey& key = run.cells[(*flip)->cell].key;
            const std::string name = fmt::format("{} at batch {}", curveName(key), key.batch);
            const double change = (*flip)->change;
            found.emplace_back(swing.measured ? 0.0 : std::abs(std::log1p(change)),
                swing.measured
                    ? fmt::format("Within the 95 % interval of the {}, {} is {}.", swing.name, name, what)
                    : fmt::format("With the {} {} {} ({}), {} is {}.", swing.name, percent(change),
                        change < 0 ? "lower" : "higher", (*flip)->value, name, what));
        }
    }
    std::ranges::stable_sort(found, {}, [](const auto& each) { return each.first; });
    std::vector<std::string> sentences;
    for (auto& each : found)
        sentences.push_back(std::move(each.second));
    return sentences;
}

} // namespace core
