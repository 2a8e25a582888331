// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/program_server.h"

#include "core/engine/inputs.h"
#include "core/measure/measure.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"

#include <algorithm>
#include <mutex>

namespace core {

namespace {

std::mutex& compiling()
{
    static std::mutex mutex;
    return mutex;
}

} // namespace

ProgramServer::ProgramServer(Engine& engine, const Model& model, Settings settings)
    : m_engine(engine)
    , m_model(model)
    , m_settings(std::move(settings))
{
}

ProgramServer::~ProgramServer() = default;

void ProgramServer::prepare()
{
    m_programs.clear();
    {
        const std::lock_guard lock(compiling());
        const auto graph = optimise(*m_model.graph, { .fuse = m_settings.key.tuning.fuse });
        for (int batch = 1; batch <= m_settings.most; ++batch) {
            const DimBindings dims { batch, m_settings.dims };
            auto program = m_engine.compile(graph,
                { .dims = dims,
                    .precision = m_settings.key.precision,
                    .threads = std::max(1, m_settings.key.threads),
                    .place = m_settings.place,
                    .tuning = m_settings.key.tuning });
            writeInputs(*program, synthesiseInputs(*graph, inferShapes(*graph, dims), m_settings.seed));
            m_programs.push_back(std::move(program));
        }
    }
    if (m_together)
        m_together->arrive_and_wait();
    for (const auto& program : m_programs)
        warmUp(*program, { .warmUpRuns = 3, .warmUpTime = std::chrono::duration<double>(0) }, {});
    if (m_settings.sampling.count() > 0)
        sample();
}

/// By turns over the sizes, as they will come.
void ProgramServer::sample()
{
    m_samples.clear();
    for (std::size_t batch = 1; batch <= m_programs.size(); ++batch)
        m_samples.push_back({ .items = static_cast<std::int64_t>(batch), .samples = {} });
    const auto end = std::chrono::steady_clock::now()
        + std::chrono::duration_cast<Nanoseconds>(
            m_settings.sampling * static_cast<double>(m_programs.size()));
    do {
        for (std::size_t i = 0; i < m_programs.size(); ++i)
            m_samples[i].samples.push_back(m_programs[i]->run().host);
    } while (std::chrono::steady_clock::now() < end);
}

void ProgramServer::run(std::int64_t items)
{
    while (items > 0) {
        const auto batch = std::min<std::int64_t>(items, m_settings.most);
        m_programs[static_cast<std::size_t>(batch - 1)]->run();
        items -= batch;
    }
}

} // namespace core
