// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <deque>
#include <functional>
#include <stop_token>
#include <thread>

namespace ui {

/// Runs jobs one after another on a worker thread: the only place where the window's thread meets another
/// one.
///
/// Everything here is called on the window's thread, but for a job's `work` and the Post it is handed. A job
/// gives values back by posting functions, which run later on the window's thread, in order; nothing is
/// shared, so nothing is locked.
class JobRunner final : public QObject {
    Q_OBJECT

public:
    using Report = std::function<void()>;
    using Post = std::function<void(Report)>;

    struct Job {
        std::function<void(std::stop_token, const Post&)> work; // on the worker thread
        Report done; // on the window's thread, after the last post
        std::function<void(const QString&)> failed; // instead of `done` when `work` threw, with its sentence
    };

    explicit JobRunner(QObject* parent = nullptr);
    /// Asks the running job to stop and waits for it; jobs that wait never run.
    ~JobRunner() override;

    /// Starts the job, after those that were started before it.
    void start(Job job);
    /// Asks the running job to stop; its `done` still comes.
    void stop();
    bool busy() const { return m_busy; }

private:
    void post(Report report);
    void startNext();
    void finish(const Report& report);
    void work(std::stop_token stop, const Job& job);

    std::deque<Job> m_waiting;
    bool m_busy = false;
    std::jthread m_thread; // last: joined before anything it could touch goes
};

} // namespace ui
