// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A program to run beside this one.
struct ChildCommand {
    std::vector<std::string> arguments; // the first is the program's path
    std::vector<std::string> environment; // "NAME=VALUE", beside what this process has
    std::chrono::milliseconds grace { 5000 }; // between being asked to end and being killed
    std::chrono::milliseconds silence { 0 }; // it is killed when it writes nothing for that long; 0: it may
};

/// How it ended. Neither a status nor a signal: with status 0.
struct ChildEnd {
    int status = 0;
    int signal = 0;
    bool killed = false; // by us, since it did not end in time
    bool silent = false; // by us, since it wrote nothing for too long
    std::string lastWords; // the last line it wrote to standard error
    std::string rest; // what followed the last line end on its standard output
};

/// Called with each line of standard output, without its end.
using LineSink = std::function<void(std::string_view line)>;

/// A running child, used by one thread at a time; nothing of it is left when this is gone. It has a process
/// group of its own, so that Ctrl-C on a terminal reaches it only by way of a stop: SIGTERM first, SIGKILL
/// after the grace period. It may run on all CPUs that this process was started on, though the calling thread
/// may be pinned.
class ChildProcess {
public:
    /// Throws Error when it cannot be started.
    explicit ChildProcess(const ChildCommand& command);
    /// Kills it, unless it has ended.
    ~ChildProcess();

    /// Writes a line to its standard input. One that has ended reads nothing, which is no error here:
    /// listen() finds its output at an end.
    void tell(std::string_view line);
    /// Closes its standard input.
    void hangUp();

    /// Passes on lines until `enough` says so, which is asked after each piece of output: true; or until its
    /// output is at an end, or it was stopped or killed: false. What `take` throws is passed on, and the
    /// child is then of no further use.
    bool listen(std::stop_token stop, const LineSink& take, const std::function<bool()>& enough);

    /// Closes its standard input and waits until it has ended; it gets the grace period for that.
    ChildEnd end();

private:
    class Listener;
    std::unique_ptr<Listener> m_listener;
};

/// Runs it to its end, with nothing on its standard input, on the calling thread. Throws what ChildProcess
/// does.
ChildEnd runChild(const ChildCommand& command, std::stop_token stop, const LineSink& take);

} // namespace core
