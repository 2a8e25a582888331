// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_context.h"

#include <memory>

namespace core {

/// A cell under way: compiled here, or at home in another process. It is measured in one piece or, by a rule
/// of blocks, several times.
class CellRun {
public:
    virtual ~CellRun() = default;

    /// Measures by `rule` and emits the samples. The end is the caller's to emit. Throws Error when it cannot
    /// go on; samples emitted before that are valid.
    virtual CellEnd measure(const StopRule& rule) = 0;
};

/// A cell that is ready, or how it ended before it was.
using PreparedCell = std::variant<std::unique_ptr<CellRun>, CellFailed>;

/// Compiles a cell on this process's engine, and compares its outputs where the spec asks for it. Throws
/// Error.
PreparedCell prepareHere(SweepContext& context, int cell, Engine& engine);

/// A cell that another process compiles and measures. Throws Error where this one starts none.
PreparedCell prepareElsewhere(SweepContext& context, int cell, const DeviceInfo& device);

} // namespace core
