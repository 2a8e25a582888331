// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512, see CMakeLists.txt; called only where the processor has it.
#include "cpu/chain_loops.h"

namespace cpu {

extern const ChainLoops kChainAvx512;
const ChainLoops kChainAvx512 = loopsFor(std::make_integer_sequence<int, core::kChainFunctions>());

} // namespace cpu
