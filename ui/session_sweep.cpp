// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/continued_run.h"
#include "ui/format.h"
#include "ui/session.h"

namespace ui {

void Session::start()
{
    if (!enabledActions(m_state, hasResults()).run)
        return;
    if (!m_devicesKnown)
        return emit message(tr("Cannot start the sweep: still looking for devices."));
    if (!m_checked.problem.isEmpty())
        return emit message(m_checked.problem);
    startSweep({ .spec = m_checked.spec, .model = m_model->model, .pause = m_pause, .earlier = nullptr });
}

void Session::startSweep(SweepOrder order)
{
    resume(); // a pause is of one sweep
    JobRunner::Job job = sweepJob(std::move(order), m_engines, m_machine, keeping(),
        [this](const core::SweepEvent& event) { takeEvent(event); });
    job.done = [this] {
        resume();
        setState(restingState());
        emit runFinished();
    };
    job.failed = [this](const QString& sentence) { fail(sentence); };
    m_progress = {};
    setState(State::Running);
    m_library.refresh(); // once it has ended
    m_runner.start(std::move(job));
}

void Session::stop()
{
    if (enabledActions(m_state, hasResults()).stop)
        m_runner.stop();
}

void Session::pause()
{
    if (!enabledActions(m_state, hasResults()).pause)
        return;
    m_pause->pause();
    emit pauseChanged();
}

void Session::resume()
{
    if (!m_pause->paused())
        return;
    m_pause->resume();
    emit pauseChanged();
}

int Session::cellsLeft() const
{
    return hasResults() ? core::cellsLeft(m_run) : 0;
}

void Session::goOn()
{
    if (!enabledActions(m_state, hasResults()).goOn)
        return;
    if (!m_devicesKnown)
        return emit message(tr("Cannot continue the sweep: still looking for devices."));
    startSweep({ .spec = m_run.header.spec,
        .model = {},
        .pause = m_pause,
        .earlier = std::make_shared<const core::Run>(m_run) });
}

void Session::takeEvent(const core::SweepEvent& event)
{
    if (std::holds_alternative<core::RunStarted>(event)) {
        m_run = {};
        m_origin = {};
        m_comparison = {};
    }
    m_run.apply(event);
    updateProgress(event);
    if (const auto* ended = std::get_if<core::CellFinished>(&event))
        compareEnded(ended->cell);
    else if (const auto* broken = std::get_if<core::CellFailed>(&event))
        compareEnded(broken->cell);
    if (std::holds_alternative<core::RunStarted>(event)) {
        emit runReplaced();
        compareAll();
    } else if (const auto* samples = std::get_if<core::SamplesTaken>(&event))
        emit samplesTaken(samples->cell);
    else if (std::holds_alternative<core::SensorReading>(event))
        emit readingTaken();
    else if (const auto* begun = std::get_if<core::CellStarted>(&event))
        emit cellChanged(begun->cell);
    else if (const auto* progress = std::get_if<core::CellProgress>(&event))
        emit cellChanged(progress->cell);
    else if (const auto* finished = std::get_if<core::CellFinished>(&event))
        emit cellChanged(finished->cell);
    else if (const auto* failed = std::get_if<core::CellFailed>(&event))
        emit cellChanged(failed->cell);
}

void Session::updateProgress(const core::SweepEvent& event)
{
    if (std::holds_alternative<core::RunStarted>(event))
        m_progress.total = static_cast<int>(m_run.cells.size());
    else if (const auto* begun = std::get_if<core::CellStarted>(&event))
        m_progress.cell = begun->cell;
    else if (const auto* progress = std::get_if<core::CellProgress>(&event)) {
        m_progress.cell = progress->cell; // cells may take turns
        m_progress.phase = progress->phase;
        m_progress.remaining = seconds(progress->remaining);
    } else if (std::holds_alternative<core::CellFinished>(event)
        || std::holds_alternative<core::CellFailed>(event))
        ++m_progress.finished;
    else
        return;
    emit progressChanged();
}

} // namespace ui
