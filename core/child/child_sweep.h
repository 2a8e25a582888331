// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/child/child_process.h"
#include "core/measure/sweep.h"

namespace core {

/// A child process that runs sweeps, one after another. The command reads specs from its standard input, JSON
/// in a line each, and writes the events of each to its standard output, a line each; it ends when its input
/// does. What takes long to load is loaded once, and what a device lost is lost with the child.
class SweepWorker {
public:
    explicit SweepWorker(ChildCommand command)
        : m_command(std::move(command))
    {
    }

    /// Runs `spec` and emits its events as they come, on the calling thread. The child is started when there
    /// is none; it is ended when a cell failed by an error, and when `stop` was asked for. Throws Error, one
    /// sentence with the last words of the child, when that ended before its sweep.
    void sweep(const SweepSpec& spec, std::stop_token stop, const EventSink& emit);

    /// Waits until the child has ended, if there is one. Throws Error unless that was with status 0.
    void end();

private:
    void check(const ChildEnd& end) const;

    ChildCommand m_command;
    std::unique_ptr<ChildProcess> m_child;
};

/// Runs `spec` in a child of its own to its end. Throws what SweepWorker does.
void sweepInChild(ChildCommand command, const SweepSpec& spec, std::stop_token stop, const EventSink& emit);

} // namespace core
