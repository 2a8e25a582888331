// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/lower_table.h"

#include <numeric>

namespace gpu {

void lowerAlias(Lowering& lowering, const core::Node& node)
{
    lowering.defineAlias(node.outputs[0], lowering.in(node.inputs[0]));
}

void lowerTranspose(Lowering& lowering, const core::Node& node)
{
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    auto permutation = std::get<core::TransposeAttributes>(node.attributes).permutation;
    if (permutation.empty()) {
        permutation.resize(input.size());
        std::iota(permutation.rbegin(), permutation.rend(), 0);
    }
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const auto strides = stridesOf(input, layout);
    std::vector<std::int64_t> from(output.size());
    for (std::size_t d = 0; d < from.size(); ++d)
        from[d] = strides[static_cast<std::size_t>(permutation[d])];
    const TensorId source = lowering.in(node.inputs[0], layout);
    addCopy(lowering, "own:transpose", source, from, lowering.define(node.outputs[0]),
        stridesOf(output, Layout::Dense), output);
}

} // namespace gpu
