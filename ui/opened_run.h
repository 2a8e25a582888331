// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <QString>

namespace ui {

/// Where a run in the charts comes from.
struct RunOrigin {
    QString name; // for legends and sentences
    QString file; // it was read from or last written to; empty: none
    QString id; // in the library; empty: it is not there
};

/// A run with its origin, as it is read for the charts.
struct OpenedRun {
    core::Run run;
    RunOrigin origin;
};

} // namespace ui
