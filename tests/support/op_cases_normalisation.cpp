// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::OpKind;
using core::PoolAttributes;
using core::Shape;

namespace {

void addPoolCases(std::vector<OpCase>& cases)
{
    const auto pools = [&](const std::string& name, Shape x, const PoolAttributes& attributes) {
        cases.push_back(opCase("maxpool " + name, OpKind::MaxPool, { input(x) }, attributes));
        cases.push_back(opCase("averagepool " + name, OpKind::AveragePool, { input(x) }, attributes));
        PoolAttributes counted = attributes;
        counted.countIncludePad = true;
        cases.push_back(
            opCase("averagepool " + name + " counting pads", OpKind::AveragePool, { input(x) }, counted));
    };
    pools("2x2", { 2, 16, 8, 8 }, { .kernel = { 2, 2 }, .strides = { 2, 2 } });
    pools("3x3 stride 2", { 1, 64, 15, 15 },
        { .kernel = { 3, 3 }, .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 } });
    pools("odd channels", { 3, 17, 9, 9 }, { .kernel = { 3, 3 }, .pads = { 1, 1, 1, 1 } });
    pools(
        "asymmetric", { 1, 8, 10, 11 }, { .kernel = { 3, 2 }, .strides = { 2, 1 }, .pads = { 0, 1, 2, 0 } });
    pools("ceil", { 1, 8, 10, 10 }, { .kernel = { 3, 3 }, .strides = { 2, 2 }, .ceilMode = true });
    pools("ceil padded", { 1, 8, 8, 8 },
        { .kernel = { 3, 3 }, .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 }, .ceilMode = true });
    pools("ceil without overhang", { 1, 4, 4, 4 },
        { .kernel = { 1, 1 }, .strides = { 2, 2 }, .pads = { 0, 0, 0, 0 }, .ceilMode = true });
    pools("dilated", { 1, 8, 12, 12 }, { .kernel = { 3, 3 }, .dilations = { 2, 2 }, .pads = { 2, 2, 2, 2 } });
    pools("same upper", { 1, 8, 9, 10 },
        { .autoPad = core::AutoPad::SameUpper, .kernel = { 3, 3 }, .strides = { 2, 2 } });
    pools("same lower", { 1, 8, 9, 10 },
        { .autoPad = core::AutoPad::SameLower, .kernel = { 2, 2 }, .strides = { 1, 1 } });
    pools("1d", { 2, 8, 20 }, { .kernel = { 4 }, .strides = { 3 } });
    pools("3d", { 1, 3, 6, 6, 6 }, { .kernel = { 2, 2, 2 }, .strides = { 2, 2, 2 } });
    pools("4d", { 1, 3, 4, 5, 4, 3 }, { .kernel = { 2, 2, 2, 2 } });
    constexpr std::int64_t kFar = std::int64_t { 1 } << 32;
    cases.push_back(opCase("averagepool of far places", OpKind::AveragePool, { input({ 1, 2, 4 }) },
        PoolAttributes {
            .kernel = { 1 }, .strides = { kFar }, .pads = { 0, kFar }, .countIncludePad = true }));
    cases.push_back(opCase("maxpool of int8", OpKind::MaxPool,
        { integers({ 1, 5, 6, 7 }, 90, core::ElementType::Int8) }, PoolAttributes { .kernel = { 2, 2 } }));
    cases.push_back(opCase("maxpool with indices", OpKind::MaxPool, { input({ 2, 3, 6, 7 }) },
        PoolAttributes { .kernel = { 2, 3 }, .strides = { 2, 2 } }, { .outputs = 2 }));
    for (const auto kind : { OpKind::GlobalAveragePool, OpKind::GlobalMaxPool }) {
        const std::string name(core::opName(kind));
        cases.push_back(opCase(name, kind, { input({ 2, 32, 7, 7 }) }));
        cases.push_back(opCase(name + " odd", kind, { input({ 1, 17, 5, 3 }) }));
        cases.push_back(opCase(name + " 1d", kind, { input({ 1, 6, 13 }) }));
    }
}

void addNormCases(std::vector<OpCase>& cases)
{
    const auto batchNorm = [&](const std::string& name, Shape x) {
        const Shape channels { x[1] };
        Operand variance = positive(channels);
        variance.constant = true;
        cases.push_back(opCase("batchnorm " + name, OpKind::BatchNormalization,
            { input(x), weight(channels), weight(channels), weight(channels), variance },
            core::BatchNormAttributes { .epsilon = 1e-3F }));
    };
    batchNorm("images", { 2, 32, 7, 7 });
    const auto doubles = [](std::vector<double> values) {
        return given({ 2 }, std::move(values), core::ElementType::Double);
    };
    cases.push_back(opCase("batchnorm by float64", OpKind::BatchNormalization,
        { input({ 2, 2, 3 }), doubles({ 1, 2 }), doubles({ 0, 1 }), doubles({ 0.5, -1 }), doubles({ 1, 3 }) },
        core::BatchNormAttributes {}));
    batchNorm("odd channels", { 1, 17, 5, 5 });
    batchNorm("rows", { 4, 10 });
    const auto layerNorm = [&](const std::string& name, std::vector<Operand> operands, std::int64_t axis) {
        cases.push_back(opCase("layernorm " + name, OpKind::LayerNormalization, std::move(operands),
            core::NormAttributes { .epsilon = 1e-5F, .axis = axis }));
    };
    layerNorm("tokens", { input({ 2, 16, 64 }), weight({ 64 }), weight({ 64 }) }, -1);
    layerNorm("odd", { input({ 3, 7, 33 }), weight({ 33 }), weight({ 33 }) }, 2);
    layerNorm("without bias", { input({ 2, 16, 64 }), weight({ 64 }) }, -1);
    layerNorm("over two dimensions", { input({ 2, 5, 4, 6 }), weight({ 4, 6 }), weight({ 4, 6 }) }, 2);
    layerNorm("rows", { input({ 5, 24 }), weight({ 24 }), weight({ 24 }) }, 1);
    cases.push_back(opCase("layernorm with statistics", OpKind::LayerNormalization,
        { input({ 2, 5, 16 }), weight({ 16 }), weight({ 16 }) }, core::NormAttributes {}, { .outputs = 3 }));
}

void addSoftmaxCases(std::vector<OpCase>& cases)
{
    for (const auto kind : { OpKind::Softmax, OpKind::LogSoftmax }) {
        const std::string name(core::opName(kind));
        for (const std::int64_t axis : { 0, 1, 2, 3, -1 })
            cases.push_back(opCase(name + " axis " + std::to_string(axis), kind, { input({ 2, 5, 4, 7 }) },
                core::AxisAttributes { .axis = axis }));
        cases.push_back(opCase(name + " flattened", kind, { input({ 2, 5, 4 }) },
            core::AxisAttributes { .axis = 1, .flattened = true }));
        cases.push_back(opCase(name + " long", kind, { { .shape = { 4, 1000 }, .deviation = 10 } },
            core::AxisAttributes { .axis = -1 }));
        cases.push_back(
            opCase(name + " scores", kind, { input({ 2, 4, 16, 16 }) }, core::AxisAttributes { .axis = -1 }));
    }
}

} // namespace

void addNormalisationCases(std::vector<OpCase>& cases)
{
    addPoolCases(cases);
    addNormCases(cases);
    addSoftmaxCases(cases);
}

} // namespace support
