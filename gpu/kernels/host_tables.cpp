// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/kernels/host_tables.h"

#include "gpu/kernels/families.h"

namespace gpu {

std::span<const HostKernel> hostTable(Family family)
{
    static constexpr auto kElementwise = hostKernels(ElementwiseKernels {});
    static constexpr auto kMovement = hostKernels(MovementKernels {});
    static constexpr auto kRows = hostKernels(RowKernels {});
    static constexpr auto kWindows = hostKernels(WindowKernels {});
    static constexpr auto kConvolution = hostKernels(ConvolutionKernels {});
    static constexpr auto kAttention = hostKernels(AttentionKernels {});
    static constexpr auto kIntegers = hostKernels(IntegerKernels {});
    static constexpr auto kTiles = hostKernels(TileKernels {});
    switch (family) {
    case Family::Elementwise:
        return kElementwise;
    case Family::Movement:
        return kMovement;
    case Family::Rows:
        return kRows;
    case Family::Windows:
        return kWindows;
    case Family::Convolution:
        return kConvolution;
    case Family::Attention:
        return kAttention;
    case Family::Integers:
        return kIntegers;
    case Family::Tiles:
        break;
    }
    return kTiles;
}

} // namespace gpu
