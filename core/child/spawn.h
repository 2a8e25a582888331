// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/child/child_process.h"
#include "core/model/file_handle.h"

#include <sys/types.h>

namespace core {

struct Pipe {
    FileHandle reading { -1 }, writing { -1 };
};

/// Neither end outlives an exec; both lie above the three standard streams, onto which one may be copied.
/// Throws Error when there are no descriptors left.
Pipe makePipe();

/// The same over a socket, which a write may fail on without a signal.
Pipe makeInput();

/// A process that has just been started: whoever has this has to reap it. The handles write what it reads,
/// and read what it writes.
struct SpawnedChild {
    pid_t pid = -1;
    FileHandle input, output, errors;
};

/// Starts it with no descriptors but its own three, signals as a shell would leave them, a process group of
/// its own, and the CPUs that this process was started on. Throws Error when it cannot be started.
SpawnedChild spawnChild(const ChildCommand& command);

} // namespace core
