// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/measure_peaks.h"

#include "core/error.h"
#include "core/sensors/memory.h"
#include "cpu/memory_block.h"
#include "cpu/threads.h"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <functional>

namespace cpu {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// Long enough that starting the team (microseconds) and reading the clock do not show, shorter than what a
/// neighbour gets of a core at a time, so that some of many go undisturbed.
constexpr Seconds kRepetition { 0.001 };
constexpr int kRepetitions = 100, kFewestRepetitions = 5;
/// Cores that were idle take this long to reach their clock; with wide vectors some take milliseconds more.
constexpr Seconds kWarmUp { 0.05 };
/// On a busy machine repetitions take longer, and fewer are made.
constexpr Seconds kLongest { 0.4 };
/// Of a working set of more than 8 slices one repetition reads a slice, the next one the next: a gigabyte
/// takes a tenth of a second.
constexpr std::size_t kSlice = std::size_t { 8 } << 20;

/// Work for all threads of the team: `work(thread, amount)`, `amount` times what one unit is.
using TeamWork = std::function<void(int thread, std::int64_t amount)>;

double secondsOf(const TeamWork& work, int threads, std::int64_t amount)
{
    Clock::time_point begin;
#pragma omp parallel num_threads(threads)
    {
#pragma omp barrier // all threads are awake
#pragma omp master
        begin = Clock::now();
#pragma omp barrier
        work(omp_get_thread_num(), amount);
    }
    return Seconds(Clock::now() - begin).count();
}

void checkStop(const std::stop_token& stop)
{
    if (stop.stop_requested())
        throw core::Error("Cannot measure the peaks: it was stopped before the end.");
}

/// Units a second of all threads together, once for each repetition.
std::vector<double> ratesOf(const TeamWork& work, int threads, const std::stop_token& stop)
{
    std::int64_t amount = 1;
    double took = secondsOf(work, threads, amount);
    const auto warm = Clock::now() + kWarmUp;
    while (took < kRepetition.count() || (Clock::now() < warm && took < kWarmUp.count())) {
        checkStop(stop);
        if (took < kRepetition.count())
            amount *= 2;
        took = secondsOf(work, threads, amount);
    }
    std::vector<double> rates;
    const auto end = Clock::now() + kLongest;
    while (
        std::ssize(rates) < kRepetitions && (Clock::now() < end || std::ssize(rates) < kFewestRepetitions)) {
        checkStop(stop);
        const double seconds = secondsOf(work, threads, amount);
        rates.push_back(static_cast<double>(amount) * threads / std::max(seconds, 1e-9));
    }
    return rates;
}

/// A result that nothing looks at would let a compiler leave out the work.
template <typename T> void use(T value)
{
    asm volatile("" : : "g"(value));
}

core::PeakRate scaled(core::PeakRate rate, double unit)
{
    rate.best *= unit;
    rate.median *= unit;
    return rate;
}

core::ComputePeak computePeak(const ArithmeticKernel& kernel, int threads, const std::stop_token& stop)
{
    core::ComputePeak peak { .precision = kernel.precision,
        .instruction = kernel.instruction,
        .rate = {},
        .unknown = kernel.unknown };
    if (!kernel.run)
        return peak;
    constexpr std::int64_t kRounds = 1000;
    const auto rates
        = ratesOf([&](int, std::int64_t amount) { use(kernel.run(amount * kRounds, 1, 1)); }, threads, stop);
    peak.rate
        = scaled(summariseRates(rates), 2.0 * static_cast<double>(kernel.productsPerRound) * double(kRounds));
    return peak;
}

core::BandwidthPeak bandwidthPeak(
    const WorkingSet& set, ReadKernel read, int threads, const std::stop_token& stop)
{
    core::BandwidthPeak peak { .level = set.level,
        .capacity = set.capacity,
        .workingSet = set.bytesPerThread * static_cast<std::size_t>(threads),
        .rate = {},
        .unknown = set.unknown };
    if (set.bytesPerThread == 0)
        return peak;
    // Each thread writes to its own part first: pages that nobody wrote to are all the same page of zeros.
    const MemoryBlock block(peak.workingSet);
    const auto partOf
        = [&](int thread) { return block.data() + static_cast<std::size_t>(thread) * set.bytesPerThread; };
#pragma omp parallel num_threads(threads)
    std::fill_n(partOf(omp_get_thread_num()), set.bytesPerThread, std::byte { 1 });
    const std::size_t slice = set.bytesPerThread > 8 * kSlice ? kSlice : set.bytesPerThread;
    std::vector<std::size_t> next(static_cast<std::size_t>(threads), 0);
    const auto readSlice = [&](int thread, std::int64_t amount) {
        std::size_t& at = next[static_cast<std::size_t>(thread)];
        if (slice == set.bytesPerThread)
            return use(read(partOf(thread), slice, amount));
        for (; amount > 0; --amount) {
            use(read(partOf(thread) + at, slice, 1));
            at = at + 2 * slice <= set.bytesPerThread ? at + slice : 0;
        }
    };
    peak.rate = scaled(summariseRates(ratesOf(readSlice, threads, stop)), static_cast<double>(slice));
    return peak;
}

/// Of `sorted`, nearest rank.
double quantile(const std::vector<double>& sorted, double p)
{
    const auto rank = static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1) + 0.5);
    return sorted[rank];
}

std::size_t wholeReads(std::size_t bytes)
{
    return bytes / kReadBytes * kReadBytes;
}

} // namespace

std::vector<WorkingSet> workingSets(
    const std::vector<core::CacheLevel>& caches, int threads, int cores, std::optional<std::size_t> available)
{
    std::vector<WorkingSet> sets;
    std::size_t nearer = 0, last = 0; // capacities of the level before, of the last level there is
    const auto team = static_cast<std::size_t>(std::max(1, threads));
    for (int level = 1; level <= 3; ++level) {
        WorkingSet set { .level = fmt::format("L{}", level) };
        set.capacity = core::cacheCapacity(caches, level, threads, cores);
        // Half of the level stays in it. Where that is very much, eight times the level before is enough to
        // find at most an eighth there, and takes less from others who share it.
        std::size_t bytes = set.capacity / 2;
        if (nearer > 0)
            bytes = std::min(bytes, 8 * nearer);
        set.bytesPerThread = wholeReads(bytes / team);
        if (set.capacity == 0)
            set.unknown = fmt::format("/sys/devices/system/cpu/cpu0/cache tells of no level {}", level);
        else if (set.capacity <= nearer || set.bytesPerThread == 0)
            set.unknown = "the level is not larger than the one before", set.bytesPerThread = 0;
        nearer = set.capacity > 0 ? set.capacity : nearer;
        last = std::max(last, set.capacity);
        sets.push_back(std::move(set));
    }
    WorkingSet memory { .level = "memory" };
    // Four times the last level, as STREAM asks for: with less, caches that do not replace the oldest line
    // answer for memory.
    const std::size_t wanted = std::max<std::size_t>(4 * last, std::size_t { 64 } << 20);
    if (last == 0)
        memory.unknown
            = "/sys/devices/system/cpu/cpu0/cache tells of no cache, so nothing is sure to be beyond";
    else if (!available)
        memory.unknown = "nobody knows how much memory is free";
    else if (wanted > *available / 2)
        memory.unknown = fmt::format("it takes {}, and half of the free memory is {}",
            core::formatBytes(static_cast<double>(wanted)),
            core::formatBytes(static_cast<double>(*available / 2)));
    else
        memory.bytesPerThread = wholeReads(wanted / team);
    sets.push_back(std::move(memory));
    return sets;
}

core::PeakRate summariseRates(std::vector<double> rates)
{
    std::sort(rates.begin(), rates.end());
    const double median = quantile(rates, 0.5);
    return { .best = rates.back(),
        .median = median,
        .spread = median > 0 ? (quantile(rates, 0.75) - quantile(rates, 0.25)) / median : 0 };
}

core::Peaks measurePeaks(const VectorIsa& isa, int threads, const std::stop_token& stop)
{
    useTeam({ threads, 0 });
    core::Peaks peaks { .threads = threads };
    for (const ArithmeticKernel& kernel : arithmeticKernels(isa))
        peaks.compute.push_back(computePeak(kernel, threads, stop));
    const auto sets = workingSets(core::readCaches(), threads, allowedCores(), core::availableMemory());
    for (const WorkingSet& set : sets)
        peaks.bandwidth.push_back(bandwidthPeak(set, readKernel(isa), threads, stop));
    return peaks;
}

} // namespace cpu
