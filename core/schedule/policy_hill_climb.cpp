// SPDX-License-Identifier: GPL-3.0-or-later
// DeepRecSched (Gupta et al., ISCA 2020): batch and threshold by hill climbing on the tail latency.
#include "core/schedule/policy_group.h"

#include <array>
#include <limits>

namespace core {

namespace {

/// Windows of answers at one setting; of their 95th percentiles the median is compared, for one burst must
/// not decide.
constexpr std::size_t kWindows = 3;
/// What a step has to gain in the tail: below, it is noise.
constexpr double kGain = 0.98;
/// Share of what came in by which a line may have grown meanwhile: three windows of 500 are known to 3 %.
/// Above it the setting cannot keep up, and its tail says nothing.
constexpr double kGrowth = 0.06;
/// Rounds of three windows that a setting stands after nothing better was found.
constexpr int kFirstRest = 4, kMostRest = 64;
/// Threshold and batch are powers of two up to this one.
constexpr int kMostStep = 14;

/// Of a setting: the tail in nanoseconds, and by which share of what came in the worse line grew.
struct Score {
    double tail = std::numeric_limits<double>::max(), growth = 0;

    bool keepsUp() const { return growth <= kGrowth; }
    bool betterThan(const Score& other) const
    {
        if (keepsUp() && other.keepsUp())
            return tail < other.tail * kGain;
        return keepsUp() || growth < other.growth * kGain;
    }
};

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
        m_highest = { m_steps[kBatch], kMostStep };
        m_steps[kBatch] = 0;
        m_latencies.reserve(window);
        apply();
    }
    std::size_t place(const Waiting& waiting, const Situation&) override
    {
        const std::size_t line = waiting.items > threshold() ? kGpus : kCpus;
        ++m_placed[line];
        return line;
    }
    void finished(const Finished& batch) override
    {
        m_answered[devices()[batch.device].accelerator ? kGpus : kCpus]
            += static_cast<double>(batch.requests.size());
        for (const Waiting& request : batch.requests) {
            m_latencies.push_back(batch.now - request.arrived);
            if (m_latencies.size() == m_window)
                endWindow();
        }
        // What piles up while a setting is tried, the next one has to work off.
        if (growth() > static_cast<double>(m_window))
            decide({ .growth = share(growth()) });
    }

private:
    static constexpr std::size_t kBatch = 0, kThreshold = 1; // the order in which they are tuned

    /// Step 0: everything to the GPUs.
    int threshold() const { return m_steps[kThreshold] == 0 ? 0 : 1 << (m_steps[kThreshold] - 1); }
    void apply() { setMost(kGpus, std::min(m_most, 1 << m_steps[kBatch])); }

    /// Of the line that grew most.
    double growth() const
    {
        return std::max(m_placed[kCpus] - m_answered[kCpus], m_placed[kGpus] - m_answered[kGpus]);
    }
    double share(double requests) const
    {
        return requests / std::max(1.0, m_placed[kCpus] + m_placed[kGpus]);
    }

    void endWindow()
    {
        const std::size_t rank = percentileRank(m_latencies.size(), 0.95) - 1;
        std::ranges::nth_element(m_latencies, m_latencies.begin() + static_cast<std::ptrdiff_t>(rank));
        m_tails[m_windows++] = m_latencies[rank];
        m_latencies.clear();
        if (m_windows < kWindows)
            return;
        std::ranges::sort(m_tails);
        decide({ .tail = static_cast<double>(m_tails[kWindows / 2].count()), .growth = share(growth()) });
    }
    void decide(const Score& score)
    {
        judge(score);
        m_latencies.clear();
        m_windows = 0;
        m_placed = m_answered = {};
    }

    /// Steps in one direction while that pays; then in the next of four. After all four what stands is left
    /// alone, twice as long each time, for a failed trial costs what it piles up; and at once no longer when
    /// it does not keep up any more.
    void judge(const Score& score)
    {
        if (!m_trying) {
            m_best = score;
            if (m_rest > 0 && score.keepsUp()) {
                --m_rest;
                return;
            }
        } else if (score.betterThan(m_best)) {
            m_best = score;
            m_failed = 0;
            m_nextRest = kFirstRest;
        } else {
            m_steps[m_direction / 2] -= sign();
            turn();
        }
        tryNext();
        apply();
    }
    void tryNext()
    {
        m_trying = false;
        for (; m_failed < 4; turn()) {
            const int step = m_steps[m_direction / 2] + sign();
            if (step < 0 || step > m_highest[m_direction / 2])
                continue;
            m_steps[m_direction / 2] = step;
            m_trying = true;
            return;
        }
        m_failed = 0;
        m_rest = m_nextRest;
        m_nextRest = std::min(kMostRest, 2 * m_nextRest);
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
    std::size_t m_direction = 0; // up and down the batch, up and down the threshold
    int m_failed = 0; // directions in a row that did not pay
    bool m_trying = false;
    int m_rest = 0, m_nextRest = kFirstRest; // rounds
    Score m_best; // of the setting that stands
    std::array<double, 2> m_placed {}, m_answered {}; // requests since the setting is tried, by line
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
