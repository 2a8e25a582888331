// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/index_maps.h"

namespace core::ops {

IndexMaps mapsOf(const core::LoopContext& context, std::size_t part)
{
    switch (context.node.kind) {
    case OpKind::Slice:
        return sliceMaps(context);
    case OpKind::Split:
        return splitMaps(context, part);
    case OpKind::Pad:
        return padMaps(context);
    case OpKind::Tile:
        return tileMaps(context);
    case OpKind::Expand:
        return expandMaps(context);
    default:
        return nearestMaps(context);
    }
}

} // namespace core::ops
