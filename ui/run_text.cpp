// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>
#include <algorithm>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::runs", text);
}

/// Line and paragraph separators, and marks, embeddings, overrides and isolates of the reading direction.
bool breaksTheLine(QChar c)
{
    const char16_t code = c.unicode();
    return c.category() == QChar::Other_Control || (code >= 0x2028 && code <= 0x202e)
        || (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f || code == 0x061c;
}

} // namespace

QString oneLine(const std::string& text)
{
    QString line = QString::fromStdString(text);
    std::replace_if(line.begin(), line.end(), breaksTheLine, QLatin1Char('?'));
    return line;
}

QString shortened(const QString& text, int most)
{
    return text.size() <= most ? text : text.left(most - 1) + QChar(0x2026);
}

QString runLabel(const core::RunEntry& entry)
{
    const QString model = oneLine(entry.model);
    return entry.name.empty() ? model : tr("%1 · %2").arg(oneLine(entry.name), model);
}

QString runName(const core::RunEntry& entry)
{
    return entry.name.empty() ? tr("%1 · %2").arg(oneLine(entry.model), localTime(entry.startedAt))
                              : oneLine(entry.name);
}

QString localTime(const std::string& stamp)
{
    const auto time = core::timeOfStamp(stamp);
    if (!time)
        return oneLine(stamp);
    const qint64 seconds = time->time_since_epoch().count();
    return QDateTime::fromSecsSinceEpoch(seconds).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString keptCellsText(const core::RunEntry& entry)
{
    return entry.kept == entry.planned ? QString::number(entry.kept)
                                       : tr("%1 of %2").arg(entry.kept).arg(entry.planned);
}

QString tagsText(const std::vector<std::string>& tags)
{
    QStringList words;
    for (const std::string& tag : tags) {
        QString word = oneLine(tag);
        const bool plain = !word.contains(QLatin1Char(',')) && !word.contains(QLatin1Char('"'));
        words << (plain ? word
                        : QLatin1Char('"') + word.replace(QLatin1Char('"'), QLatin1String("\"\""))
                    + QLatin1Char('"'));
    }
    return words.join(QStringLiteral(", "));
}

std::vector<std::string> tagsOfText(const QString& text)
{
    std::vector<std::string> tags;
    for (const QString& word : quotedWords(text, QLatin1Char(',')))
        tags.push_back(word.toStdString());
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return tags;
}

QStringList quotedWords(const QString& text, QChar separator)
{
    QStringList words;
    QString word;
    bool quoted = false;
    const auto finish = [&] {
        if (!word.trimmed().isEmpty())
            words << word.trimmed();
        word.clear();
    };
    for (qsizetype k = 0; k < text.size(); ++k) {
        const QChar c = text[k];
        const bool quote = c == QLatin1Char('"');
        if (quote && quoted && k + 1 < text.size() && text[k + 1] == c)
            word += text[++k];
        else if (quote)
            quoted = !quoted;
        else if (c == separator && !quoted)
            finish();
        else
            word += c;
    }
    finish();
    return words;
}

QString shellWord(const QString& text)
{
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:@%+=-]+$"));
    if (plain.match(text).hasMatch())
        return text;
    return QLatin1Char('\'') + QString(text).replace(QLatin1Char('\''), QLatin1String("'\\''"))
        + QLatin1Char('\'');
}

} // namespace ui
