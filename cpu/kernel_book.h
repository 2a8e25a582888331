// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"
#include "cpu/kernel_choice.h"
#include "cpu/settings.h"

#include <filesystem>
#include <optional>
#include <string>

/// Choices that were measured, kept in a file for each program.
namespace cpu {

/// All that a choice depends on, as one digest: processor, instruction sets, oneDNN's version, threads, and
/// of every node its operator, shapes, types and what is fused into it. Not the weights' values: kernels take
/// the same time whatever they multiply.
std::string programKey(const core::Graph& graph, const core::Shapes& shapes, const Settings& settings);

/// What was remembered for a program of `nodes` nodes; nullopt where nothing was, or the file is damaged.
std::optional<KernelChoices> rememberedChoices(
    const std::string& key, std::size_t nodes, const std::filesystem::path& folder);

/// Writes them; throws Error when it cannot. Choices that are all by rule are worth remembering as well:
/// nothing else was faster.
void rememberChoices(
    const std::string& key, const KernelChoices& choices, const std::filesystem::path& folder);

} // namespace cpu
