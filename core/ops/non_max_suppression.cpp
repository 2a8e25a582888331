// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace core::ops {

void inferNonMaxSuppression(InferContext& context)
{
    const Shape &boxes = context.inputs[0], &scores = context.inputs[1];
    for (const std::size_t input : { 0U, 1U, 3U, 4U })
        if (context.has(input) && context.types[input] != ElementType::Float32)
            throw Error("takes float32 as input {}, not {}.", input + 1, elementName(context.types[input]));
    if (boxes.size() != 3 || boxes[2] != 4 || scores.size() != 3 || scores[0] != boxes[0]
        || scores[2] != boxes[1])
        throw Error("has boxes of shape {} and scores of shape {}.", toString(boxes), toString(scores));
    if (context.has(2))
        requireType(context, 2, kIndices);
    for (const std::size_t input : { 2U, 3U, 4U })
        if (context.has(input) && elementCount(context.inputs[input]) != 1)
            throw Error("has a limit of shape {}, expected a scalar.", toString(context.inputs[input]));
    throw NeedsData("selects as many boxes as its data says.");
}

namespace {

struct Box {
    float top, left, bottom, right;

    float area() const { return (bottom - top) * (right - left); }
};

/// From any two opposite corners, or from a centre with width and height.
Box boxOf(const float* numbers, bool centred)
{
    if (centred) {
        const float x = numbers[0], y = numbers[1], width = numbers[2] / 2, height = numbers[3] / 2;
        return { y - height, x - width, y + height, x + width };
    }
    const auto [top, bottom] = std::minmax(numbers[0], numbers[2]);
    const auto [left, right] = std::minmax(numbers[1], numbers[3]);
    return { top, left, bottom, right };
}

/// The area of what two boxes share, by the area of what either covers.
float overlap(const Box& a, const Box& b)
{
    const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
    if (!(height > 0 && width > 0))
        return 0;
    const float shared = height * width, whole = a.area() + b.area() - shared;
    return whole > 0 ? shared / whole : 0;
}

struct Limits {
    std::int64_t most = 0; // boxes per batch and class
    float overlap = 0;
    std::optional<float> score;
};

Limits limitsOf(const ProduceContext& context)
{
    const auto given = [&](std::size_t index) {
        return index < context.inputs.size() && context.inputs[index].type != ElementType::Undefined;
    };
    Limits limits;
    if (given(2))
        limits.most = integersOf(context.inputs[2])[0];
    if (given(3))
        limits.overlap = context.inputs[3].as<float>()[0];
    if (given(4))
        limits.score = context.inputs[4].as<float>()[0];
    return limits;
}

/// The boxes of one class that stay, best first; of equal scores the first stands first.
std::vector<std::int64_t> select(
    const std::vector<Box>& boxes, std::span<const float> scores, const Limits& limits)
{
    std::vector<std::int64_t> order, selected;
    for (std::int64_t i = 0; i < std::ssize(scores); ++i) {
        const float score = scores[static_cast<std::size_t>(i)];
        if (!std::isnan(score) && (!limits.score || score > *limits.score))
            order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
    });
    for (const std::int64_t candidate : order) {
        if (std::ssize(selected) >= limits.most)
            break;
        const Box& box = boxes[static_cast<std::size_t>(candidate)];
        const bool suppressed = std::any_of(selected.begin(), selected.end(), [&](std::int64_t other) {
            return overlap(box, boxes[static_cast<std::size_t>(other)]) > limits.overlap;
        });
        if (!suppressed)
            selected.push_back(candidate);
    }
    return selected;
}

} // namespace

std::vector<Tensor> produceNonMaxSuppression(const ProduceContext& context)
{
    const Shape& scores = context.inputs[1].shape;
    const auto count = static_cast<std::size_t>(scores[2]);
    const Limits limits = limitsOf(context);
    const bool centred = std::get<BoxAttributes>(context.node.attributes).centred;
    const float* corners = context.inputs[0].as<float>().data();
    const float* score = context.inputs[1].as<float>().data();
    std::vector<std::int64_t> triples;
    for (std::int64_t batch = 0; batch < scores[0]; ++batch) {
        std::vector<Box> boxes;
        for (std::size_t i = 0; i < count; ++i, corners += 4)
            boxes.push_back(boxOf(corners, centred));
        for (std::int64_t category = 0; category < scores[1]; ++category, score += count)
            for (const std::int64_t box : select(boxes, { score, count }, limits))
                triples.insert(triples.end(), { batch, category, box });
    }
    std::vector<Tensor> outputs;
    outputs.push_back(Tensor::of(ElementType::Int64, { std::ssize(triples) / 3, 3 }, triples));
    return outputs;
}

} // namespace core::ops
