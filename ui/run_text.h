// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run_store.h"

#include <QStringList>

/// What the window says of a run in the library. Pure; whatever a file may hold becomes one line of plain
/// text.
namespace ui {

/// In one line, and in the order it is written: what would break lines or turn the reading direction is a
/// "?".
QString oneLine(const std::string& text);
/// At most `most` characters, the rest an ellipsis; for names inside sentences.
QString shortened(const QString& text, int most = 40);

/// "before the update · resnet50", or the model alone where people gave no name.
QString runLabel(const core::RunEntry& entry);
/// A name for legends and sentences: "before the update", else "resnet50 · 2026-11-01 14:05".
QString runName(const core::RunEntry& entry);
/// "2026-11-01 14:05", on this machine's clock; the stamp itself where it is none.
QString localTime(const std::string& stamp);
/// "12", or "3 of 12" of a run that was cut off.
QString keptCellsText(const core::RunEntry& entry);

/// "nightly, release"; a tag with a comma or a quote in it stands in quotes.
QString tagsText(const std::vector<std::string>& tags);
/// The reverse, sorted and each once.
std::vector<std::string> tagsOfText(const QString& text);

/// `text` cut at every `separator` outside quotes; "" inside quotes is one of them.
QStringList quotedWords(const QString& text, QChar separator);
/// As one word of a shell's command line.
QString shellWord(const QString& text);

} // namespace ui
