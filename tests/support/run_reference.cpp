// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/run_reference.h"

#include "core/engine/reference_engine.h"
#include "core/model/zoo/random_weights.h"
#include "tests/support/programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace support {
namespace {

core::Tensor inputFor(
    const core::Value& value, const core::Shape& shape, std::uint64_t seed, std::int64_t tokens)
{
    core::Tensor tensor(value.type, shape);
    const std::uint64_t stream = core::zoo::streamOf(seed, value.name);
    if (value.type == core::ElementType::Float32) {
        core::zoo::fillRandom(tensor.as<float>(), stream, 1, 0);
        return tensor;
    }
    if (value.type != core::ElementType::Int64) {
        std::fill(tensor.bytes().begin(), tensor.bytes().end(), std::byte {});
        return tensor;
    }
    const auto elements = tensor.as<std::int64_t>();
    const bool mask = value.name.find("mask") != std::string::npos;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const auto column = static_cast<std::int64_t>(i) % shape.back();
        elements[i] = mask ? column < shape.back() * 3 / 4
                           : static_cast<std::int64_t>((stream + i * 2654435761U) >> 7U) % tokens;
        elements[i] = std::abs(elements[i]);
    }
    return tensor;
}

std::string difference(const core::Tensor& before, const core::Tensor& after)
{
    if (before.shape() != after.shape() || before.type() != after.type())
        return "shape " + core::toString(after.shape()) + ", expected " + core::toString(before.shape());
    if (before.type() != core::ElementType::Float32)
        return {};
    const auto expected = before.as<float>(), actual = after.as<float>();
    float largest = 0;
    for (const float element : expected)
        largest = std::max(largest, std::abs(element));
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (!(std::abs(actual[i] - expected[i]) <= 1e-4F * largest + 1e-6F))
            return fmt::format("element {} is {}, expected {}", i, actual[i], expected[i]);
    return {};
}

} // namespace

std::vector<core::Tensor> runReference(
    const core::Graph& graph, std::int64_t batch, std::uint64_t seed, std::int64_t tokens)
{
    const core::DimBindings dims { .batch = batch, .named = {} };
    const core::Shapes shapes = core::inferShapes(graph, dims);
    std::vector<core::Tensor> inputs;
    for (const core::ValueId id : graph.inputs)
        inputs.push_back(inputFor(graph.value(id), shapes.of(id), seed, tokens));
    core::ReferenceEngine engine;
    const auto program = engine.compile(std::make_shared<const core::Graph>(graph), { .dims = dims });
    return runOnce(*program, graph, inputs);
}

std::string differenceBetween(const core::Graph& before, const core::Graph& after)
{
    for (const std::int64_t batch : { 1, 3 }) {
        const auto expected = runReference(before, batch), actual = runReference(after, batch);
        if (expected.size() != actual.size())
            return "another number of outputs";
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (const std::string found = difference(expected[i], actual[i]); !found.empty())
                return fmt::format("batch {}, output {}: {}", batch, i, found);
    }
    return {};
}

} // namespace support
