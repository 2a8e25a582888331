// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"
#include "core/ops/strided_copy.h"

/// What operators that only move elements do: each dimension of the output reads the input's by a map. For
/// engines that move them in layouts of their own. Only the shape of the first input and those of the outputs
/// are looked at, and the data of the inputs behind the first. None of the outputs may be empty.
namespace core::ops {

/// Of output `part` of a Slice, Split, Pad, Tile, Expand, or of a Resize or Upsample in the nearest mode.
IndexMaps mapsOf(const LoopContext& context, std::size_t part);

IndexMaps sliceMaps(const LoopContext& context);
/// Of the output `part`.
IndexMaps splitMaps(const LoopContext& context, std::size_t part);
IndexMaps padMaps(const LoopContext& context);
/// The element that a Pad puts where its maps have kFill.
Tensor padFill(const LoopContext& context);
IndexMaps tileMaps(const LoopContext& context);
/// Of an input whose shape has dimensions of 1 in front until it has as many as the output.
IndexMaps expandMaps(const LoopContext& context);
/// Of Resize and Upsample in their nearest mode.
IndexMaps nearestMaps(const LoopContext& context);
/// The element outside of the region that one crops to.
Tensor nearestFill(const LoopContext& context);

} // namespace core::ops
