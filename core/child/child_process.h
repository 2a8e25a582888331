// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
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

/// Runs it to its end, on the calling thread; nothing of it is left afterwards, whatever is thrown. It has a
/// process group of its own, so that Ctrl-C on a terminal reaches it only by way of `stop`: SIGTERM first,
/// SIGKILL after the grace period. It may run on all CPUs that this process was started on, though the
/// calling thread may be pinned. Throws Error when it cannot be started; what `take` throws ends the child
/// and is passed on.
ChildEnd runChild(const ChildCommand& command, std::stop_token stop, const LineSink& take);

} // namespace core
