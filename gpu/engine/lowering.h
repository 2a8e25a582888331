// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/chain_plan.h"
#include "core/engine/engine.h"
#include "core/model/shape_inference.h"
#include "gpu/engine/device.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

/// Turns a graph with known shapes into steps for a device. Each operator's lowering asks for its inputs in
/// the layout its kernel wants, defines its outputs and adds steps; this class keeps track of layouts,
/// buffers and constants. Not aware of CUDA.
namespace gpu {

/// Dense row-major, or for images [N, C, spatial...] with the channels innermost.
enum class Layout { Dense, ChannelsLast };

/// Index of a tensor: one value in one layout.
using TensorId = int;

/// Every buffer begins at a multiple of this: what CUDA's own allocations have.
inline constexpr std::size_t kAlignment = 256;

inline std::size_t aligned(std::size_t bytes)
{
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// Where tensors lie in the device's memory, once that is laid out.
class Addresses {
public:
    explicit Addresses(std::vector<std::byte*> pointers = {})
        : m_pointers(std::move(pointers))
    {
    }
    std::byte* bytes(TensorId id) const
    {
        return id < 0 ? nullptr : m_pointers[static_cast<std::size_t>(id)];
    }
    template <typename T> T* as(TensorId id) const { return reinterpret_cast<T*>(bytes(id)); }

private:
    std::vector<std::byte*> m_pointers;
};

/// Gives the device its work; reads no memory itself.
using Work = std::function<void(Device&, const Addresses&)>;

/// One kernel or product of a program.
struct Step {
    int node = -1; // index into Graph::nodes; -1: inserted by the engine
    std::string name, kernel;
    std::vector<TensorId> reads, writes;
    Work work;
    std::optional<core::NodeCost> cost {}; // where it computes other nodes along with its own
};

struct Buffer {
    std::size_t bytes = 0;
    bool constant = false; // in the weights' block, filled once
    bool persistent = false; // alive through the whole run: inputs and outputs
    int first = -1, last = -1; // steps; filled while steps are added
};

struct Tensor {
    int buffer = -1;
    std::size_t offset = 0; // bytes into the buffer
    Layout layout = Layout::Dense;
    core::ElementType type = core::ElementType::Float32;
    core::Shape shape;
};

/// Bytes to copy into a constant's buffer once, made by `fill` into host memory.
struct Upload {
    int buffer = -1;
    std::function<void(std::byte*)> fill;
};

class Lowering {
public:
    Lowering(const core::Graph& graph, const core::Shapes& shapes, const core::Tuning& tuning,
        core::Precision precision);

    const core::Graph& graph() const { return m_graph; }
    const core::Shapes& shapes() const { return m_shapes; }
    /// Products of float32 may be computed in tf32.
    bool tensorFloat() const { return m_precision == core::Precision::Tf32; }

    /// Nodes may be computed together.
    bool fuses() const { return m_fuses; }

    /// Sets the node that following steps belong to.
    void enter(int node) { m_node = node; }
    int node() const { return m_node; }
    /// The chain that node is part of; null when it is computed by itself.
    const core::ElementwiseChain* chainAt(int node) const { return m_chains.at(node); }

    // Inputs
    const core::Shape& shapeOf(core::ValueId value) const { return m_shapes.of(value); }
    core::ElementType typeOf(core::ValueId value) const { return m_shapes.typeOf(value); }
    std::optional<core::TensorView> constant(core::ValueId value) const;
    /// The layout it was defined in; Dense for constants and what has no channels.
    Layout layoutOf(core::ValueId value);
    /// In that layout, copied when necessary (once per value and layout).
    TensorId in(core::ValueId value, Layout layout = Layout::Dense);
    const Tensor& tensor(TensorId id) const { return m_tensors[static_cast<std::size_t>(id)]; }
    /// The value is not needed after the current node, and nobody else looks at its memory.
    bool dies(core::ValueId value) const;

    // Outputs
    TensorId define(core::ValueId value, Layout layout = Layout::Dense);
    /// `value` is the memory of `source` from `offset` bytes on, seen with its own shape.
    TensorId defineAlias(
        core::ValueId value, TensorId source, Layout layout = Layout::Dense, std::size_t offset = 0);
    /// Memory for the duration of the steps that use it.
    TensorId temporary(std::size_t bytes);

    // Constants
    /// Bytes that `fill` makes once, on the host.
    TensorId upload(std::size_t bytes, std::function<void(std::byte*)> fill);
    template <typename T> TensorId uploadAll(std::vector<T> values)
    {
        const std::size_t bytes = values.size() * sizeof(T);
        return upload(bytes, [values = std::move(values), bytes](std::byte* to) {
            std::copy_n(reinterpret_cast<const std::byte*>(values.data()), bytes, to);
        });
    }

    // Steps
    void add(std::string kernel, std::vector<TensorId> reads, std::vector<TensorId> writes, Work work,
        const char* inserted = nullptr);

    std::vector<Step>& steps() { return m_steps; }
    std::vector<Buffer>& buffers() { return m_buffers; }
    const std::vector<Tensor>& tensors() const { return m_tensors; }
    const std::vector<Upload>& uploads() const { return m_uploads; }
    std::size_t bufferBytes(int buffer) const { return m_buffers[static_cast<std::size_t>(buffer)].bytes; }

private:
    TensorId newTensor(Tensor tensor);
    int newBuffer(Buffer buffer);
    TensorId constantTensor(const core::TensorView& view, Layout layout);

    const core::Graph& m_graph;
    const core::Shapes& m_shapes;
    core::Precision m_precision;
    bool m_fuses;
    core::ChainPlan m_chains;
    int m_node = -1;
    std::vector<int> m_lastUse; // per value
    std::vector<std::vector<TensorId>> m_layouts; // per value: its tensors, the one it was defined with first
    std::vector<std::vector<core::ValueId>> m_owners; // per buffer: values that look at it
    std::vector<Tensor> m_tensors;
    std::vector<Buffer> m_buffers;
    std::vector<Step> m_steps;
    std::vector<Upload> m_uploads;
};

/// Bytes of a tensor.
std::size_t byteCount(const Tensor& tensor);

/// Strides, in elements, of a tensor of `shape` that lies in `layout`, in the shape's order.
std::vector<std::int64_t> stridesOf(const core::Shape& shape, Layout layout);

/// Whether a tensor of that shape may lie with channels last: 3 to 5 dimensions, and not empty.
bool hasChannels(const core::Shape& shape);

/// Copies elements of `size` bytes along `shape`, on the host; steps in elements.
void copyStrided(const std::byte* from, const std::vector<std::int64_t>& fromStrides, std::byte* to,
    const std::vector<std::int64_t>& toStrides, const core::Shape& shape, std::size_t size);

/// Adds the step that copies elements along `shape`, steps in elements; dimensions that can be are merged.
void addCopy(Lowering& lowering, const char* kernel, TensorId source, std::vector<std::int64_t> from,
    TensorId target, std::vector<std::int64_t> to, core::Shape shape, const char* inserted = nullptr);

} // namespace gpu
