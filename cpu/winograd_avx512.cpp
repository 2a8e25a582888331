// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512, see CMakeLists.txt; called only where the processor has it.
#include "cpu/winograd_transform.h"

namespace cpu {

extern const WinogradTransforms kWinogradAvx512;
const WinogradTransforms kWinogradAvx512 { inputRows<16>, outputRows<16> };

} // namespace cpu
