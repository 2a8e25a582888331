// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::ConvAttributes;
using core::ConvTransposeAttributes;
using core::OpKind;
using core::PoolAttributes;
using core::Shape;

namespace {

void addTransposedCases(std::vector<OpCase>& cases)
{
    const auto transposed
        = [&](const std::string& name, Shape x, Shape w, const ConvTransposeAttributes& attributes) {
              const Shape bias { w[1] * attributes.conv.group };
              cases.push_back(opCase("convtranspose " + name, OpKind::ConvTranspose,
                  { input(x), weight(w), weight(bias) }, attributes));
          };
    transposed("2x2 stride 2", { 1, 16, 7, 6 }, { 16, 8, 2, 2 }, { .conv { .strides = { 2, 2 } } });
    transposed("3x3 padded", { 2, 5, 6, 7 }, { 5, 3, 3, 3 },
        { .conv { .strides = { 2, 3 }, .pads = { 1, 0, 0, 2 } }, .outputPadding = { 1, 2 } });
    transposed("dilated", { 1, 4, 5, 5 }, { 4, 6, 3, 3 }, { .conv { .dilations = { 2, 2 } } });
    transposed("groups", { 1, 8, 5, 5 }, { 8, 3, 3, 3 }, { .conv { .strides = { 2, 2 }, .group = 4 } });
    transposed("same upper", { 1, 2, 4, 5 }, { 2, 3, 3, 4 },
        { .conv { .autoPad = core::AutoPad::SameUpper, .strides = { 2, 1 } } });
    transposed("to a shape", { 1, 2, 4, 5 }, { 2, 3, 3, 3 },
        { .conv { .strides = { 3, 2 } }, .outputShape = { 10, 12 } });
    transposed("1d", { 2, 3, 9 }, { 3, 4, 4 }, { .conv { .strides = { 2 }, .pads = { 1, 1 } } });
    transposed("large kernel over few pixels", { 1, 2, 2, 3 }, { 2, 3, 9, 7 },
        { .conv { .strides = { 2, 3 }, .dilations = { 1, 2 }, .pads = { 1, 2, 0, 3 } } });
    transposed("3d", { 1, 2, 3, 4, 3 }, { 2, 3, 2, 2, 3 }, { .conv { .strides = { 2, 2, 1 } } });
    cases.push_back(opCase("convtranspose without bias", OpKind::ConvTranspose,
        { input({ 1, 3, 4, 4 }), weight({ 3, 2, 3, 3 }) }, ConvTransposeAttributes {}));
}

void addDeformedCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("deformconv", OpKind::DeformConv,
        { input({ 1, 4, 6, 5 }), weight({ 2, 4, 3, 3 }), input({ 1, 18, 6, 5 }) },
        core::DeformConvAttributes { .conv { .pads = { 1, 1, 1, 1 } } }));
    cases.push_back(opCase("deformconv with mask", OpKind::DeformConv,
        { input({ 2, 4, 7, 7 }), weight({ 6, 2, 2, 2 }), input({ 2, 16, 3, 3 }), weight({ 6 }),
            input({ 2, 8, 3, 3 }) },
        core::DeformConvAttributes { .conv { .strides = { 2, 2 }, .group = 2 }, .offsetGroups = 2 }));
}

void addMorePoolCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("lppool", OpKind::LpPool, { input({ 1, 4, 7, 8 }) },
        PoolAttributes { .kernel = { 3, 2 }, .strides = { 2, 1 }, .pads = { 1, 0, 1, 1 }, .p = 3 }));
    cases.push_back(
        opCase("globallppool", OpKind::GlobalLpPool, { input({ 2, 5, 4, 3 }) }, PoolAttributes {}));
    const PoolAttributes halves { .kernel = { 2, 2 }, .strides = { 2, 2 } };
    const Operand indices = given({ 1, 1, 2, 2 }, { 5, 7, 13, 15 }, core::ElementType::Int64);
    cases.push_back(opCase("maxunpool", OpKind::MaxUnpool, { input({ 1, 1, 2, 2 }), indices }, halves));
    cases.push_back(opCase("maxunpool to a shape", OpKind::MaxUnpool,
        { input({ 1, 1, 2, 2 }), indices, constants({ 1, 1, 5, 5 }) }, halves));
    cases.push_back(
        opCase("col2im", OpKind::Col2Im, { input({ 1, 18, 20 }), constants({ 6, 7 }), constants({ 3, 3 }) },
            PoolAttributes { .strides = { 1, 1 } }));
    cases.push_back(opCase("col2im padded", OpKind::Col2Im,
        { input({ 2, 4, 9 }), constants({ 4, 4 }), constants({ 2, 2 }) },
        PoolAttributes { .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 } }));
}

void addGroupNormCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("instancenorm", OpKind::InstanceNormalization,
        { input({ 2, 6, 5, 4 }), weight({ 6 }), weight({ 6 }) }, core::BatchNormAttributes {}));
    const auto groups = [&](const std::string& name, std::int64_t parameters, bool perGroup) {
        cases.push_back(opCase("groupnorm " + name, OpKind::GroupNormalization,
            { input({ 2, 6, 5, 4 }), weight({ parameters }), weight({ parameters }) },
            core::GroupNormAttributes { .groups = 3, .perGroup = perGroup }));
    };
    groups("by channels", 6, false);
    groups("by groups", 3, true);
    cases.push_back(opCase("rmsnorm", OpKind::RMSNormalization, { input({ 2, 5, 16 }), weight({ 16 }) },
        core::NormAttributes {}));
    cases.push_back(opCase("rmsnorm over two dimensions", OpKind::RMSNormalization,
        { input({ 2, 5, 6 }), weight({ 6 }) }, core::NormAttributes { .epsilon = 1e-3F, .axis = 1 }));
    for (const std::int64_t size : { 3, 4, 20 })
        cases.push_back(opCase("lrn " + std::to_string(size), OpKind::LRN, { input({ 2, 7, 3, 4 }) },
            core::LocalNormAttributes { .alpha = 0.5F, .bias = 2, .size = size }));
    Operand variance = positive({ 4 });
    variance.constant = true;
    cases.push_back(opCase("batchnorm by the batch", OpKind::BatchNormalization,
        { input({ 2, 3, 4 }), weight({ 3 }), weight({ 3 }), weight({ 3 }), positive({ 3 }) },
        core::BatchNormAttributes { .training = true }));
    cases.push_back(opCase("batchnorm in training", OpKind::BatchNormalization,
        { input({ 3, 4, 5 }), weight({ 4 }), weight({ 4 }), weight({ 4 }), variance },
        core::BatchNormAttributes { .momentum = 0.8F, .training = true }, { .outputs = 3 }));
    Operand each = positive({ 2, 3 });
    each.constant = true;
    cases.push_back(opCase("batchnorm of single elements", OpKind::BatchNormalization,
        { input({ 3, 2, 3 }), weight({ 2, 3 }), weight({ 2, 3 }), weight({ 2, 3 }), each },
        core::BatchNormAttributes { .perElement = true }));
}

} // namespace

void addWindowCases(std::vector<OpCase>& cases)
{
    addTransposedCases(cases);
    addDeformedCases(cases);
    addMorePoolCases(cases);
    addGroupNormCases(cases);
}

} // namespace support
