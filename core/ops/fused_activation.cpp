// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_microsoft.h"
#include "core/ops/rules.h"
#include "core/ops/scalar.h"
#include "core/ops/types.h"

/// com.microsoft's GELUs, two of them with a bias along the last dimension.
namespace core::ops {

Attributes parseQuickGelu(const OnnxAttributes& from)
{
    return ActivationAttributes { .alpha = from.real("alpha", 1.702F) };
}

void inferBiasedActivation(InferContext& context)
{
    const Shape& x = context.inputs[0];
    requireOneType(context, kFloats);
    if (context.has(1) && (x.empty() || context.inputs[1] != Shape { x.back() }))
        throw Error("adds a bias of shape {} to {}.", toString(context.inputs[1]), toString(x));
    setOutput(context, 0, x, context.types[0]);
}

namespace {

template <typename T, typename Function> void applyBiased(const LoopContext& context, Function&& function)
{
    const auto x = context.inputs[0].as<T>();
    const auto y = context.outputs[0].as<T>();
    if (!hasInput(context, 1)) {
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = static_cast<T>(function(x[i]));
        return;
    }
    const auto bias = context.inputs[1].as<T>();
    for (std::size_t at = 0; at < y.size(); at += bias.size())
        for (std::size_t i = 0; i < bias.size(); ++i)
            y[at + i] = static_cast<T>(function(x[at + i] + bias[i]));
}

} // namespace

void biasedActivationLoop(const LoopContext& context)
{
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        if (context.node.kind == OpKind::BiasGelu)
            return applyBiased<T>(context, [](T x) { return gelu(x); });
        if (context.node.kind == OpKind::FastGelu)
            return applyBiased<T>(context, [](T x) { return geluTanh(x); });
        const double alpha = std::get<ActivationAttributes>(context.node.attributes).alpha;
        applyBiased<T>(context, [alpha](T x) { return x * sigmoid(alpha * x); });
    });
}

} // namespace core::ops
