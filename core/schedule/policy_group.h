// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/policy_support.h"

namespace core {

/// A policy with one line for all CPUs and one for all GPUs. An idle device takes what fits of its line at
/// once, GPUs first.
class GroupPolicy : public Policy {
public:
    static constexpr std::size_t kCpus = 0, kGpus = 1; // lines

    GroupPolicy(const PolicyContext& context, int most);
    std::size_t lines() const override { return 2; }
    Action next(const Situation& situation) override;

protected:
    std::span<const Device> devices() const { return m_devices; }
    void setMost(std::size_t line, int most) { m_most[line] = most; }

private:
    std::span<const Device> m_devices;
    std::vector<std::size_t> m_order;
    std::array<int, 2> m_most; // items of a batch, by line
};

} // namespace core
