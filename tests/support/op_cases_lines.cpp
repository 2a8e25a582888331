// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

/// Operators that work along lines of a tensor: running sums, norms, losses over classes.
namespace support {

using core::ElementType;
using core::OpKind;

namespace {

void addCumulativeCases(std::vector<OpCase>& cases)
{
    const auto axis = [](double index) {
        return Operand { .shape = {}, .type = ElementType::Int64, .constant = true, .values = { index } };
    };
    for (const bool exclusive : { false, true })
        for (const bool reverse : { false, true }) {
            const std::string name
                = fmt::format("{}{}", exclusive ? " exclusive" : "", reverse ? " reverse" : "");
            const core::CumulativeAttributes attributes { exclusive, reverse };
            cases.push_back(
                opCase("CumSum" + name, OpKind::CumSum, { input({ 3, 4, 5 }), axis(1) }, attributes));
            cases.push_back(opCase("CumProd" + name, OpKind::CumProd, { input({ 3, 4, 5 }), axis(-1) },
                attributes, { .version = 26 }));
        }
    cases.push_back(opCase("CumSum int32, fed axis", OpKind::CumSum,
        { integers({ 3, 4 }, 99, ElementType::Int32), given({ 1 }, { -2 }, ElementType::Int32) },
        core::CumulativeAttributes {}));
}

void addLossCases(std::vector<OpCase>& cases)
{
    for (const auto kind : { OpKind::NegativeLogLikelihoodLoss, OpKind::SoftmaxCrossEntropyLoss })
        for (const auto reduction :
            { core::LossReduction::None, core::LossReduction::Sum, core::LossReduction::Mean }) {
            const std::string name = fmt::format("{} {}", core::opName(kind),
                core::EnumWords<core::LossReduction>::words[static_cast<std::size_t>(reduction)]);
            cases.push_back(opCase(name, kind, { input({ 4, 7 }), integers({ 4 }, 7) },
                core::LossAttributes { .reduction = reduction }));
            cases.push_back(opCase(name + " of places, weighted", kind,
                { input({ 2, 5, 3, 4 }), integers({ 2, 3, 4 }, 5, ElementType::Int32), positive({ 5 }) },
                core::LossAttributes { .reduction = reduction, .ignoreIndex = 2 }));
        }
    cases.push_back(opCase("SoftmaxCrossEntropyLoss with probabilities", OpKind::SoftmaxCrossEntropyLoss,
        { input({ 2, 5, 3 }), integers({ 2, 3 }, 5) }, core::LossAttributes {}, { .outputs = 2 }));
}

} // namespace

void addLineCases(std::vector<OpCase>& cases)
{
    addCumulativeCases(cases);
    addLossCases(cases);
    for (const std::int64_t p : { 1, 2 })
        for (const std::int64_t axis : { 0, -1 })
            cases.push_back(
                opCase(fmt::format("LpNormalization p {} axis {}", p, axis), OpKind::LpNormalization,
                    { input({ 3, 4, 5 }) }, core::LpNormAttributes { .axis = axis, .p = p }));
    cases.push_back(opCase("MeanVarianceNormalization", OpKind::MeanVarianceNormalization,
        { input({ 2, 3, 4, 5 }) }, core::MeanVarianceAttributes {}));
    cases.push_back(opCase("MeanVarianceNormalization last", OpKind::MeanVarianceNormalization,
        { input({ 6, 20 }) }, core::MeanVarianceAttributes { .axes = { -1 } }));
    for (const std::int64_t axis : { 0, 1, -1 })
        cases.push_back(opCase(fmt::format("Hardmax axis {}", axis), OpKind::Hardmax,
            { integers({ 3, 4, 5 }, 3, ElementType::Float32) }, core::AxisAttributes { .axis = axis }));
    cases.push_back(opCase("ReduceLogSum", OpKind::ReduceLogSum, { positive({ 2, 3, 40 }) },
        core::AxesAttributes { .axes = core::Shape { -1 } }, { .version = 13 }));
}

} // namespace support
