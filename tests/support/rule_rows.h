// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/rule_case.h"

#include <QTest>

/// A table of rules as the rows of a Qt test.
namespace support {

inline void addRuleRows(const std::vector<Rule>& rules)
{
    QTest::addColumn<std::size_t>("index");
    for (std::size_t i = 0; i < rules.size(); ++i)
        QTest::addRow("%s: %s", rules[i].opCase->name.c_str(), rules[i].expected) << i;
}

/// The row at hand says what it should by `outcome`: outcomeOf or refusalOf.
inline void checkRule(const std::vector<Rule>& rules, std::string (*outcome)(const Rule&))
{
    QFETCH(std::size_t, index);
    QCOMPARE(QString::fromStdString(outcome(rules[index])), QString(rules[index].expected));
}

} // namespace support
