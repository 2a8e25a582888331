// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/run_jobs.h"

#include <QObject>
#include <QStringList>

/// The run library as the window's thread sees it: a list that jobs bring and commands that become jobs. Part
/// of the Session, which says when it may be used.
namespace ui {

class RunLibrary final : public QObject {
    Q_OBJECT

public:
    /// `runner` does the work; nothing is read before refresh().
    RunLibrary(RunPlace place, JobRunner& runner, QObject* parent = nullptr);

    const RunPlace& place() const { return m_place; }
    bool known() const { return m_known; } // whether it was listed, with or without success
    const std::vector<core::RunEntry>& runs() const { return m_list.runs; } // newest first
    /// One sentence where the library, or a part of it, cannot be read; else empty.
    const QString& problem() const { return m_problem; }
    const core::RunEntry* find(const QString& id) const;
    RunOrigin originOf(const QString& id) const;
    bool usable() const { return m_usable; }

    // Commands. While something is measured they say so with message(), and change nothing.
    void refresh(); // once it may; says nothing
    void rename(const QString& id, const QString& name);
    /// Gives every run the tags that `tags` has and `before` has not, and takes those it has no longer.
    void retag(
        const QStringList& ids, const std::vector<std::string>& before, const std::vector<std::string>& tags);
    void remove(const QStringList& ids); // removed() follows
    void restore(const QStringList& ids);
    void undoRemove(); // the last one
    bool canUndo() const { return !m_removed.isEmpty(); }
    void exportRun(const QString& id, const QString& file);
    void importRun(const QString& file);

    /// The Session's: whether nothing is measured.
    void setUsable(bool usable);

signals:
    void changed(); // the list, its problem, or whether it may be used
    void removed(const QStringList& ids, const QString& sentence);
    void exported(const QString& file);
    void message(const QString& sentence);

private:
    bool refused();
    void change(std::function<void(core::RunStore&)> apply, JobRunner::Report done = {});
    void take(core::RunList list);
    QString nameOf(const QStringList& ids) const;

    RunPlace m_place;
    JobRunner& m_runner;
    core::RunList m_list;
    QString m_problem;
    QStringList m_removed; // by the last remove()
    bool m_known = false, m_usable = true, m_stale = false;
};

} // namespace ui
