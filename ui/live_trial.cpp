// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live_trial.h"

#include "ui/format.h"
#include "ui/lab.h"
#include "ui/session.h"

namespace ui {

LiveTrial::LiveTrial(Session& session)
    : m_session(session)
{
    connect(&session.lab(), &Lab::wishChanged, this, &LiveTrial::recheck);
    connect(&session, &Session::devicesChanged, this, &LiveTrial::recheck);
    connect(&session, &Session::modelChanged, this, &LiveTrial::follow);
    connect(&session, &Session::setupChanged, this, &LiveTrial::recheck);
    connect(&session, &Session::stateChanged, this, &LiveTrial::recheck);
    recheck();
}

/// The lab forgets its curves while engines serve: what is asked stays what was asked at the start.
void LiveTrial::recheck()
{
    if (m_running)
        return;
    const Lab& lab = m_session.lab();
    const bool soon = m_session.hasResults() && lab.curves().empty() && !m_servers.isEmpty();
    if (!m_wish.servers.trimmed().isEmpty())
        m_servers = m_wish.servers;
    else if (!soon) // the run's curves follow
        m_servers = defaultServers(lab.wish(), lab.curves(), m_session.run(), m_session.devices());
    m_checked = check(m_wish, m_servers, lab.wish(), lab.checked(), m_session.devices());
    emit wishChanged();
    if (m_glance || m_problem.isEmpty())
        return;
    m_problem.clear(); // why it was not begun: something is different now
    emit changed();
}

/// Dimensions of the same model have other costs: that is no other model.
void LiveTrial::follow()
{
    if (!m_running && m_session.model() && m_session.model()->model.source != m_model) {
        m_outcome = nullptr;
        m_problem.clear();
        m_glance.reset();
        m_moments.clear();
        emit changed();
    }
    recheck();
}

void LiveTrial::ask(const LiveWish& wish)
{
    if (wish == m_wish || m_running)
        return;
    m_wish = wish;
    recheck();
}

QString LiveTrial::command() const
{
    if (!m_session.model() || !m_checked.problem.isEmpty())
        return {};
    return liveCommand(m_checked, m_wish, m_session.lab().wish(), m_session.model()->model.source,
        m_session.checked().spec.dims);
}

void LiveTrial::start()
{
    if (m_running || !enabledActions(m_session.state(), m_session.hasResults()).run)
        return;
    m_outcome = nullptr;
    m_glance.reset();
    m_moments.clear();
    m_problem.clear();
    recheck();
    if (!m_session.devicesKnown())
        return fail(tr("Cannot serve: still looking for devices."));
    if (!m_session.model())
        return fail(tr("Open a model first: drop an ONNX file on the window or choose a built-in one."));
    for (const std::string& dim : m_session.model()->dims) {
        if (!m_session.checked().spec.dims.contains(dim))
            return fail(tr("Cannot serve: dimension \"%1\" is not set.").arg(QString::fromStdString(dim)));
    }
    if (!m_checked.problem.isEmpty())
        return fail(m_checked.problem);
    m_model = m_session.model()->model.source;
    m_running = true;
    m_glance = LiveGlance(); // it has begun
    m_stopping = false;
    m_clock.start();
    m_session.serve({ .model = m_session.model()->model,
                        .servers = m_checked.servers,
                        .load = m_checked.load,
                        .settings = { .dims = m_session.checked().spec.dims,
                            .most = m_wish.most,
                            .seed = m_checked.load.seed,
                            .sampling = std::chrono::duration<double>(m_wish.sampling) } },
        { .take = [this](const LiveGlance& glance) { take(glance); },
            .took = [this](std::shared_ptr<const LiveOutcome> outcome) { m_outcome = std::move(outcome); },
            .ended =
                [this](const QString& problem) {
                    m_running = false;
                    m_problem = problem;
                    recheck();
                    emit changed();
                } });
    emit changed();
}

void LiveTrial::stop()
{
    if (!m_running)
        return;
    m_stopping = true;
    m_session.stop();
    emit changed();
}

void LiveTrial::take(const LiveGlance& glance)
{
    LiveMoment moment { .at = static_cast<double>(m_clock.elapsed()) / 1e3, .waiting = {}, .latencyMs = {} };
    if (!glance.preparing) {
        moment.waiting = static_cast<double>(glance.waiting);
        const bool same = m_glance && m_glance->policy == glance.policy
            && m_glance->rehearsal == glance.rehearsal && m_glance->answered == glance.answered;
        if (glance.lastLatency && !same)
            moment.latencyMs = seconds(*glance.lastLatency) * 1e3;
    }
    m_moments.push_back(moment);
    while (m_moments.front().at < moment.at - kLiveWindow)
        m_moments.pop_front();
    m_glance = glance;
    emit glanced();
}

void LiveTrial::fail(const QString& sentence)
{
    m_problem = sentence;
    emit changed();
}

} // namespace ui
