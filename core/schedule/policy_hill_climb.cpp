// SPDX-License-Identifier: GPL-3.0-or-later
// DeepRecSched (Gupta et al., ISCA 2020): batch and threshold by hill climbing on the tail latency.
#include "core/schedule/policy_group.h"

#include <array>

namespace core {

namespace {

/// Windows of answers at one setting; of their 95th percentiles the median is compared, for one burst must
/// not decide.
constexpr std::size_t kWindows = 3;
/// What a step has to gain: below, it is noise.
constexpr double kGain = 0.98;
/// Threshold and batch are powers of two up to this one.
constexpr int kMostStep = 14;

class HillClimb final : public GroupPolicy {
public:
    HillClimb(const PolicyContext& context, int most, std::size_t window)
        : GroupPolicy(context, most)
        , m_most(most)
        , m_window(window)
    {
        int largest = 1;
        for (const Device& device : context.devices) {
            if (device.accelerator)
                largest = std::max(largest, std::min(device.most, m_most));
        }
        while (m_steps[kBatch] < kMostStep && 1 << m_steps[kBatch] < largest)
            ++m_steps[kBatch];
        m_highest = { kMostStep, m_steps[kBatch] };
        m_latencies.reserve(window);
        apply();
    }
    std::size_t place(const Waiting& waiting, const Situation&) override
    {
        return waiting.items > threshold() ? kGpus : kCpus;
    }
    void finished(const Finished& batch) override
    {
        for (const Waiting& request : batch.requests) {
            m_latencies.push_back(batch.now - request.arrived);
            if (m_latencies.size() == m_window)
                endWindow();
        }
    }

private:
    static constexpr std::size_t kThreshold = 0, kBatch = 1;

    /// Step 0: everything to the GPUs.
    int threshold() const { return m_steps[kThreshold] == 0 ? 0 : 1 << (m_steps[kThreshold] - 1); }
    void apply() { setMost(kGpus, std::min(m_most, 1 << m_steps[kBatch])); }

    void endWindow()
    {
        const std::size_t rank = percentileRank(m_latencies.size(), 0.95) - 1;
        std::ranges::nth_element(m_latencies, m_latencies.begin() + static_cast<std::ptrdiff_t>(rank));
        m_tails[m_windows++] = m_latencies[rank];
        m_latencies.clear();
        if (m_windows < kWindows)
            return;
        m_windows = 0;
        std::ranges::sort(m_tails);
        judge(static_cast<double>(m_tails[kWindows / 2].count()));
    }

    /// Steps in one direction while that pays; then in the next of four. After all four what stands is
    /// measured again, for the load may have changed.
    void judge(double tail)
    {
        if (!m_trying) {
            m_best = tail;
        } else if (tail < m_best * kGain) {
            m_best = tail;
            m_failed = 0;
        } else {
            m_steps[m_direction / 2] -= sign();
            turn();
        }
        m_trying = false;
        for (; m_failed < 4; turn()) {
            const int step = m_steps[m_direction / 2] + sign();
            if (step < 0 || step > m_highest[m_direction / 2])
                continue;
            m_steps[m_direction / 2] = step;
            m_trying = true;
            break;
        }
        if (!m_trying)
            m_failed = 0;
        apply();
    }
    int sign() const { return m_direction % 2 == 0 ? 1 : -1; }
    void turn()
    {
        m_direction = (m_direction + 1) % 4;
        ++m_failed;
    }

    int m_most;
    std::size_t m_window;
    std::array<int, 2> m_steps { 0, 0 }, m_highest {}; // exponents of two, by what is tuned
    std::size_t m_direction = 0; // up and down the threshold, up and down the batch
    int m_failed = 0; // directions in a row that did not pay
    bool m_trying = false;
    double m_best = 0; // tail of the setting that stands, in nanoseconds
    std::vector<Nanoseconds> m_latencies;
    std::array<Nanoseconds, kWindows> m_tails {};
    std::size_t m_windows = 0;
};

} // namespace

std::unique_ptr<Policy> makeHillClimb(Call& call, const PolicyContext& context)
{
    need(DeviceGroup::Gpu, context.devices, call);
    need(DeviceGroup::Cpu, context.devices, call);
    const int window = call.whole("window", 500, 20, 1'000'000);
    return std::make_unique<HillClimb>(context, mostItems(call), static_cast<std::size_t>(window));
}

} // namespace core
