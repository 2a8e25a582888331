// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/child/child_process.h"

#include "core/child/spawn.h"
#include "core/error.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <thread>
#include <utility>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestLine = 64 << 20; // samples of 50 ms, a nanosecond each, would not fill it
constexpr std::size_t kLongestWords = 400; // of standard error: a sentence or two

/// A running child. Ends and reaps it, if nobody else did.
class Child {
public:
    explicit Child(pid_t pid)
        : m_pid(pid)
    {
    }
    ~Child()
    {
        if (m_end)
            return;
        ::kill(m_pid, SIGKILL);
        reap(0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void send(int signal) const
    {
        if (!m_end)
            ::kill(m_pid, signal);
    }

    /// Its wait status, once it has ended; `options` as waitpid() takes them.
    std::optional<int> reap(int options)
    {
        int status = 0;
        pid_t pid = 0;
        do
            pid = m_end ? 0 : ::waitpid(m_pid, &status, options);
        while (pid < 0 && errno == EINTR);
        if (pid == m_pid)
            m_end = status;
        return m_end;
    }

private:
    pid_t m_pid;
    std::optional<int> m_end;
};

/// Cuts what comes in into lines.
class Lines {
public:
    void add(std::string_view bytes, const LineSink& take)
    {
        m_rest += bytes;
        std::size_t begin = 0;
        for (auto end = m_rest.find('\n', m_searched); end != m_rest.npos; end = m_rest.find('\n', begin)) {
            take(std::string_view(m_rest).substr(begin, end - begin));
            begin = end + 1;
        }
        m_rest.erase(0, begin);
        m_searched = m_rest.size();
        if (m_rest.size() > kLongestLine)
            throw Error(
                "Cannot measure in a child process: it wrote a line of more than {} MB.", kLongestLine >> 20);
    }
    const std::string& rest() const { return m_rest; }

private:
    std::string m_rest;
    std::size_t m_searched = 0; // a long line is not looked through again with each piece of it
};

/// The last line that says something.
class LastLine {
public:
    void add(std::string_view bytes)
    {
        for (const char c : bytes) {
            if (c == '\n' || c == '\r')
                m_fresh = true;
            else if (m_fresh && c == ' ')
                continue;
            else if (std::exchange(m_fresh, false))
                m_line = c;
            else if (m_line.size() < kLongestWords)
                m_line += c;
        }
    }
    const std::string& text() const { return m_line; }

private:
    std::string m_line;
    bool m_fresh = true;
};

} // namespace

/// Waits for output, a request to stop and the end of patience, in one place.
class ChildProcess::Listener {
public:
    explicit Listener(const ChildCommand& command)
        : m_wake(makePipe())
        , m_spawned(spawnChild(command))
        , m_child(m_spawned.pid)
        , m_grace(command.grace)
        , m_silence(command.silence)
    {
    }

    void tell(std::string_view line)
    {
        std::string rest(line);
        rest += '\n';
        while (!rest.empty()) {
            const ssize_t sent = ::send(m_spawned.input.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno != EINTR)
                return; // nobody reads any more
            rest.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
        }
    }

    void hangUp() { m_spawned.input.close(); }

    bool listen(std::stop_token stop, const LineSink& take, const std::function<bool()>& enough)
    {
        const std::stop_callback wake(std::move(stop), [this] {
            [[maybe_unused]] const auto written = ::write(m_wake.writing.get(), "", 1); // wakes poll(), once
        });
        m_heard = Clock::now();
        while (m_spawned.output.get() >= 0 || m_spawned.errors.get() >= 0) {
            if (enough())
                return true;
            if (!wait(take))
                break;
        }
        return enough();
    }

    ChildEnd end()
    {
        hangUp();
        const int status = ending();
        return { .status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
            .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
            .killed = m_killed && !m_silent,
            .silent = m_silent,
            .lastWords = m_words.text(),
            .rest = m_lines.rest() };
    }

private:
    /// One piece of output, or the end of a pipe; false once the child was killed.
    bool wait(const LineSink& take)
    {
        std::array<pollfd, 3> files { pollfd { m_spawned.output.get(), POLLIN, 0 },
            pollfd { m_spawned.errors.get(), POLLIN, 0 },
            pollfd { m_deadline ? -1 : m_wake.reading.get(), POLLIN, 0 } };
        const int ready = ::poll(files.data(), files.size(), patience());
        if (ready == 0) {
            m_silent = !m_deadline;
            return kill();
        }
        if (ready < 0) // a signal came, or the kernel is short of memory
            return true;
        if (files[0].revents != 0 || files[1].revents != 0)
            m_heard = Clock::now();
        if (files[0].revents != 0)
            read(m_spawned.output, [&](std::string_view bytes) { m_lines.add(bytes, take); });
        if (files[1].revents != 0)
            read(m_spawned.errors, [&](std::string_view bytes) { m_words.add(bytes); });
        if (files[2].revents != 0) {
            m_child.send(SIGTERM);
            m_deadline = Clock::now() + m_grace;
        }
        return true;
    }

    /// Milliseconds for poll().
    int patience() const
    {
        if (!m_deadline && m_silence.count() == 0)
            return -1;
        const auto end = m_deadline.value_or(m_heard + m_silence);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        return static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }

    bool kill()
    {
        m_child.send(SIGKILL);
        m_killed = true;
        return false;
    }

    void read(FileHandle& from, const auto& use)
    {
        std::array<char, 65536> bytes;
        const ssize_t count = ::read(from.get(), bytes.data(), bytes.size());
        if (count > 0)
            use(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
        else if (count == 0 || errno != EINTR)
            from.close();
    }

    /// A child that has closed its output has nothing left to do: it gets the grace period to end.
    int ending()
    {
        using namespace std::chrono_literals;
        const auto deadline = m_deadline.value_or(Clock::now() + m_grace);
        while (!m_killed && !m_child.reap(WNOHANG)) {
            if (Clock::now() >= deadline)
                kill();
            else
                std::this_thread::sleep_for(5ms);
        }
        return m_child.reap(0).value_or(0);
    }

    Pipe m_wake;
    SpawnedChild m_spawned;
    Child m_child;
    const std::chrono::milliseconds m_grace, m_silence;
    Clock::time_point m_heard = Clock::now(); // when it last wrote something
    Lines m_lines;
    LastLine m_words;
    std::optional<Clock::time_point> m_deadline; // set once it was asked to stop
    bool m_killed = false, m_silent = false;
};

ChildProcess::ChildProcess(const ChildCommand& command)
    : m_listener(std::make_unique<Listener>(command))
{
}

ChildProcess::~ChildProcess() = default;

void ChildProcess::tell(std::string_view line)
{
    m_listener->tell(line);
}

bool ChildProcess::listen(std::stop_token stop, const LineSink& take, const std::function<bool()>& enough)
{
    return m_listener->listen(std::move(stop), take, enough);
}

void ChildProcess::hangUp()
{
    m_listener->hangUp();
}

ChildEnd ChildProcess::end()
{
    return m_listener->end();
}

ChildEnd runChild(const ChildCommand& command, std::stop_token stop, const LineSink& take)
{
    ChildProcess child(command);
    child.hangUp();
    child.listen(std::move(stop), take, [] { return false; });
    return child.end();
}

} // namespace core
