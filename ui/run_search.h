// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run_store.h"

#include <QStringList>

namespace ui {

/// What people type to find runs: words, each of which must fit. `tag:x`, `machine:x`, `model:x`,
/// `after:2026-11-01` (that day or later), `before:2026-11-01` (earlier than that day), `on:2026-11`; any
/// other word is part of the run's name or its model. Quotes hold words together: `tag:"two words"`.
class RunSearch {
public:
    RunSearch() = default;
    explicit RunSearch(const QString& text);

    bool fits(const core::RunEntry& entry) const;
    bool empty() const { return m_conditions.empty() && m_words.empty(); }
    /// One sentence about the first word that means nothing; the others hold all the same.
    const QString& problem() const { return m_problem; }
    /// The `breakeven-cli runs` that lists the same; empty where it has no such option.
    const QString& command() const { return m_command; }

private:
    void take(const QString& word);
    void takeDay(const QString& name, const QString& day);

    std::vector<core::RunFilter> m_conditions;
    QStringList m_words; // in the name or the model
    QString m_problem, m_command;
};

} // namespace ui
