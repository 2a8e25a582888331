// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "ui/job_runner.h"

#include <QThread>
#include <QtTest>
#include <atomic>
#include <memory>

class TstJobRunner : public QObject {
    Q_OBJECT

private slots:
    void postsArriveInOrderOnThisThread()
    {
        ui::JobRunner runner;
        std::vector<int> seen;
        bool done = false;
        bool otherThread = false, sameThread = true;
        ui::JobRunner::Job job;
        job.work = [&](std::stop_token, const ui::JobRunner::Post& post) {
            otherThread = QThread::currentThread() != runner.thread();
            for (int i = 0; i < 100; ++i)
                post([&seen, &sameThread, &runner, i] {
                    sameThread = sameThread && QThread::currentThread() == runner.thread();
                    seen.push_back(i);
                });
        };
        job.done = [&] { done = true; };
        runner.start(std::move(job));
        QVERIFY(runner.busy());
        QTRY_VERIFY(done);
        QVERIFY(otherThread);
        QVERIFY(sameThread);
        QCOMPARE(seen.size(), std::size_t(100));
        QVERIFY(std::is_sorted(seen.begin(), seen.end()));
        QVERIFY(!runner.busy());
    }

    void jobsRunOneAfterAnother()
    {
        ui::JobRunner runner;
        std::atomic<int> atOnce = 0, most = 0;
        int finished = 0;
        for (int i = 0; i < 5; ++i) {
            ui::JobRunner::Job job;
            job.work = [&](std::stop_token, const ui::JobRunner::Post&) {
                most = std::max(most.load(), ++atOnce);
                QThread::msleep(2);
                --atOnce;
            };
            job.done = [&] { ++finished; };
            runner.start(std::move(job));
        }
        QTRY_COMPARE(finished, 5);
        QCOMPARE(most.load(), 1);
    }

    void aFailureBecomesASentence()
    {
        ui::JobRunner runner;
        QString sentence;
        bool done = false;
        ui::JobRunner::Job job;
        job.work = [](std::stop_token, const ui::JobRunner::Post&) {
            throw core::Error("Cannot do it: a test said so.");
        };
        job.done = [&] { done = true; };
        job.failed = [&](const QString& text) { sentence = text; };
        runner.start(std::move(job));
        QTRY_COMPARE(sentence, QStringLiteral("Cannot do it: a test said so."));
        QVERIFY(!done);
    }

    void noMemoryBecomesASentence()
    {
        ui::JobRunner runner;
        QString sentence;
        ui::JobRunner::Job job;
        job.work = [](std::stop_token, const ui::JobRunner::Post&) { throw std::bad_alloc(); };
        job.failed = [&](const QString& text) { sentence = text; };
        runner.start(std::move(job));
        QTRY_COMPARE(sentence, QStringLiteral("Cannot go on: there is not enough memory."));
    }

    void stopReachesTheJob()
    {
        ui::JobRunner runner;
        bool done = false;
        ui::JobRunner::Job job;
        job.work = [](std::stop_token stop, const ui::JobRunner::Post&) {
            while (!stop.stop_requested())
                QThread::msleep(1);
        };
        job.done = [&] { done = true; };
        runner.start(std::move(job));
        runner.stop();
        QTRY_VERIFY(done);
    }

    void goingAwayStopsTheJobAndDropsItsReports()
    {
        auto reported = std::make_shared<std::atomic<int>>(0);
        auto ended = std::make_shared<std::atomic<bool>>(false);
        {
            ui::JobRunner runner;
            ui::JobRunner::Job job;
            job.work = [reported, ended](std::stop_token stop, const ui::JobRunner::Post& post) {
                while (!stop.stop_requested()) {
                    post([reported] { ++*reported; });
                    QThread::msleep(1);
                }
                *ended = true;
            };
            runner.start(std::move(job));
            QThread::msleep(5);
        }
        QVERIFY(*ended);
        QCoreApplication::processEvents();
        QCOMPARE(reported->load(), 0);
    }
};

QTEST_MAIN(TstJobRunner)
#include "tst_job_runner.moc"
