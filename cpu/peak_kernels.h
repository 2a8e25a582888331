// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/element_type.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Loops that keep one part of a core busy and no other: what their rates are is found by measurePeaks().
namespace cpu {

/// Instruction sets that may be used: what the CPU has, less what ONEDNN_MAX_CPU_ISA takes away.
struct VectorIsa {
    bool avx2 = false; // and FMA
    bool avx512 = false; // F, BW, VL, DQ
    bool avxVnni = false; // 256 bits wide, without AVX-512
    bool avx512Vnni = false;
    bool avx512Bf16 = false;
    bool amx = false; // tiles of int8 and bf16
};

/// What the engine's own kernels may use here.
VectorIsa allowedIsa();

/// Multiply-adds on registers alone, in as many chains as hide the latency of one.
struct ArithmeticKernel {
    core::Precision precision = core::Precision::Float32;
    std::string instruction; // "AVX-512 FMA"; empty: there is none
    std::string unknown; // then why
    std::int64_t productsPerRound = 0;
    /// The sum of all chains after `rounds`, of which each adds productsPerRound times a x b. Takes 0 <= a <=
    /// 255 and -128 <= b <= 127.
    double (*run)(std::int64_t rounds, int a, int b) = nullptr;
};

/// One a precision, the widest that `isa` has.
std::vector<ArithmeticKernel> arithmeticKernels(const VectorIsa& isa);

/// What a ReadKernel takes at a time: a working set is a multiple of it.
inline constexpr std::size_t kReadBytes = 512;

/// Reads `bytes`, `passes` times over: the sum, modulo 2^64, of all 64-bit words that were read.
using ReadKernel = std::uint64_t (*)(const std::byte* data, std::size_t bytes, std::int64_t passes);

ReadKernel readKernel(const VectorIsa& isa);

} // namespace cpu
