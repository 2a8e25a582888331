// SPDX-License-Identifier: GPL-3.0-or-later
// What one reading of all sensors costs a sweep, on this machine and with every sensor of the CPU and of the whole
// machine there, as files that stand in for /sys. Figures, no test.
#include "core/measure/sweep_sensors.h"
#include "core/sensors/external_meter.h"
#include "core/sensors/rapl.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace {

constexpr int kReadings = 2000, kCpus = 64;

std::filesystem::path folder()
{
    return std::filesystem::temp_directory_path() / "breakeven-sensor-reading";
}

void write(const std::string& path, const std::string& text)
{
    const auto file = folder() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << '\n';
}

void writeTree()
{
    write("sys/class/powercap/intel-rapl:0/name", "package-0");
    write("sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
    write("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850");
    write("sys/class/hwmon/hwmon0/name", "coretemp");
    write("sys/class/hwmon/hwmon0/temp1_label", "Package id 0");
    write("sys/class/hwmon/hwmon0/temp1_input", "55000");
    write("meter.csv", "time,watts");
    for (int cpu = 0; cpu < kCpus; ++cpu)
        write("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/scaling_cur_freq", "3000000");
}

/// Every sensor there is; of `cpus` CPUs.
core::Machine equipped(int cpus)
{
    const std::string root = folder().string();
    core::Machine machine;
    machine.cpuMeter
        = [root] { return core::openRaplPowercap(root, [] { return std::chrono::steady_clock::now(); }); };
    machine.systemMeter = [root] { return core::openExternalMeter(root + "/meter.csv"); };
    machine.cpuMonitor = [root, cpus] {
        std::vector<int> numbers;
        for (int cpu = 0; cpu < cpus; ++cpu)
            numbers.push_back(cpu);
        return core::CpuMonitor(root, numbers);
    };
    return machine;
}

void report(const char* name, const core::Machine& machine)
{
    core::SweepSensors sensors(machine, {});
    std::ofstream meter(folder() / "meter.csv", std::ios::app);
    std::vector<core::TimedSample> samples(500, { .at = {}, .latency = std::chrono::microseconds(100), .device = {} });
    std::vector<double> costs;
    for (int k = 0; k < kReadings; ++k) {
        const core::Nanoseconds now = std::chrono::milliseconds(50 * k);
        for (std::size_t run = 0; run < samples.size(); ++run)
            samples[run].at = now + std::chrono::microseconds(100) * static_cast<int>(run);
        meter << k * 0.05 << ",100\n" << std::flush;
        const auto begin = std::chrono::steady_clock::now();
        sensors.read(now, samples, k);
        costs.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
    std::sort(costs.begin(), costs.end());
    std::printf("%-36s median %6.1f us, p99 %6.1f us: %.3f %% of 50 ms\n", name, costs[kReadings / 2],
        costs[kReadings * 99 / 100], costs[kReadings / 2] / 500);
}

} // namespace

int main()
{
    writeTree();
    report("this machine", {});
    report("every sensor, 2 CPUs", equipped(2));
    report("every sensor, 64 CPUs (paced)", equipped(kCpus));
    std::filesystem::remove_all(folder());
}
