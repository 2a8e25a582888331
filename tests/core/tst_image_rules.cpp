// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_rows.h"

using namespace core;
using support::absent;
using support::constants;
using support::flags;
using support::input;
using support::Operand;
using support::Rule;
using support::rule;

namespace {

Operand factors(std::vector<double> values)
{
    return { .shape = { std::ssize(values) }, .constant = true, .values = std::move(values) };
}

std::vector<Rule> resizeRules()
{
    using Resize = ResizeAttributes;
    const Operand x = input({ 1, 3, 4, 6 });
    const auto scaled = [&](std::vector<double> scales, Resize attributes, const char* expected) {
        return rule(OpKind::Resize, { x, absent(), factors(std::move(scales)) }, attributes, expected);
    };
    const auto sized = [&](std::vector<double> sizes, Resize attributes, const char* expected) {
        return rule(
            OpKind::Resize, { x, absent(), absent(), constants(std::move(sizes)) }, attributes, expected);
    };
    return {
        scaled({ 1, 1, 2, 0.4 }, {}, "[1, 3, 8, 2]"),
        scaled({ 1, 1, 2 }, {}, "has 3 scales for 4 dimensions."),
        scaled({ 1, 1, 0, 1 }, {}, "scales 4 elements by 0."),
        scaled({ 1, 1, 1e30, 1 }, {}, "scales 4 elements by 1e+30."),
        scaled({ 2, 3 }, { .axes = { -1, 2 } }, "[1, 3, 12, 12]"),
        scaled({ 2, 3 }, { .axes = { 2, 2 } }, "has axis 2 twice."),
        sized({ 1, 3, 5, 7 }, {}, "[1, 3, 5, 7]"),
        sized({ 5, 7 }, {}, "has 2 sizes for 4 dimensions."),
        sized({ 1, 3, -5, 7 }, {}, "makes -5 elements of 4."),
        sized({ 8, 8 }, { .policy = Resize::Policy::NotLarger, .axes = { 2, 3 } }, "[1, 3, 5, 8]"),
        sized({ 8, 8 }, { .policy = Resize::Policy::NotSmaller, .axes = { 2, 3 } }, "[1, 3, 8, 12]"),
        rule(OpKind::Resize, { input({ 1, 0 }), absent(), absent(), constants({ 9e17, 0 }) },
            Resize { .policy = Resize::Policy::NotSmaller }, "scales 1 elements by 9e+17."),
        rule(OpKind::Resize, { input({ 1, 0 }), absent(), absent(), constants({ 1, 1 }) }, Resize {},
            "makes 1 elements of 0."),
        rule(OpKind::Resize, { x }, Resize {}, "has neither scales nor sizes."),
        rule(OpKind::Resize, { x, absent(), input({ 4 }) }, Resize {}, "open"),
        rule(OpKind::Resize, { x, input({ 4 }), factors({ 1, 1, 2, 2 }) },
            Resize { .coordinates = Resize::Coordinates::TfCropAndResize },
            "crops to no region of 8 numbers."),
        rule(OpKind::Resize, { flags({ 2 }), absent(), factors({ 2 }) },
            Resize { .mode = Resize::Mode::Cubic }, "takes numbers as input 1, not bool."),
        rule(OpKind::Upsample, { x }, Resize { .scales = { 1, 1, 2, 2 }, .scalesFirst = true },
            "[1, 3, 8, 12]"),
    };
}

std::vector<Rule> gridRules()
{
    const auto sample = [](Shape x, Shape grid, const char* expected) {
        return rule(OpKind::GridSample, { input(std::move(x)), input(std::move(grid)) },
            GridSampleAttributes {}, expected);
    };
    const auto affine = [](Shape theta, std::vector<double> size, const char* expected) {
        return rule(OpKind::AffineGrid, { input(std::move(theta)), constants(std::move(size)) },
            GridSampleAttributes {}, expected);
    };
    const auto align = [](Shape x, Shape boxes, Shape images, const char* expected) {
        return rule(OpKind::RoiAlign,
            { input(std::move(x)), input(std::move(boxes)), support::integers(std::move(images), 1) },
            RoiAttributes { .height = 2, .width = 3 }, expected);
    };
    return {
        sample({ 2, 3, 4, 5 }, { 2, 6, 7, 2 }, "[2, 3, 6, 7]"),
        sample({ 2, 3, 4, 5 }, { 2, 6, 7, 3 }, "samples [2, 3, 4, 5] at [2, 6, 7, 3]."),
        sample({ 2, 3, 0, 5 }, { 2, 6, 7, 2 }, "samples [2, 3, 0, 5], which has no elements."),
        affine({ 2, 2, 3 }, { 2, 9, 4, 5 }, "[2, 4, 5, 2]"),
        affine({ 2, 3, 4 }, { 2, 9, 4, 5, 6 }, "[2, 4, 5, 6, 3]"),
        affine({ 2, 3, 4 }, { 2, 9, 4, 5 }, "makes a grid for [2, 9, 4, 5] from [2, 3, 4]."),
        align({ 1, 4, 5, 6 }, { 7, 4 }, { 7 }, "[7, 4, 2, 3]"),
        align({ 1, 4, 5, 6 }, { 7, 5 }, { 7 },
            "takes regions [7, 5] of [1, 4, 5, 6], expected [regions, 4] and an image."),
        align({ 1, 4, 5, 6 }, { 7, 4 }, { 6 }, "has [6] image indices for 7 regions."),
        rule(OpKind::MaxRoiPool, { input({ 1, 4, 5, 6 }), input({ 7, 5 }) }, RoiAttributes { .height = 2 },
            "[7, 4, 2, 1]"),
    };
}

/// What only the data says.
std::vector<Rule> refusals()
{
    return {
        rule(OpKind::RoiAlign,
            { input({ 2, 1, 3, 3 }), input({ 1, 4 }), support::given({ 1 }, { 2 }, ElementType::Int64) },
            RoiAttributes {}, "has a region of image 2, of 2."),
        rule(OpKind::MaxRoiPool, { input({ 2, 1, 3, 3 }), support::given({ 1, 5 }, { -1, 0, 0, 1, 1 }) },
            RoiAttributes {}, "has a region of image -1, of 2."),
    };
}

std::vector<Rule> allRules()
{
    return support::joined({ resizeRules, gridRules });
}

} // namespace

/// The shape rules of the operators that sample images at computed places, and what their loops refuse.
class TstImageRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data() { support::addRuleRows(allRules()); }
    void infers() { support::checkRule(allRules(), support::outcomeOf); }
    void refusesData_data() { support::addRuleRows(refusals()); }
    void refusesData() { support::checkRule(refusals(), support::refusalOf); }
};

QTEST_GUILESS_MAIN(TstImageRules)
#include "tst_image_rules.moc"
