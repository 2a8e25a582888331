// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the operator cases on an engine against the reference engine and says in JSON, a line a case, how each
// went.
//   op-check ENGINE            all cases; exit status 1 when one fails
//   op-check ENGINE FROM       those from number FROM on, in this process
// A case that takes the process with it is a failed case: the rest go on in a new one.
#include "app/engine_catalog.h"
#include "core/child/child_process.h"
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstring>
#include <filesystem>

namespace {

using Json = nlohmann::ordered_json;

core::Engine& engineOf(const std::vector<std::unique_ptr<core::Engine>>& engines, const std::string& id)
{
    for (const auto& engine : engines)
        if (engine->device().id == id) {
            if (const std::string absent = engine->device().absent; !absent.empty())
                throw core::Error("{}", absent);
            return *engine;
        }
    throw core::Error("No engine is called \"{}\".", id);
}

/// The first output that differs by more than the case allows; "" when none does.
std::string differenceOf(const support::OpCase& opCase, core::Engine& engine)
{
    const core::CompileOptions options { .dims = opCase.dims };
    const auto program = engine.compile(opCase.graph, options);
    const auto actual = support::runOnce(*program, *opCase.graph, opCase.inputs);
    const auto expected = support::runOnce(
        *core::ReferenceEngine().compile(opCase.graph, options), *opCase.graph, opCase.inputs);
    for (std::size_t i = 0; i < actual.size(); ++i)
        if (std::string found = support::differenceOf(actual[i].view(), expected[i].view(), opCase.tolerance);
            !found.empty())
            return found;
    return {};
}

Json resultOf(const support::OpCase& opCase, core::Engine& engine)
{
    Json result { { "case", opCase.name } };
    const auto say = [&](const char* status, const std::string& reason) {
        result["status"] = status;
        if (!reason.empty())
            result["reason"] = reason;
    };
    if (const auto refused = engine.refusals(*opCase.graph); !refused.empty()) {
        say("refused", core::summarise(refused));
        return result;
    }
    try {
        const std::string difference = differenceOf(opCase, engine);
        say(difference.empty() ? "ok" : "failed", difference);
    } catch (const core::Error& error) { // what types and shapes tell is said when it is compiled
        const bool refused = std::string_view(error.what()).starts_with("Cannot compile");
        say(refused ? "refused" : "failed", error.what());
    }
    return result;
}

void print(const Json& line)
{
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

int runHere(const std::string& id, std::size_t from)
{
    const auto engines = app::makeEngines();
    core::Engine& engine = engineOf(engines, id);
    const auto cases = support::opCases();
    for (std::size_t i = from; i < cases.size(); ++i) {
        Json line = resultOf(cases[i], engine);
        line["number"] = i;
        print(line);
        // Nothing that is asked of a lost device afterwards says anything about it.
        if (line.contains("reason") && line["reason"].get<std::string>().starts_with("The GPU is lost"))
            return 3;
    }
    return 0;
}

int runAll(const std::string& self, const std::string& id)
{
    const auto cases = support::opCases();
    std::size_t next = 0;
    int ok = 0, refused = 0, failed = 0;
    while (next < cases.size()) {
        const std::size_t begin = next;
        const core::ChildEnd end = core::runChild(
            { .arguments = { self, id, std::to_string(next) }, .silence = std::chrono::seconds(120) }, {},
            [&](std::string_view text) {
                const Json line = Json::parse(text);
                const std::string status = line["status"];
                ++(status == "ok" ? ok : status == "refused" ? refused : failed);
                next = line["number"].get<std::size_t>() + 1;
                print(line);
            });
        if (end.status == 0 && end.signal == 0 && !end.silent)
            break;
        if (end.status == 3) // said already
            continue;
        if (end.status == 1 && next == begin && begin == 0) {
            std::fprintf(stderr, "%s\n", end.lastWords.c_str());
            return 2;
        }
        ++failed;
        print({ { "case", cases[next].name }, { "status", "failed" }, { "number", next },
            { "reason", end.silent ? "it hung" : "it took its process with it: " + end.lastWords } });
        ++next;
    }
    print({ { "engine", id }, { "cases", cases.size() }, { "ok", ok }, { "refused", refused },
        { "failed", failed } });
    return failed > 0 ? 1 : 0;
}

} // namespace

int main(int count, char** arguments)
try {
    if (count < 2) {
        std::fprintf(stderr, "usage: op-check ENGINE [FROM]\n");
        return 2;
    }
    if (count > 2)
        return runHere(arguments[1], std::stoul(arguments[2]));
    return runAll(std::filesystem::read_symlink("/proc/self/exe").string(), arguments[1]);
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
