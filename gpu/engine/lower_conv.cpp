// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/lower_table.h"

namespace gpu {

void lowerConv(Lowering& lowering, const core::Node& node)
{
    if (!lowerDepthwise(lowering, node))
        throw core::Error("is a dense convolution, and has no kernel for that.");
}

} // namespace gpu
