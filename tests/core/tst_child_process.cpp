// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/child/child_process.h"
#include "core/sensors/cpu_time.h"
#include "tests/support/sentence.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTest>

using namespace std::chrono_literals;

namespace {

/// A shell that runs `script`. It is never asked to end in time unless a test says so.
core::ChildCommand shell(const std::string& script)
{
    return { .arguments = { "/bin/sh", "-c", script }, .environment = {}, .grace = 60s };
}

struct Heard {
    core::ChildEnd end;
    std::vector<std::string> lines;
};

Heard run(const core::ChildCommand& command, std::stop_token stop = {})
{
    Heard heard;
    heard.end = core::runChild(
        command, std::move(stop), [&](std::string_view line) { heard.lines.emplace_back(line); });
    return heard;
}

/// No child is left, running or unreaped.
bool childless()
{
    return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

int openDescriptors()
{
    int open = 0;
    for (int descriptor = 0; descriptor < 256; ++descriptor)
        open += ::fcntl(descriptor, F_GETFD) >= 0;
    return open;
}

} // namespace

class TstChildProcess : public QObject {
    Q_OBJECT

private slots:
    void init() { m_open = openDescriptors(); }
    void cleanup()
    {
        QVERIFY(childless());
        QCOMPARE(openDescriptors(), m_open);
    }

    void linesAsTheyAre()
    {
        const Heard heard = run(shell("printf 'one\\n\\ntwo words\\nrest'"));
        QCOMPARE(heard.lines, (std::vector<std::string> { "one", "", "two words" }));
        QCOMPARE(heard.end.rest, "rest");
        QCOMPARE(heard.end.status, 0);
        QCOMPARE(heard.end.signal, 0);
        QVERIFY(!heard.end.killed);
    }

    void longLinesComeWhole()
    {
        const Heard heard = run(shell("head -c 300000 /dev/zero | tr '\\0' x; echo"));
        QCOMPARE(heard.lines.size(), std::size_t { 1 });
        QCOMPARE(heard.lines[0], std::string(300'000, 'x'));
    }

    void endlessLinesAreRefused()
    {
        QCOMPARE(support::sentenceOf([] { run(shell("exec cat /dev/zero")); }),
            "Cannot measure in a child process: it wrote a line of more than 64 MB.");
    }

    void statusAndLastWords()
    {
        const core::ChildEnd end
            = run(shell("echo first >&2; printf '\\n  last: why \\n\\n' >&2; exit 3")).end;
        QCOMPARE(end.status, 3);
        QCOMPARE(end.lastWords, "last: why ");
    }

    void signals_() { QCOMPARE(run(shell("kill -SEGV $$")).end.signal, SIGSEGV); }

    void environmentOfItsOwn()
    {
        qputenv("BREAKEVEN_TEST_KEPT", "kept");
        qputenv("BREAKEVEN_TEST_SET", "ours");
        core::ChildCommand command = shell("echo $BREAKEVEN_TEST_KEPT $BREAKEVEN_TEST_SET");
        command.environment = { "BREAKEVEN_TEST_SET=theirs" };
        QCOMPARE(run(command).lines, std::vector<std::string> { "kept theirs" });
        QCOMPARE(qgetenv("BREAKEVEN_TEST_SET"), QByteArray("ours"));
    }

    void noDescriptorsButItsOwn()
    {
        const int inherited = ::open("/dev/null", O_RDONLY); // without O_CLOEXEC
        const Heard heard = run(shell("ls /proc/self/fd"));
        ::close(inherited);
        QCOMPARE(heard.lines, (std::vector<std::string> { "0", "1", "2", "3" })); // the last is that folder's
    }

    void mayRunWhereTheProcessMay()
    {
        const std::size_t all = core::affinity().size();
        cpu_set_t before, one;
        QCOMPARE(::sched_getaffinity(0, sizeof before, &before), 0);
        CPU_ZERO(&one);
        CPU_SET(core::affinity().front(), &one);
        QCOMPARE(::sched_setaffinity(0, sizeof one, &one), 0);
        const Heard heard = run(shell("nproc"));
        cpu_set_t after;
        QCOMPARE(::sched_getaffinity(0, sizeof after, &after), 0);
        QVERIFY2(CPU_EQUAL(&after, &one), "the caller stays where it was");
        QCOMPARE(::sched_setaffinity(0, sizeof before, &before), 0);
        QCOMPARE(heard.lines, std::vector<std::string> { std::to_string(all) });
    }

    void stopsWhenAsked()
    {
        std::stop_source stop;
        std::vector<std::string> lines;
        const core::ChildEnd end = core::runChild(
            shell("trap 'echo stopping; exit 0' TERM; echo ready; while :; do sleep 0.01; done"),
            stop.get_token(), [&](std::string_view line) {
                lines.emplace_back(line);
                stop.request_stop();
            });
        QCOMPARE(lines, (std::vector<std::string> { "ready", "stopping" }));
        QCOMPARE(end.status, 0);
        QVERIFY(!end.killed);
    }

    void askedBeforeItBegan()
    {
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(run(shell("exec sleep 60"), stop.get_token()).end.signal, SIGTERM);
    }

    void killedWhenItDoesNotStop()
    {
        std::stop_source stop;
        core::ChildCommand deaf = shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        deaf.grace = 50ms;
        const core::ChildEnd end
            = core::runChild(deaf, stop.get_token(), [&](std::string_view) { stop.request_stop(); });
        QVERIFY(end.killed);
        QCOMPARE(end.signal, SIGKILL);
    }

    void killedWhenItIsSilentForGood()
    {
        core::ChildCommand silent = shell("exec >&- 2>&-; sleep 60");
        silent.grace = 50ms;
        QVERIFY(run(silent).end.killed);
    }

    void failuresOfTheListenerEndIt()
    {
        QCOMPARE(support::sentenceOf([] {
            core::runChild(shell("echo x; exec sleep 60"), {},
                [](std::string_view) { throw core::Error("Cannot listen."); });
        }),
            "Cannot listen.");
    }

    void cannotBeStarted()
    {
        QCOMPARE(support::sentenceOf([] { run({ .arguments = { "/nowhere/program" }, .environment = {} }); }),
            "Cannot start a child process: /nowhere/program: no such file or directory.");
    }

    void noDescriptorsLeft()
    {
        rlimit before {};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
        const rlimit none { .rlim_cur = 3, .rlim_max = before.rlim_max };
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
        const std::string sentence = support::sentenceOf([] { run(shell("true")); });
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &before), 0);
        QCOMPARE(sentence, "Cannot start a child process: no pipe to it can be made: too many open files.");
    }

private:
    int m_open = 0;
};

QTEST_GUILESS_MAIN(TstChildProcess)
#include "tst_child_process.moc"
