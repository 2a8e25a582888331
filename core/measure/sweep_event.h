// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/compare.h"
#include "core/measure/gpu_conditions.h"
#include "core/measure/measure.h"
#include "core/measure/sweep_spec.h"
#include "core/sensors/cpu_monitor.h"
#include "core/sensors/environment.h"
#include "core/sensors/figure.h"
#include "core/sensors/sensor_list.h"

#include <string>
#include <variant>
#include <vector>

/// A run is a stream of events: plain values, each with a JSON form of one line. The same stream comes from
/// the worker thread, a child process or a file; window, CSV and run file are three readers of it.
namespace core {

/// What people want to know of a model beside its graph.
struct ModelSummary {
    std::string name, source, sha256;
    std::size_t fileBytes = 0;
    std::int64_t parameters = 0;
    std::int64_t flopPerItem = 0; // at batch 1
    int opset = 0;
    int nodes = 0;
    std::vector<std::string> inputs, outputs; // "input: float32 [batch, 3, 224, 224]"
};

/// First event. `startedAt` is ISO 8601 with zone.
struct RunStarted {
    SweepSpec spec;
    ModelSummary model;
    Environment environment;
    std::vector<DeviceInfo> devices;
    std::vector<CellKey> cells;
    std::string startedAt;
    Figure cpuPower,
        gpuPower; // whether there is a sensor: source, or the reason for none (value stays unset)
    std::vector<SensorInfo> sensors {}; // all that were looked for; empty in old runs
};

enum class CellPhase { Compiling, WarmingUp, Measuring, Tuning, Paused, CoolingDown };

/// `cell` is an index into RunStarted::cells; `at` counts from the run's start.
struct CellStarted {
    int cell = 0;
    Nanoseconds at {};
};

struct CellProgress {
    int cell = 0;
    CellPhase phase = CellPhase::Compiling;
    Nanoseconds remaining {}; // of the whole run, estimated
};

/// New samples of the running cell; each `at` counts from the run's start.
struct SamplesTaken {
    int cell = 0;
    std::vector<TimedSample> samples;
    int block = 0; // of the cell that they belong to; always 0 where the stop rule has no blocks
};

/// A sensor reading between runs, for the charts over time. Why what is unset could not be read stands in
/// RunStarted::sensors.
struct SensorReading {
    Nanoseconds at {};
    Figure cpuWatts, gpuWatts;
    std::size_t residentBytes = 0;
    std::optional<GpuReading> gpu {}; // nullopt: there is nobody to ask
    std::optional<double> systemWatts {}; // of the whole machine
    CpuReading cpu {};
    std::optional<double> lostPercent {}; // of the time since the reading before, by the hiccup meter
};

/// What a recorded cell keeps of the run that it was measured in.
struct RecordedFrom {
    std::string startedAt; // of that run
    std::string preset; // its stop rule
    std::string reason; // why the cell is unstable or disturbed, by that rule
};

struct CellFinished {
    int cell = 0;
    Nanoseconds at {};
    StoppedBy stoppedBy = StoppedBy::Converged;
    Nanoseconds compile {};
    Nanoseconds measured {};
    MemoryUse memory;
    Figure peakResidentBytes; // of the process, over this cell
    double disturbedPercent = 0;
    Figure powerMeanWatts; // over the measuring loop
    Figure energyPerInferenceJoules; // total, idle share included
    Figure outputMaxAbsDiff; // against the reference engine
    std::optional<Difference> agreement {}; // the whole of that comparison, the worst of all outputs
    double hiccupPercent = 0; // the two parts of disturbedPercent: see Measurement
    Figure othersPercent;
    std::string library; // what computed, with its instruction sets; empty in old runs
    GpuConditions gpu {}; // of GPU cells
    Figure idleWatts {}, marginalEnergyPerInferenceJoules {}; // see energy.h; both empty in old runs
    std::optional<RecordedFrom> recorded {}; // set: not measured here
    Figure energyLowJoules {}, energyHighJoules {}; // 95 % interval of energyPerInferenceJoules
    Figure systemPowerMeanWatts {}, systemEnergyPerInferenceJoules {}; // of the whole machine, likewise
    std::optional<double> sensorSeconds {}; // that reading sensors took out of `measured`
};

/// Why there are no samples. The sweep goes on.
enum class CellFailure { Refused, OutOfMemory, Error, Cancelled };

struct CellFailed {
    int cell = 0;
    Nanoseconds at {};
    CellFailure kind = CellFailure::Error;
    std::string reason; // one sentence
};

/// How a cell ended.
using CellEnd = std::variant<CellFinished, CellFailed>;

/// Last event of a run that started.
struct RunFinished {
    Nanoseconds at {};
    bool stoppedByUser = false;
    std::string finishedAt;
};

using SweepEvent = std::variant<RunStarted, CellStarted, CellProgress, SamplesTaken, SensorReading,
    CellFinished, CellFailed, RunFinished>;

} // namespace core
