// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/live_job.h"
#include "ui/live_wish.h"

#include <QElapsedTimer>
#include <QObject>
#include <deque>

namespace ui {

class Session;

/// One glance, for the charts. What is waiting for is not known while programs are made.
struct LiveMoment {
    double at = 0; // seconds since the start
    std::optional<double> waiting; // requests
    std::optional<double> latencyMs; // of an answer since the moment before
};
inline constexpr double kLiveWindow = 30; // seconds that are remembered

/// The window's part of a trial on real engines: what is asked, how it goes, and what came out. Results stay
/// until the next start or another model.
class LiveTrial final : public QObject {
    Q_OBJECT

public:
    /// It outlives it.
    explicit LiveTrial(Session& session);

    const LiveWish& wish() const { return m_wish; }
    const CheckedLive& checked() const { return m_checked; }
    /// A line each: what is typed, or the default.
    const QString& servers() const { return m_servers; }
    bool running() const { return m_running; }
    bool stopping() const { return m_stopping; }
    /// The last one; null before the first.
    const LiveGlance* glance() const { return m_glance ? &*m_glance : nullptr; }
    const std::deque<LiveMoment>& moments() const { return m_moments; }
    const LiveOutcome* outcome() const { return m_outcome.get(); }
    /// Why there is none, one sentence.
    const QString& problem() const { return m_problem; }
    QString command() const; // empty without a model, and for what cannot be served

    // Commands.
    void ask(const LiveWish& wish);
    void start(); // one that cannot be obeyed now says so with problem()
    void stop();

signals:
    void wishChanged(); // or what it amounts to
    void changed(); // it began, or ended
    void glanced();

private:
    void recheck();
    void follow();
    void take(const LiveGlance& glance);
    void fail(const QString& sentence);

    Session& m_session;
    LiveWish m_wish;
    CheckedLive m_checked;
    QString m_servers;
    bool m_running = false, m_stopping = false;
    std::optional<LiveGlance> m_glance;
    std::deque<LiveMoment> m_moments;
    QElapsedTimer m_clock;
    std::shared_ptr<const LiveOutcome> m_outcome;
    std::string m_model; // that was served
    QString m_problem;
};

} // namespace ui
