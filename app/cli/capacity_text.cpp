// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/capacity_text.h"

#include "app/cli/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

constexpr std::size_t kWidth = 10; // of the labels
constexpr std::size_t kRows = 24; // of the table over time
constexpr double kSecondsPerDay = 86400, kJoulesPerKwh = 3.6e6;

std::string percent(double share)
{
    return fmt::format("{:.3g} %", 100 * share);
}

std::string optional(const std::optional<double>& value)
{
    return value ? figure(*value) : "";
}

std::optional<double> scaled(const std::optional<double>& value, double factor)
{
    return value ? std::optional(*value * factor) : std::nullopt;
}

/// "1.2", "0.5+2.3": by group.
template <typename Values> std::string byGroup(const Values& values, const char* format)
{
    std::string text;
    for (const auto& value : values)
        text += (text.empty() ? "" : "+") + fmt::format(fmt::runtime(format), value);
    return text;
}

std::string mixTable(const CapacityPlan& plan)
{
    Table table({ { "MIX", Align::Left }, { "UP AT" }, { "COST/day" }, { "COST/1M" }, { "kWh/day" },
                    { "LATE" }, { "MEAN" }, { "MOST" }, { "STARTS" }, { "", Align::Left } },
        Overflow::Elide);
    const double seconds = plan.rates.seconds(), days = seconds / kSecondsPerDay;
    const double millions = plan.rates.mean() * seconds / 1e6;
    for (std::size_t i = 0; i < plan.answer.mixes.size(); ++i) {
        const core::TriedMix& tried = plan.answer.mixes[i];
        const core::MixResult& result = tried.result;
        const bool scales = std::ranges::any_of(
            tried.mix.groups, [](const core::Group& group) { return group.least < group.most; });
        const bool meets = result.late <= plan.allowedLate;
        table.add({ tried.name, scales ? percent(tried.mix.scaling.up) : "",
            optional(scaled(result.cost, 1 / days)), optional(scaled(result.cost, 1 / millions)),
            optional(scaled(result.joules, 1 / kJoulesPerKwh / days)), percent(result.late),
            byGroup(result.meanInstances, "{:.3g}"), byGroup(result.mostInstances, "{}"),
            std::to_string(result.starts),
            i == 0 && plan.answer.meets ? "BEST"
                : meets                 ? " "
                                        : "misses" });
    }
    return table.text();
}

/// "07:30", and seconds where all of it is less than some hours.
std::string clock(double seconds, double of)
{
    constexpr double kShort = 3 * 3600;
    const auto minutes = static_cast<long>(seconds / 60);
    return of < kShort ? fmt::format("{:g} s", seconds)
                       : fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

/// The best mix over time, in rows of several intervals: means, of instances the most.
std::string timeTable(const CapacityPlan& plan)
{
    const core::TriedMix& best = plan.answer.mixes.front();
    std::vector<Table::Column> columns { { "FROM" }, { "ITEMS/s" } };
    for (const core::Group& group : best.mix.groups)
        columns.push_back({ plan.kinds[group.kind].name });
    columns.push_back({ "LATE" });
    Table table(columns, Overflow::Elide);
    const std::size_t count = plan.rates.rates.size(),
                      each = std::max<std::size_t>(1, (count + kRows - 1) / kRows);
    for (std::size_t from = 0; from < count; from += each) {
        const std::size_t to = std::min(count, from + each);
        double items = 0, late = 0;
        std::vector<int> most(best.mix.groups.size());
        for (std::size_t i = from; i < to; ++i) {
            items += plan.rates.rates[i];
            late += plan.rates.rates[i] * best.result.lateOverTime[i];
            for (std::size_t group = 0; group < most.size(); ++group)
                most[group] = std::max(most[group], best.result.instances[i][group]);
        }
        std::vector<std::string> row { clock(plan.rates.width * static_cast<double>(from),
                                           plan.rates.seconds()),
            figure(items / static_cast<double>(to - from)) };
        for (const int instances : most)
            row.push_back(std::to_string(instances));
        row.push_back(items > 0 ? percent(late / items) : "");
        table.add(std::move(row));
    }
    return table.text();
}

std::string conclusion(const CapacityPlan& plan)
{
    const core::TriedMix& best = plan.answer.mixes.front();
    if (!plan.answer.meets)
        return fmt::format("None of the {} mixes tried keeps the SLO; {} misses it least, with {} late.",
            plan.answer.tried, best.name, percent(best.result.late));
    return fmt::format("{} is the cheapest of the {} mixes tried that keep the SLO: {} {} a day, {} late.",
        best.name, plan.answer.tried, figure(*best.result.cost * kSecondsPerDay / plan.rates.seconds()),
        plan.currency, percent(best.result.late));
}

core::Json optionalJson(const std::optional<double>& value)
{
    return value ? core::Json(*value) : core::Json();
}

core::Json mixJson(const CapacityPlan& plan, const core::TriedMix& tried)
{
    core::Json groups = core::Json::array(), over = core::Json::array();
    for (std::size_t i = 0; i < tried.mix.groups.size(); ++i) {
        const core::Group& group = tried.mix.groups[i];
        groups.push_back(
            { { "device", plan.kinds[group.kind].name }, { "least", group.least }, { "most", group.most },
                { "mean", tried.result.meanInstances[i] }, { "most_seen", tried.result.mostInstances[i] } });
    }
    for (const std::vector<int>& instances : tried.result.instances)
        over.push_back(instances);
    return { { "name", tried.name }, { "groups", std::move(groups) }, { "up", tried.mix.scaling.up },
        { "down", tried.mix.scaling.down }, { "cost", optionalJson(tried.result.cost) },
        { "joules", optionalJson(tried.result.joules) }, { "late", tried.result.late },
        { "meets", tried.result.late <= plan.allowedLate }, { "starts", tried.result.starts },
        { "instances", std::move(over) }, { "late_over_time", tried.result.lateOverTime } };
}

} // namespace

std::string textOf(const CapacityPlan& plan)
{
    std::string devices;
    for (const core::InstanceKind& kind : plan.kinds)
        devices += fmt::format("{}{} ({} items/s at best)", devices.empty() ? "" : ", ", kind.name,
            figure(kind.load.capacity()));
    std::string text = labelled("devices:", devices, kWidth);
    text += labelled("rate:",
        fmt::format("{}, {} items/s on average, {} at most, for {:.4g} h{}", plan.arrivals,
            figure(plan.rates.mean()), figure(plan.rates.peak()), plan.rates.seconds() / 3600,
            plan.hits > 0 ? fmt::format(", behind a cache that answers {}", percent(plan.hits)) : ""),
        kWidth);
    text += labelled("SLO:",
        fmt::format("{:g} ms, for all but {} of the items",
            std::chrono::duration<double, std::milli>(plan.slo).count(), percent(plan.allowedLate)),
        kWidth);
    text += "\n" + mixTable(plan) + "\n" + labelled("answer:", conclusion(plan), kWidth) + "\n"
        + timeTable(plan) + "\n";
    for (std::size_t i = 0; i < plan.notes.size(); ++i)
        text += labelled(i == 0 ? "assumed:" : "", plan.notes[i], kWidth);
    return text
        + labelled(plan.notes.empty() ? "assumed:" : "",
            "Requests are spread over instances at random; each takes what waits in one batch. In an "
            "interval they "
            "come as a Poisson process. Requests of several items are as many requests.",
            kWidth);
}

core::Json jsonOf(const CapacityPlan& plan)
{
    core::Json kinds = core::Json::array(), mixes = core::Json::array();
    for (const core::InstanceKind& kind : plan.kinds)
        kinds.push_back({ { "name", kind.name }, { "items_per_s", kind.load.capacity() },
            { "price_known", kind.price.has_value() } });
    for (const core::TriedMix& tried : plan.answer.mixes)
        mixes.push_back(mixJson(plan, tried));
    return { { "arrivals", plan.arrivals }, { "currency", plan.currency }, { "interval_s", plan.rates.width },
        { "rates", plan.rates.rates }, { "cache_hits", plan.hits },
        { "slo_ms", std::chrono::duration<double, std::milli>(plan.slo).count() },
        { "allowed_late", plan.allowedLate }, { "devices", std::move(kinds) }, { "tried", plan.answer.tried },
        { "meets", plan.answer.meets }, { "mixes", std::move(mixes) }, { "notes", plan.notes } };
}

} // namespace app
