// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/table.h"
#include "core/error.h"
#include "core/record/conformance_cases.h"
#include "core/record/json_fields.h"
#include "core/record/run_file.h"

#include <algorithm>

namespace app {

namespace {

using core::ConformanceResult;
using core::Json;

struct Options {
    std::string folder, json;
    EngineOptions engine;
    std::size_t atLeast = 0;
    bool failures = false;
};

std::size_t passed(const std::vector<ConformanceResult>& results)
{
    return static_cast<std::size_t>(std::count_if(results.begin(), results.end(),
        [](const ConformanceResult& result) { return result.reason.empty(); }));
}

std::vector<ConformanceResult> run(Context& context, const Options& options)
{
    core::Engine& engine = context.engine(options.engine.engine, "run cases");
    const auto cases = core::findConformanceCases(options.folder);
    const int threads = options.engine.compileOptions(engine.device(), {}).threads;
    std::vector<ConformanceResult> results;
    for (const core::ConformanceCase& test : cases)
        results.push_back(core::runConformanceCase(engine, test, threads));
    return results;
}

/// What most of an operator's failures say.
std::string commonReason(const std::vector<const ConformanceResult*>& results)
{
    std::map<std::string, int> counts;
    std::string common;
    for (const ConformanceResult* result : results)
        if (!result->reason.empty() && ++counts[result->reason] > counts[common])
            common = result->reason;
    return common;
}

std::string byOperator(const std::vector<ConformanceResult>& results)
{
    std::map<std::string, std::vector<const ConformanceResult*>> types;
    for (const ConformanceResult& result : results)
        types[result.type].push_back(&result);
    Table table(
        { { "OPERATOR", Align::Left }, { "PASSED" }, { "WHAT FAILS", Align::Left } }, Overflow::Elide);
    for (const auto& [type, cases] : types) {
        const auto good = std::count_if(cases.begin(), cases.end(),
            [](const ConformanceResult* result) { return result->reason.empty(); });
        table.add({ type, fmt::format("{}/{}", good, cases.size()), commonReason(cases) });
    }
    return table.text();
}

std::string failures(const std::vector<ConformanceResult>& results)
{
    std::string text;
    for (const ConformanceResult& result : results)
        if (!result.reason.empty())
            text += fmt::format("{}: {}\n", result.name, result.reason);
    return text.empty() ? text : text + "\n";
}

Json document(const Options& options, const std::vector<ConformanceResult>& results)
{
    Json cases = Json::array();
    for (const ConformanceResult& result : results)
        cases.push_back({ { "name", result.name }, { "operator", result.type },
            { "status", core::conformanceStatusName(result.status) }, { "reason", result.reason } });
    return { { "engine", options.engine.engine }, { "passed", passed(results) }, { "total", results.size() },
        { "cases", std::move(cases) } };
}

int conformance(Context& context, const Options& options)
{
    if (!options.json.empty() && options.json != "-")
        core::checkWritable(options.json, "JSON"); // not after minutes
    const std::vector<ConformanceResult> results = run(context, options);
    const std::string json = core::dumped(document(options, results), 2) + "\n";
    if (options.json == "-") {
        print(json);
    } else {
        if (!options.json.empty())
            core::writeFile(options.json, json, "JSON");
        print(byOperator(results) + "\n" + (options.failures ? failures(results) : "")
            + fmt::format("{} of {} passed\n", passed(results), results.size()));
    }
    return passed(results) >= options.atLeast ? kOk : kFailed;
}

} // namespace

void addConformance(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "conformance", "Run a folder of models on data whose right outputs are known");
    auto options = std::make_shared<Options>();
    command->add_option("DIR", options->folder, "Folder of cases")->type_name("")->required();
    options->engine.addTo(*command);
    command->add_option("--at-least", options->atLeast, "Exit status 1 when fewer pass")->type_name("N");
    command->add_flag("--failures", options->failures, "List every case that fails with its reason");
    command->add_option("--json", options->json, "Write every case as JSON; - for standard output")
        ->type_name("FILE");
    command->footer(
        "A case is DIR/NAME/model.onnx with NAME/test_data_set_0/input_0.pb, output_0.pb and so on, or\n"
        "DIR/NAME.onnx with NAME_output_0.pb beside it; tolerance.json may widen rtol 1e-3 and atol 1e-5.\n"
        "Without outputs the reference engine says what is right.\n"
        "Example: breakeven-cli conformance cases --engine cpu --at-least 1540");
    command->callback([&context, options] {
        context.command = [&context, options] { return conformance(context, *options); };
    });
}

} // namespace app
