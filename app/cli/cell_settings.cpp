// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cell_settings.h"

#include "app/cli/context.h"

#include <fmt/format.h>

#include <sstream>

namespace app {

core::CellKey settingsOf(const std::string& text)
{
    core::CellKey key { .engine = "cpu" };
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');) {
        const auto pair = split(word);
        if (!pair && !word.empty() && word.find('=') == word.npos)
            key.engine = word;
        else if (pair && pair->first == "threads")
            key.threads = wholeNumber(pair->second, "settings");
        else if (pair && pair->first == "batch")
            key.batch = wholeNumber(pair->second, "settings");
        else if (pair && pair->first == "precision")
            key.precision = asUsage([&] { return core::precisionFromName(pair->second); });
        else if (pair && pair->first == "tuning")
            key.tuning = asUsage([&] { return core::tuningFromName(pair->second); });
        else
            throw UsageError(
                fmt::format("Cannot read settings: \"{}\" is none of ENGINE, threads=N, batch=N, "
                            "precision=WORD and tuning=WORD.",
                    word));
    }
    return key;
}

} // namespace app
