// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/chain_kernel.h"

#include "cpu/isa.h"

#include <algorithm>
#include <cassert>

namespace cpu {

const ChainLoops& chainLoops()
{
    if (runs(core::InstructionSet::Avx512))
        return kChainAvx512;
    return runs(core::InstructionSet::Avx2) ? kChainAvx2 : kChainBaseline;
}

ChainKernel::ChainKernel(
    const core::ElementwiseChain& chain, const core::ops::Walk& walk, const ChainLoops& loops)
    : m_walk(core::ops::merged(walk))
    , m_count(core::elementCount(walk.dims))
{
    if (m_walk.dims.empty()) // a single element
        m_walk = { { 1 }, std::vector<core::ops::Strides>(walk.strides.size(), { 1 }) };
    for (const core::ops::Strides& strides : m_walk.strides)
        m_dense.push_back(strides == core::ops::denseStrides(m_walk.dims));
    const int outside = static_cast<int>(m_walk.strides.size()), steps = static_cast<int>(chain.steps.size());
    assert(outside <= kMostOperands && steps <= kMostSteps && m_walk.dims.size() <= kMostDims);
    std::vector<int> lastRead(chain.steps.size(), -1), registerOf(chain.steps.size(), -1), free;
    for (int i = 0; i < steps; ++i)
        for (const int operand :
            { chain.steps[static_cast<std::size_t>(i)].x, chain.steps[static_cast<std::size_t>(i)].y })
            if (operand >= outside)
                lastRead[static_cast<std::size_t>(operand - outside)] = i;
    for (int i = 0; i < steps; ++i) {
        const core::ChainStep& step = chain.steps[static_cast<std::size_t>(i)];
        const auto place = [&](int operand) {
            return operand < outside ? operand
                                     : outside + registerOf[static_cast<std::size_t>(operand - outside)];
        };
        Step next { loops[static_cast<std::size_t>(step.function)], { step.function, step.alpha, step.beta },
            place(step.x), place(step.y) };
        // A register that is read here for the last time may be written here: element for element.
        for (int made = 0; made < i; ++made)
            if (lastRead[static_cast<std::size_t>(made)] == i)
                free.push_back(registerOf[static_cast<std::size_t>(made)]);
        if (free.empty())
            free.push_back(m_registers++);
        next.to = free.back();
        free.pop_back();
        registerOf[static_cast<std::size_t>(i)] = next.to;
        m_steps.push_back(next);
    }
}

std::int64_t ChainKernel::grain() const
{
    return std::max<std::int64_t>(16'384 / static_cast<std::int64_t>(m_steps.size()), kBlock);
}

/// `count` elements of an operand from element `begin` of the result on: where they lie, or copied into
/// `block`.
const float* ChainKernel::fill(
    std::size_t operand, const float* from, std::int64_t begin, int count, float* block) const
{
    const auto& strides = m_walk.strides[operand];
    const std::size_t inner = m_walk.dims.size() - 1;
    std::int64_t position[kMostDims];
    const float* row = from;
    for (std::size_t d = m_walk.dims.size(); d-- > 0; begin /= m_walk.dims[d]) {
        position[d] = begin % m_walk.dims[d];
        if (d < inner)
            row += position[d] * strides[d];
    }
    for (int filled = 0; filled < count;) {
        const std::int64_t column = position[inner];
        const int run = static_cast<int>(std::min<std::int64_t>(m_walk.dims[inner] - column, count - filled));
        if (strides[inner] == 1 && run == count)
            return row + column;
        if (strides[inner] == 0)
            std::fill_n(block + filled, run, *row);
        else if (strides[inner] == 1)
            std::copy_n(row + column, run, block + filled);
        else
            for (int i = 0; i < run; ++i)
                block[filled + i] = row[(column + i) * strides[inner]];
        filled += run;
        position[inner] = 0;
        for (std::size_t d = inner; d-- > 0;) { // the next row
            row += strides[d];
            if (++position[d] < m_walk.dims[d])
                break;
            position[d] = 0;
            row -= strides[d] * m_walk.dims[d];
        }
    }
    return block;
}

void ChainKernel::run(const float* const* operands, float* result, std::int64_t begin, std::int64_t end) const
{
    alignas(64) float spread[kMostOperands][kBlock];
    alignas(64) float registers[kMostSteps][kBlock];
    const float* places[kMostOperands + kMostSteps];
    for (int i = 0; i < m_registers; ++i)
        places[m_walk.strides.size() + static_cast<std::size_t>(i)] = registers[i];
    for (std::int64_t at = begin; at < end; at += kBlock) {
        const int count = static_cast<int>(std::min<std::int64_t>(kBlock, end - at));
        for (std::size_t i = 0; i < m_walk.strides.size(); ++i)
            places[i] = m_dense[i] ? operands[i] + at : fill(i, operands[i], at, count, spread[i]);
        for (const Step& step : m_steps)
            step.loop(step.of, places[step.x], step.y < 0 ? nullptr : places[step.y],
                &step == &m_steps.back() ? result + at : registers[step.to], count);
    }
}

} // namespace cpu
