// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <cstdlib>
#include <functional>
#include <string>

/// An engine that goes wrong where its environment says: BREAKEVEN_TEST_FAULT is "KIND:BATCH", what happens
/// when that batch is compiled. For plug-ins that show what a fault costs.
namespace support {

class FaultyEngine final : public core::Engine {
public:
    /// Lets the fault happen, or gives the engine that compiles in place of the sound one then.
    using Fault = std::function<std::unique_ptr<core::Engine>(const std::string& kind)>;

    FaultyEngine(std::unique_ptr<core::Engine> engine, std::chrono::seconds patience, Fault fault)
        : m_engine(std::move(engine))
        , m_patience(patience)
        , m_fault(std::move(fault))
    {
        const char* asked = std::getenv("BREAKEVEN_TEST_FAULT");
        const std::string text = asked ? asked : "";
        if (const auto colon = text.find(':'); colon != text.npos) {
            m_kind = text.substr(0, colon);
            m_batch = std::stoll(text.substr(colon + 1));
        }
    }

    core::DeviceInfo device() const override
    {
        core::DeviceInfo info = m_engine->device();
        info.patience = m_patience;
        return info;
    }
    std::vector<core::Refusal> refusals(const core::Graph& graph) const override
    {
        return m_engine->refusals(graph);
    }
    std::unique_ptr<core::Program> compile(
        std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options) override
    {
        m_faulty.reset(); // what it holds is free again; its programs are gone
        if (options.dims.batch == m_batch && (m_faulty = m_fault(m_kind)))
            return m_faulty->compile(std::move(graph), options);
        return m_engine->compile(std::move(graph), options);
    }

private:
    std::unique_ptr<core::Engine> m_engine, m_faulty;
    std::chrono::seconds m_patience;
    Fault m_fault;
    std::string m_kind;
    std::int64_t m_batch = -1;
};

} // namespace support
