// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/sqlite.h"

namespace core {

/// What the run library's file says it is in its header: "Brkv".
inline constexpr int kLibraryMark = 0x42726b76;
/// The version of its tables, kept as user_version; run_schema.cpp holds the way from each to the next.
inline constexpr int kLibraryVersion = 1;

/// Brings the tables to this program's version; an empty file gets them all. Throws Error with half a
/// sentence for a newer version, for another program's file, and for tables that are not as we make them.
void prepareSchema(sqlite::Database& database, sqlite::Access access);

} // namespace core
