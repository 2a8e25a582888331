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

/// An error stays with the process that met it, as a lost device does; other failures leave it sound.
bool spoils(const SweepEvent& event)
{
    const auto* failed = std::get_if<CellFailed>(&event);
    return failed && failed->kind == CellFailure::Error;
}

} // namespace

void SweepWorker::sweep(const SweepSpec& spec, std::stop_token stop, const EventSink& emit)
{
    auto child = m_child ? std::move(m_child) : std::make_unique<ChildProcess>(m_command);
    bool finished = false, spoilt = false;
    child->tell(specToJson(spec));
    child->listen(
        stop,
        [&](std::string_view line) {
            const SweepEvent event = eventFromJson(line);
            finished = finished || std::holds_alternative<RunFinished>(event);
            spoilt = spoilt || spoils(event);
            emit(event);
        },
        [&] { return finished; });
    if (!finished || stop.stop_requested()) {
        const ChildEnd end = child->end();
        check(end);
        if (!end.rest.empty())
            emit(eventFromJson(end.rest)); // which is cut off, and says so
    } else if (!spoilt) {
        m_child = std::move(child);
    }
}

void SweepWorker::end()
{
    if (const auto child = std::exchange(m_child, nullptr))
        check(child->end());
}

void SweepWorker::check(const ChildEnd& end) const
{
    const std::string words
        = end.lastWords.empty() ? "" : fmt::format("; its last words: \"{}\"", end.lastWords);
    if (const std::string failure = failureOf(end, m_command); !failure.empty())
        throw Error("Cannot measure in a child process: {}{}.", failure, words);
}

void sweepInChild(ChildCommand command, const SweepSpec& spec, std::stop_token stop, const EventSink& emit)
{
    SweepWorker worker(std::move(command));
    worker.sweep(spec, std::move(stop), emit);
    worker.end();
}

} // namespace core
