// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/json_fields.h"
#include "core/record/run.h"

/// A run's cells and its end as JSON, shared by the run file and the run library.
namespace core {

/// Everything but the samples. The summary's figures are for readers: cellOf() computes them again.
Json fieldsOf(const Cell& cell);

/// The reverse of fieldsOf() with the samples that belong to it; throws Error with half a sentence.
Cell cellOf(const Json& fields, std::vector<TimedSample> samples);

Json toJson(const RunFinished& finished);
RunFinished runFinishedOf(const Json& json);

} // namespace core
