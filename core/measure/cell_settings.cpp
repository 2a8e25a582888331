// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/cell_settings.h"

#include "core/error.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

namespace core {

namespace {

int wholeNumber(const std::string& word)
{
    int number = 0;
    const char* const end = word.data() + word.size();
    const auto [last, error] = std::from_chars(word.data(), end, number);
    if (error != std::errc() || last != end || number < 1)
        throw Error("Cannot read settings: \"{}\" is not a whole number of at least 1.", word);
    return number;
}

} // namespace

CellKey settingsFromText(const std::string& text)
{
    CellKey key { .engine = "cpu" };
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');) {
        const auto at = word.rfind('=');
        const std::string name = word.substr(0, at), value = at == word.npos ? "" : word.substr(at + 1);
        if (at == word.npos && !word.empty())
            key.engine = word;
        else if (name == "threads")
            key.threads = wholeNumber(value);
        else if (name == "batch")
            key.batch = wholeNumber(value);
        else if (name == "precision")
            key.precision = precisionFromName(value);
        else if (name == "tuning")
            key.tuning = tuningFromName(value);
        else
            throw Error("Cannot read settings: \"{}\" is none of ENGINE, threads=N, batch=N, precision=WORD "
                        "and tuning=WORD.",
                word);
    }
    return key;
}

std::string settingsText(const CellKey& key)
{
    std::string text = key.engine;
    if (key.threads > 0)
        text += fmt::format(",threads={}", key.threads);
    if (key.batch != 1)
        text += fmt::format(",batch={}", key.batch);
    if (key.precision != Precision::Model)
        text += fmt::format(",precision={}", precisionName(key.precision));
    if (key.tuning != Tuning {})
        text += fmt::format(",tuning={}", tuningName(key.tuning));
    return text;
}

} // namespace core
