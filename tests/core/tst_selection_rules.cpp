// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_rows.h"

using namespace core;
using support::absent;
using support::constants;
using support::flags;
using support::input;
using support::integers;
using support::Operand;
using support::Rule;
using support::rule;

namespace {

std::vector<Rule> selectionRules()
{
    const auto elements = [](Shape data, Shape indices, const char* expected) {
        return rule(OpKind::GatherElements, { input(std::move(data)), integers(std::move(indices), 1) },
            AxisAttributes { .axis = 1 }, expected);
    };
    const auto eye = [](Shape shape, Shape diagonal, const char* expected) {
        return rule(OpKind::Trilu, { input(std::move(shape)), integers(std::move(diagonal), 1) },
            TriangleAttributes {}, expected);
    };
    return {
        elements({ 4, 5 }, { 3, 9 }, "[3, 9]"),
        elements({ 4, 5 }, { 5, 5 }, "picks by indices of shape [5, 5] from [4, 5]."),
        elements({ 4, 5 }, { 4 }, "picks by indices of shape [4] from [4, 5]."),
        rule(OpKind::GatherElements, { constants({ 1, 2, 3 }), constants({ 0, -4 }) }, AxisAttributes {},
            "reads index -4 of a dimension of 3."),
        eye({ 2, 3, 4 }, {}, "[2, 3, 4]"),
        eye({ 3 }, {}, "takes a triangle of [3], expected two dimensions or more."),
        eye({ 3, 4 }, { 2 }, "has a diagonal of shape [2], expected a scalar."),
    };
}

std::vector<Rule> scatterRules()
{
    const auto elements = [](Shape data, Shape indices, Shape updates, const char* expected) {
        return rule(OpKind::ScatterElements,
            { input(std::move(data)), integers(std::move(indices), 1), input(std::move(updates)) },
            ScatterAttributes {}, expected);
    };
    const auto tuples = [](Shape data, Shape indices, Shape updates, const char* expected) {
        return rule(OpKind::ScatterND,
            { input(std::move(data)), integers(std::move(indices), 1), input(std::move(updates)) },
            ScatterAttributes {}, expected);
    };
    const auto cache = [](Shape cached, Shape update, Operand places, const char* expected) {
        return rule(OpKind::TensorScatter,
            { Operand { .shape = std::move(cached), .constant = true },
                Operand { .shape = std::move(update), .constant = true }, std::move(places) },
            TensorScatterAttributes {}, expected);
    };
    const auto gather = [](Shape data, Shape indices, std::int64_t batchDims, const char* expected) {
        return rule(OpKind::GatherND, { input(std::move(data)), integers(std::move(indices), 1) },
            GatherNdAttributes { batchDims }, expected);
    };
    return {
        elements({ 4, 5 }, { 6, 5 }, { 6, 5 }, "[4, 5]"),
        elements({ 4, 5 }, { 2, 6 }, { 2, 6 }, "writes [2, 6] by indices of shape [2, 6] into [4, 5]."),
        elements({ 4, 5 }, { 2, 3 }, { 2, 2 }, "writes [2, 2] by indices of shape [2, 3] into [4, 5]."),
        rule(OpKind::ScatterElements, { input({ 4 }), integers({ 2 }, 1), flags({ 2 }) },
            ScatterAttributes {}, "mixes float32 and bool."),
        tuples({ 4, 5, 6 }, { 7, 2 }, { 7, 6 }, "[4, 5, 6]"),
        tuples({ 4, 5, 6 }, { 7, 4 }, { 7 }, "writes into [4, 5, 6] by indices of shape [7, 4]."),
        tuples({ 4, 5, 6 }, { 7, 2 }, { 7, 5 },
            "writes [7, 5] by indices of shape [7, 2] into [4, 5, 6], expected [7, 6]."),
        cache({ 1, 6, 4 }, { 1, 2, 4 }, constants({ 4 }), "[1, 6, 4]"),
        cache({ 1, 6, 4 }, { 1, 2, 4 }, constants({ 5 }), "writes 2 elements at 5 of a cache of 6."),
        cache({ 1, 6, 4 }, { 1, 2, 4 }, constants({ 1, 2 }), "has places of shape [2] for a batch of 1."),
        cache({ 1, 6, 4 }, { 1, 7, 4 }, constants({ 0 }),
            "writes [1, 7, 4] into a cache of [1, 6, 4] along axis 1."),
        rule(OpKind::TensorScatter, { input({ 2, 3 }), flags({ 2, 3 }) },
            TensorScatterAttributes { .axis = 1 }, "mixes float32 and bool."),
        gather({ 2, 4, 5 }, { 2, 3, 1 }, 1, "[2, 3, 5]"),
        gather({ 2, 4, 5 }, { 3, 4 }, 0,
            "picks by indices of shape [3, 4] from [2, 4, 5] with 0 batch dimensions."),
        gather({ 2, 4, 5 }, { 3, 1 }, 1,
            "picks by indices of shape [3, 1] from [2, 4, 5] with 1 batch dimensions."),
    };
}

std::vector<Rule> orderRules()
{
    const auto space = [](OpKind kind, Shape shape, std::int64_t block, const char* expected) {
        return rule(kind, { input(std::move(shape)) }, DepthSpaceAttributes { .block = block }, expected);
    };
    const auto hot = [](double depth, Shape values, std::int64_t axis, const char* expected) {
        return rule(OpKind::OneHot, { integers({ 2, 3 }, 2), constants({ depth }), input(std::move(values)) },
            OneHotAttributes { axis }, expected);
    };
    const auto crop = [](std::vector<double> target, const char* expected) {
        return rule(OpKind::CenterCropPad, { input({ 2, 3 }), constants(std::move(target)) },
            CenterCropPadAttributes {}, expected);
    };
    return {
        rule(OpKind::TopK, { input({ 2, 5 }), constants({ 3 }) }, TopKAttributes {}, "[2, 3] [2, 3]", 2),
        rule(OpKind::TopK, { input({ 2, 5 }), constants({ 6 }) }, TopKAttributes {},
            "takes [6] of 5 elements."),
        rule(OpKind::TopK, { input({ 2, 5 }) }, TopKAttributes {}, "has no count."),
        hot(4, { 2 }, 1, "[2, 4, 3]"),
        hot(0, { 2 }, 1, "has depth 0, expected 1 or more."),
        hot(4, { 3 }, 1, "has values of shape [3], expected [2]."),
        hot(4, { 2 }, 3, "has axis 3, which a tensor of 3 dimensions does not have."),
        rule(OpKind::OneHot, { integers({ 2 }, 2), constants({ 1, 2 }), input({ 2 }) }, OneHotAttributes {},
            "has a depth of shape [2], expected a scalar."),
        rule(OpKind::EyeLike, { input({ 2, 3, 4 }) }, EyeAttributes {},
            "makes a matrix like [2, 3, 4], expected two dimensions."),
        rule(OpKind::EyeLike, { input({ 2, 3 }) }, EyeAttributes { .type = ElementType::Undefined },
            "makes a matrix of a type that is not supported."),
        space(OpKind::DepthToSpace, { 1, 8, 2, 3 }, 2, "[1, 2, 4, 6]"),
        space(OpKind::DepthToSpace, { 1, 6, 2, 3 }, 2, "has 6 channels, which blocks of 4 do not divide."),
        space(OpKind::DepthToSpace, { 8, 2, 3 }, 2, "rearranges [8, 2, 3], expected four dimensions."),
        space(OpKind::DepthToSpace, { 1, 8, 2, 3 }, 0, "has blocksize 0, expected 1 to 1073741824."),
        space(OpKind::SpaceToDepth, { 1, 2, 4, 6 }, 2, "[1, 8, 2, 3]"),
        space(OpKind::SpaceToDepth, { 1, 2, 4, 5 }, 2, "has 4 by 5 places, which blocks of 2 do not divide."),
        rule(OpKind::ReverseSequence, { input({ 4, 2 }), integers({ 2 }, 1) },
            ReverseSequenceAttributes { .batchAxis = 1, .timeAxis = 1 },
            "has batch axis 1 and time axis 1 for [4, 2], expected 0 and 1 or 1 and 0."),
        rule(OpKind::ReverseSequence, { input({ 4, 2 }), integers({ 4 }, 1) }, ReverseSequenceAttributes {},
            "has lengths of shape [4] for [4, 2]."),
        rule(OpKind::ReverseSequence,
            { Operand { .shape = { 4, 2 }, .constant = true }, constants({ 1, 5 }) },
            ReverseSequenceAttributes {}, "reverses 5 of 4 elements."),
        crop({ 5, 1 }, "[5, 1]"),
        crop({ 5 }, "crops [2, 3] to [5]."),
        crop({ 5, -1 }, "crops [2, 3] to [5, -1]."),
        rule(OpKind::Det, { input({ 2, 3, 4 }) },
            "takes the determinant of [2, 3, 4], expected square matrices."),
    };
}

std::vector<Rule> einsumRules()
{
    const auto einsum = [](const char* equation, Shape a, Shape b, const char* expected) {
        return rule(OpKind::Einsum, { input(std::move(a)), input(std::move(b)) },
            EinsumAttributes { equation }, expected);
    };
    return {
        einsum("ij,jk", { 2, 3 }, { 3, 4 }, "[2, 4]"),
        einsum("bA,ab", { 2, 3 }, { 4, 2 }, "[3, 4]"), // capitals first
        einsum("...i,...i->...", { 5, 2, 3 }, { 2, 3 }, "[5, 2]"),
        einsum("ij,jk->ik", { 2, 3 }, { 4, 4 },
            "has the equation \"ij,jk->ik\", in which a dimension is 3 and 4."),
        einsum("ij,jk->ik", { 2, 3 }, { 3 }, "has the equation \"ij,jk->ik\" for [3]."),
        einsum("ij,...jk", { 2, 3 }, { 3 }, "has the equation \"ij,...jk\" for [3]."),
        einsum("ij->i", { 2, 3 }, { 3 }, "has the equation \"ij->i\" for 2 operands."),
        einsum("i1,jk", { 2, 3 }, { 3 }, "has the equation \"i1,jk\", which is none."),
        einsum("ij,jk->iz", { 2, 3 }, { 3, 4 },
            "has the equation \"ij,jk->iz\", whose output does not follow from its operands."),
        einsum("ij,jk->ii", { 2, 3 }, { 3, 4 },
            "has the equation \"ij,jk->ii\", whose output does not follow from its operands."),
    };
}

std::vector<Rule> findingRules()
{
    const auto boxes = [](Shape corners, Shape scores, Operand most, const char* expected) {
        return rule(OpKind::NonMaxSuppression,
            { input(std::move(corners)), input(std::move(scores)), std::move(most) }, BoxAttributes {},
            expected);
    };
    return {
        boxes({ 1, 6, 4 }, { 1, 2, 5 }, absent(),
            "has boxes of shape [1, 6, 4] and scores of shape [1, 2, 5]."),
        boxes({ 1, 6, 4 }, { 1, 2, 6 }, constants({ 1, 2 }), "has a limit of shape [2], expected a scalar."),
        rule(OpKind::NonMaxSuppression, { flags({ 1, 6, 4 }), input({ 1, 2, 6 }) }, BoxAttributes {},
            "takes float32 as input 1, not bool."),
        rule(OpKind::Compress, { input({ 2, 3 }), flags({ 4 }) }, CompressAttributes { 1 },
            "picks by flags of shape [4] from 3 elements."),
        rule(OpKind::Unique, { input({ 2, 3 }) }, UniqueAttributes { .axis = 2 },
            "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::NonZero, { constants({ 5, 0, 7 }) }, "[1, 2]"),
        rule(OpKind::Unique, { constants({ 5, 0, 5 }) }, UniqueAttributes {}, "[2] [2] [3] [2]", 4),
    };
}

std::vector<Rule> generatingRules()
{
    const auto scalar = [](double value, ElementType type = ElementType::Int64) {
        return Operand { .shape = {}, .type = type, .constant = true, .values = { value } };
    };
    const auto mel = [&](double bins, double lowest, const char* expected) {
        return rule(OpKind::MelWeightMatrix,
            { scalar(bins), scalar(16), scalar(8000), scalar(lowest, ElementType::Float32),
                scalar(4000, ElementType::Float32) },
            MelAttributes {}, expected);
    };
    const auto multinomial = [](Shape shape, MultinomialAttributes attributes, const char* expected) {
        return rule(OpKind::Multinomial, { input(std::move(shape)) }, attributes, expected);
    };
    const auto dropout = [](Operand ratio, const char* expected) {
        return rule(OpKind::Dropout,
            { Operand { .shape = { 2 }, .constant = true }, std::move(ratio),
                Operand { .shape = {}, .type = ElementType::Bool, .constant = true, .values = { 1 } } },
            DropoutAttributes {}, expected);
    };
    return {
        rule(OpKind::HannWindow, { scalar(6) }, WindowAttributes {}, "[6]"),
        rule(OpKind::HannWindow, { scalar(-1) }, WindowAttributes {}, "has a size of -1."),
        rule(OpKind::HannWindow, { scalar(1) }, WindowAttributes { .type = ElementType::Bool },
            "makes a window of bool, expected numbers."),
        mel(4, 0, "[9, 4]"),
        mel(-1, 0, "has -1 bins, length 16 and sample rate 8000."),
        mel(1, 8000, "has an edge at 8000 hertz, which no row of its spectrum is."),
        rule(OpKind::MelWeightMatrix,
            { scalar(4), scalar(16), scalar(8000), scalar(0, ElementType::Float32),
                scalar(4000, ElementType::Float32) },
            MelAttributes { .type = ElementType::Bool }, "makes a matrix of bool, expected numbers."),
        rule(OpKind::RandomNormal, {}, RandomNormalAttributes { .shape = Shape { 2, 3 } }, "[2, 3]"),
        rule(OpKind::RandomNormal, {}, RandomNormalAttributes {}, "has no \"shape\"."),
        rule(OpKind::RandomUniform, {}, RandomUniformAttributes { .shape = Shape { -1 } },
            "makes a tensor of shape [-1]."),
        rule(OpKind::RandomUniformLike, { constants({ 1 }) }, RandomUniformAttributes {},
            "makes random numbers of type int64, expected floating-point numbers."),
        rule(OpKind::Bernoulli, { input({ 2 }) }, BernoulliAttributes { .type = ElementType::String },
            "makes numbers of a type that is not supported."),
        multinomial({ 2, 3 }, { .samples = 5 }, "[2, 5]"),
        multinomial({ 2, 0 }, {}, "draws from [2, 0], expected a batch of one class or more."),
        multinomial({ 2, 3 }, { .samples = 0 },
            "draws 0 numbers of type int32, expected 1 or more of int32 or int64."),
        dropout(Operand { .shape = {}, .constant = true, .values = { 1 } },
            "has ratio 1, expected 0 to less than 1."),
        dropout(Operand { .shape = { 2 }, .constant = true }, "has a ratio of shape [2], expected a scalar."),
        rule(OpKind::TfIdfVectorizer, { integers({ 1, 2, 3 }, 9) },
            TfIdfAttributes { .pool = { 1 }, .starts = { 0 }, .outputs = { 0 } },
            "counts n-grams of [1, 2, 3], expected at most two dimensions."),
    };
}

std::vector<Rule> bitRules()
{
    return {
        rule(OpKind::BitShift, { integers({ 2, 3 }, 9), integers({ 3 }, 9) },
            BitShiftAttributes { ShiftDirection::Left }, "[2, 3]"),
        rule(OpKind::BitwiseAnd, { input({ 2 }), input({ 2 }) }, "takes integers as input 1, not float32."),
        rule(OpKind::CastLike, { input({ 2, 3 }), flags({ 1 }) }, "[2, 3]"),
        rule(OpKind::BitCast, { input({ 2 }) }, CastAttributes { .to = ElementType::Int64 },
            "takes the bits of float32 for int64."),
        rule(OpKind::SwiGLU, { input({ 2, 3 }), input({ 3 }) }, ActivationAttributes { .alpha = 1 },
            "gates [3] with [2, 3], expected one shape."),
        rule(OpKind::IsNaN, { flags({ 2 }) }, "takes floating-point numbers as input 1, not bool."),
    };
}

std::vector<Rule> lineRules()
{
    const auto loss = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::NegativeLogLikelihoodLoss, std::move(operands),
            LossAttributes { .reduction = LossReduction::None }, expected);
    };
    return {
        loss({ input({ 2, 5, 3 }), integers({ 2, 3 }, 5) }, "[2, 3]"),
        loss(
            { input({ 2, 5, 3 }), integers({ 2, 5 }, 5) }, "compares [2, 5, 3] with labels of shape [2, 5]."),
        loss({ input({ 2 }), integers({}, 5) }, "compares [2] with labels of shape []."),
        loss(
            { input({ 2, 5 }), integers({ 2 }, 5), input({ 4 }) }, "has weights of shape [4] for 5 classes."),
        loss({ input({ 2, 5 }), integers({ 2 }, 5), flags({ 5 }) }, "mixes float32 and bool."),
        loss({ Operand { .shape = { 2, 5 }, .constant = true }, constants({ 1, -1 }) },
            "has label -1, expected 0 to 4."),
        rule(OpKind::SoftmaxCrossEntropyLoss, { input({ 2, 5 }), integers({ 2 }, 5) }, LossAttributes {},
            "[] [2, 5]", 2),
        rule(OpKind::LpNormalization, { input({ 2, 5 }) }, LpNormAttributes { .p = 3 },
            "has p 3, expected 1 or 2."),
        rule(OpKind::MeanVarianceNormalization, { input({ 2, 5 }) }, MeanVarianceAttributes {},
            "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::CumSum, { input({ 2, 5 }), constants({ 2 }) }, CumulativeAttributes {},
            "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::CumSum, { input({ 2, 5 }), constants({ 0, 1 }) }, CumulativeAttributes {},
            "has an axis of shape [2], expected a scalar."),
    };
}

std::vector<Rule> allRules()
{
    return support::joined({ selectionRules, scatterRules, orderRules, einsumRules, findingRules,
        generatingRules, bitRules, lineRules });
}

} // namespace

/// The shape rules of the operators that pick, place, order, find, generate and add up elements. What their
/// loops refuse is found here too, where constants let inference run them.
class TstSelectionRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data() { support::addRuleRows(allRules()); }
    void infers() { support::checkRule(allRules(), support::outcomeOf); }
};

QTEST_GUILESS_MAIN(TstSelectionRules)
#include "tst_selection_rules.moc"
