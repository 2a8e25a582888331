// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/random_weights.h"

#include <cmath>

namespace core::zoo {
namespace {

/// SplitMix64's output function (Steele, Lea, Flood 2014): turns a counter into 64 well-mixed bits.
constexpr std::uint64_t mix(std::uint64_t bits)
{
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
    return bits ^ (bits >> 31U);
}

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

} // namespace

std::uint64_t streamOf(std::uint64_t seed, std::string_view name)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL; // FNV-1a
    for (const char letter : name)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
    return mix(hash + mix(seed * kGolden));
}

std::uint64_t randomBits(std::uint64_t stream, std::uint64_t index)
{
    return mix(stream + (index + 1) * kGolden);
}

void fillRandom(std::span<float> weights, std::uint64_t stream, double deviation, double mean)
{
    // Four 16-bit numbers: mean 4 * 65535 / 2, variance 4 * (2^32 - 1) / 12.
    constexpr std::int32_t centre = 2 * 65535;
    const auto scale = static_cast<float>(deviation / std::sqrt((4294967296.0 - 1.0) / 3.0));
    // Whole steps of `scale` keep the mean exact without a second rounding, which a fused multiply-add would
    // skip.
    const auto shift = static_cast<std::int32_t>(std::lround(mean / static_cast<double>(scale))) - centre;
    std::uint64_t index = 0;
    for (float& weight : weights) {
        const std::uint64_t bits = randomBits(stream, index++);
        const auto sum = static_cast<std::int32_t>(
            (bits & 0xffffU) + ((bits >> 16U) & 0xffffU) + ((bits >> 32U) & 0xffffU) + (bits >> 48U));
        weight = static_cast<float>(sum + shift) * scale;
    }
}

} // namespace core::zoo
