// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/onnxruntime_program.h"

#include "core/error.h"

#include <dlfcn.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace bench {

namespace {

/// ONNX Runtime's C interface: a table of functions whose places never change, only new ones are added at its
/// end. These are the places of those that are called here.
enum Place : std::size_t {
    kGetErrorMessage = 2,
    kCreateEnv = 3,
    kCreateSession = 7,
    kRun = 9,
    kCreateSessionOptions = 10,
    kEnableProfiling = 14,
    kSetIntraOpNumThreads = 24,
    kCreateTensorWithData = 49,
    kCreateCpuMemoryInfo = 69,
    kGetAllocator = 78,
    kReleaseEnv = 92,
    kReleaseStatus = 93,
    kReleaseMemoryInfo = 94,
    kReleaseSession = 95,
    kReleaseValue = 96,
    kReleaseSessionOptions = 100,
    kSessionEndProfiling = 110,
};

constexpr unsigned kVersion = 17; // of the table; long enough for the above
constexpr int kWarning = 2, kFloat = 1, kArena = 1, kDefault = 0; // of its enumerations

struct ApiBase {
    const void* const* (*api)(unsigned version);
    const char* (*version)();
};

} // namespace

struct OnnxRuntimeProgram::Session {
    void* library = nullptr;
    const void* const* api = nullptr;
    void *env = nullptr, *options = nullptr, *session = nullptr, *memory = nullptr, *allocator = nullptr;
    std::vector<std::string> inputNames, outputNames;
    std::vector<std::vector<std::byte>> inputs;
    std::vector<void*> inputValues, outputValues;
    std::vector<const char*> inputs_, outputs_;

    template <typename Result, typename... Arguments> Result raw(Place place, Arguments... arguments) const
    {
        return reinterpret_cast<Result (*)(Arguments...)>(const_cast<void*>(api[place]))(arguments...);
    }

    /// Calls what returns a status: null, or what went wrong.
    template <typename... Arguments> void call(Place place, Arguments... arguments) const
    {
        if (void* status = raw<void*>(place, arguments...)) {
            const std::string why = raw<const char*>(kGetErrorMessage, static_cast<const void*>(status));
            raw<void>(kReleaseStatus, status);
            throw core::Error("Cannot use ONNX Runtime: {}", why);
        }
    }

    void releaseOutputs()
    {
        for (void*& value : outputValues) {
            if (value)
                raw<void>(kReleaseValue, value);
            value = nullptr;
        }
    }

    ~Session()
    {
        if (!api)
            return;
        releaseOutputs();
        for (void* value : inputValues)
            raw<void>(kReleaseValue, value);
        for (const auto& [place, object] :
            { std::pair(kReleaseSession, session), std::pair(kReleaseSessionOptions, options),
                std::pair(kReleaseMemoryInfo, memory), std::pair(kReleaseEnv, env) }) {
            if (object)
                raw<void>(place, object);
        }
    }
};

OnnxRuntimeProgram::OnnxRuntimeProgram(const std::filesystem::path& library,
    const std::filesystem::path& model, const core::Graph& graph, const core::Shapes& shapes, int threads,
    const std::string& profile)
    : m_session(std::make_unique<Session>())
{
    Session& s = *m_session;
    s.library = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL); // for good: it does not like to be unloaded
    void* base = s.library ? dlsym(s.library, "OrtGetApiBase") : nullptr;
    if (!base)
        throw core::Error("Cannot use ONNX Runtime: {}.", dlerror());
    s.api = reinterpret_cast<const ApiBase* (*)()>(base)()->api(kVersion);
    if (!s.api)
        throw core::Error("Cannot use ONNX Runtime: it is older than version 1.{}.", kVersion);
    s.call(kCreateEnv, kWarning, static_cast<const char*>("breakeven"), &s.env);
    s.call(kCreateSessionOptions, &s.options);
    s.call(kSetIntraOpNumThreads, s.options, threads);
    s.call(kEnableProfiling, s.options, profile.c_str());
    s.call(kCreateSession, static_cast<const void*>(s.env), model.c_str(),
        static_cast<const void*>(s.options), &s.session);
    s.call(kCreateCpuMemoryInfo, kArena, kDefault, &s.memory);
    s.call(kGetAllocator, &s.allocator);
    for (const core::ValueId id : graph.inputs) {
        const core::Shape& shape = shapes.of(id);
        s.inputNames.push_back(graph.value(id).name);
        s.inputs.emplace_back(static_cast<std::size_t>(core::elementCount(shape)) * sizeof(float));
        void* value = nullptr;
        s.call(kCreateTensorWithData, static_cast<const void*>(s.memory),
            static_cast<void*>(s.inputs.back().data()), s.inputs.back().size(),
            static_cast<const std::int64_t*>(shape.data()), shape.size(), kFloat, &value);
        s.inputValues.push_back(value);
    }
    for (const core::ValueId id : graph.outputs)
        s.outputNames.push_back(graph.value(id).name);
    s.outputValues.resize(s.outputNames.size());
    for (const std::string& name : s.inputNames)
        s.inputs_.push_back(name.c_str());
    for (const std::string& name : s.outputNames)
        s.outputs_.push_back(name.c_str());
}

OnnxRuntimeProgram::~OnnxRuntimeProgram() = default;

void OnnxRuntimeProgram::write(int input, std::span<const std::byte> bytes)
{
    std::vector<std::byte>& buffer = m_session->inputs[static_cast<std::size_t>(input)];
    if (bytes.size() != buffer.size())
        throw core::Error(
            "Cannot use ONNX Runtime: an input has {} bytes, not {}.", buffer.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), buffer.begin());
}

core::Tensor OnnxRuntimeProgram::read(int)
{
    throw core::Error("Cannot use ONNX Runtime: its outputs are not read here.");
}

core::Sample OnnxRuntimeProgram::run(core::Trace*)
{
    Session& s = *m_session;
    s.releaseOutputs(); // they are made anew in each run, as its users have it
    const auto begin = std::chrono::steady_clock::now();
    s.call(kRun, s.session, static_cast<const void*>(nullptr),
        static_cast<const char* const*>(s.inputs_.data()), static_cast<void* const*>(s.inputValues.data()),
        s.inputValues.size(), static_cast<const char* const*>(s.outputs_.data()), s.outputs_.size(),
        s.outputValues.data());
    return { .host = std::chrono::steady_clock::now() - begin };
}

std::vector<std::chrono::nanoseconds> OnnxRuntimeProgram::ownTimes()
{
    char* path = nullptr; // a few bytes that live as long as the program
    m_session->call(kSessionEndProfiling, m_session->session, m_session->allocator, &path);
    std::ifstream file(path);
    const auto events = nlohmann::json::parse(file);
    std::vector<std::chrono::nanoseconds> times;
    for (const auto& event : events) {
        if (event.value("name", "") == "model_run")
            times.emplace_back(std::chrono::microseconds(event.at("dur").get<std::int64_t>()));
    }
    std::filesystem::remove(path);
    return times;
}

} // namespace bench
