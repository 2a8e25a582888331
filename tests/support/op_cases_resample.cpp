// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::OpKind;
using core::ResizeAttributes;
using core::Shape;

namespace {

Operand factors(std::vector<double> values)
{
    return { .shape = { std::ssize(values) }, .constant = true, .values = std::move(values) };
}

void addResizeCases(std::vector<OpCase>& cases)
{
    using Mode = ResizeAttributes::Mode;
    using Coordinates = ResizeAttributes::Coordinates;
    const auto scaled = [&](const std::string& name, Shape x, std::vector<double> scales,
                            const ResizeAttributes& attributes) {
        cases.push_back(opCase("resize " + name, OpKind::Resize,
            { input(std::move(x)), absent(), factors(std::move(scales)) }, attributes));
    };
    const auto sized = [&](const std::string& name, Shape x, std::vector<double> sizes,
                           const ResizeAttributes& attributes) {
        cases.push_back(opCase("resize " + name, OpKind::Resize,
            { input(std::move(x)), absent(), absent(), constants(std::move(sizes)) }, attributes));
    };
    const ResizeAttributes nearest { .coordinates = Coordinates::Asymmetric,
        .rounding = ResizeAttributes::Rounding::Floor };
    scaled("nearest twice", { 1, 16, 5, 6 }, { 1, 1, 2, 2 }, nearest);
    scaled("nearest smaller", { 2, 3, 9, 7 }, { 1, 1, 0.5, 0.7 }, {});
    sized("linear", { 1, 16, 5, 6 }, { 1, 16, 12, 9 }, { .mode = Mode::Linear });
    sized("linear aligned", { 2, 3, 7, 4 }, { 2, 3, 10, 8 },
        { .mode = Mode::Linear, .coordinates = Coordinates::AlignCorners });
    sized(
        "linear antialiased", { 1, 2, 16, 20 }, { 1, 2, 5, 3 }, { .mode = Mode::Linear, .antialias = true });
    sized("linear 1d", { 2, 3, 11 }, { 2, 3, 17 },
        { .mode = Mode::Linear, .coordinates = Coordinates::PytorchHalfPixel });
    sized("linear 3d", { 1, 2, 3, 4, 5 }, { 1, 2, 5, 6, 7 },
        { .mode = Mode::Linear, .coordinates = Coordinates::HalfPixelSymmetric });
    scaled("nearest twice, for several threads", { 1, 3, 150, 201 }, { 1, 1, 2, 2 }, nearest);
    scaled("nearest of channels", { 1, 4, 5 }, { 1, 2, 2 }, {});
    sized("linear, for several threads", { 1, 3, 70, 91 }, { 1, 3, 150, 201 }, { .mode = Mode::Linear });
    sized("linear of long lines", { 1, 1, 3, 6'000 }, { 1, 1, 5, 9'001 }, { .mode = Mode::Linear });
    sized("linear antialiased to a pixel", { 1, 1, 6, 6'000 }, { 1, 1, 2, 1 },
        { .mode = Mode::Linear, .antialias = true });
    sized("linear of channels", { 1, 4, 5 }, { 1, 6, 9 }, { .mode = Mode::Linear });
    cases.push_back(opCase("resize nearest of bytes", OpKind::Resize,
        { integers({ 1, 3, 6, 5 }, 200, core::ElementType::UInt8), absent(), factors({ 1, 1, 2, 3 }) },
        nearest));
    sized("cubic", { 1, 4, 5, 6 }, { 1, 4, 9, 13 }, { .mode = Mode::Cubic });
    sized("cubic without outside", { 1, 4, 9, 9 }, { 1, 4, 5, 6 },
        { .mode = Mode::Cubic, .cubicA = -0.5F, .excludeOutside = true, .antialias = true });
    sized("of two axes", { 2, 6, 5, 3 }, { 8, 9 },
        { .mode = Mode::Linear, .policy = ResizeAttributes::Policy::NotLarger, .axes = { 1, 2 } });
    cases.push_back(opCase("resize cropped", OpKind::Resize,
        { input({ 1, 2, 6, 7 }), factors({ 0, 0, 0.4, -0.3, 1, 1, 1.2, 0.8 }), absent(),
            constants({ 1, 2, 5, 9 }) },
        ResizeAttributes {
            .mode = Mode::Linear, .coordinates = Coordinates::TfCropAndResize, .extrapolation = 10 }));
    cases.push_back(opCase("resize cropped to the nearest", OpKind::Resize,
        { input({ 1, 2, 6, 7 }), factors({ 0, 0, 0.4, -0.3, 1, 1, 1.2, 0.8 }), absent(),
            constants({ 1, 2, 5, 9 }) },
        ResizeAttributes { .coordinates = Coordinates::TfCropAndResize, .extrapolation = 10 }));
    cases.push_back(opCase("resize cropped where a run tells", OpKind::Resize,
        { input({ 1, 1, 6, 7 }), given({ 8 }, { 0, 0, 0.25, 0, 1, 1, 0.75, 0.5 }), absent(),
            constants({ 1, 1, 4, 5 }) },
        ResizeAttributes { .mode = Mode::Linear, .coordinates = Coordinates::TfCropAndResize }));
    sized("linear in four dimensions", { 2, 3, 4, 5 }, { 3, 4, 6, 7 }, { .mode = Mode::Linear });
    sized("linear of rows of channels", { 2, 5, 6, 8 }, { 2, 9, 11, 8 }, { .mode = Mode::Linear });
    sized("cubic of a volume", { 1, 4, 3, 4, 5 }, { 1, 4, 5, 7, 6 }, { .mode = Mode::Cubic });
    cases.push_back(opCase("upsample", OpKind::Upsample, { input({ 1, 3, 4, 5 }), factors({ 1, 1, 2, 3 }) },
        ResizeAttributes { .coordinates = Coordinates::Asymmetric,
            .rounding = ResizeAttributes::Rounding::Floor,
            .scalesFirst = true },
        { .version = 9 }));
}

void addGridCases(std::vector<OpCase>& cases)
{
    using core::GridSampleAttributes;
    const auto sampled
        = [&](const std::string& name, Shape x, Shape grid, const GridSampleAttributes& attributes) {
              cases.push_back(
                  opCase("gridsample " + name, OpKind::GridSample, { input(x), input(grid) }, attributes));
          };
    using Mode = GridSampleAttributes::Mode;
    using Padding = GridSampleAttributes::Padding;
    sampled("linear", { 2, 3, 5, 6 }, { 2, 4, 7, 2 }, {});
    sampled("nearest", { 1, 3, 5, 6 }, { 1, 4, 7, 2 }, { .mode = Mode::Nearest, .padding = Padding::Border });
    sampled("cubic", { 1, 3, 5, 6 }, { 1, 4, 7, 2 },
        { .mode = Mode::Cubic, .padding = Padding::Reflection, .alignCorners = true });
    sampled("reflected", { 1, 2, 5, 6 }, { 1, 4, 7, 2 }, { .padding = Padding::Reflection });
    sampled("3d", { 1, 2, 3, 4, 5 }, { 1, 2, 3, 2, 3 }, { .padding = Padding::Border });
    cases.push_back(opCase("affinegrid", OpKind::AffineGrid,
        { input({ 2, 2, 3 }), constants({ 2, 1, 4, 5 }) }, GridSampleAttributes {}, { .version = 20 }));
    cases.push_back(
        opCase("affinegrid 3d", OpKind::AffineGrid, { input({ 1, 3, 4 }), constants({ 1, 1, 2, 3, 4 }) },
            GridSampleAttributes { .alignCorners = true }, { .version = 20 }));
}

void addRegionCases(std::vector<OpCase>& cases)
{
    const Operand boxes = given({ 3, 4 }, { 0, 0, 7, 7, 1.5, 2.5, 5, 6, -3, -2, 20, 30 });
    const Operand images = given({ 3 }, { 0, 1, 1 }, core::ElementType::Int64);
    const auto aligned = [&](const std::string& name, const core::RoiAttributes& attributes) {
        cases.push_back(opCase(
            "roialign " + name, OpKind::RoiAlign, { input({ 2, 3, 8, 9 }), boxes, images }, attributes));
    };
    aligned("average", { .height = 3, .width = 2, .scale = 0.5F });
    aligned("maximum", { .height = 2, .width = 2, .samples = 2, .maximum = true });
    aligned("older", { .height = 2, .width = 3, .samples = 3, .halfPixel = false });
    cases.push_back(opCase("maxroipool", OpKind::MaxRoiPool,
        { input({ 2, 3, 8, 9 }), given({ 2, 5 }, { 0, 0, 0, 7, 7, 1, 2, 3, 8, 6 }) },
        core::RoiAttributes { .height = 2, .width = 3, .scale = 0.9F }));
}

} // namespace

void addResampleCases(std::vector<OpCase>& cases)
{
    addGridCases(cases);
    addRegionCases(cases);
    addResizeCases(cases);
}

} // namespace support
