// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run_library.h"

#include "ui/run_text.h"

#include <algorithm>
#include <utility>

namespace ui {

RunLibrary::RunLibrary(RunPlace place, JobRunner& runner, QObject* parent)
    : QObject(parent)
    , m_place(std::move(place))
    , m_runner(runner)
{
}

const core::RunEntry* RunLibrary::find(const QString& id) const
{
    const auto found = std::ranges::find(m_list.runs, id.toStdString(), &core::RunEntry::id);
    return found == m_list.runs.end() ? nullptr : &*found;
}

RunOrigin RunLibrary::originOf(const QString& id) const
{
    const core::RunEntry* entry = find(id);
    return { .name = entry ? runName(*entry) : id.left(8), .file = {}, .id = id };
}

void RunLibrary::setUsable(bool usable)
{
    if (m_usable == usable)
        return;
    m_usable = usable;
    emit changed();
    if (m_usable && m_stale)
        refresh();
}

/// A list that is asked for while something is measured is read afterwards.
void RunLibrary::refresh()
{
    m_stale = !m_usable;
    if (m_stale || !m_place.off.isEmpty())
        return;
    JobRunner::Job job = listRunsJob(m_place.path, [this](core::RunList list) { take(std::move(list)); });
    job.failed = [this](const QString& sentence) {
        take({});
        m_problem = sentence;
        emit changed();
    };
    m_runner.start(std::move(job));
}

void RunLibrary::take(core::RunList list)
{
    m_known = true;
    m_problem = QString::fromStdString(list.damage);
    m_list = std::move(list);
    emit changed();
}

bool RunLibrary::refused()
{
    if (!m_place.off.isEmpty())
        emit message(m_place.off);
    else if (!m_usable)
        emit message(tr("Cannot use the run library now: it waits while something is measured."));
    return !m_usable || !m_place.off.isEmpty();
}

void RunLibrary::change(std::function<void(core::RunStore&)> apply, JobRunner::Report done)
{
    JobRunner::Job job = changeRunsJob(
        m_place.path, std::move(apply), [this](core::RunList list) { take(std::move(list)); });
    job.done = std::move(done);
    job.failed = [this](const QString& sentence) {
        emit message(sentence);
        emit changed(); // an editor may show what was not accepted
        refresh(); // several runs: those before the failure are changed
    };
    m_runner.start(std::move(job));
}

void RunLibrary::rename(const QString& id, const QString& name)
{
    if (refused())
        return;
    change([id = id.toStdString(), name = name.trimmed().toStdString()](
               core::RunStore& store) { store.rename(id, name); });
}

void RunLibrary::retag(
    const QStringList& ids, const std::vector<std::string>& before, const std::vector<std::string>& tags)
{
    if (refused())
        return;
    struct Change {
        std::string id;
        std::vector<std::string> added, gone;
    };
    std::vector<Change> changes;
    for (const QString& id : ids) {
        Change& each = changes.emplace_back(Change { .id = id.toStdString(), .added = {}, .gone = {} });
        std::ranges::set_difference(tags, before, std::back_inserter(each.added)); // all lists are sorted
        std::ranges::set_difference(before, tags, std::back_inserter(each.gone));
        const core::RunEntry* entry = find(id);
        std::erase_if(each.gone,
            [&](const std::string& tag) { return entry && std::ranges::count(entry->tags, tag) == 0; });
    }
    change([changes](core::RunStore& store) {
        for (const Change& each : changes) {
            for (const std::string& tag : each.added)
                store.tag(each.id, tag);
            for (const std::string& tag : each.gone)
                store.untag(each.id, tag);
        }
    });
}

/// For a sentence: the run's name, or how many they are.
QString RunLibrary::nameOf(const QStringList& ids) const
{
    return ids.size() == 1 ? tr("“%1”").arg(shortened(originOf(ids.first()).name))
                           : tr("%1 runs").arg(ids.size());
}

void RunLibrary::remove(const QStringList& ids)
{
    if (refused() || ids.isEmpty())
        return;
    const QString sentence = tr("Deleted %1.").arg(nameOf(ids));
    change(
        [ids](core::RunStore& store) {
            for (const QString& id : ids)
                store.remove(id.toStdString());
        },
        [this, ids, sentence] {
            m_removed = ids;
            emit changed();
            emit removed(ids, sentence);
        });
}

void RunLibrary::restore(const QStringList& ids)
{
    if (refused() || ids.isEmpty())
        return;
    change(
        [ids](core::RunStore& store) {
            for (const QString& id : ids)
                store.restore(id.toStdString());
        },
        [this, ids] {
            if (m_removed == ids)
                m_removed.clear();
            emit changed();
        });
}

void RunLibrary::undoRemove()
{
    restore(m_removed);
}

void RunLibrary::exportRun(const QString& id, const QString& file)
{
    if (refused())
        return;
    JobRunner::Job job = exportRunJob(m_place.path, id.toStdString(), file.toStdString());
    job.done = [this, file] { emit exported(file); };
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

void RunLibrary::importRun(const QString& file)
{
    if (refused())
        return;
    JobRunner::Job job
        = importRunJob(m_place.path, file.toStdString(), [this](core::RunList list, const QString& said) {
              take(std::move(list));
              if (!said.isEmpty())
                  emit message(said);
          });
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

} // namespace ui
