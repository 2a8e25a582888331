// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session.h"

#include "core/measure/model_summary.h"
#include "core/record/csv.h"
#include "core/record/run_file.h"
#include "ui/export.h"
#include "ui/format.h"
#include "ui/lab.h"
#include "ui/live_trial.h"

#include <QFileInfo>
#include <algorithm>
#include <utility>

namespace ui {

EnabledActions enabledActions(State state, bool hasResults)
{
    const bool idle = state == State::Empty || state == State::Ready;
    return {
        .open = idle,
        .openRun = idle,
        .edit = idle,
        .run = idle, // pressed too early it says what is missing, which a grey button cannot
        .trace = idle,
        .stop = state == State::Running || state == State::Tracing || state == State::Quantising
            || state == State::Serving,
        .pause = state == State::Running,
        .goOn = hasResults && idle,
        .exportRun = hasResults && idle,
        .baseline = hasResults && idle,
    };
}

Session::Session(EngineFactory factory, core::Machine machine, RunPlace place, QObject* parent)
    : QObject(parent)
    , m_engines(std::make_shared<EngineList>())
    , m_machine(std::move(machine))
    , m_library(std::move(place), m_runner)
    , m_lab(std::make_unique<Lab>(*this, m_runner))
    , m_live(std::make_unique<LiveTrial>(*this))
{
    connect(&m_library, &RunLibrary::message, this, &Session::message);
    connect(&m_library, &RunLibrary::exported, this, &Session::saved);
    connect(this, &Session::runReplaced, this, [this] {
        dropDecision();
        redecide();
    });
    connect(this, &Session::stateChanged, this, &Session::decideAtRest);
    JobRunner::Job job = findDevicesJob(std::move(factory), m_engines,
        [this](std::vector<core::DeviceInfo> devices) { takeDevices(std::move(devices)); });
    job.failed = [this](const QString& sentence) {
        takeDevices({});
        emit message(sentence);
    };
    m_runner.start(std::move(job));
    m_library.refresh();
    recheck();
}

Session::~Session() = default;

void Session::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    m_library.setUsable(state != State::Running && state != State::Tracing && state != State::Quantising
        && state != State::Serving);
    emit stateChanged();
}

void Session::recheck()
{
    ModelNeeds needs;
    if (m_model)
        needs = { m_model->model.source, m_model->dims, m_model->fixedBatch };
    m_checked = check(m_setup, needs, m_devices);
    emit setupChanged();
}

Estimate Session::estimated() const
{
    return estimate(
        m_checked.spec, m_model ? m_model->cost : ModelCost(), hasResults() ? &m_run : nullptr, m_devices);
}

void Session::fail(const QString& sentence)
{
    setState(restingState());
    emit message(sentence);
}

void Session::openModel(const QString& source)
{
    if (!enabledActions(m_state, hasResults()).open) {
        emit message(busyText(source));
        return;
    }
    JobRunner::Job job = loadModelJob(source.toStdString(), m_setup.dims, m_engines,
        [this](LoadedModel model) { takeModel(std::move(model)); });
    job.done = [this] { setState(restingState()); };
    job.failed = [this](const QString& sentence) { fail(sentence); };
    setState(State::Loading);
    m_runner.start(std::move(job));
}

QString Session::busyText(const QString& file) const
{
    if (m_state == State::Quantising)
        return tr("Cannot open %1 now: stop quantising first.").arg(file);
    if (m_state == State::Serving)
        return tr("Cannot open %1 now: stop the engines that serve first.").arg(file);
    return m_state == State::Tracing ? tr("Cannot open %1 now: stop the trace first.").arg(file)
                                     : tr("Cannot open %1 now: stop the sweep first.").arg(file);
}

/// A model runs at once: dimensions nobody has set get numbers that suit its kind, in plain sight.
bool Session::suggestDims()
{
    bool suggested = false;
    for (const std::string& dim : m_model->dims)
        suggested
            = m_setup.dims.emplace(dim, core::suggestedDim(*m_model->model.graph, dim)).second || suggested;
    return suggested;
}

void Session::takeModel(LoadedModel model)
{
    if (m_model && m_model->model.source != model.model.source)
        m_setup.inputs.clear(); // of another model
    m_model = std::move(model);
    dropTraces(); // of another model
    const bool suggested = suggestDims();
    emit modelChanged();
    emit modelOpened(QString::fromStdString(m_model->model.source));
    recheck();
    if (suggested)
        findCost();
}

void Session::openRun(const QString& path)
{
    if (!enabledActions(m_state, hasResults()).openRun) {
        emit message(busyText(path));
        return;
    }
    JobRunner::Job job = readRunJob(path.toStdString(), [this, path](core::Run run) {
        const QString name = QFileInfo(path).completeBaseName();
        takeRun(std::move(run), { .name = name, .file = path, .id = {} });
        emit runOpened(path);
    });
    job.done = [this] { setState(restingState()); };
    job.failed = [this](const QString& sentence) { fail(sentence); };
    setState(State::Loading);
    m_runner.start(std::move(job));
}

void Session::takeRun(core::Run run, RunOrigin origin)
{
    m_run = std::move(run);
    m_origin = std::move(origin);
    m_comparison = {};
    m_progress = {};
    clearOverlays();
    emit runReplaced();
    compareAll();
    recheck(); // the estimate may know more now
}

void Session::open(const QString& path)
{
    if (QFileInfo(path).suffix().compare(QLatin1String("json"), Qt::CaseInsensitive) == 0)
        openRun(path);
    else
        openModel(path);
}

void Session::change(const Setup& setup)
{
    const bool otherDims = setup.dims != m_setup.dims;
    m_setup = setup;
    recheck();
    if (otherDims && m_model)
        findCost();
}

/// The dimensions become those that the tensors have; the batch stays what the sweep says.
void Session::useInputs(const QString& source)
{
    if (!enabledActions(m_state, hasResults()).edit || !m_model)
        return;
    Setup setup = m_setup;
    setup.inputs = source.toStdString();
    if (source.isEmpty())
        return change(setup);
    JobRunner::Job job
        = readInputsJob(setup.inputs, m_model->model.graph, [this, setup](const core::DimBindings& dims) {
              Setup with = setup;
              for (const auto& [name, value] : dims.named)
                  with.dims[name] = value;
              change(with);
              emit modelChanged(); // its dimensions have other numbers
          });
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

void Session::findCost()
{
    JobRunner::Job job
        = costJob(m_model->graph, m_checked.spec.dims, [this, graph = m_model->graph](ModelCost cost) {
              if (!m_model || m_model->graph != graph)
                  return;
              m_model->cost = std::move(cost);
              emit modelChanged();
              emit setupChanged();
          });
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

std::vector<core::TraceSpec> Session::traceSpecs() const
{
    std::vector<core::TraceSpec> specs;
    const core::SweepSpec& sweep = m_checked.spec;
    for (const core::EngineChoice& engine : sweep.engines) {
        if (isRecorded(m_devices, engine.id))
            continue; // it computes nothing
        core::TraceSpec& spec = specs.emplace_back();
        spec.model = sweep.model;
        spec.dims = sweep.dims;
        spec.inputs = sweep.inputs;
        spec.seed = sweep.seed;
        spec.cell.engine = engine.id;
        if (!engine.threads.empty())
            spec.cell.threads = *std::max_element(engine.threads.begin(), engine.threads.end());
        if (!engine.precisions.empty())
            spec.cell.precision = engine.precisions.front();
        if (!sweep.batches.empty())
            spec.cell.batch = *std::min_element(sweep.batches.begin(), sweep.batches.end());
    }
    return specs;
}

void Session::trace()
{
    startTrace(traceSpecs());
}

void Session::traceUnderRoof()
{
    std::vector<core::TraceSpec> specs = traceSpecs();
    for (core::TraceSpec& spec : specs)
        spec.roof = true;
    startTrace(std::move(specs));
}

void Session::startTrace(std::vector<core::TraceSpec> specs)
{
    if (!enabledActions(m_state, hasResults()).trace)
        return;
    if (!m_devicesKnown)
        return emit message(tr("Cannot trace: still looking for devices."));
    if (!m_checked.traceProblem.isEmpty())
        return emit message(m_checked.traceProblem);
    JobRunner::Job job = traceJob(std::move(specs), m_model->graph, m_engines,
        [this](core::EngineTrace trace) { takeTrace(std::move(trace)); });
    job.done = [this] {
        setState(State::Ready);
        emit traceFinished();
    };
    job.failed = [this](const QString& sentence) { fail(sentence); };
    dropTraces();
    setState(State::Tracing);
    m_runner.start(std::move(job));
}

/// Tables point into them: told before anything else.
void Session::dropTraces()
{
    m_traces.clear();
    emit tracesChanged();
}

void Session::takeTrace(core::EngineTrace trace)
{
    if (!trace.why.empty())
        emit message(QString::fromStdString(trace.why));
    m_traces.push_back(std::move(trace));
    emit tracesChanged();
}

void Session::write(const QString& path, const char* what, std::function<std::string(const core::Run&)> make)
{
    if (!enabledActions(m_state, hasResults()).exportRun)
        return;
    JobRunner::Job job
        = writeFileJob(path.toStdString(), what, [make = std::move(make), run = m_run] { return make(run); });
    job.done = [this, path] {
        if (path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive))
            m_origin.file = path;
        emit saved(path);
    };
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

void Session::writeJson(const QString& path)
{
    write(path, "run", [](const core::Run& run) { return core::toJson(run); });
}

void Session::writeCsv(const QString& path)
{
    write(path, "CSV", [](const core::Run& run) { return core::toCsv(run); });
}

void Session::writePicture(const QString& path, const QImage& picture)
{
    write(path, "picture",
        [picture, file = m_origin.file](const core::Run& run) { return pngOf(picture, run, file); });
}

} // namespace ui
