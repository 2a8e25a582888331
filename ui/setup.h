// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/sweep_spec.h"

#include <QString>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a person has entered for the next sweep, as entered, and what it amounts to. Pure values and
/// functions.
namespace ui {

struct EngineSetup {
    std::string id; // DeviceInfo::id
    bool ticked = false;
    QString threads; // as typed: "1,2"; empty for a device without threads
    std::vector<core::Precision> precisions { core::Precision::Model };
    std::vector<core::Tuning> tunings { core::Tuning {} };
};

struct Setup {
    QString batches = QStringLiteral("1-16x2"); // as typed
    QString requests = QStringLiteral("1"); // as typed
    std::string preset = "quick";
    std::uint64_t seed = 1;
    std::string inputs; // a folder or a .npz of the model's; empty: made from the seed
    bool checkOutputs = false;
    bool tuneKernels = false;
    std::map<std::string, std::int64_t> dims; // dynamic dimensions that were given a number
    std::vector<EngineSetup> engines;
};

/// A setup with an entry for every device, keeping what `setup` says about those it knows. A device seen for
/// the first time is ticked when it is there, except the reference engine, which is slow on purpose, and
/// recordings, which nobody has asked for yet. Recordings have no other precisions than they were taken in.
Setup withDevices(Setup setup, const std::vector<core::DeviceInfo>& devices);

struct CheckedSetup {
    core::SweepSpec spec; // what could be read; complete when `problem` is empty
    QString problem; // the first thing in the way of a start, one sentence; empty: it can start
    QString traceProblem; // the same in the way of traced runs
    QString batchesProblem; // of the batches field alone
    QString requestsProblem; // of the requests field
    std::map<std::string, QString> threadsProblems; // by engine id
};

/// What a setup has to know of the model. An empty source leaves the model out.
struct ModelNeeds {
    std::string source;
    std::vector<std::string> dims; // dynamic dimensions
    std::optional<std::int64_t> fixedBatch; // by the file: what is typed as batch sizes does not count then
};

CheckedSetup check(const Setup& setup, const ModelNeeds& model, const std::vector<core::DeviceInfo>& devices);

/// "CPU", "GPU", "Reference": a device's id as a title; "h200 recorded" for "recorded:h200".
QString engineTitle(const std::string& id);
/// "Intel(R) Xeon(R)" without its legal notices.
QString plainName(const std::string& name);
/// "recorded on NVIDIA H200, 2026-12-02"; empty for a device that computes.
QString recordedText(const core::DeviceInfo& device);
/// Whether one of the devices has this id and is a recording.
bool isRecorded(const std::vector<core::DeviceInfo>& devices, const std::string& id);
/// "model", "fp32", ... of `precision`.
QString precisionText(core::Precision precision);
/// "full", "AVX2", "no fusion, plain loops": a tuning for people.
QString tuningText(const core::Tuning& tuning);
/// What can be left out on a device, one thing at a time: none of it on most. Starts with nothing left out.
std::vector<core::Tuning> tuningsOf(const core::DeviceInfo& device);

} // namespace ui
