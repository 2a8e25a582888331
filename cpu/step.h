// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/cost.h"

#include <dnnl.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cpu {

/// Index of a tensor in Lowering::tensors(): one value in one memory layout.
using TensorId = int;

/// Addresses of all tensors once memory is laid out: what own kernels read while they run.
class Addresses {
public:
    explicit Addresses(std::vector<std::byte*> pointers)
        : m_pointers(std::move(pointers))
    {
    }
    std::byte* bytes(TensorId id) const { return m_pointers[static_cast<std::size_t>(id)]; }
    void move(TensorId id, std::byte* to) { m_pointers[static_cast<std::size_t>(id)] = to; }
    template <typename T> T* as(TensorId id) const { return reinterpret_cast<T*>(bytes(id)); }

private:
    std::vector<std::byte*> m_pointers;
};

using OwnKernel = std::function<void(const Addresses&)>;

/// One kernel call of a program: a oneDNN primitive with its arguments, or an own kernel.
struct Step {
    int node = -1; // index into Graph::nodes; -1: inserted by the engine
    std::string name;
    std::string kernel; // oneDNN's impl_info_str(), or "own:..." / "plain:..."
    bool slow = false;
    std::vector<TensorId> reads, writes;

    dnnl::primitive primitive; // empty for an own kernel
    std::vector<std::pair<int, TensorId>> arguments; // DNNL_ARG_... to tensor
    OwnKernel own;
    std::optional<core::NodeCost> cost {}; // where it computes other nodes along with its own
};

} // namespace cpu
