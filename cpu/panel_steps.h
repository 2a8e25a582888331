// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/lowering.h"
#include "cpu/panel_conv.h"

#include <functional>
#include <optional>
#include <vector>

/// What lowerings of convolutions and products to panels (cpu/panel_conv.h) have in common, whatever the
/// numbers are.
namespace cpu {

/// A node's epilogue in the words of the kernels, with what those point into.
struct PanelFinish {
    PanelEpilogue kernel;
    std::vector<float> scale, bias; // of channels; no scales with reals
    int residual = -1; // index of the node's input
};

/// The type as kernels name it: Float32 stands for all that they have no name for.
PanelEpilogue::Type panelType(core::ElementType type);

/// The shape of a Conv with constant weights on images, without dilation; groups are for the caller to look
/// at.
std::optional<PanelConv> panelConv(const Lowering& lowering, const core::Node& node);
/// The shape of a MatMul or Gemm with a constant matrix at the right, a product of at least `fewestRows`;
/// nullopt where it is another, rarer one.
std::optional<PanelConv> panelProduct(
    const Lowering& lowering, const core::Node& node, std::int64_t fewestRows);

/// The third input as a number for each output: empty where there is none; nullopt where it is something else
/// than a constant of the type that reals have here.
std::optional<std::vector<float>> panelBias(
    const Lowering& lowering, const core::Node& node, std::int64_t outputs);

/// Adds the steps, named `kernel`. Reads images in rows of channels and matrices as they are; `zero` is the
/// input's zero point.
void addPanelSteps(Lowering& lowering, const core::Node& node, const PanelConv& conv,
    const PanelFinish& finish, std::int32_t zero, const char* kernel);

} // namespace cpu
