// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/service.h"

#include <string>
#include <vector>

namespace core {

/// One curve of a run as a device, and how many of it there are.
struct DeviceChoice {
    std::string name; // "cpu x2", as curveName() says; an engine alone means its best curve
    int servers = 1;
};

/// "gpu", "cpu x1=4" for four of it. Throws Error.
DeviceChoice deviceChoiceFromText(const std::string& text);

/// A curve of a run that has a latency at least.
struct RunCurve {
    std::string engine;
    Device device; // one server, named after the curve
    bool disturbed = false;
};
/// In the order of the run's cells. Sorts all samples.
std::vector<RunCurve> runCurves(const Run& run);
/// The curve of an engine that does the most items a second; null where there is none.
const RunCurve* bestCurve(const std::vector<RunCurve>& curves, const std::string& engine);

struct RunDevices {
    std::vector<Device> devices;
    std::vector<std::string> notes; // what was assumed, a sentence each
};

/// The devices that a run measured. Without choices the best curve of each engine, the one that does the most
/// items a second. Their batches are at most the largest measured. Where there is no GPU the fastest device
/// stands in for one. Throws Error when nothing was measured or a choice names no curve.
RunDevices devicesOf(const Run& run, const std::vector<DeviceChoice>& choices = {});
RunDevices devicesOf(const std::vector<RunCurve>& curves, const std::vector<DeviceChoice>& choices = {});

/// Items a second that they do together at best.
double capacityOf(const std::vector<Device>& devices);

} // namespace core
