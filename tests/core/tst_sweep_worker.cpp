// SPDX-License-Identifier: GPL-3.0-or-later
// A child that runs one sweep after the other, and when another one takes its place.
#include "core/child/child_sweep.h"
#include "tests/support/child_sweeps.h"
#include "tests/support/sentence.h"

#include <QTemporaryDir>
#include <QTest>

using namespace std::chrono_literals;
using core::InstructionSet;
using support::eventsOfAChild;
using support::FakeEngine;
using support::linesOf;
using support::twoCells;
using support::within;

class TstSweepWorker : public QObject {
    Q_OBJECT

    /// A shell that answers each line it reads with `lines`, after it has said who it is.
    core::SweepWorker worker(const std::string& lines, const char* answer = "cat \"$0\"") const
    {
        const std::string path = m_folder.filePath("lines").toStdString();
        QFile file(QString::fromStdString(path));
        if (!file.open(QIODevice::WriteOnly) || file.write(lines.data(), qint64(lines.size())) < 0)
            qFatal("cannot write the lines of a child");
        file.close();
        const std::string started = m_folder.filePath("started").toStdString();
        QFile::remove(QString::fromStdString(started));
        return core::SweepWorker(
            { .arguments = { "/bin/sh", "-c",
                  "echo started >> " + started + "; while read spec; do " + answer + "; done", path },
                .environment = {},
                .grace = 1s,
                .silence = 10s });
    }
    int starts() const
    {
        QFile file(m_folder.filePath("started"));
        return file.open(QIODevice::ReadOnly) ? int(file.readAll().count('\n')) : 0;
    }

    QTemporaryDir m_folder;

private slots:
    void aWorkerStays()
    {
        const auto events = eventsOfAChild(InstructionSet::Avx2);
        core::SweepWorker stays = worker(linesOf(events));
        for (int round = 0; round < 3; ++round) {
            std::size_t taken = 0;
            stays.sweep(twoCells(), {}, [&](const core::SweepEvent&) { ++taken; });
            QCOMPARE(taken, events.size());
        }
        QCOMPARE(starts(), 1);
        stays.end();
        stays.end(); // there is none any more
        stays.sweep(twoCells(), {}, [](const core::SweepEvent&) {});
        QCOMPARE(starts(), 2);
    }

    void aWorkerWhoseCellFailedIsReplaced()
    {
        core::DeviceInfo info = FakeEngine::cpu();
        info.limit = InstructionSet::Avx2;
        core::SweepSpec spec = twoCells();
        spec.engines[0].tunings = { within(InstructionSet::Avx2) };
        FakeEngine lost({ .compileErrors = { { 2, "The GPU is lost." } } }, info);
        core::SweepWorker spoilt = worker(linesOf(support::sweep(spec, { &lost }).events));
        for (int round = 0; round < 2; ++round)
            spoilt.sweep(spec, {}, [](const core::SweepEvent&) {});
        QCOMPARE(starts(), 2);
        FakeEngine poor({ .outOfMemory = { { 2, "Cannot compile batch 2: out of memory." } } }, info);
        core::SweepWorker sound = worker(linesOf(support::sweep(spec, { &poor }).events));
        for (int round = 0; round < 2; ++round)
            sound.sweep(spec, {}, [](const core::SweepEvent&) {});
        QCOMPARE(starts(), 1); // too large a batch leaves the device as it was
    }

    void aWorkerThatDiedIsReplaced()
    {
        core::SweepWorker frail = worker(linesOf(eventsOfAChild(InstructionSet::Avx2)),
            "if [ -e \"$0.first\" ]; then cat \"$0\"; else touch \"$0.first\"; kill -SEGV $$; fi");
        QCOMPARE(support::sentenceOf([&] { frail.sweep(twoCells(), {}, [](const core::SweepEvent&) {}); }),
            "Cannot measure in a child process: it was ended by signal 11 (Segmentation fault).");
        frail.sweep(twoCells(), {}, [](const core::SweepEvent&) {});
        QCOMPARE(starts(), 2);
    }

    void aWorkerThatEndsBetweenTwoSweeps()
    {
        core::SweepWorker once = worker(linesOf(eventsOfAChild(InstructionSet::Avx2)), "cat \"$0\"; exit 3");
        once.sweep(twoCells(), {}, [](const core::SweepEvent&) {});
        QCOMPARE(support::sentenceOf([&] { once.sweep(twoCells(), {}, [](const core::SweepEvent&) {}); }),
            "Cannot measure in a child process: it ended with exit status 3.");
    }
};

QTEST_GUILESS_MAIN(TstSweepWorker)
#include "tst_sweep_worker.moc"
