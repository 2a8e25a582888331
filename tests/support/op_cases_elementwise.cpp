// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

#include <cmath>
#include <limits>

namespace support {

using core::ActivationAttributes;
using core::ElementType;
using core::OpKind;
using core::Shape;

namespace {

void addUnaryCases(std::vector<OpCase>& cases)
{
    const auto unary
        = [&](OpKind kind, Operand (*operand)(Shape), core::Attributes attributes = core::NoAttributes {}) {
              const std::string name(core::opName(kind));
              cases.push_back(opCase(name, kind, { operand({ 2, 8, 5, 7 }) }, attributes));
              cases.push_back(opCase(name + " row", kind, { operand({ 3, 33 }) }, attributes));
          };
    for (const auto kind : { OpKind::Relu, OpKind::Sigmoid, OpKind::HardSwish, OpKind::Tanh, OpKind::Softplus,
             OpKind::Softsign, OpKind::Erf, OpKind::Exp, OpKind::Abs, OpKind::Neg, OpKind::Floor,
             OpKind::Ceil, OpKind::Round, OpKind::Sign, OpKind::Sin, OpKind::Cos, OpKind::Identity })
        unary(kind, input);
    unary(OpKind::Dropout, input, core::DropoutAttributes {});
    for (const auto kind : { OpKind::Log, OpKind::Sqrt, OpKind::Reciprocal })
        unary(kind, positive);
    unary(OpKind::LeakyRelu, input, ActivationAttributes { .alpha = 0.1F });
    unary(OpKind::Elu, input, ActivationAttributes { .alpha = 1.5F });
    unary(OpKind::Selu, input, ActivationAttributes { .alpha = 1.67F, .beta = 1.05F });
    unary(OpKind::HardSigmoid, input, ActivationAttributes { .alpha = 0.2F, .beta = 0.5F });
    unary(OpKind::ThresholdedRelu, input, ActivationAttributes { .alpha = 0.4F });
    unary(OpKind::Gelu, input, core::GeluAttributes {});
    cases.push_back(opCase(
        "Gelu tanh", OpKind::Gelu, { input({ 2, 40 }) }, core::GeluAttributes { .tanhApproximation = true }));
    cases.push_back(
        opCase("Relu int32", OpKind::Relu, { given({ 4 }, { -2, -1, 0, 3 }, ElementType::Int32) }));
    cases.push_back(opCase("Neg int64", OpKind::Neg, { given({ 3 }, { -2, 0, 3 }, ElementType::Int64) }));
    cases.push_back(
        opCase("Round ties", OpKind::Round, { given({ 6 }, { -2.5, -1.5, -0.5, 0.5, 1.5, 2.5 }) }));
    for (const auto kind :
        { OpKind::Tan, OpKind::Atan, OpKind::Sinh, OpKind::Cosh, OpKind::Asinh, OpKind::Mish })
        unary(kind, input);
    const auto within = [](Shape shape) { return Operand { .shape = std::move(shape), .deviation = 0.2 }; };
    for (const auto kind : { OpKind::Asin, OpKind::Acos, OpKind::Atanh })
        unary(kind, within);
    unary(OpKind::Acosh, positive);
    unary(OpKind::Celu, input, ActivationAttributes { .alpha = 1.5F });
    unary(OpKind::Swish, input, ActivationAttributes { .alpha = 1.7F });
    unary(OpKind::Shrink, input, core::ShrinkAttributes { .lambda = 0.7F, .bias = 0.2F });
    cases.push_back(
        opCase("Shrink int64", OpKind::Shrink, { given({ 5 }, { -3, -1, 0, 1, 4 }, ElementType::Int64) },
            core::ShrinkAttributes { .lambda = 1.5F }));
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<double> special { 1, infinity, -infinity, std::nan(""), -0.0 };
    cases.push_back(opCase("IsNaN", OpKind::IsNaN, { given({ 5 }, special) }));
    for (const bool positiveToo : { true, false })
        cases.push_back(opCase(positiveToo ? "IsInf" : "IsInf negative", OpKind::IsInf,
            { given({ 5 }, special, ElementType::Double) },
            core::IsInfAttributes { .detectPositive = positiveToo }));
    cases.push_back(opCase("SwiGLU", OpKind::SwiGLU, { input({ 3, 8 }), input({ 3, 8 }) },
        ActivationAttributes { .alpha = 1.2F }, { .version = 28 }));
    cases.push_back(opCase("Not", OpKind::Not, { flags({ 2, 9 }) }));
}

void addClipAndCastCases(std::vector<OpCase>& cases)
{
    constexpr float lowest = std::numeric_limits<float>::lowest(),
                    highest = std::numeric_limits<float>::max();
    const auto bound
        = [](double value) { return Operand { .shape = {}, .constant = true, .values = { value } }; };
    cases.push_back(opCase("Clip by attributes", OpKind::Clip, { input({ 2, 8, 5, 5 }) },
        ActivationAttributes { .alpha = -0.5F, .beta = 0.5F }, { .version = 6 }));
    const ActivationAttributes open { .alpha = lowest, .beta = highest };
    cases.push_back(
        opCase("Clip by inputs", OpKind::Clip, { input({ 2, 8, 5, 5 }), bound(0), bound(0.6) }, open));
    cases.push_back(opCase("Clip below", OpKind::Clip, { input({ 2, 9 }), bound(0) }, open));
    cases.push_back(opCase("Clip above", OpKind::Clip, { input({ 2, 9 }), absent(), bound(0.5) }, open));
    cases.push_back(opCase(
        "Clip by fed bounds", OpKind::Clip, { input({ 2, 9 }), given({}, { -1 }), given({}, { 1 }) }, open));
    const auto cast = [&](const std::string& name, Operand operand, ElementType to) {
        cases.push_back(
            opCase("Cast " + name, OpKind::Cast, { std::move(operand) }, core::CastAttributes { .to = to }));
    };
    cast("int64 to float32", integers({ 3, 7 }, 1000), ElementType::Float32);
    cast("float32 to int64", { .shape = { 3, 7 }, .deviation = 100 }, ElementType::Int64);
    cast("bool to float32", flags({ 3, 7 }), ElementType::Float32);
    cast("float32 to bool", given({ 4 }, { 0, 1, -0.5, 0 }), ElementType::Bool);
    cast("float32 to float64", input({ 3, 7 }), ElementType::Double);
    cast("int32 to int8", integers({ 3, 7 }, 1000, ElementType::Int32), ElementType::Int8);
    cast("float32 to float32", input({ 3, 7 }), ElementType::Float32);
}

struct Pair {
    std::string name;
    Shape a, b;
};

const std::vector<Pair> kPairs {
    { "same shape", { 2, 16, 7, 7 }, { 2, 16, 7, 7 } },
    { "odd shape", { 3, 17, 5, 3 }, { 3, 17, 5, 3 } },
    { "scalar", { 2, 16, 7, 7 }, {} },
    { "one element", { 2, 16, 7, 7 }, { 1 } },
    { "row", { 2, 5, 48 }, { 48 } },
    { "channel", { 2, 16, 7, 7 }, { 1, 16, 1, 1 } },
    { "channel without batch", { 2, 16, 7, 7 }, { 16, 1, 1 } },
    { "batch", { 2, 5, 6 }, { 2, 1, 1 } },
    { "both ways", { 2, 1, 6 }, { 1, 5, 1 } },
    { "longer right", { 6 }, { 2, 5, 6 } },
    { "mask", { 2, 4, 6, 6 }, { 2, 1, 1, 6 } },
};

void addBroadcastCases(std::vector<OpCase>& cases)
{
    for (const auto kind :
        { OpKind::Add, OpKind::Sub, OpKind::Mul, OpKind::Div, OpKind::Pow, OpKind::Min, OpKind::Max })
        for (const Pair& pair : kPairs) {
            const std::string name = std::string(core::opName(kind)) + " " + pair.name;
            cases.push_back(opCase(name, kind, { positive(pair.a), positive(pair.b) }));
            Operand constant = positive(pair.b);
            constant.constant = true;
            cases.push_back(opCase(name + ", constant", kind, { positive(pair.a), constant }));
        }
    for (const auto kind : { OpKind::Add, OpKind::Sub, OpKind::Mul, OpKind::Max })
        for (const auto type : { ElementType::Int32, ElementType::Int64, ElementType::Double })
            cases.push_back(opCase(fmt::format("{} {}", core::opName(kind), core::elementName(type)), kind,
                { given({ 2, 3 }, { -3, 5, 7, 0, 2, -1 }, type), given({ 3 }, { 2, -4, 3 }, type) }));
    cases.push_back(opCase("Less float64", OpKind::Less,
        { given({ 3 }, { 1, 2, 3 }, ElementType::Double), given({ 1 }, { 2 }, ElementType::Double) }));
    cases.push_back(opCase("Mul int32 to and fro", OpKind::Mul,
        { integers({ 2, 1, 3, 1, 2, 1, 3 }, 9, ElementType::Int32),
            integers({ 1, 2, 1, 3, 1, 2, 1 }, 9, ElementType::Int32) }));
    for (const auto type : { ElementType::Int32, ElementType::Int64 })
        cases.push_back(opCase(fmt::format("Div {}", core::elementName(type)), OpKind::Div,
            { given({ 6 }, { -7, 7, -8, 0, 9, 5 }, type), given({ 6 }, { 2, -2, -1, 3, 4, 7 }, type) }));
    for (const auto kind : { OpKind::Min, OpKind::Max, OpKind::Mean, OpKind::Sum }) {
        const std::string name(core::opName(kind));
        cases.push_back(opCase(name + " of one", kind, { input({ 2, 9 }) }));
        cases.push_back(
            opCase(name + " of three", kind, { input({ 2, 3, 9 }), input({ 9 }), input({ 3, 1 }) }));
    }
    cases.push_back(
        opCase("add to itself scaled", OpKind::Add, { input({ 2, 8, 7, 7 }), input({ 2, 8, 7, 7 }) }));
    for (const bool truncated : { false, true })
        cases.push_back(opCase(fmt::format("Mod {}", truncated ? "truncated" : "floored"), OpKind::Mod,
            { given({ 6 }, { -7, -5, -1, 2, 5, 9 }, ElementType::Int64),
                given({ 1 }, { 3 }, ElementType::Int64) },
            core::ModAttributes { .truncated = truncated }));
    cases.push_back(opCase("Mod float", OpKind::Mod, { input({ 2, 9 }), positive({ 9 }) },
        core::ModAttributes { .truncated = true }));
    cases.push_back(
        opCase("PRelu per channel", OpKind::PRelu, { input({ 2, 8, 5, 5 }), weight({ 8, 1, 1 }) }));
    cases.push_back(opCase("PRelu one slope", OpKind::PRelu, { input({ 2, 8, 5, 5 }), weight({ 1 }) }));
}

void addLogicCases(std::vector<OpCase>& cases)
{
    for (const auto kind :
        { OpKind::Equal, OpKind::Greater, OpKind::GreaterOrEqual, OpKind::Less, OpKind::LessOrEqual }) {
        const std::string name(core::opName(kind));
        cases.push_back(opCase(name, kind, { integers({ 3, 7 }, 3), integers({ 7 }, 3) }));
        cases.push_back(opCase(name + " float", kind, { input({ 3, 7 }), input({ 3, 1 }) }));
    }
    for (const auto kind : { OpKind::And, OpKind::Or, OpKind::Xor })
        cases.push_back(opCase(std::string(core::opName(kind)), kind, { flags({ 3, 7 }), flags({ 7 }) }));
    cases.push_back(opCase("Where", OpKind::Where, { flags({ 3, 7 }), input({ 3, 7 }), input({ 3, 7 }) }));
    cases.push_back(
        opCase("Where broadcast", OpKind::Where, { flags({ 3, 1, 7 }), input({ 4, 1 }), input({}) }));
    cases.push_back(
        opCase("Where int64", OpKind::Where, { flags({ 3, 7 }), integers({ 7 }, 9), integers({ 3, 1 }, 9) }));
}

} // namespace

void addElementwiseCases(std::vector<OpCase>& cases)
{
    addUnaryCases(cases);
    addClipAndCastCases(cases);
    addBroadcastCases(cases);
    addLogicCases(cases);
}

} // namespace support
