// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/convolution.h"
#include "gpu/kernels/elementwise.h"
#include "gpu/kernels/integers.h"
#include "gpu/kernels/movement.h"
#include "gpu/kernels/rows.h"
#include "gpu/kernels/tensor_attention.h"
#include "gpu/kernels/tiles.h"
#include "gpu/kernels/windows.h"

#include <type_traits>

/// All kernels by family and number: what a launch names and tables are indexed by.
namespace gpu {

template <typename Body, typename List> struct PlaceIn;
template <typename Body, typename... Bodies> struct PlaceIn<Body, KernelList<Bodies...>> {
    static constexpr std::size_t of()
    {
        constexpr bool same[] { std::is_same_v<Body, Bodies>..., true };
        std::size_t place = 0;
        while (!same[place])
            ++place;
        return place; // the list's size where it is not in it
    }
    static constexpr std::size_t value = of();
    static constexpr bool found = value < sizeof...(Bodies);
};

template <typename Body> constexpr Family findFamily()
{
    if constexpr (PlaceIn<Body, ElementwiseKernels>::found)
        return Family::Elementwise;
    else if constexpr (PlaceIn<Body, MovementKernels>::found)
        return Family::Movement;
    else if constexpr (PlaceIn<Body, RowKernels>::found)
        return Family::Rows;
    else if constexpr (PlaceIn<Body, WindowKernels>::found)
        return Family::Windows;
    else if constexpr (PlaceIn<Body, ConvolutionKernels>::found)
        return Family::Convolution;
    else if constexpr (PlaceIn<Body, AttentionKernels>::found)
        return Family::Attention;
    else if constexpr (PlaceIn<Body, IntegerKernels>::found)
        return Family::Integers;
    else {
        static_assert(PlaceIn<Body, TileKernels>::found, "a kernel that no family lists");
        return Family::Tiles;
    }
}

template <typename Body> inline constexpr Family familyOf = findFamily<Body>();

template <typename Body> constexpr std::size_t findNumber()
{
    switch (familyOf<Body>) {
    case Family::Elementwise:
        return PlaceIn<Body, ElementwiseKernels>::value;
    case Family::Movement:
        return PlaceIn<Body, MovementKernels>::value;
    case Family::Rows:
        return PlaceIn<Body, RowKernels>::value;
    case Family::Windows:
        return PlaceIn<Body, WindowKernels>::value;
    case Family::Convolution:
        return PlaceIn<Body, ConvolutionKernels>::value;
    case Family::Attention:
        return PlaceIn<Body, AttentionKernels>::value;
    case Family::Integers:
        return PlaceIn<Body, IntegerKernels>::value;
    case Family::Tiles:
        break;
    }
    return PlaceIn<Body, TileKernels>::value;
}

template <typename Body> inline constexpr std::size_t numberOf = findNumber<Body>();

} // namespace gpu
