// SPDX-License-Identifier: GPL-3.0-or-later
// RAPL through the kernel's performance events, which may be allowed where powercap is root's alone.
#include "core/sensors/rapl.h"
#include "core/sensors/system_files.h"
#include "core/sensors/text_file.h"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <utility>
#include <vector>

namespace core {

namespace {

using namespace std::chrono_literals;

constexpr const char* kPmu = "sys/bus/event_source/devices/power";
constexpr int kMostCpus = 1024; // packages of one machine
constexpr double kMostJoulesAStep = 1.0; // of the unit: RAPL's are 2^-32 J here

/// Of a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(m_number); }
    int number() const { return m_number; }

private:
    int m_number;
};

/// What "event=0x02" says; nullopt for what has other terms.
std::optional<std::uint64_t> eventOf(std::string_view text)
{
    constexpr std::string_view kBegin = "event=0x";
    if (!text.starts_with(kBegin))
        return {};
    std::uint64_t config = 0;
    const char *begin = text.data() + kBegin.size(), *end = text.data() + text.size();
    const auto [read, error] = std::from_chars(begin, end, config, 16);
    return error == std::errc() && read == end ? std::optional(config) : std::nullopt;
}

/// "0,18" or "0-1"; empty for anything else.
std::vector<int> cpusOf(std::string_view text)
{
    std::vector<int> cpus;
    const char *at = text.data(), *end = at + text.size();
    while (at != end) {
        int first = 0, last = 0;
        auto read = std::from_chars(at, end, first);
        last = first;
        if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-')
            read = std::from_chars(read.ptr + 1, end, last);
        if (read.ec != std::errc() || first < 0 || last < first || last - first >= kMostCpus)
            return {};
        for (int cpu = first; cpu <= last; ++cpu)
            cpus.push_back(cpu);
        at = read.ptr;
        if (at != end && *at++ != ',')
            return {};
    }
    return cpus;
}

struct Counter {
    std::function<std::optional<std::uint64_t>()> read;
    std::uint64_t last = 0;
    std::uint64_t used = 0; // since the meter was made
};

class PerfMeter final : public PowerMeter {
public:
    PerfMeter(std::vector<Counter> counters, double joulesAStep, SteadyNow now)
        : m_counters(std::move(counters))
        , m_joulesAStep(joulesAStep)
        , m_now(std::move(now))
        , m_moved(m_now())
    {
    }

    Figure joules() override
    {
        std::uint64_t total = 0;
        bool moved = false;
        for (Counter& counter : m_counters) {
            const auto value = counter.read();
            if (!value)
                return Figure::missing("The counter of " + source() + " cannot be read any more.");
            // The kernel extends RAPL's 32 bits to 64, which come round once in the life of a machine.
            const std::uint64_t gained = *value - std::exchange(counter.last, *value);
            if (gained > UINT64_MAX / 2)
                return Figure::missing("The counter of " + source() + " went backwards.");
            moved = moved || gained > 0;
            counter.used += gained;
            total += counter.used;
        }
        const auto now = m_now();
        if (moved)
            m_moved = now;
        else if (now - m_moved >= kStandstill)
            return Figure::missing(
                "The counter of " + source() + " stood still for 2 s: it is not supported here.");
        // More than a double's 53 bits are 2 MJ on one counter.
        return Figure::known(static_cast<double>(static_cast<long double>(total) * m_joulesAStep), source());
    }

    std::string source() const override
    {
        return m_counters.size() == 1
            ? "RAPL package, perf power events"
            : fmt::format("RAPL, {} packages, perf power events", m_counters.size());
    }
    std::chrono::nanoseconds updatePeriod() const override { return 1ms; }

private:
    std::vector<Counter> m_counters;
    double m_joulesAStep;
    SteadyNow m_now;
    std::chrono::steady_clock::time_point m_moved;
};

} // namespace

PerfCounter openPerfCounter(std::uint32_t type, std::uint64_t config, int cpu)
{
    perf_event_attr attributes {};
    attributes.size = sizeof attributes;
    attributes.type = type;
    attributes.config = config;
    const long file = syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    if (file < 0)
        return { {}, systemReason(errno) };
    return { [file = std::make_shared<Descriptor>(static_cast<int>(file))]() -> std::optional<std::uint64_t> {
                std::uint64_t value = 0;
                return ::read(file->number(), &value, sizeof value) == sizeof value ? std::optional(value)
                                                                                    : std::nullopt;
            },
        {} };
}

PowerMeterOr openRaplPerf(const std::string& root, SteadyNow now, const OpenPerf& perf)
{
    const std::string folder = kPmu, event = folder + "/events/energy-pkg";
    const FileNumber type = readNumber(root, folder + "/type");
    if (!type.value)
        return { nullptr, type.why };
    const auto config = eventOf(textOrEmpty(root, event));
    const FileNumber scale = readNumber(root, event + ".scale");
    if (!config || !scale.value || textOrEmpty(root, event + ".unit") != "Joules")
        return { nullptr, below(root, event) + ": is no counter of joules" };
    const auto cpus = cpusOf(textOrEmpty(root, folder + "/cpumask"));
    if (!(*scale.value > 0 && *scale.value < kMostJoulesAStep) || cpus.empty() || !(*type.value >= 0)
        || *type.value > UINT32_MAX)
        return { nullptr, below(root, folder) + ": says nothing that makes sense" };
    std::vector<Counter> counters;
    for (const int cpu : cpus) {
        PerfCounter opened = perf(static_cast<std::uint32_t>(*type.value), *config, cpu);
        const auto first = opened.read ? opened.read() : std::nullopt;
        if (!first)
            return { nullptr,
                fmt::format(
                    "perf event energy-pkg: {}", opened.why.empty() ? "cannot be read" : opened.why) };
        counters.push_back({ std::move(opened.read), *first });
    }
    return { std::make_unique<PerfMeter>(std::move(counters), *scale.value, std::move(now)), {} };
}

} // namespace core
