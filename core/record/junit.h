// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace core {

/// A case as build servers show it.
struct JunitCase {
    std::string name; // "cpu x2 batch 8"
    double seconds = 0; // that it took
    std::string failure; // one sentence; empty: it passed
    std::string skipped; // why nothing can be said; empty: something can
    std::string text; // what was found, in any case
};

/// A JUnit XML document with one suite. Characters that XML cannot hold become U+FFFD.
std::string toJunit(const std::string& suite, const std::vector<JunitCase>& cases);

} // namespace core
