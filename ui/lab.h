// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/batch_record.h"
#include "ui/job_runner.h"
#include "ui/lab_wish.h"

#include <QTimer>
#include <memory>
#include <optional>
#include <stop_token>

namespace ui {

class Session;

/// Policies compared on the shown run's devices.
struct Simulated {
    core::SimulationPlan plan;
    std::vector<std::string> notes;
    double capacity = 0; // requests a second
    core::PolicyComparison comparison;
};

/// One policy's run, batch by batch and request by request.
struct Watched {
    std::string policy;
    std::vector<core::Device> devices;
    std::optional<core::Nanoseconds> slo;
    std::vector<core::Request> requests;
    core::SimulationResult result;
    core::BatchRecord record;
    std::vector<std::uint32_t>
        byAnswer; // requests in the order of their answers; those without one are not in it
    std::vector<std::uint32_t> closedLoop; // that a client sends which waits for each answer
};

/// The lab's part of the window's model: what is asked, and what simulations of the shown run say to it.
/// Simulates on the worker thread while somebody looks and the session is at rest; whatever is asked
/// differently, another run, a sweep or a file that is opened stops it at once. Nothing that another run
/// makes untrue stays.
class Lab final : public QObject {
    Q_OBJECT

public:
    /// Both outlive it.
    Lab(Session& session, JobRunner& runner);
    ~Lab() override;

    const LabWish& wish() const { return m_wish; }
    /// The curves of the shown run; empty while nobody looks.
    const std::vector<core::RunCurve>& curves() const { return m_curves; }
    const CheckedLab& checked() const { return m_checked; }
    /// Null while a sweep runs, and where something is in the way; while simulating() the answer before.
    const Simulated* simulated() const { return m_simulated ? &*m_simulated : nullptr; }
    const QString& problem() const { return m_problem; } // what is in the way, one sentence
    bool simulating() const { return m_simulating; }
    /// The values that are done so far.
    const std::vector<core::SweptComparison>& swept() const { return m_swept; }
    const QString& sweepProblem() const { return m_sweepProblem; }
    bool sweeping() const { return m_sweeping; }
    /// The policy watch() asked for; null until it is there.
    const Watched* watched() const { return m_watched.get(); }
    const QString& watchProblem() const { return m_watchProblem; }

    // Commands.
    void ask(const LabWish& wish); // answers follow when nobody has typed for a moment
    /// What somebody looks at: nothing else is computed.
    void setShown(bool lab, bool sweep);
    void watch(const std::string& policy); // empty: none
    void stop(); // what is computed now

signals:
    void wishChanged();
    void changed(); // the comparison, or why there is none
    void sweepChanged();
    void watchedChanged();

private:
    bool atRest() const;
    void follow();
    void recheck();
    void drop();
    void forget(const QString& problem);
    void dropWatched();
    void dropSweep();
    void simulate();
    void startSweep();
    void startWatch();
    JobRunner::Job job(std::stop_source& stop,
        std::function<void(std::stop_token, const JobRunner::Post&)> work, std::function<void()> done,
        std::function<void(const QString&)> failed);

    Session& m_session;
    JobRunner& m_runner;
    LabWish m_wish;
    std::vector<core::RunCurve> m_curves;
    bool m_curvesKnown = false;
    CheckedLab m_checked;
    std::optional<Simulated> m_simulated;
    QString m_problem, m_sweepProblem, m_watchProblem;
    std::vector<core::SweptComparison> m_swept;
    std::shared_ptr<const Watched> m_watched;
    std::string m_watchedPolicy; // asked for
    bool m_current = false; // m_simulated answers m_wish
    bool m_shown = false, m_sweepShown = false, m_simulating = false, m_sweeping = false, m_watching = false,
         m_sweepDone = false;
    std::stop_source m_stop, m_sweepStop, m_watchStop; // of the jobs whose reports count
    QTimer m_soon;
};

} // namespace ui
