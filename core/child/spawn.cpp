// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/child/spawn.h"

#include "core/error.h"
#include "core/sensors/cpu_time.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>

extern char** environ; // NOLINT: POSIX declares it nowhere

namespace core {

namespace {

/// This process's environment with the command's variables in place of its own.
std::vector<std::string> environmentFor(const ChildCommand& command)
{
    std::vector<std::string> variables = command.environment;
    const auto given = [&](std::string_view variable) {
        return std::ranges::any_of(command.environment, [&](const std::string& mine) {
            return variable.starts_with(std::string_view(mine).substr(0, mine.find('=') + 1));
        });
    };
    for (char** variable = environ; *variable; ++variable) {
        if (!given(*variable))
            variables.emplace_back(*variable);
    }
    return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> result;
    for (std::string& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

/// While it lives, the calling thread may run where the process was allowed to when it was started: a child
/// inherits that, and not the one core that an engine has pinned the thread to.
class Unpinned {
public:
    Unpinned()
    {
        cpu_set_t all;
        CPU_ZERO(&all);
        for (const int cpu : affinity())
            CPU_SET(cpu, &all);
        m_known = ::sched_getaffinity(0, sizeof m_before, &m_before) == 0;
        ::sched_setaffinity(0, sizeof all, &all);
    }
    ~Unpinned()
    {
        if (m_known)
            ::sched_setaffinity(0, sizeof m_before, &m_before);
    }
    Unpinned(const Unpinned&) = delete;
    Unpinned& operator=(const Unpinned&) = delete;

private:
    cpu_set_t m_before {};
    bool m_known = false;
};

/// What posix_spawn() is told beside the program.
class Terms {
public:
    Terms(const Pipe& input, const Pipe& output, const Pipe& errors)
    {
        ::posix_spawn_file_actions_init(&m_files);
        ::posix_spawn_file_actions_adddup2(&m_files, input.reading.get(), STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&m_files, output.writing.get(), STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&m_files, errors.writing.get(), STDERR_FILENO);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34) // elsewhere it keeps what others here have left open for it
        ::posix_spawn_file_actions_addclosefrom_np(&m_files, STDERR_FILENO + 1);
#endif
        ::posix_spawnattr_init(&m_attributes);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        ::posix_spawnattr_setpgroup(&m_attributes, 0);
        ::posix_spawnattr_setflags(
            &m_attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~Terms()
    {
        ::posix_spawn_file_actions_destroy(&m_files);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    Terms(const Terms&) = delete;
    Terms& operator=(const Terms&) = delete;

    const posix_spawn_file_actions_t* files() const
    {
        return &m_files;
    }
    const posix_spawnattr_t* attributes() const
    {
        return &m_attributes;
    }

private:
    posix_spawn_file_actions_t m_files;
    posix_spawnattr_t m_attributes;
};

} // namespace

namespace {

/// `result` of the call that made `ends`. They are moved above the standard streams, onto which they may be
/// copied.
Pipe pipeOf(int result, const int (&ends)[2])
{
    if (result != 0)
        throw Error("Cannot start a child process: no pipe to it can be made: {}.", systemReason());
    Pipe made { FileHandle(ends[0]), FileHandle(ends[1]) };
    for (FileHandle* end : { &made.reading, &made.writing }) {
        if (end->get() <= STDERR_FILENO)
            *end = FileHandle(::fcntl(end->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
        if (!end->valid())
            throw Error("Cannot start a child process: no pipe to it can be made: {}.", systemReason());
    }
    return made;
}

} // namespace

Pipe makePipe()
{
    int ends[2];
    return pipeOf(::pipe2(ends, O_CLOEXEC), ends);
}

Pipe makeInput()
{
    int ends[2];
    return pipeOf(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ends);
}

SpawnedChild spawnChild(const ChildCommand& command)
{
    std::vector<std::string> arguments = command.arguments, environment = environmentFor(command);
    Pipe input = makeInput(), output = makePipe(), errors = makePipe();
    const Terms terms(input, output, errors);
    pid_t pid = -1;
    const Unpinned unpinned;
    if (const int error = ::posix_spawn(&pid, arguments.front().c_str(), terms.files(), terms.attributes(),
            pointers(arguments).data(), pointers(environment).data()))
        throw Error("Cannot start a child process: {}: {}.", arguments.front(), systemReason(error));
    return { pid, std::move(input.writing), std::move(output.reading), std::move(errors.reading) };
}

} // namespace core
