// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/sweep_spec.h"
#include "core/model/model.h"
#include "core/schedule/live.h"
#include "core/schedule/sampling_turns.h"

#include <map>

namespace core {

/// A server that is a program for each batch size from 1 to its most, on one engine with one setting. It
/// computes on made-up inputs; its answers nobody reads.
class ProgramServer final : public LiveServer {
public:
    struct Settings {
        CellKey key; // the batch means nothing
        std::map<std::string, std::int64_t> dims;
        int most = 8;
        int place = 0; // of its cores: CompileOptions::place
        std::uint64_t seed = 1;
        std::chrono::duration<double> sampling { 0 }; // of each batch size
    };

    /// The engine and the model outlive it.
    ProgramServer(Engine& engine, const Model& model, Settings settings);
    ~ProgramServer() override;

    /// The next prepare() takes samples of all programs: whom it takes them with, and its place among them,
    /// from 0 on.
    void sampleWith(std::shared_ptr<SamplingTurns> turns, int turn)
    {
        m_turns = std::move(turns);
        m_turn = turn;
    }

    /// Makes all programs the first time, one server at a time, as engines serve one thread at a time.
    void prepare() override;
    void run(std::int64_t items) override;

    /// Latencies of each batch size, taken in the last prepare() while it was alone at work: what a
    /// simulation of this server draws from.
    const std::vector<ServiceTime::Point>& samples() const { return m_samples; }
    /// Device::slowdown: the middle one of all batch sizes' medians while all servers were at work, over
    /// those alone; not below 1.
    double slowdown() const { return m_slowdown; }

private:
    void makePrograms();
    void takeSamples(SamplingTurns& turns);
    std::vector<ServiceTime::Point> sample();

    Engine& m_engine;
    const Model& m_model;
    const Settings m_settings;
    std::shared_ptr<SamplingTurns> m_turns;
    int m_turn = 0;
    std::vector<std::unique_ptr<Program>> m_programs; // of batch 1, 2, ...
    std::vector<ServiceTime::Point> m_samples;
    double m_slowdown = 1;
};

/// The upper median of at least one time, in nanoseconds; and of at least one number.
double medianOf(std::vector<Nanoseconds> samples);
double middleOf(std::vector<double> values);

} // namespace core
