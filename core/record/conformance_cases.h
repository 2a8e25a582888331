// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/conformance.h"
#include "core/model/model.h"

#include <filesystem>
#include <string>
#include <vector>

/// Folders of models with data whose right outputs are known, as ONNX's own tests and its model collections
/// have them.
namespace core {

/// The files of one data set, in order. Without outputs the right ones are the reference engine's; without
/// inputs they are made.
struct DataFiles {
    std::vector<std::filesystem::path> inputs, outputs;
};

struct ConformanceCase {
    std::string name; // "test_abs", "light_resnet50"
    std::filesystem::path model;
    std::vector<DataFiles> sets; // at least one
    Tolerance tolerance;
};

/// The models in `folder` and in the folders inside it, sorted by name. Data sets of FOLDER/NAME.onnx are,
/// what is there first: FOLDER/test_data_set_*/{input,output}_N.pb, FOLDER/{input,output}_N.pb,
/// FOLDER/NAME_{input,output}_N.pb. FOLDER/tolerance.json may widen the tolerance: {"rtol": 1e-2, "atol":
/// 1e-4}. Throws Error when the folder cannot be read or has no model, or a tolerance is not one.
std::vector<ConformanceCase> findConformanceCases(const std::filesystem::path& folder);

/// Reads a data set. Inputs that are not there are made: where outputs are, element k of n is k / n, as
/// ONNX's test runner feeds its networks that come without inputs; else synthesiseInputs(). Outputs that are
/// not there come from the reference engine, which is slow. Throws Error.
DataSet readDataSet(const Model& model, const DataFiles& files);

enum class ConformanceStatus {
    Passed,
    Wrong, // it ran and computes something else
    Failed // it could not be read or run
};

/// "passed", "wrong", "failed".
std::string_view conformanceStatusName(ConformanceStatus status);

/// What became of a case.
struct ConformanceResult {
    std::string name;
    /// The operator of the model's only node but for constants; "several" for a model of more.
    std::string type;
    ConformanceStatus status = ConformanceStatus::Failed;
    std::string reason; // one sentence unless it passed
};

/// Runs every data set of a case. Whatever goes wrong becomes the reason: one bad case stops nobody.
ConformanceResult runConformanceCase(Engine& engine, const ConformanceCase& test, int threads);

} // namespace core
