// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

/// Which of its kernels a node shall take, where measuring found that another one than the rules' is faster.
/// A wish, never a promise: a kernel that does not fit is passed over as always.
namespace cpu {

enum class KernelFamily : std::uint8_t {
    Rules, // the first that fits and says itself that it is worth it
    Own, // one of ours, wherever it fits
    Library // oneDNN's, where it has one
};

/// The layout that convolutions on real numbers ask for first.
enum class ImageLayout : std::uint8_t { Blocked, ChannelsLast };

struct KernelChoice {
    KernelFamily family = KernelFamily::Rules;
    ImageLayout layout = ImageLayout::Blocked;

    bool operator==(const KernelChoice&) const = default;
};

/// One for each node of the graph that is lowered; empty: all by rule.
using KernelChoices = std::vector<KernelChoice>;

} // namespace cpu
