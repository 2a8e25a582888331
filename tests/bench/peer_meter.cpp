// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX Runtime timed by Breakeven's loop, against what ONNX Runtime's own profiler says of the same runs.
//   peer-meter libonnxruntime.so [MODEL [BATCH [THREADS [SECONDS]]]]
// Not a test: figures depend on the machine. Both meters see the same runs, so their medians should agree to
// within what lies between the two clocks: a call, and the profiler's whole microseconds.
#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/measure.h"
#include "core/measure/reference_outputs.h"
#include "core/model/model.h"
#include "core/model/writer.h"
#include "tests/bench/onnxruntime_program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

double medianMs(std::vector<core::Nanoseconds> times)
{
    std::sort(times.begin(), times.end());
    return static_cast<double>(core::median(times).count()) / 1e6;
}

void compare(const char* library, const std::string& name, std::int64_t batch, int threads, double seconds)
{
    const core::Model model = core::openModel(name);
    const auto folder = std::filesystem::temp_directory_path() / ("peer-meter-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    core::writeOnnx(*model.graph, folder / "model.onnx");
    const core::Shapes shapes = core::inferShapes(*model.graph, { batch, {} });
    bench::OnnxRuntimeProgram program(
        library, folder / "model.onnx", *model.graph, shapes, threads, (folder / "profile").string());
    core::writeInputs(program, core::synthesiseInputs(*model.graph, shapes, 1));
    core::StopRule rule { .preset = "custom", .relativeHalfWidth = 0 };
    rule.minTime = rule.maxTime = std::chrono::duration<double>(seconds);
    const core::Measurement measured = core::measure(program, rule, {}, {});
    std::vector<core::Nanoseconds> ours, theirs = program.ownTimes();
    for (const core::TimedSample& sample : measured.samples)
        ours.push_back(sample.latency);
    std::filesystem::remove_all(folder);
    if (theirs.size() < ours.size())
        throw core::Error("ONNX Runtime kept {} of {} runs.", theirs.size(), ours.size());
    theirs.erase(theirs.begin(), theirs.end() - static_cast<std::ptrdiff_t>(ours.size())); // the warm-up
    const double a = medianMs(ours), b = medianMs(theirs);
    std::printf("%s, batch %ld, %d threads: %zu runs, median by Breakeven %.4f ms, by ONNX Runtime %.4f ms: "
                "%+.3f %%\n",
        name.c_str(), static_cast<long>(batch), threads, ours.size(), a, b, 100 * (a / b - 1));
}

} // namespace

int main(int count, char** arguments)
{
    if (count < 2) {
        std::fputs("Usage: peer-meter libonnxruntime.so [MODEL [BATCH [THREADS [SECONDS]]]]\n", stderr);
        return 2;
    }
    try {
        compare(arguments[1], count > 2 ? arguments[2] : "zoo:mobilenetv2",
            count > 3 ? std::atol(arguments[3]) : 1, count > 4 ? std::atoi(arguments[4]) : 1,
            count > 5 ? std::atof(arguments[5]) : 5);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "peer-meter: %s\n", error.what());
        return 1;
    }
}
