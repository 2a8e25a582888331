// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run_search.h"

#include "ui/run_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>
#include <map>

namespace ui {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::runs", text);
}

/// The first day of "2026-11-01", "2026-11" or "2026", and the first one after it.
std::optional<std::pair<QDate, QDate>> daysOf(const QString& text)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{4})(?:-(\\d{2})(?:-(\\d{2}))?)?$"));
    const auto match = form.match(text);
    const auto part = [&](int k) { return match.captured(k).isEmpty() ? 1 : match.captured(k).toInt(); };
    const QDate first(part(1), part(2), part(3));
    if (!match.hasMatch() || !first.isValid())
        return {};
    const QDate last = !match.captured(3).isEmpty() ? first.addDays(1)
        : !match.captured(2).isEmpty()              ? first.addMonths(1)
                                                    : first.addYears(1);
    return std::pair { first, last };
}

sys_seconds midnight(const QDate& day)
{
    return sys_seconds(seconds(day.startOfDay().toSecsSinceEpoch()));
}

} // namespace

RunSearch::RunSearch(const QString& text)
    : m_command(QStringLiteral("breakeven-cli runs"))
{
    for (const QString& word : quotedWords(text, QLatin1Char(' ')))
        take(word);
    // An option counts once; words are looked for in names, too.
    static const QRegularExpression twice(QStringLiteral("(--\\w+) .*\\1 "));
    if (!m_words.isEmpty() || twice.match(m_command).hasMatch())
        m_command.clear();
}

void RunSearch::take(const QString& word)
{
    const qsizetype colon = word.indexOf(QLatin1Char(':'));
    const QString name = word.left(std::max<qsizetype>(colon, 0)).toLower();
    const QString value = word.mid(colon + 1);
    static const std::map<QString, std::string core::RunFilter::*> kTexts { { QStringLiteral("tag"),
                                                                                &core::RunFilter::tag },
        { QStringLiteral("model"), &core::RunFilter::model },
        { QStringLiteral("machine"), &core::RunFilter::machine } };
    if (const auto text = kTexts.find(name); text != kTexts.end()) {
        if (value.isEmpty())
            return; // it is being typed
        core::RunFilter& condition = m_conditions.emplace_back();
        condition.*(text->second) = value.toStdString();
        m_command += QStringLiteral(" --%1 %2").arg(name, shellWord(value));
    } else if (name == QLatin1String("after") || name == QLatin1String("before")
        || name == QLatin1String("on")) {
        takeDay(name, value);
    } else {
        m_words << word;
    }
}

void RunSearch::takeDay(const QString& name, const QString& value)
{
    const auto days = daysOf(value);
    if (!days && m_problem.isEmpty() && !value.isEmpty())
        m_problem = tr("Cannot read %1:%2: a day is written 2026-11-01, a month 2026-11.").arg(name, value);
    if (!days)
        return;
    core::RunFilter& condition = m_conditions.emplace_back();
    const auto [first, next] = *days;
    if (name != QLatin1String("before")) {
        condition.from = midnight(first);
        m_command += QStringLiteral(" --since ") + first.toString(Qt::ISODate);
    }
    if (name != QLatin1String("after")) {
        const QDate end = name == QLatin1String("before") ? first : next;
        condition.to = midnight(end);
        m_command += QStringLiteral(" --until ") + end.addDays(-1).toString(Qt::ISODate);
    }
}

bool RunSearch::fits(const core::RunEntry& entry) const
{
    for (core::RunFilter condition : m_conditions) {
        condition.deleted = entry.deleted;
        if (!core::fits(entry, condition))
            return false;
    }
    if (m_words.isEmpty())
        return true;
    const QString name = QString::fromStdString(entry.name), model = QString::fromStdString(entry.model),
                  source = QString::fromStdString(entry.source);
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) {
        return name.contains(word, Qt::CaseInsensitive) || model.contains(word, Qt::CaseInsensitive)
            || source.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace ui
