// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/threads.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cpu {

namespace {

/// 0 for the first hardware thread of a physical core, 1 for the second: "3,35" means that 35 shares a core
/// with 3.
int siblingRank(int cpu)
{
    std::ifstream file(
        "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
    int rank = 0, sibling = 0;
    for (char separator = ','; file >> sibling; file >> separator)
        rank += sibling < cpu ? 1 : 0;
    return rank;
}

/// Allowed hardware threads, the best to use last: those that are first on their physical core, high numbers
/// last.
const std::vector<int>& allowed()
{
    static const std::vector<int> cores = [] {
        cpu_set_t set;
        CPU_ZERO(&set);
        std::vector<int> found;
        if (sched_getaffinity(0, sizeof(set), &set) == 0)
            for (int core = 0; core < CPU_SETSIZE; ++core)
                if (CPU_ISSET(core, &set))
                    found.push_back(core);
        if (found.empty())
            found.push_back(0);
        std::stable_sort(
            found.begin(), found.end(), [](int a, int b) { return siblingRank(a) > siblingRank(b); });
        return found;
    }();
    return cores;
}

void pinCallingThread(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof(set), &set);
}

} // namespace

#if defined(__x86_64__)
namespace {

constexpr unsigned kFlush = 0x8040; // MXCSR's bits "flush to zero" and "denormals are zeros"

} // namespace

FlushSubnormals::FlushSubnormals()
    : m_before(_mm_getcsr())
{
    _mm_setcsr(m_before | kFlush);
}

FlushSubnormals::~FlushSubnormals()
{
    _mm_setcsr(m_before);
}
#else
FlushSubnormals::FlushSubnormals() = default;
FlushSubnormals::~FlushSubnormals() = default;
#endif

int allowedCores()
{
    return static_cast<int>(allowed().size());
}

void useTeam(Team team)
{
    thread_local Team current { 0, 0 };
    if (current == team)
        return;
    const auto& cores = allowed();
    omp_set_dynamic(0);
    omp_set_num_threads(team.threads);
    const int first = team.place * team.threads;
#pragma omp parallel num_threads(team.threads)
    {
        // More threads than cores wrap round: allowed, and slow, which is what such a sweep wants to see.
        const auto index = static_cast<std::size_t>(first + omp_get_thread_num()) % cores.size();
        pinCallingThread(cores[cores.size() - 1 - index]);
#if defined(__x86_64__)
        if (omp_get_thread_num() > 0) // the first one is its caller's
            _mm_setcsr(_mm_getcsr() | kFlush);
#endif
    }
    current = team;
}

void parallelFor(
    std::int64_t count, std::int64_t grain, const std::function<void(std::int64_t, std::int64_t)>& body)
{
    const std::int64_t parts
        = std::min<std::int64_t>(omp_get_max_threads(), count / std::max<std::int64_t>(grain, 1));
    if (parts <= 1)
        return body(0, count);
    // What OpenMP's barriers order anyway, said so that the thread sanitizer, which cannot look into them,
    // sees it.
    std::atomic<int> begun { 0 }, done { 0 };
    begun.store(1, std::memory_order_release);
#pragma omp parallel for schedule(static) num_threads(static_cast <int>(parts))
    for (std::int64_t part = 0; part < parts; ++part) {
        begun.load(std::memory_order_acquire);
        body(count * part / parts, count * (part + 1) / parts);
        done.fetch_add(1, std::memory_order_release);
    }
    done.load(std::memory_order_acquire);
}

} // namespace cpu
