// SPDX-License-Identifier: GPL-3.0-or-later
// For any processor.
#include "cpu/chain_loops.h"

namespace cpu {

extern const ChainLoops kChainBaseline;
const ChainLoops kChainBaseline = loopsFor(std::make_integer_sequence<int, core::kChainFunctions>());

} // namespace cpu
