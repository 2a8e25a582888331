// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/elementwise_chain.h"
#include "core/ops/walk.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cpu {

struct ChainOperation {
    core::ChainFunction function = core::ChainFunction::Linear;
    float alpha = 0, beta = 0;
};

/// Computes `count` elements of one function; y is null for functions of one operand.
using ChainLoop = void (*)(const ChainOperation& of, const float* x, const float* y, float* out, int count);
using ChainLoops = std::array<ChainLoop, core::kChainFunctions>;

/// For any processor, for AVX2 with FMA, for AVX-512.
extern const ChainLoops kChainBaseline, kChainAvx2, kChainAvx512;

/// The best of those that this process may use (isa.h).
const ChainLoops& chainLoops();

/// A chain over memory: block after block of the result, which stays in level 1 from the first function to
/// the last. Nothing is allocated in a run.
class ChainKernel {
public:
    /// The result is dense along the walk's dimensions; the operands are in the chain's order.
    ChainKernel(const core::ElementwiseChain& chain, const core::ops::Walk& walk,
        const ChainLoops& loops = chainLoops());

    /// Elements [begin, end) of the result. It may lie where a dense operand lies.
    void run(const float* const* operands, float* result, std::int64_t begin, std::int64_t end) const;

    std::int64_t count() const { return m_count; }
    /// A part that takes some microseconds.
    std::int64_t grain() const;

    static constexpr int kMostOperands = 8, kMostSteps = 24,
                         kMostDims = 13; // oneDNN's 12, and blocks of channels

private:
    static constexpr int kBlock = 256; // elements: 1 KiB

    struct Step {
        ChainLoop loop = nullptr;
        ChainOperation of;
        int x = 0, y = -1; // places: an operand's, or that of a register behind those
        int to = 0; // a register; of the last step it is the result
    };

    const float* fill(
        std::size_t operand, const float* from, std::int64_t begin, int count, float* block) const;

    core::ops::Walk m_walk; // of one dimension at least
    std::vector<bool> m_dense;
    std::vector<Step> m_steps;
    std::int64_t m_count = 0;
    int m_registers = 0;
};

} // namespace cpu
