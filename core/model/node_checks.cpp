// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/node_checks.h"

#include "core/error.h"
#include "core/ops/op_table.h"

#include <algorithm>

namespace core {
namespace {

void dropTrailing(std::vector<ValueId>& ids)
{
    while (!ids.empty() && ids.back() == kNoValue)
        ids.pop_back();
}

std::string expectedCount(int least, int most)
{
    if (most < 0)
        return fmt::format("at least {}", least);
    if (least == most)
        return fmt::format("{}", least);
    return fmt::format("{} {} {}", least, most == least + 1 ? "or" : "to", most);
}

[[noreturn]] void fail(const Node& node, const std::string& predicate)
{
    throw Error("Cannot read model: node \"{}\" ({}) {}", node.name, node.type, predicate);
}

} // namespace

void checkArity(Node& node)
{
    dropTrailing(node.inputs);
    dropTrailing(node.outputs);
    if (node.outputs.empty())
        fail(node, "has no outputs.");
    const OpRow* row = opRow(node.kind);
    if (!row)
        return;
    // The row's third input of MatMul is a bias that passes put there; ONNX has none.
    const int most = node.kind == OpKind::MatMul ? 2 : row->maxInputs;
    const auto inputs = static_cast<int>(node.inputs.size());
    if (inputs < row->minInputs || (most >= 0 && inputs > most))
        fail(node,
            fmt::format("has {} input{}, expected {}.", inputs, inputs == 1 ? "" : "s",
                expectedCount(row->minInputs, most)));
    const auto required = node.inputs.begin() + row->minInputs;
    if (const auto missing = std::find(node.inputs.begin(), required, kNoValue); missing != required)
        fail(node, fmt::format("leaves out input {}, which it needs.", missing - node.inputs.begin() + 1));
    const auto outputs = static_cast<int>(node.outputs.size());
    if (row->maxOutputs >= 0 && outputs > row->maxOutputs)
        fail(node, fmt::format("has {} outputs, expected {}.", outputs, expectedCount(1, row->maxOutputs)));
}

Attributes parseAttributes(const Node& node, const RawNode& raw)
{
    const OnnxAttributes attributes = readAttributes(raw, node.version);
    try {
        return opRow(node.kind)->parse(attributes);
    } catch (const Error& error) {
        fail(node, error.what());
    }
}

} // namespace core
