// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/cpu_time.h"

#include "core/sensors/text_file.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <sstream>

namespace core {

namespace {

using std::chrono::nanoseconds;

nanoseconds ownTime()
{
    timespec time {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

std::vector<int> allowedNow()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cpus;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &set))
            cpus.push_back(cpu);
    }
    return cpus;
}

/// Ticks of one line "cpu0 user nice system idle iowait irq softirq steal guest guest_nice" that were not
/// idle. Guest time is already inside user and nice.
long long busyTicks(std::istringstream& line)
{
    long long busy = 0;
    for (int column = 0; column < 8; ++column) {
        long long ticks = 0;
        if (!(line >> ticks))
            break;
        if (column != 3 && column != 4)
            busy += ticks;
    }
    return busy;
}

} // namespace

const std::vector<int>& affinity()
{
    static const std::vector<int> cpus = allowedNow();
    return cpus;
}

CpuTimes readCpuTimes(const std::string& root)
{
    CpuTimes times { .at = std::chrono::steady_clock::now().time_since_epoch(), .own = ownTime() };
    const TextFile file = readTextFile(root, "proc/stat");
    if (!file.text) {
        times.unknown = file.why + ".";
        return times;
    }
    times.tick = std::chrono::nanoseconds(std::chrono::seconds(1)) / std::max(1L, sysconf(_SC_CLK_TCK));
    const std::vector<int>& mine = affinity();
    std::istringstream lines(*file.text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        const bool counted = std::any_of(
            mine.begin(), mine.end(), [&](int cpu) { return name == fmt::format("cpu{}", cpu); });
        if (!counted)
            continue;
        times.busy += busyTicks(words) * times.tick;
        ++times.cpus;
    }
    if (times.cpus == 0)
        times.unknown = "/proc/stat lists none of the CPUs this process may run on.";
    return times;
}

} // namespace core
