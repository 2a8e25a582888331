// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <QImage>
#include <QString>
#include <string>

namespace ui {

/// Longest run, in bytes of its JSON, that is put into a picture whole.
inline constexpr std::size_t kLargestEmbeddedRun = 1 << 20;

/// `picture` as a PNG file's bytes, with text that says where it comes from: Title, Model, Machine, Creation
/// Time, Software, `breakeven:run-sha256` (of the run's JSON), `breakeven:run-file` when there is one, and
/// the JSON itself as `breakeven:run` while it is short. Any thread.
std::string pngOf(const QImage& picture, const core::Run& run, const QString& runFile);

/// Writes it. Throws core::Error: `Cannot write picture: ...`. Any thread.
void writePicture(const core::Run& run, const QString& runFile, const QImage& picture, const QString& path);

} // namespace ui
