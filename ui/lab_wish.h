// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/policy_sweep.h"
#include "core/schedule/run_devices.h"
#include "ui/opened_run.h"

#include <QString>
#include <map>
#include <string>
#include <vector>

/// What a person has entered in the lab, as entered, and what it amounts to. Pure values and functions.
namespace ui {

/// The window simulates while somebody types; the command takes ten times as many.
inline constexpr std::size_t kMostLabRequests = 1'000'000;

struct LabPolicy {
    QString text; // as typed
    bool ticked = true;

    bool operator==(const LabPolicy&) const = default;
};

/// Of a curve of the run.
struct LabDevice {
    bool ticked = true;
    QString servers = QStringLiteral("1"); // as typed

    bool operator==(const LabDevice&) const = default;
};

/// A row for each policy there is, as it is called, and an empty one.
std::vector<LabPolicy> allPolicies();

struct LabWish {
    QString rate; // as typed; empty: half of what the devices can do
    QString arrivals = QStringLiteral("poisson"), sizes = QStringLiteral("1");
    QString slo; // "20ms"; empty: there is none
    QString requests = QStringLiteral("20000"), seed = QStringLiteral("1");
    std::vector<LabPolicy> policies = allPolicies();
    /// By curve; those of other runs stay. Of an engine that has none in it the best curve is ticked.
    std::map<std::string, LabDevice> devices;
    core::PolicySweep::Parameter sweep = core::PolicySweep::Parameter::Rate;
    QString sweepValues; // as typed; empty: as fits the run

    bool operator==(const LabWish&) const = default;
    /// Whether the two differ at most in what is swept.
    bool sameButSweep(const LabWish& other) const;
};

enum class LabField { Rate, Arrivals, Sizes, Slo, Requests, Seed, SweepValues };

struct CheckedLab {
    core::SimulationPlan plan; // complete when `problem` is empty
    std::vector<std::string> notes; // what is assumed, a sentence each
    QString problem; // the first thing in the way, one sentence; empty: there is none
    std::vector<LabField> wrong; // that cannot be read
    std::vector<std::size_t> wrongPolicies;
    std::vector<std::string> wrongDevices; // curves
    std::vector<QString>
        unfit; // of each policy's row why it is left out, as nobody changed it; empty: it is not
    std::vector<std::string> deviceWords; // for the command; empty: each engine's best
    double capacity = 0; // requests a second of all devices, at their best batches; 0: unknown
    core::PolicySweep sweep;
    QString sweepValues; // those that are taken, as text
    QString sweepProblem; // in the way of the sweep alone
};

/// `curves`: the run's.
CheckedLab check(const LabWish& wish, const std::vector<core::RunCurve>& curves);

/// What is asked of these curves, in their order.
std::vector<LabDevice> devicesOf(const LabWish& wish, const std::vector<core::RunCurve>& curves);

/// "breakeven-cli simulate RUN ..." that does the same; RUN stands for itself where the run is in no file and
/// not in the library.
enum class LabCommand { Compare, Sweep };
QString simulateCommand(
    const LabWish& wish, const CheckedLab& checked, const RunOrigin& origin, LabCommand which);

} // namespace ui
