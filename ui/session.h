// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/comparison.h"
#include "ui/decision_wish.h"
#include "ui/estimate.h"
#include "ui/jobs.h"
#include "ui/live_job.h"
#include "ui/quantise_job.h"
#include "ui/run_library.h"
#include "ui/setup.h"

#include <QImage>
#include <QObject>
#include <optional>

/// The window's one model: what is loaded, set up, running and measured. Panels know the Session and nothing
/// else; they call its commands and listen to its signals, and never to each other. The UI is not aware of
/// kernels, of clocks, of how a number was made.
namespace ui {

class Lab;
class LiveTrial;

enum class State { Empty, Loading, Ready, Running, Tracing, Quantising, Serving };

/// What a person may do now.
struct EnabledActions {
    bool open = false, openRun = false, edit = false, run = false, trace = false, stop = false, pause = false,
         goOn = false, exportRun = false, baseline = false;
};

/// The one place that decides. `hasResults`: a run with at least one cell is shown.
EnabledActions enabledActions(State state, bool hasResults);

/// The most runs that are drawn behind the shown one.
inline constexpr int kMostOverlays = 6;

/// How far the running sweep is.
struct Progress {
    int cell = -1; // the running one, index into Run::cells
    int finished = 0, total = 0;
    core::CellPhase phase = core::CellPhase::Compiling;
    double remaining = -1; // seconds; negative: not known yet
};

class Session final : public QObject {
    Q_OBJECT

public:
    /// Looks for devices at once, on the worker thread, with `factory`. Sweeps run on `machine` and are kept
    /// in `place`, whose runs are listed.
    explicit Session(
        EngineFactory factory, core::Machine machine = {}, RunPlace place = {}, QObject* parent = nullptr);
    ~Session() override;

    State state() const { return m_state; }
    bool devicesKnown() const { return m_devicesKnown; }
    const std::vector<core::DeviceInfo>& devices() const { return m_devices; }
    const LoadedModel* model() const { return m_model ? &*m_model : nullptr; }
    const Setup& setup() const { return m_setup; }
    const CheckedSetup& checked() const { return m_checked; }
    Estimate estimated() const;
    /// The run shown: measured here, or read from a file.
    const core::Run& run() const { return m_run; }
    bool hasResults() const { return !m_run.cells.empty(); }
    const core::Run* baseline() const { return m_baseline ? &m_baseline->run : nullptr; }
    /// Other runs drawn behind it; without their samples.
    const std::vector<OpenedRun>& overlays() const { return m_overlays; }
    /// Where the shown run, and the baseline, come from.
    const RunOrigin& origin() const { return m_origin; }
    RunOrigin baselineOrigin() const { return m_baseline ? m_baseline->origin : RunOrigin(); }
    /// The shown run against the baseline, as far as its cells have ended.
    const Comparison& comparison() const { return m_comparison; }
    /// What the shown run speaks for by wish(); null while a sweep runs, and where something is in the way.
    const Decided* decided() const { return m_decided ? &*m_decided : nullptr; }
    const DecisionWish& wish() const { return m_wish; }
    const QString& decisionProblem() const { return m_decisionProblem; } // what is in the way, one sentence
    bool deciding() const { return m_deciding; }
    Company company() const { return { baseline(), &m_overlays, &m_comparison, decided() }; }
    RunLibrary& library() { return m_library; }
    Lab& lab() { return *m_lab; }
    LiveTrial& live() { return *m_live; }
    /// What trace() would run: the smallest batch on every ticked engine, with the most of its threads.
    std::vector<core::TraceSpec> traceSpecs() const;
    /// The last traced runs of the model that is open.
    const std::vector<core::EngineTrace>& traces() const { return m_traces; }
    const Progress& progress() const { return m_progress; }
    /// Whether a pause was asked for; it holds until resume() or the sweep's end.
    bool isPaused() const { return m_pause->paused(); }
    /// Cells of the shown run that goOn() would measure.
    int cellsLeft() const;
    /// Where the shown run was read from or last written to; empty: nowhere yet.
    const QString& runFile() const { return m_origin.file; }

    // Commands. One that cannot be obeyed now says so with message() and changes nothing.
    void openModel(const QString& source); // a path or "zoo:NAME"
    void openRun(const QString& path);
    void openProfile(const QString& path); // a run of another machine, as engines of this session
    void open(const QString& path); // by its ending: .json is a run, anything else a model
    void change(const Setup& setup);
    void useInputs(const QString& source); // a folder or a .npz; empty: made from the seed again
    void start();
    void trace();
    void traceUnderRoof(); // and measures the peaks where they are not known yet
    /// Writes the open model as an int8 one; quantised() or quantiseFailed() follows.
    void quantise(QuantiseRequest request);
    /// Puts real engines in front of requests; for LiveTrial, which knows what to serve. At rest only.
    void serve(LiveOrder order, LiveReports reports);
    void stop();
    void pause(); // between two runs, or after the running cell where another process measures it
    void resume();
    /// Measures what the shown run, stopped or cut off, has no figures of, and carries the rest over.
    void goOn();
    void pinBaseline();
    void unpinBaseline();
    /// Runs of the library: the first is shown, the others are its overlays.
    void openKept(const QStringList& ids);
    void pinKept(const QString& id); // as the baseline
    void clearOverlays();
    void decideBy(const DecisionWish& wish); // decisionChanged() follows
    // The shown run as a file, written by the worker; saved() or message() follows.
    void writeJson(const QString& path);
    void writeCsv(const QString& path);
    void writePicture(const QString& path, const QImage& picture);
    void writeReport(const QString& path); // of the decision, as HTML
    void writeBytes(const QString& path, const char* what, std::string bytes);
    QString noDecision(const QString& what) const; // why `what` cannot be written

signals:
    void stateChanged();
    void devicesChanged();
    void modelChanged();
    void setupChanged();
    void runReplaced(); // another run, or none
    void cellChanged(int cell); // its status
    void samplesTaken(int cell);
    void readingTaken();
    void progressChanged();
    void pauseChanged();
    void runFinished();
    void baselineChanged();
    void overlaysChanged();
    void comparisonChanged(); // of more than one cell
    void wishChanged();
    void decisionChanged();
    void tracesChanged();
    void traceFinished();
    void quantiseProgressed(const core::QuantiseProgress& progress);
    void quantised(const ui::QuantiseOutcome& outcome);
    void quantiseFailed(const QString& sentence);
    void message(const QString& sentence);
    void modelOpened(const QString& source);
    void runOpened(const QString& path);
    void saved(const QString& path);

private:
    void setState(State state);
    void recheck();
    void takeDevices(std::vector<core::DeviceInfo> devices);
    void takeModel(LoadedModel model);
    void addDevices(std::vector<core::DeviceInfo> devices);
    void takeRun(core::Run run, RunOrigin origin);
    void takeKept(std::vector<OpenedRun> runs, const QString& problem);
    Keeping keeping();
    void startSweep(SweepOrder order);
    void setBaseline(std::optional<OpenedRun> run);
    void compareAll();
    void compareEnded(int cell);
    void redecide();
    void decideAtRest();
    void dropDecision();
    void startTrace(std::vector<core::TraceSpec> specs);
    void dropTraces();
    void takeTrace(core::EngineTrace trace);
    void takeEvent(const core::SweepEvent& event);
    void updateProgress(const core::SweepEvent& event);
    bool suggestDims();
    QString busyText(const QString& file) const;
    void findCost();
    void write(const QString& path, const char* what, std::function<std::string(const core::Run&)> make);
    void fail(const QString& sentence);
    State restingState() const { return m_model ? State::Ready : State::Empty; }

    State m_state = State::Empty;
    bool m_devicesKnown = false;
    std::vector<core::DeviceInfo> m_devices;
    std::optional<LoadedModel> m_model;
    Setup m_setup;
    CheckedSetup m_checked;
    core::Run m_run;
    RunOrigin m_origin;
    std::optional<OpenedRun> m_baseline;
    std::vector<OpenedRun> m_overlays;
    Comparison m_comparison;
    int m_compared = 0; // comparisons asked for; only the last one counts
    DecisionWish m_wish;
    std::optional<Decided> m_decided;
    QString m_decisionProblem;
    bool m_deciding = false;
    int m_decisionsAsked = 0; // only the last one counts
    std::vector<core::EngineTrace> m_traces;
    Progress m_progress;
    SharedEngines m_engines;
    core::Machine m_machine;
    std::shared_ptr<core::PauseGate> m_pause = std::make_shared<core::PauseGate>();
    RunLibrary m_library;
    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LiveTrial> m_live;
    JobRunner m_runner; // last: its thread ends before anything a report could touch
};

} // namespace ui
