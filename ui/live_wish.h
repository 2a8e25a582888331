// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_spec.h"
#include "core/record/run.h"
#include "core/schedule/live_bench.h"
#include "ui/lab_wish.h"

#include <QString>
#include <map>
#include <vector>

/// What a person has entered for a trial on real engines, and what it amounts to. Pure values and functions.
namespace ui {

/// Each server is a thread with a program for every batch size.
inline constexpr std::size_t kMostServers = 32;

struct LiveWish {
    QString servers; // as typed, a line each; empty: as defaultServers() says
    QString load = QStringLiteral("50"); // per cent, as typed; the lab's requests/s go before it
    QString seconds = QStringLiteral("10"), rehearsal = QStringLiteral("5"); // as typed
    int most = 8; // items of a batch
    double sampling = 0.3; // seconds that each batch size is timed for at first

    bool operator==(const LiveWish&) const = default;
};

enum class LiveField { Servers, Load, Seconds, Rehearsal };

struct CheckedLive {
    core::LiveLoad load; // complete when `problem` is empty
    std::vector<core::CellKey> servers;
    QString problem; // the first thing in the way, one sentence; empty: there is none
    std::vector<LiveField> wrong; // that cannot be read
    double seconds = 0; // of all policies, rehearsals included, without what is made and timed before
};

/// The curves of a run that are ticked in the lab, as often as each has servers there, if the session has
/// their engines; else two of the CPU, the second in bf16 where it has that and threads for both. A line
/// each.
QString defaultServers(const LabWish& lab, const std::vector<core::RunCurve>& curves, const core::Run& run,
    const std::vector<core::DeviceInfo>& devices);

/// `lab`: requests, deadlines and policies. `servers`: what is typed, or the default.
CheckedLive check(const LiveWish& wish, const QString& servers, const LabWish& labWish, const CheckedLab& lab,
    const std::vector<core::DeviceInfo>& devices);

/// "breakeven-cli live MODEL ..." that does the same.
QString liveCommand(const CheckedLive& checked, const LiveWish& wish, const LabWish& lab,
    const std::string& model, const std::map<std::string, std::int64_t>& dims);

} // namespace ui
