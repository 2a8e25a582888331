// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/job_runner.h"

#include <exception>
#include <new>
#include <utility>

namespace ui {

JobRunner::JobRunner(QObject* parent)
    : QObject(parent)
{
}

JobRunner::~JobRunner() = default;

void JobRunner::start(Job job)
{
    m_waiting.push_back(std::move(job));
    if (!m_busy)
        startNext();
}

void JobRunner::stop()
{
    m_thread.request_stop();
}

void JobRunner::post(Report report)
{
    QMetaObject::invokeMethod(this, std::move(report), Qt::QueuedConnection);
}

void JobRunner::startNext()
{
    if (m_waiting.empty())
        return;
    m_busy = true;
    // The thread before has posted its last report, so this assignment joins it at once.
    m_thread
        = std::jthread([this, job = std::move(m_waiting.front())](std::stop_token stop) { work(stop, job); });
    m_waiting.pop_front();
}

void JobRunner::work(std::stop_token stop, const Job& job)
{
    Report last = job.done;
    try {
        job.work(stop, [this](Report report) { post(std::move(report)); });
    } catch (const std::bad_alloc&) {
        last = [failed = job.failed] { failed(tr("Cannot go on: there is not enough memory.")); };
    } catch (const std::exception& error) {
        last = [failed = job.failed, sentence = QString::fromUtf8(error.what())] { failed(sentence); };
    }
    post([this, last] { finish(last); });
}

void JobRunner::finish(const Report& report)
{
    m_busy = false;
    if (report)
        report();
    if (!m_busy)
        startNext();
}

} // namespace ui
