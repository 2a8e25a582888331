// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session.h"

namespace ui {

void Session::serve(LiveOrder order, LiveReports reports)
{
    JobRunner::Job job = liveJob(std::move(order), m_engines, m_machine, reports.take, reports.took);
    job.done = [this, ended = reports.ended] {
        setState(restingState());
        ended({});
    };
    job.failed = [this, ended = reports.ended](const QString& sentence) {
        setState(restingState());
        ended(sentence);
    };
    setState(State::Serving);
    m_runner.start(std::move(job));
}

} // namespace ui
