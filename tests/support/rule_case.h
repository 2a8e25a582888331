// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/op_case_builder.h"

#include <initializer_list>

/// Tables of what shape rules say: a node, and the shapes of its outputs or what is wrong with it.
namespace support {

struct Rule {
    std::shared_ptr<const OpCase> opCase; // shared, for initialiser lists copy
    const char* expected;
};

Rule rule(core::OpKind kind, std::vector<Operand> operands, core::Attributes attributes, const char* expected,
    int outputs = 1, int version = 17);
Rule rule(core::OpKind kind, std::vector<Operand> operands, const char* expected);

/// The rules of all these tables, in order.
std::vector<Rule> joined(std::initializer_list<std::vector<Rule> (*)()> tables);

/// "[1, 2] open", or the predicate that the rule throws; the whole sentence when it does not name the node.
std::string outcomeOf(const Rule& rule);

/// The predicate that the node's loop throws when the reference engine runs it; "" when it runs.
std::string refusalOf(const Rule& rule);

} // namespace support
