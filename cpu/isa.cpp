// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/isa.h"

#include "cpu/onednn_isa.h"

#include <array>
#include <fstream>

namespace cpu {

namespace {

using core::InstructionSet;

struct Row {
    InstructionSet set;
    dnnl::cpu_isa isa;
    const char* word; // as oneDNN's variable has it
};

constexpr std::array kRows {
    Row { InstructionSet::Baseline, dnnl::cpu_isa::sse41, "SSE41" },
    Row { InstructionSet::Avx2, dnnl::cpu_isa::avx2, "AVX2" },
    Row { InstructionSet::Avx512, dnnl::cpu_isa::avx512_core, "AVX512_CORE" },
    Row { InstructionSet::Vnni, dnnl::cpu_isa::avx512_core_vnni, "AVX512_CORE_VNNI" },
    Row { InstructionSet::Bf16, dnnl::cpu_isa::avx512_core_bf16, "AVX512_CORE_BF16" },
    Row { InstructionSet::Amx, dnnl::cpu_isa::avx512_core_amx, "AVX512_CORE_AMX" },
};

} // namespace

bool hasIsa(dnnl::cpu_isa isa)
{
    // oneDNN's numbers for sets are bits: one more for each part.
    const auto wanted = static_cast<unsigned>(isa);
    return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

bool runs(InstructionSet set)
{
    for (const Row& row : kRows)
        if (row.set == set)
            return hasIsa(row.isa);
    return true; // All: what there is
}

std::vector<InstructionSet> instructionSets()
{
    std::vector<InstructionSet> sets;
    for (const Row& row : kRows)
        if (runs(row.set))
            sets.push_back(row.set);
    return sets;
}

InstructionSet limit()
{
    for (const Row& row : kRows)
        if (row.isa == dnnl::get_effective_cpu_isa())
            return row.set;
    return InstructionSet::All;
}

std::string limitVariable(InstructionSet set)
{
    std::string variable = "ONEDNN_MAX_CPU_ISA=";
    for (const Row& row : kRows)
        if (row.set == set)
            return variable + row.word;
    return variable + "DEFAULT";
}

std::string processorName()
{
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);)
        if (line.starts_with("model name"))
            if (const auto colon = line.find(": "); colon != std::string::npos)
                return line.substr(colon + 2);
    return "CPU";
}

std::string isaName()
{
    using dnnl::cpu_isa;
    switch (dnnl::get_effective_cpu_isa()) {
    case cpu_isa::sse41:
        return "SSE4.1";
    case cpu_isa::avx:
        return "AVX";
    case cpu_isa::avx2:
        return "AVX2";
    case cpu_isa::avx2_vnni:
        return "AVX2, VNNI";
    case cpu_isa::avx512_core:
        return "AVX-512";
    case cpu_isa::avx512_core_vnni:
        return "AVX-512, VNNI";
    case cpu_isa::avx512_core_bf16:
        return "AVX-512, VNNI, bf16";
    case cpu_isa::avx512_core_fp16:
        return "AVX-512, VNNI, bf16, fp16";
    case cpu_isa::avx512_core_amx:
    case cpu_isa::avx512_core_amx_fp16:
        return "AVX-512, AMX";
    default:
        return "x86-64";
    }
}

} // namespace cpu
