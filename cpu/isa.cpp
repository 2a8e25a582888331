// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/isa.h"

namespace cpu {

bool hasIsa(dnnl::cpu_isa isa)
{
    // Each of oneDNN's names is a set of bits that holds those of the sets it builds on.
    const auto wanted = static_cast<unsigned>(isa);
    return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

} // namespace cpu
