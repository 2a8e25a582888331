// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <atomic>
#include <exception>
#include <thread>

namespace core {

/// Several requests that come in at once, as one program. They are served by lanes, each a program of its own
/// on a thread and cores of its own; a lane that is done takes the next request. All requests get the same
/// inputs. run() takes from the moment the requests come in until the last is answered.
class ParallelRequests final : public Program {
public:
    /// Compiles `lanes` programs of `options`, at places 0 to lanes - 1, each on the thread that will run it.
    /// Throws what Engine::compile() throws.
    ParallelRequests(Engine& engine, const std::shared_ptr<const Graph>& graph, const CompileOptions& options,
        int requests, int lanes);
    ~ParallelRequests() override;

    void write(int input, std::span<const std::byte> bytes) override;
    /// Of the first lane's last request.
    Tensor read(int output) override;
    /// A traced run is one request on the first lane.
    Sample run(Trace* trace = nullptr) override;
    /// Of all lanes together.
    MemoryUse memory() const override;
    std::string choice() const override { return m_lanes.front().program->choice(); }

private:
    struct Lane {
        std::unique_ptr<Program> program;
        std::exception_ptr failure;
        std::thread thread; // the first lane is the caller's thread
    };

    template <typename Work> void guarded(Lane& lane, Work work);
    void start(Lane& lane, int place, Engine& engine, const std::shared_ptr<const Graph>& graph,
        CompileOptions options);
    void serve(Lane& lane);
    void answer(Lane& lane);
    void rethrow();
    void end();

    const int m_requests;
    std::vector<Lane> m_lanes;
    std::atomic<int> m_next { 0 }; // request of this round that nobody has taken yet
    std::atomic<int> m_round { 0 }; // the lanes wait for it to change
    std::atomic<int> m_busy { 0 }; // lanes beside the caller's that have not finished the round
    std::atomic<bool> m_end { false };
};

/// How many lanes serve `requests` on a device with `threads` each: as many as have cores of their own, or
/// streams where threads mean nothing, and one at least.
int lanesFor(int requests, int threads, const DeviceInfo& device);

} // namespace core
