// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <dnnl.hpp>

namespace cpu {

/// Kernels may use all of `isa`: cpu/isa.h in oneDNN's words, which know a few sets more.
bool hasIsa(dnnl::cpu_isa isa);

} // namespace cpu
