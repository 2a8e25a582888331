// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace core {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kFlopPerThread = 50e9; // a core with AVX2 or AVX-512 on convolutions, half of its peak
constexpr double kFlopOfDevice = 5e12; // an accelerator, a third of a small one's peak
constexpr double kFlopOfLoops = 0.5e9; // the reference engine's plain loops
constexpr double kUnknownFlop = 1e9; // a model whose arithmetic is not known
constexpr Seconds kCompile { 0.3 };
constexpr Seconds kTune { 12 }; // four programs traced for 2 s each, then one or two compared for 3 s

double assumedRate(const CellKey& key)
{
    if (key.engine == "reference" || key.tuning.plain)
        return kFlopOfLoops;
    return key.threads > 0 ? kFlopPerThread * key.threads : kFlopOfDevice;
}

/// The measured cell most like `key` on the same engine, loops and kernels being no guide to each other; null
/// when there is none.
const MeasuredCell* likest(const CellKey& key, std::span<const MeasuredCell> measured)
{
    const auto distance = [&](const MeasuredCell& cell) {
        return std::tuple(cell.key.tuning != key.tuning, cell.key.precision != key.precision,
            std::abs(cell.key.threads - key.threads),
            std::abs(std::log(static_cast<double>(cell.key.items()) / static_cast<double>(key.items()))));
    };
    const MeasuredCell* best = nullptr;
    for (const MeasuredCell& cell : measured) {
        const bool comparable = cell.key.engine == key.engine && cell.key.tuning.plain == key.tuning.plain;
        if (comparable && (!best || distance(cell) < distance(*best)))
            best = &cell;
    }
    return best;
}

} // namespace

Seconds estimateLatency(const CellKey& key, std::int64_t flopPerItem, std::span<const MeasuredCell> measured)
{
    const auto items = static_cast<double>(key.items());
    if (const MeasuredCell* known = likest(key, measured)) {
        const double threads = key.threads > 0 && known->key.threads > 0
            ? static_cast<double>(known->key.threads) / key.threads
            : 1.0;
        return known->latency * (items / static_cast<double>(known->key.items())) * threads;
    }
    const double flop = flopPerItem > 0 ? static_cast<double>(flopPerItem) : kUnknownFlop;
    return Seconds(items * flop / assumedRate(key));
}

Seconds estimateCell(const CellKey& key, const StopRule& rule, std::int64_t flopPerItem,
    std::span<const MeasuredCell> measured)
{
    const MeasuredCell* known = likest(key, measured);
    return (known ? known->compile : kCompile)
        + estimatedTime(rule, estimateLatency(key, flopPerItem, measured));
}

Seconds estimateSweep(const SweepSpec& spec, std::int64_t flopPerItem, std::span<const MeasuredCell> measured)
{
    Seconds total {};
    for (const CellKey& key : cells(spec))
        total += estimateCell(key, spec.rule, flopPerItem, measured);
    if (spec.tuneKernels) // as if all were new: what is known already only an engine could say
        total += kTune * static_cast<double>(std::ranges::count_if(cells(spec), [](const CellKey& key) {
            return key.engine != "reference";
        }));
    if (spec.checkOutputs) { // one run of the reference engine for each batch
        for (const std::int64_t batch : spec.batches)
            total += estimateLatency({ .engine = "reference", .batch = batch }, flopPerItem, measured);
    }
    return total;
}

std::string formatDuration(Seconds time)
{
    const double seconds = time.count();
    if (seconds < 1)
        return "under 1 s";
    if (seconds < 100)
        return fmt::format("about {:.0f} s", seconds);
    if (seconds < 100 * 60)
        return fmt::format("about {:.0f} min", seconds / 60);
    return fmt::format("about {:.0f} h", seconds / 3600);
}

} // namespace core
