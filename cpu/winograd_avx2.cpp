// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX2 and FMA, see CMakeLists.txt; called only where the processor has it.
#include "cpu/winograd_transform.h"

namespace cpu {

extern const WinogradTransforms kWinogradAvx2;
const WinogradTransforms kWinogradAvx2 { inputRows<8>, outputRows<8> };

} // namespace cpu
