// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_spec.h"

#include <string>

namespace core {

/// "cpu,threads=2,batch=8,precision=bf16,tuning=nofusion": an engine, else "cpu", and what differs from its
/// defaults. Throws Error.
CellKey settingsFromText(const std::string& text);
/// The same words of a cell; requests have none.
std::string settingsText(const CellKey& key);

} // namespace core
