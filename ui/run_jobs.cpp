// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run_jobs.h"

#include "core/error.h"
#include "core/record/run_file.h"

#include <QCoreApplication>
#include <utility>

namespace ui {
namespace {

using Access = core::RunStore::Access;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::runs", text);
}

} // namespace

JobRunner::Job listRunsJob(std::filesystem::path path, TakeRuns take)
{
    JobRunner::Job job;
    job.work = [path = std::move(path), take](std::stop_token, const JobRunner::Post& post) {
        core::RunList list;
        std::error_code error;
        if (path.empty() || std::filesystem::exists(path, error) || error)
            list = core::RunStore(path, Access::Read).list();
        post([take, list = std::move(list)] { take(list); });
    };
    return job;
}

JobRunner::Job changeRunsJob(
    std::filesystem::path path, std::function<void(core::RunStore&)> change, TakeRuns take)
{
    JobRunner::Job job;
    job.work = [path = std::move(path), change = std::move(change), take](
                   std::stop_token, const JobRunner::Post& post) {
        core::RunStore store(path, Access::Write);
        change(store);
        post([take, list = store.list()] { take(list); });
    };
    return job;
}

JobRunner::Job readRunsJob(std::filesystem::path path, std::vector<RunOrigin> wanted,
    std::function<void(std::vector<OpenedRun> runs, QString problem)> take)
{
    JobRunner::Job job;
    job.work = [path = std::move(path), wanted = std::move(wanted), take](
                   std::stop_token, const JobRunner::Post& post) {
        const core::RunStore store(path, Access::Read);
        auto runs = std::make_shared<std::vector<OpenedRun>>();
        std::optional<core::Error> problem;
        for (const RunOrigin& origin : wanted) {
            try {
                runs->push_back({ store.read(origin.id.toStdString()), origin });
            } catch (const core::Error& error) {
                problem = problem.value_or(error);
            }
        }
        if (runs->empty() && problem)
            throw *problem;
        post([take, runs, said = problem ? QString::fromUtf8(problem->what()) : QString()] {
            take(std::move(*runs), said);
        });
    };
    return job;
}

JobRunner::Job exportRunJob(std::filesystem::path path, std::string id, std::string file)
{
    JobRunner::Job job;
    job.work
        = [path = std::move(path), id = std::move(id), file = std::move(file)](std::stop_token,
              const JobRunner::Post&) { core::writeRun(core::RunStore(path, Access::Read).read(id), file); };
    return job;
}

namespace {

/// Whether the library has the very same run.
bool has(const core::RunStore& store, const core::Run& run)
{
    const std::string text = core::toJson(run);
    for (const core::RunEntry& entry : store.list().runs) {
        if (entry.startedAt == run.header.startedAt && entry.sha256 == run.header.model.sha256
            && core::toJson(store.read(entry.id)) == text)
            return true;
    }
    return false;
}

} // namespace

JobRunner::Job importRunJob(
    std::filesystem::path path, std::string file, std::function<void(core::RunList, QString said)> take)
{
    JobRunner::Job job;
    job.work = [path = std::move(path), file = std::move(file), take](
                   std::stop_token, const JobRunner::Post& post) {
        const core::Run run = core::readRun(file);
        core::RunStore store(path, Access::Write);
        const bool known = has(store, run);
        if (!known)
            store.import(run);
        post([take, known, list = store.list()] {
            take(list, known ? tr("This run is in the library already.") : QString());
        });
    };
    return job;
}

KeptSweep::KeptSweep(Keeping keeping, const JobRunner::Post& post)
    : m_keeping(std::move(keeping))
    , m_post(post)
{
    if (!m_keeping.place.off.isEmpty())
        return;
    try {
        m_store = std::make_unique<core::RunStore>(m_keeping.place.path, Access::Write);
        m_stored = std::make_unique<core::StoredRun>(
            *m_store, m_run, [this](const std::string& sentence) { fail(sentence); });
    } catch (const core::Error& error) {
        fail(error.what());
    }
}

void KeptSweep::fail(const std::string& sentence)
{
    m_failed = true;
    m_post([failed = m_keeping.failed,
               text = tr("%1 The sweep goes on without it.").arg(QString::fromStdString(sentence))] {
        failed(text);
    });
}

void KeptSweep::take(const core::SweepEvent& event)
{
    if (!m_stored)
        return;
    const auto* samples = std::get_if<core::SamplesTaken>(&event);
    auto* last = m_waiting.empty() ? nullptr : std::get_if<core::SamplesTaken>(&m_waiting.back());
    if (samples && last && last->cell == samples->cell && last->block == samples->block)
        last->samples.insert(last->samples.end(), samples->samples.begin(), samples->samples.end());
    else if (samples || std::holds_alternative<core::SensorReading>(event))
        m_waiting.push_back(event);
    else
        apply(event);
}

void KeptSweep::apply(const core::SweepEvent& event)
{
    for (const core::SweepEvent& earlier : std::exchange(m_waiting, {}))
        m_run.apply(earlier);
    m_run.apply(event);
    (*m_stored)(event);
}

void KeptSweep::end()
{
    if (!m_stored || !m_stored->complete())
        return;
    m_post([keeping = m_keeping, failed = m_failed, id = QString::fromStdString(m_stored->id())] {
        keeping.kept(id);
        if (failed)
            keeping.failed(tr("The run is in the library after all: the last try could write it."));
    });
}

} // namespace ui
