// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/quantise_kernel.h"

namespace cpu {

/// Quotients are first products with the reciprocal, which are right to 2e-5 where it matters: a division
/// takes several times what the rest does. Where one comes nearer than that to the middle between two
/// integers, one in five thousand, the numbers rounded together with it are divided.
inline constexpr float kNearMiddle = 0.4999F;
inline constexpr std::int64_t kRoundedTogether = 256;

/// For AVX-512 with byte and word instructions.
void roundAvx512(const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel);

} // namespace cpu
