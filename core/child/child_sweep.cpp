// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/child/child_sweep.h"

#include "core/error.h"
#include "core/record/event_json.h"

#include <cstring>

namespace core {

namespace {

/// Why a child's run is not to be trusted; empty for one that ended well.
std::string failureOf(const ChildEnd& end, const ChildCommand& command)
{
    const auto seconds
        = [](std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); };
    if (end.silent)
        return fmt::format("it said nothing for {:g} s and was killed", seconds(command.silence));
    if (end.killed)
        return fmt::format("it did not end within {:g} s and was killed", seconds(command.grace));
    if (end.signal != 0)
        return fmt::format("it was ended by signal {} ({})", end.signal, ::strsignal(end.signal));
    if (end.status != 0)
        return fmt::format("it ended with exit status {}", end.status);
    return {};
}

} // namespace

void sweepInChild(ChildCommand command, const SweepSpec& spec, std::stop_token stop, const EventSink& emit)
{
    command.arguments.push_back(specToJson(spec));
    const ChildEnd end
        = runChild(command, std::move(stop), [&](std::string_view line) { emit(eventFromJson(line)); });
    const std::string words
        = end.lastWords.empty() ? "" : fmt::format("; its last words: \"{}\"", end.lastWords);
    if (const std::string failure = failureOf(end, command); !failure.empty())
        throw Error("Cannot measure in a child process: {}{}.", failure, words);
    if (!end.rest.empty())
        emit(eventFromJson(end.rest)); // which is cut off, and says so
}

} // namespace core
