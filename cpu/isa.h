// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <dnnl.hpp>

namespace cpu {

/// Whether kernels may use all of `isa`: the processor has it, and ONEDNN_MAX_CPU_ISA does not forbid it.
bool hasIsa(dnnl::cpu_isa isa);

} // namespace cpu
