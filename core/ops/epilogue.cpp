// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "core/ops/scalar.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>

namespace core {
namespace {

double applied(const PostOp& post, double x)
{
    switch (post.kind) {
    case PostOp::Kind::Add:
        return x; // takes a tensor: see add()
    case PostOp::Kind::Linear:
        return post.alpha * x + post.beta;
    case PostOp::Kind::Relu:
        return std::max(x, 0.0);
    case PostOp::Kind::Clip:
        return std::min<double>(std::max<double>(x, post.alpha), post.beta);
    case PostOp::Kind::Sigmoid:
        return ops::sigmoid(x);
    case PostOp::Kind::HardSigmoid:
        return ops::hardSigmoid(x, post.alpha, post.beta);
    case PostOp::Kind::HardSwish:
        return ops::hardSwish(x);
    case PostOp::Kind::Tanh:
        return std::tanh(x);
    case PostOp::Kind::Gelu:
        return ops::gelu(x);
    case PostOp::Kind::GeluTanh:
        return ops::geluTanh(x);
    case PostOp::Kind::Swish:
        return ops::swish(x);
    case PostOp::Kind::Quantise: // into a tensor of another type: see runNode()
        return x;
    }
    return x;
}

template <typename T> void add(const PostOp& post, std::span<const TensorView> inputs, std::span<T> y)
{
    const auto index = static_cast<std::size_t>(post.input);
    if (index >= inputs.size() || inputs[index].bytes.size() != y.size_bytes())
        throw Error("adds a tensor of another size to its output.");
    const auto x = inputs[index].as<T>();
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] += x[i];
}

} // namespace

void applyEpilogue(const Node& node, std::span<const TensorView> inputs, Tensor& output)
{
    if (node.epilogue.empty())
        return;
    ops::dispatch(ops::FloatTypes {}, output.type(), [&]<typename T>() {
        const std::span<T> y = output.as<T>();
        for (const PostOp& post : node.epilogue)
            if (post.kind == PostOp::Kind::Add)
                add(post, inputs, y);
            else
                for (T& element : y)
                    element = static_cast<T>(applied(post, element));
    });
}

} // namespace core
