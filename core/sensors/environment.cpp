// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/environment.h"

#include "core/sensors/cgroup.h"
#include "core/sensors/cpu_time.h"
#include "core/sensors/memory.h"
#include "core/sensors/text_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

namespace core {

namespace {

/// The text behind "model name	: ", "MemTotal:" or "PRETTY_NAME=" at the start of a line.
std::string valueBehind(const std::string& text, std::string_view key, char separator)
{
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto at = line.find(separator);
        if (at == line.npos || !line.starts_with(key))
            continue;
        if (line.find_first_not_of(" \t", key.size()) != at)
            continue;
        const auto first = line.find_first_not_of(" \t\"", at + 1);
        const auto last = line.find_last_not_of(" \t\"");
        return first == line.npos ? std::string() : line.substr(first, last - first + 1);
    }
    return {};
}

double numberOr(const std::string& text, double fallback)
{
    std::istringstream words(text);
    double number = 0;
    return words >> number ? number : fallback;
}

std::string compiler()
{
#if defined(__clang__)
    return fmt::format("Clang {}.{}", __clang_major__, __clang_minor__);
#else
    return fmt::format("GCC {}.{}", __GNUC__, __GNUC_MINOR__);
#endif
}

std::string buildType()
{
    std::string type = BREAKEVEN_BUILD_TYPE;
    std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
    return type;
}

std::set<std::string> cpuFlags(const std::string& cpuinfo)
{
    std::istringstream words(valueBehind(cpuinfo, "flags", ':'));
    std::set<std::string> flags;
    for (std::string word; words >> word;)
        flags.insert(word);
    return flags;
}

/// The instruction sets that decide which kernels run.
std::string instructionSets(const std::set<std::string>& flags)
{
    constexpr const char* kTold[] = { "sse4_2", "avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f",
        "avx512bw", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16" };
    std::vector<std::string> found;
    for (const char* flag : kTold) {
        if (flags.contains(flag))
            found.emplace_back(flag);
    }
    return fmt::format("{}", fmt::join(found, " "));
}

/// Facts and warnings, gathered in the order people read them.
class Survey {
public:
    Survey(const std::string& root, Environment& environment)
        : m_root(root)
        , m_environment(environment)
    {
    }

    void processor(const std::set<std::string>& flags)
    {
        fact("instruction sets", instructionSets(flags));
        if (flags.contains("hypervisor")) {
            fact("hypervisor", textOr("sys/class/dmi/id/sys_vendor", "yes"));
            warn("This is a virtual machine: others may share its processor unseen.");
        }
    }

    void frequency()
    {
        const std::string governor = text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
        fact("frequency governor", governor);
        if (!governor.empty() && governor != "performance")
            warn(fmt::format("CPU frequency governor is {}, not performance.", governor));
        if (const std::string off = text("sys/devices/system/cpu/intel_pstate/no_turbo"); !off.empty())
            fact("turbo", off == "0" ? "on" : "off");
        else if (const std::string boost = text("sys/devices/system/cpu/cpufreq/boost"); !boost.empty())
            fact("turbo", boost == "0" ? "off" : "on");
        if (const std::string smt = text("sys/devices/system/cpu/smt/active"); !smt.empty())
            fact("simultaneous multithreading", smt == "0" ? "off" : "on");
    }

    void load()
    {
        const std::string averages = text("proc/loadavg");
        const double one = numberOr(averages, 0);
        fact("load average", averages.substr(0, averages.find(' ')));
        // A machine at rest stays well below half a busy CPU.
        if (one > 0.5)
            warn(fmt::format("Load average was {:.2f} when the run began: something else is running.", one));
    }

    void limits()
    {
        const GroupLimits limits = readGroupLimits(m_root);
        if (limits.cpus) {
            fact("cgroup CPU limit", fmt::format("{:g} CPUs", *limits.cpus));
            if (*limits.cpus < m_environment.cores)
                warn(fmt::format(
                    "A cgroup limits this process to {:g} CPUs: it will be paused when it uses more.",
                    *limits.cpus));
        }
        if (limits.memoryBytes)
            fact("cgroup memory limit", formatBytes(static_cast<double>(*limits.memoryBytes)));
        fact("transparent huge pages", text("sys/kernel/mm/transparent_hugepage/enabled"));
    }

    void build()
    {
#if !defined(__OPTIMIZE__)
        warn("Built without optimisation: Breakeven's own share of the times is too large.");
#endif
#ifdef BREAKEVEN_SANITIZED
        warn("Built with a sanitizer: times and memory are far too large.");
#endif
    }

private:
    std::string text(const std::string& path) const
    {
        return textOrEmpty(m_root, path);
    }
    std::string textOr(const std::string& path, const char* fallback) const
    {
        const std::string found = text(path);
        return found.empty() ? fallback : found;
    }
    void fact(const char* name, const std::string& value)
    {
        if (!value.empty())
            m_environment.facts.emplace_back(name, value);
    }
    void warn(std::string sentence)
    {
        m_environment.warnings.push_back(std::move(sentence));
    }

    const std::string& m_root;
    Environment& m_environment;
};

} // namespace

Environment readEnvironment(const std::string& root)
{
    const std::string cpuinfo = textOrEmpty(root, "proc/cpuinfo");
    Environment environment {
        .host = textOrEmpty(root, "proc/sys/kernel/hostname"),
        .os = valueBehind(textOrEmpty(root, "etc/os-release"), "PRETTY_NAME", '='),
        .kernel = "Linux " + textOrEmpty(root, "proc/sys/kernel/osrelease"),
        .cpu = valueBehind(cpuinfo, "model name", ':'),
        .cores = static_cast<int>(affinity().size()),
        .memoryBytes = static_cast<std::size_t>(
            numberOr(valueBehind(textOrEmpty(root, "proc/meminfo"), "MemTotal", ':'), 0) * 1024),
        .program = fmt::format("Breakeven {}, {}, {}", BREAKEVEN_VERSION, buildType(), compiler()),
    };
    Survey survey(root, environment);
    survey.processor(cpuFlags(cpuinfo));
    survey.frequency();
    survey.load();
    survey.limits();
    survey.build();
    return environment;
}

} // namespace core
