// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX2 and FMA, see CMakeLists.txt; called only where the processor has it.
#include "cpu/chain_loops.h"

namespace cpu {

extern const ChainLoops kChainAvx2;
const ChainLoops kChainAvx2 = loopsFor(std::make_integer_sequence<int, core::kChainFunctions>());

} // namespace cpu
