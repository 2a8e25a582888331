// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/window.h"
#include "cpu/epilogue.h"
#include "cpu/gemm.h"
#include "cpu/lower_table.h"
#include "cpu/threads.h"
#include "cpu/winograd.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

namespace cpu {

namespace {

/// A 3x3 convolution as Winograd's transforms see it; nullopt for any other.
std::optional<WinogradShape> shapeOf(const Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::ConvAttributes>(node.attributes);
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const auto weights = lowering.constant(node.inputs[1]);
    const bool biased = node.inputs.size() > 2 && node.inputs[2] != core::kNoValue;
    if (input.size() != 4 || !weights || !node.quantised.empty() || attributes.group != 1
        || lowering.typeOf(node.inputs[0]) != core::ElementType::Float32
        || weights->type != core::ElementType::Float32 || weights->shape[2] != 3 || weights->shape[3] != 3
        || (biased && !lowering.constant(node.inputs[2])) || core::elementCount(output) == 0
        || core::elementCount(input) == 0)
        return std::nullopt;
    const core::Window window
        = core::convWindow(attributes, core::ops::spatial(input), core::ops::spatial(weights->shape));
    const auto all = [](const core::Shape& shape, std::int64_t value) {
        return std::all_of(shape.begin(), shape.end(), [&](std::int64_t each) { return each == value; });
    };
    if (!all(window.strides, 1) || !all(window.dilations, 1))
        return std::nullopt;
    const std::int64_t block = lowering.channelBlock();
    const auto whole = [&](std::int64_t count) { return (count + block - 1) / block * block; };
    return WinogradShape { block, whole(input[1]), whole(output[1]), input[2], input[3], output[2], output[3],
        window.padsBegin[0], window.padsBegin[1] };
}

/// The epilogue, if it is one that the transform back can do: nothing may make something of the nothing that
/// fills blocks up, and at most one tensor is added.
std::optional<std::vector<WinogradPost>> postsOf(const core::Node& node)
{
    using Kind = core::PostOp::Kind;
    constexpr float kMost = std::numeric_limits<float>::infinity();
    std::vector<WinogradPost> posts;
    int sums = 0;
    for (const core::PostOp& op : node.epilogue) {
        if (op.kind == Kind::Add && ++sums == 1)
            posts.push_back({ .kind = WinogradPost::Kind::Add });
        else if (op.kind == Kind::Relu)
            posts.push_back({ .kind = WinogradPost::Kind::Clip, .least = 0, .most = kMost });
        else if (op.kind == Kind::Clip && op.alpha <= 0 && op.beta >= 0)
            posts.push_back({ .kind = WinogradPost::Kind::Clip, .least = op.alpha, .most = op.beta });
        else
            return std::nullopt;
    }
    return posts;
}

/// Images whose matrices are multiplied at once: as many as keep those no larger than the weights, which are
/// read again for each group, or than a level 2 cache.
std::int64_t imagesAtOnce(const WinogradShape& shape, std::int64_t images)
{
    constexpr std::int64_t kCache = 2 << 20;
    const auto bytes = static_cast<std::int64_t>(kWinogradPoints * sizeof(float));
    const std::int64_t most = std::max(kCache, bytes * shape.channels * shape.outputs)
        / (bytes * shape.tiles() * (shape.channels + shape.outputs));
    std::int64_t group = std::clamp<std::int64_t>(most, 1, images);
    while (images % group != 0)
        --group;
    return group;
}

/// Whether tiles are faster than oneDNN's direct kernel, which runs at the processor's peak. On an Emerald
/// Rapids core (180 GFLOP/s direct) products of few rows reach only rows / (rows + 8) of 160, and each number
/// that is transformed costs what 30 operations of the direct kernel do.
bool isWorthIt(
    const WinogradShape& shape, std::int64_t group, const core::Shape& input, const core::Shape& output)
{
    const auto rows = static_cast<double>(shape.tiles() * group);
    const double direct = 2.0 * 9 * static_cast<double>(output[2] * output[3] * group * input[1] * output[1]);
    const double products = 2.0 * kWinogradPoints * rows * static_cast<double>(shape.channels * shape.outputs)
        * (180.0 / 160) * (rows + 8) / rows;
    const double transforms
        = 30.0 * kWinogradPoints * rows * static_cast<double>(shape.channels + shape.outputs);
    constexpr double kMargin = 0.85; // what is nearly as fast is left to the exact one
    return products + transforms < kMargin * direct;
}

/// A stack of 36 matrices [rows, columns]. They begin a cache line further into a page each, lest all 36
/// numbers of a tile meet in the same set of the cache.
struct Stack {
    std::int64_t rows, columns;

    std::int64_t pitch() const
    {
        constexpr std::int64_t kPage = 4096 / sizeof(float), kLine = 64 / sizeof(float);
        return (rows * columns + kPage - 1) / kPage * kPage + kLine;
    }
    Desc desc() const
    {
        return Desc(
            { kWinogradPoints, rows, columns }, dnnl::memory::data_type::f32, { pitch(), columns, 1 });
    }
};

/// The stack `after` of the products of the matrices in `before` with those of the weights.
void addProducts(
    Lowering& lowering, const Stack& from, const Stack& to, TensorId before, TensorId weights, TensorId after)
{
    if (!hasGemm()) {
        const Desc dense = plainDesc(Dims { kWinogradPoints, from.columns, to.columns });
        const dnnl::matmul::primitive_desc product(
            lowering.engine(), from.desc(), dense, to.desc(), plainAttr());
        lowering.add(dnnl::matmul(product),
            { { DNNL_ARG_SRC, before }, { DNNL_ARG_WEIGHTS, weights }, { DNNL_ARG_DST, after } });
        return;
    }
    const Gemm gemm { from.rows, to.columns, from.columns, from.columns, to.columns };
    const std::int64_t panels = (to.columns + kGemmPanel - 1) / kGemmPanel;
    lowering.addOwn("own:winograd", { before, weights }, { after }, [=](const Addresses& at) {
        parallelFor(kWinogradPoints * panels, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t part = begin; part < end;) {
                const std::int64_t point = part / panels, last = std::min(end, (point + 1) * panels);
                runGemmPanels(gemm, at.as<float>(before) + point * from.pitch(),
                    at.as<float>(weights) + point * from.columns * to.columns, nullptr, nullptr,
                    at.as<float>(after) + point * to.pitch(), part - point * panels, last - point * panels);
                part = last;
            }
        });
    });
}

} // namespace

bool convWinograd(Lowering& lowering, const core::Node& node)
{
    const auto shape = shapeOf(lowering, node);
    if (!shape)
        return false;
    const core::Shape input = lowering.shapeOf(node.inputs[0]), output = lowering.shapeOf(node.outputs[0]);
    const auto block = static_cast<int>(shape->block);
    const WinogradTransforms transforms = winogradTransforms(block);
    const auto posts = postsOf(node);
    const std::int64_t group = imagesAtOnce(*shape, input[0]);
    // Who takes weights from the disk wants to start soon: these are four times as large as the file's, and
    // take longer to read than one run gains.
    const bool soon = lowering.settings().cacheWeights;
    const bool asked = lowering.choice().family == KernelFamily::Own;
    if (!transforms.input || !posts || !(asked || (!soon && isWorthIt(*shape, group, input, output))))
        return false;

    const std::int64_t panel = hasGemm() ? kGemmPanel : shape->outputs;
    const core::TensorView weights = *lowering.constant(node.inputs[1]);
    const TensorId packed = lowering.packedBy(weights, { kWinogradPoints, shape->channels, shape->outputs },
        [=, shape = *shape](const core::TensorView& from, std::byte* to) {
            winogradWeights(
                shape, from.bytes.data(), output[1], input[1], panel, reinterpret_cast<float*>(to));
        });
    auto bias = std::make_shared<core::Tensor>(core::ElementType::Float32, core::Shape { shape->outputs });
    std::ranges::fill(bias->bytes(), std::byte { 0 });
    if (node.inputs.size() > 2 && node.inputs[2] != core::kNoValue)
        std::memcpy(bias->bytes().data(), lowering.constant(node.inputs[2])->bytes.data(),
            static_cast<std::size_t>(output[1]) * sizeof(float));
    const TensorId biasTensor = lowering.keep(bias);

    const Desc dst = channelBlockedDesc(output, block);
    const TensorId source = lowering.inLayout(node.inputs[0], channelBlockedDesc(input, block));
    TensorId residual = -1;
    for (const core::PostOp& op : node.epilogue)
        if (op.kind == core::PostOp::Kind::Add)
            residual = lowering.inLayout(node.inputs[static_cast<std::size_t>(op.input)], dst);
    const TensorId target = lowering.define(node.outputs[0], dst);

    const Stack from { shape->tiles() * group, shape->channels },
        to { shape->tiles() * group, shape->outputs };
    const TensorId before = lowering.temporary(from.desc()), after = lowering.temporary(to.desc());
    const std::int64_t rows = shape->tilesDown();
    for (std::int64_t first = 0; first < input[0]; first += group) {
        // Calls `row(image, its place in the stack, begin, end)` for parts of all rows of tiles.
        const auto eachRow = [=, shape = *shape](const auto& part) {
            parallelFor(group * rows, 1, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t at = begin; at < end;) {
                    const std::int64_t image = at / rows, last = std::min(end, (image + 1) * rows);
                    part(first + image, image * shape.tiles(), at - image * rows, last - image * rows);
                    at = last;
                }
            });
        };
        lowering.addOwn("own:winograd", { source }, { before }, [=, shape = *shape](const Addresses& at) {
            const std::int64_t size = shape.channels * shape.height * shape.width;
            eachRow([&](std::int64_t image, std::int64_t tile, std::int64_t begin, std::int64_t end) {
                transforms.input(shape, at.as<float>(source) + image * size,
                    at.as<float>(before) + tile * shape.channels, from.pitch(), begin, end);
            });
        });
        addProducts(lowering, from, to, before, packed, after);
        std::vector<TensorId> reads { after, biasTensor };
        if (residual >= 0)
            reads.push_back(residual);
        lowering.addOwn(
            "own:winograd", reads, { target }, [=, shape = *shape, posts = *posts](const Addresses& at) {
                const std::int64_t size = shape.outputs * shape.outHeight * shape.outWidth;
                eachRow([&](std::int64_t image, std::int64_t tile, std::int64_t begin, std::int64_t end) {
                    transforms.output(shape, at.as<float>(after) + tile * shape.outputs, to.pitch(),
                        at.as<float>(biasTensor), { posts.data(), posts.size() },
                        residual < 0 ? nullptr : at.as<float>(residual) + image * size,
                        at.as<float>(target) + image * size, begin, end);
                });
            });
    }
    return true;
}

} // namespace cpu
