// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_case.h"

#include "core/engine/reference_engine.h"
#include "core/model/shape_inference.h"
#include "tests/support/programs.h"
#include "tests/support/sentence.h"

namespace support {

using namespace core;

Rule rule(OpKind kind, std::vector<Operand> operands, Attributes attributes, const char* expected,
    int outputs, int version)
{
    return { std::make_shared<const OpCase>(opCase(std::string(opName(kind)), kind, std::move(operands),
                 std::move(attributes), { .outputs = outputs, .version = version })),
        expected };
}

Rule rule(OpKind kind, std::vector<Operand> operands, const char* expected)
{
    return rule(kind, std::move(operands), NoAttributes {}, expected);
}

std::vector<Rule> joined(std::initializer_list<std::vector<Rule> (*)()> tables)
{
    std::vector<Rule> all;
    for (const auto table : tables)
        for (Rule& one : table())
            all.push_back(std::move(one));
    return all;
}

std::string outcomeOf(const Rule& rule)
{
    const OpCase& made = *rule.opCase;
    std::string result;
    const std::string sentence = sentenceOf([&] {
        const Shapes shapes = inferShapes(*made.graph, { .batch = made.dims.batch });
        for (const ValueId output : made.graph->outputs)
            result += (result.empty() ? "" : " ")
                + (shapes.isOpen(output) ? "open" : toString(shapes.of(output)));
    });
    const std::string before = "Cannot infer shapes: node \"node\" (" + made.name + ") ";
    if (sentence.empty())
        return result;
    return sentence.starts_with(before) ? sentence.substr(before.size()) : sentence;
}

std::string refusalOf(const Rule& rule)
{
    const OpCase& made = *rule.opCase;
    const auto program = ReferenceEngine().compile(made.graph, { .dims = made.dims });
    const std::string sentence = sentenceOf([&] { runOnce(*program, *made.graph, made.inputs); });
    const std::string before = "Cannot run: node \"node\" (" + made.name + ") ";
    return sentence.starts_with(before) ? sentence.substr(before.size()) : sentence;
}

} // namespace support
