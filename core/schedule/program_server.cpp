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

double medianOf(std::vector<Nanoseconds> samples)
{
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::ranges::nth_element(samples, middle);
    return static_cast<double>(middle->count());
}

double middleOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

ProgramServer::ProgramServer(Engine& engine, const Model& model, Settings settings)
    : m_engine(engine)
    , m_model(model)
    , m_settings(std::move(settings))
{
}

ProgramServer::~ProgramServer() = default;

void ProgramServer::prepare()
{
    const auto turns = std::exchange(m_turns, nullptr);
    try {
        if (m_programs.empty())
            makePrograms();
        for (const auto& program : m_programs)
            warmUp(*program, { .warmUpRuns = 3, .warmUpTime = std::chrono::duration<double>(0) }, {});
    } catch (...) {
        if (turns)
            turns->fail();
        throw;
    }
    if (turns)
        takeSamples(*turns);
}

void ProgramServer::makePrograms()
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

/// Where another server has failed nobody asks for samples any more.
void ProgramServer::takeSamples(SamplingTurns& turns)
{
    if (!turns.alone(m_turn))
        return;
    m_samples = sample();
    m_slowdown = 1;
    if (!turns.together())
        return;
    const std::vector<ServiceTime::Point> crowded = sample();
    std::vector<double> ratios;
    for (std::size_t i = 0; i < crowded.size(); ++i)
        ratios.push_back(medianOf(crowded[i].samples) / medianOf(m_samples[i].samples));
    m_slowdown = std::max(1.0, middleOf(std::move(ratios)));
}

std::vector<ServiceTime::Point> ProgramServer::sample()
{
    std::vector<ServiceTime::Point> points;
    for (std::size_t i = 0; i < m_programs.size(); ++i) {
        points.push_back({ .items = static_cast<std::int64_t>(i) + 1, .samples = {} });
        const auto end
            = std::chrono::steady_clock::now() + std::chrono::duration_cast<Nanoseconds>(m_settings.sampling);
        do {
            points.back().samples.push_back(m_programs[i]->run().host);
        } while (std::chrono::steady_clock::now() < end);
    }
    return points;
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
