// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/op_cases.h"

#include <fmt/format.h>

/// How the lists of cases are written down.
namespace support {

/// One input of the node: random numbers, given ones, or nothing.
struct Operand {
    core::Shape shape;
    core::ElementType type = core::ElementType::Float32;
    bool constant = false;
    bool absent = false;
    double mean = 0, deviation = 1; // of random floats
    std::int64_t below = 10; // random integers are from 0 to less than this
    std::vector<double> values {}; // instead of random ones
};

Operand input(core::Shape shape); // random float32 that is fed
Operand positive(core::Shape shape); // from about 1 to 5
Operand weight(
    core::Shape shape); // a constant, scaled so that sums over all dimensions but the first stay near 1
Operand matrix(core::Shape shape); // a constant, scaled for sums over the last dimension but one
Operand integers(core::Shape shape, std::int64_t below, core::ElementType type = core::ElementType::Int64);
Operand given(
    core::Shape shape, std::vector<double> values, core::ElementType type = core::ElementType::Float32);
Operand constants(std::vector<double> values); // a constant int64 vector
Operand flags(core::Shape shape); // random bools
Operand absent();

struct CaseOptions {
    std::vector<core::PostOp> epilogue {};
    int outputs = 1;
    int version = 17;
    double tolerance = 1e-4;
    std::vector<core::QuantisedInput> quantised {};
};

OpCase opCase(std::string name, core::OpKind kind, std::vector<Operand> operands,
    core::Attributes attributes = core::NoAttributes {}, CaseOptions options = {});

/// The families; opCases() joins them.
void addDenseCases(std::vector<OpCase>& cases);
void addEpilogueCases(std::vector<OpCase>& cases);
void addNormalisationCases(std::vector<OpCase>& cases);
void addElementwiseCases(std::vector<OpCase>& cases);
void addReductionCases(std::vector<OpCase>& cases);
void addBitCases(std::vector<OpCase>& cases);
void addLineCases(std::vector<OpCase>& cases);
void addSelectionCases(std::vector<OpCase>& cases);
void addFindingCases(std::vector<OpCase>& cases);
void addGeneratingCases(std::vector<OpCase>& cases);
void addEinsumCases(std::vector<OpCase>& cases);
void addMovementCases(std::vector<OpCase>& cases);
void addResampleCases(std::vector<OpCase>& cases);
void addSequenceCases(std::vector<OpCase>& cases);
void addWindowCases(std::vector<OpCase>& cases);
void addQuantisedCases(std::vector<OpCase>& cases);
void addIntegerCases(std::vector<OpCase>& cases);
void addMicrosoftCases(std::vector<OpCase>& cases);

} // namespace support
