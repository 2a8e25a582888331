// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_case.h"

#include <QTest>

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

std::vector<Rule> allRules()
{
    std::vector<Rule> all;
    for (auto rules : { resizeRules })
        for (Rule& one : rules())
            all.push_back(std::move(one));
    return all;
}

} // namespace

/// The shape rules of the operators that sample images at computed places.
class TstImageRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data();
    void infers();
};

void TstImageRules::infers_data()
{
    QTest::addColumn<std::size_t>("index");
    const auto rules = allRules();
    for (std::size_t i = 0; i < rules.size(); ++i)
        QTest::addRow("%s: %s", rules[i].opCase->name.c_str(), rules[i].expected) << i;
}

void TstImageRules::infers()
{
    QFETCH(std::size_t, index);
    static const auto rules = allRules();
    QCOMPARE(QString::fromStdString(support::outcomeOf(rules[index])), QString(rules[index].expected));
}

QTEST_GUILESS_MAIN(TstImageRules)
#include "tst_image_rules.moc"
