// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/own_product.h"

#include "core/engine/elementwise_chain.h"

namespace gpu {

namespace {

/// Whether all runs of eight elements from a multiple of eight on lie at one of 16 bytes.
bool eights(const std::byte* from, std::int64_t count, std::int64_t pitch, std::int64_t batch)
{
    return reinterpret_cast<std::uintptr_t>(from) % 16 == 0 && count % 8 == 0 && pitch % 8 == 0
        && batch % 8 == 0;
}

template <typename T> void multiplyAs(Device& device, const Product& p)
{
    const ProductBody<T> body { .a = reinterpret_cast<const T*>(p.a),
        .b = reinterpret_cast<const T*>(p.b),
        .bias = reinterpret_cast<const T*>(p.bias),
        .residual = reinterpret_cast<const T*>(p.residual),
        .c = reinterpret_cast<T*>(p.c),
        .m = p.m,
        .n = p.n,
        .k = p.k,
        .rowA = p.transposeA ? 1 : p.rowA,
        .columnA = p.transposeA ? p.rowA : 1,
        .rowB = p.transposeB ? 1 : p.rowB,
        .columnB = p.transposeB ? p.rowB : 1,
        .rowC = p.rowC,
        .batchA = p.batchA,
        .batchB = p.batchB,
        .batchC = p.batchC,
        .batchBias = p.batchBias,
        .alpha = p.alpha,
        .leftEights = !p.transposeA && eights(p.a, p.k, p.rowA, p.batchA),
        .rightEights = !p.transposeB && eights(p.b, p.n, p.rowB, p.batchB) };
    device.run(body, body.tilesAcross() * body.tilesDown() * p.batch);
}

/// alpha and beta as the functions of chains have them.
core::ChainStep stepOf(Activation activation)
{
    using F = core::ChainFunction;
    switch (activation) {
    case Activation::None:
        break;
    case Activation::Relu:
        return { F::Relu, 0, 0, 0, -1 };
    case Activation::Gelu:
        return { F::Gelu, 0, 0, 0, -1 };
    case Activation::GeluTanh:
        return { F::GeluTanh, 0, 0, 0, -1 };
    case Activation::Sigmoid:
        return { F::Sigmoid, 0, 0, 0, -1 };
    case Activation::Tanh:
        return { F::Tanh, 0, 0, 0, -1 };
    case Activation::Swish:
        return { F::Swish, 1, 0, 0, -1 };
    case Activation::HardSwish:
        return { F::HardSwish, 0, 0, 0, -1 };
    }
    return { F::Linear, 1, 0, 0, -1 };
}

/// Over the rows of every result, which may lie apart.
template <typename T> void activateAs(Device& device, const Product& p)
{
    ChainBody<T> body {};
    auto* c = reinterpret_cast<T*>(p.c);
    const core::ChainStep step = stepOf(p.activation);
    body.operands = body.steps = 1;
    body.dims = 1;
    body.shape[0] = p.n;
    body.step[0] = { step.function, step.alpha, step.beta, 0, -1 };
    const bool together = p.rowC == p.n && (p.batch == 1 || p.batchC == p.m * p.n);
    const std::int64_t runs = together ? 1 : p.batch * p.m;
    for (std::int64_t run = 0; run < runs; ++run) {
        T* at = together ? c : c + run / p.m * p.batchC + run % p.m * p.rowC;
        body.result = at;
        body.operand[0] = { at, true, {} };
        device.run(body, together ? p.batch * p.m * p.n : p.n);
    }
}

} // namespace

void multiplyByTiles(Device& device, const Product& product)
{
    switch (product.numbers) {
    case Numbers::Float32:
    case Numbers::TensorFloat32:
        multiplyAs<float>(device, product);
        break;
    case Numbers::Float16:
        multiplyAs<Half>(device, product);
        break;
    case Numbers::BFloat16:
        multiplyAs<Bfloat>(device, product);
        break;
    }
    activate(device, product);
}

void activate(Device& device, const Product& product)
{
    if (product.activation == Activation::None)
        return;
    switch (product.numbers) {
    case Numbers::Float32:
    case Numbers::TensorFloat32:
        return activateAs<float>(device, product);
    case Numbers::Float16:
        return activateAs<Half>(device, product);
    case Numbers::BFloat16:
        return activateAs<Bfloat>(device, product);
    }
}

} // namespace gpu
