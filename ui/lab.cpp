// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab.h"

#include "core/error.h"
#include "ui/session.h"

#include <algorithm>
#include <utility>

namespace ui {
namespace {

/// A pause in typing. 20,000 requests under twelve policies take some tenths of a second, so that what is
/// typed counts without a button.
constexpr int kSoonMs = 120;

/// A trace says only when it is read how many they are.
std::vector<core::Request> windowRequests(const core::SimulationPlan& plan)
{
    std::vector<core::Request> requests = core::requestsOf(plan);
    if (requests.size() > kMostLabRequests)
        throw core::Error("Cannot simulate in the window: the trace has {} requests, at most {} can be; "
                          "breakeven-cli simulate takes them.",
            requests.size(), kMostLabRequests);
    return requests;
}

std::shared_ptr<Watched> watchedRun(
    const core::SimulationPlan& plan, const std::string& policy, std::stop_token stop)
{
    auto watched = std::make_shared<Watched>();
    watched->policy = policy;
    watched->devices = plan.devices;
    watched->slo = plan.slo;
    watched->requests = windowRequests(plan);
    core::RecordedRun run = core::simulateRecorded(watched->requests, watched->devices, policy,
        { .slo = plan.slo, .seed = plan.seed, .watch = {}, .stop = std::move(stop) });
    watched->result = std::move(run.result);
    watched->record = std::move(run.record);
    const std::vector<core::Nanoseconds>& latencies = watched->result.latencies;
    for (std::size_t i = 0; i < watched->requests.size(); ++i) {
        if (latencies[i] >= core::Nanoseconds(0))
            watched->byAnswer.push_back(static_cast<std::uint32_t>(i));
    }
    std::ranges::sort(watched->byAnswer, {},
        [&](std::uint32_t request) { return watched->requests[request].at + latencies[request]; });
    for (const std::size_t request : core::closedLoopRequests(watched->requests, latencies))
        watched->closedLoop.push_back(static_cast<std::uint32_t>(request));
    return watched;
}

} // namespace

Lab::Lab(Session& session, JobRunner& runner)
    : m_session(session)
    , m_runner(runner)
{
    recheck();
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoonMs);
    connect(&m_soon, &QTimer::timeout, this, &Lab::follow);
    connect(&session, &Session::runReplaced, this, [this] {
        drop();
        m_soon.start(); // when the run is whole, as events of a sweep may follow
    });
    connect(&session, &Session::stateChanged, this, [this] {
        if (!atRest())
            drop();
        else if (!m_simulated && !m_simulating)
            m_soon.start();
    });
}

Lab::~Lab()
{
    for (std::stop_source* each : { &m_stop, &m_sweepStop, &m_watchStop })
        each->request_stop(); // else the window waits for them when it closes
}

bool Lab::atRest() const
{
    const State state = m_session.state();
    return (state == State::Empty || state == State::Ready) && m_session.hasResults();
}

/// The last answer stays until the next one is there, so that the page does not flicker while somebody types.
void Lab::ask(const LabWish& wish)
{
    if (wish == m_wish)
        return;
    const bool onlySweep = wish.sameButSweep(m_wish);
    m_wish = wish;
    recheck();
    emit wishChanged();
    if (!onlySweep) {
        m_stop.request_stop();
        m_watchStop.request_stop();
        m_current = false;
        m_simulating = m_shown && atRest();
    }
    dropSweep();
    if (!m_checked.problem.isEmpty())
        return follow(); // what cannot be read is said at once
    m_soon.start();
    emit changed();
}

void Lab::setShown(bool lab, bool sweep)
{
    m_shown = lab;
    m_sweepShown = lab && sweep;
    if (!m_shown) {
        stop();
        return;
    }
    if (!m_soon.isActive() && !m_simulating)
        follow();
}

void Lab::watch(const std::string& policy)
{
    if (policy == m_watchedPolicy && (m_watched || m_watching || policy.empty()))
        return;
    m_watchedPolicy = policy;
    dropWatched();
    startWatch();
}

void Lab::stop()
{
    m_soon.stop();
    for (std::stop_source* each : { &m_stop, &m_sweepStop, &m_watchStop })
        each->request_stop();
    if (m_simulating && m_shown) {
        m_simulated.reset();
        m_problem = tr("The simulation was stopped.");
    }
    m_simulating = m_sweeping = m_watching = false;
    if (!m_shown)
        return;
    emit changed();
    emit sweepChanged();
}

/// Curves are sorted samples: once for a run, and for nobody who does not look.
void Lab::recheck()
{
    if (!m_curvesKnown && m_shown && atRest()) {
        m_curves = core::runCurves(m_session.run());
        m_curvesKnown = true;
    }
    m_checked = check(m_wish, m_curves);
}

/// Nothing stays that another run, or a sweep that begins, makes untrue.
void Lab::drop()
{
    m_soon.stop();
    for (std::stop_source* each : { &m_stop, &m_sweepStop, &m_watchStop })
        each->request_stop();
    m_curves.clear();
    m_curvesKnown = false;
    forget({});
}

/// Without an answer, and why.
void Lab::forget(const QString& problem)
{
    m_simulating = m_current = false;
    m_simulated.reset();
    m_problem = problem;
    dropWatched();
    dropSweep();
    emit changed();
}

/// Whoever draws it has borrowed it.
void Lab::dropWatched()
{
    m_watchStop.request_stop();
    m_watching = false;
    const auto before = std::exchange(m_watched, nullptr);
    m_watchProblem.clear();
    emit watchedChanged();
}

void Lab::dropSweep()
{
    m_sweepStop.request_stop();
    m_swept.clear();
    m_sweepProblem.clear();
    m_sweeping = m_sweepDone = false;
    emit sweepChanged();
}

/// Does what is missing of what somebody looks at.
void Lab::follow()
{
    if (!m_shown || !atRest())
        return;
    const bool fresh = !m_curvesKnown;
    recheck();
    if (fresh)
        emit wishChanged(); // the devices that can be ticked are known now
    if (!m_checked.problem.isEmpty())
        return forget(m_checked.problem);
    if (!m_current)
        return simulate();
    if (m_sweepShown && !m_sweepDone && !m_sweeping)
        startSweep();
    if (!m_watchedPolicy.empty() && !m_watched && !m_watching)
        startWatch();
}

/// A job whose reports count until `stop` is asked for, or replaced.
JobRunner::Job Lab::job(std::stop_source& stop,
    std::function<void(std::stop_token, const JobRunner::Post&)> work, std::function<void()> done,
    std::function<void(const QString&)> failed)
{
    stop.request_stop();
    stop = std::stop_source();
    const std::stop_source own = stop;
    return { .work =
                 [own, work = std::move(work)](std::stop_token closing, const JobRunner::Post& post) {
                     // The runner's own stop is that of the window.
                     const std::stop_callback forward(
                         std::move(closing), [source = own]() mutable { source.request_stop(); });
                     if (!own.stop_requested())
                         work(own.get_token(), post);
                 },
        .done =
            [own, done = std::move(done)] {
                if (!own.stop_requested())
                    done();
            },
        .failed =
            [own, failed = std::move(failed)](const QString& sentence) {
                if (!own.stop_requested())
                    failed(sentence);
            } };
}

void Lab::simulate()
{
    auto found = std::make_shared<Simulated>(Simulated {
        .plan = m_checked.plan, .notes = m_checked.notes, .capacity = m_checked.capacity, .comparison = {} });
    m_simulating = true;
    m_problem.clear();
    emit changed();
    m_runner.start(job(
        m_stop,
        [found](std::stop_token stop, const JobRunner::Post&) {
            found->comparison = core::comparePolicies(windowRequests(found->plan), found->plan.devices,
                found->plan.policies,
                { .slo = found->plan.slo, .seed = found->plan.seed, .watch = {}, .stop = std::move(stop) });
        },
        [this, found] {
            m_simulating = false;
            m_current = true;
            dropWatched(); // of the requests before
            dropSweep();
            m_simulated = std::move(*found);
            emit changed();
            follow();
        },
        [this](const QString& sentence) { forget(sentence); }));
}

void Lab::startSweep()
{
    m_sweepProblem = m_checked.sweepProblem;
    if (!m_sweepProblem.isEmpty()) {
        m_sweepDone = true;
        return emit sweepChanged();
    }
    m_swept.clear();
    m_sweeping = true;
    emit sweepChanged();
    const auto take = [this](const core::SweptComparison& each) {
        m_swept.push_back(each);
        emit sweepChanged();
    };
    m_runner.start(job(
        m_sweepStop,
        [take, plan = m_simulated->plan, asked = m_checked.sweep](
            std::stop_token stop, const JobRunner::Post& post) {
            core::sweepPolicies(plan, asked, stop, [&](const core::SweptComparison& each) {
                post([take, stop, each] {
                    if (!stop.stop_requested())
                        take(each);
                });
            });
        },
        [this] {
            m_sweeping = false;
            m_sweepDone = true;
            emit sweepChanged();
        },
        [this](const QString& sentence) {
            m_sweeping = false;
            m_sweepDone = true;
            m_sweepProblem = sentence;
            emit sweepChanged();
        }));
}

void Lab::startWatch()
{
    if (!m_current || m_watchedPolicy.empty())
        return;
    m_watching = true;
    auto place = std::make_shared<std::shared_ptr<const Watched>>();
    m_runner.start(job(
        m_watchStop,
        [place, plan = m_simulated->plan, policy = m_watchedPolicy](std::stop_token stop,
            const JobRunner::Post&) { *place = watchedRun(plan, policy, std::move(stop)); },
        [this, place] {
            m_watching = false;
            m_watched = *place;
            emit watchedChanged();
        },
        [this](const QString& sentence) {
            m_watching = false;
            m_watchProblem = sentence;
            emit watchedChanged();
        }));
}

} // namespace ui
