// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/price_options.h"
#include "app/cli/table.h"

#include <fmt/format.h>

namespace app {

namespace {

struct Options {
    std::string table;
    bool csv = false;
};

int prices(const Options& options)
{
    const std::vector<core::Price> known = pricesFrom(options.table);
    if (options.csv) {
        print(core::toCsv(known));
        return kOk;
    }
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    Table table({ { "NAME", Align::Left }, { "KIND", Align::Left }, { "PER HOUR" }, { "BASIS", Align::Left },
                    { "DATE", Align::Left }, { "SOURCE", Align::Left } },
        Overflow::Elide);
    for (const core::Price& price : known)
        table.add({ price.name, price.kind == core::DeviceKind::Cpu ? "cpu" : "gpu",
            fmt::format("{:g} {}", price.perHour, price.currency), price.basis,
            fmt::format("{:04}-{:02}{}", static_cast<int>(price.date.year()),
                static_cast<unsigned>(price.date.month()), core::isStale(price, today) ? " (old)" : ""),
            price.source });
    print(table.text());
    return kOk;
}

} // namespace

void addPrices(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "prices", "List what machines cost: examples, or your own table");
    auto options = std::make_shared<Options>();
    command->add_option("--prices", options->table, "Price table (CSV) in the place of the examples")
        ->type_name("FILE");
    command->add_flag("--csv", options->csv, "Print it as a table to edit");
    command->footer(
        "The examples have a date and a source each, and are no offer. Columns: name, kind, price_per_hour,\n"
        "currency, basis, date, source, notes. Prices older than a year are marked.\n"
        "Example: breakeven-cli prices --csv > prices.csv");
    command->callback([&context, options] { context.command = [options] { return prices(*options); }; });
}

} // namespace app
