// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/layers.h"
#include "core/model/zoo/networks.h"

namespace core::zoo {

Graph makeMlp(std::uint64_t seed)
{
    GraphBuilder builder("mlp", seed);
    const ValueId input = builder.input("input", ElementType::Float32, { "batch", 784 });
    const ValueId first = builder.node(OpKind::Relu, "/Relu", { gemm(builder, "fc1", input, 784, 512, 2) });
    const ValueId second
        = builder.node(OpKind::Relu, "/Relu_1", { gemm(builder, "fc2", first, 512, 512, 2) });
    builder.output(gemm(builder, "fc3", second, 512, 10, 1), "logits", ElementType::Float32, { "batch", 10 });
    return builder.finish();
}

} // namespace core::zoo
