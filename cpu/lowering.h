// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/chain_plan.h"
#include "core/engine/engine.h"
#include "core/model/shape_inference.h"
#include "cpu/settings.h"
#include "cpu/step.h"

#include <dnnl.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

/// Turns a graph with known shapes into steps. Each operator's lowering asks for its inputs in the layout its
/// kernel wants, defines its outputs and adds steps; this class keeps track of layouts, buffers and
/// constants.
namespace cpu {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;

/// A block of memory: part of the arena (planned later), a constant that lies elsewhere, or packed weights.
struct Buffer {
    std::size_t bytes = 0;
    const std::byte* constant = nullptr; // set: lies outside the arena
    bool packed = false; // set: in the weight arena, filled once by a PackJob
    bool persistent = false; // alive through the whole run: inputs and outputs
    int first = -1, last = -1; // steps; filled while steps are added
};

/// One value in one layout.
struct Tensor {
    int buffer = -1;
    std::size_t offset = 0; // bytes into the buffer
    Desc desc; // zero for types oneDNN has no word for: then dense row-major
    core::ElementType type = core::ElementType::Float32;
    core::Shape shape;
};

/// Makes packed weights of those of the file.
using Packing = std::function<void(const core::TensorView& source, std::byte* target)>;

/// A weight to be reordered once, when memory is there, or turned into something else.
struct PackJob {
    core::TensorView source;
    Desc sourceDesc;
    TensorId target = -1;
    Packing own {}; // in place of the reorder
};

using MemoryOfBodies = std::function<core::MemoryUse()>;

class Lowering {
public:
    /// Inputs lie in layouts `inputs`; without those they are dense.
    Lowering(const core::Graph& graph, const core::Shapes& shapes, const dnnl::engine& engine,
        const Settings& settings, std::span<const Desc> inputs = {});

    const core::Graph& graph() const { return m_graph; }
    const core::Shapes& shapes() const { return m_shapes; }
    const dnnl::engine& engine() const { return m_engine; }
    const Settings& settings() const { return m_settings; }
    /// What kernel and layout the current node shall take.
    KernelChoice choice() const
    {
        return m_settings.choices.empty() ? KernelChoice {}
                                          : m_settings.choices[static_cast<std::size_t>(m_node)];
    }
    /// Channels of a block in the layout convolutions work in: 16 with AVX-512, else 8.
    int channelBlock() const { return m_channelBlock; }

    /// Sets the node that following steps belong to.
    void enter(int node);

    /// The chain that node is part of; null when it is computed by itself.
    const core::ElementwiseChain* chainAt(int node) const { return m_chains.at(node); }

    /// Says that a kernel of another node computes `node` too.
    void setDone(int node) { m_done[static_cast<std::size_t>(node)] = true; }
    bool isDone(int node) const { return m_done[static_cast<std::size_t>(node)]; }
    /// The node that is being lowered.
    int node() const { return m_node; }

    // Inputs
    const core::Shape& shapeOf(core::ValueId value) const { return m_shapes.of(value); }
    core::ElementType typeOf(core::ValueId value) const { return m_shapes.typeOf(value); }
    std::optional<core::TensorView> constant(core::ValueId value) const;
    /// The value in whatever layout it has.
    TensorId current(core::ValueId value);
    /// Dense row-major, reordered when necessary (once per value).
    TensorId plain(core::ValueId value);
    /// In layout `desc`, reordered when necessary (once per value and layout).
    TensorId inLayout(core::ValueId value, const Desc& desc);
    const Tensor& tensor(TensorId id) const { return m_tensors[static_cast<std::size_t>(id)]; }
    /// The value is not needed after the current node, and nobody else looks at its memory: it may be
    /// overwritten.
    bool dies(core::ValueId value) const;

    /// Both values lie in the same memory.
    bool shareMemory(core::ValueId a, core::ValueId b);

    // Outputs
    TensorId define(core::ValueId value, const Desc& desc);
    TensorId definePlain(core::ValueId value);
    /// `value` is the memory of `source` seen with another shape or layout: nothing is computed.
    TensorId defineAlias(core::ValueId value, TensorId source, const Desc& desc, std::size_t offset = 0);
    TensorId defineAliasPlain(core::ValueId value, TensorId source);
    /// Memory for the duration of the steps that use it.
    TensorId temporary(const Desc& desc);
    TensorId temporaryBytes(std::size_t bytes);

    /// The memory of `source` seen with another description, for a kernel's argument.
    TensorId view(TensorId source, const Desc& desc, std::size_t offset = 0);

    // Constants
    TensorId constantTensor(const core::TensorView& view, const Desc& desc);
    /// A row of numbers in float32, widened if it is of halves.
    TensorId floatRow(const core::TensorView& view);
    /// The weight reordered to `desc` once, at the end of compiling. `sourceDesc` describes it as it lies in
    /// the file.
    TensorId packed(const core::TensorView& view, const Desc& sourceDesc, const Desc& desc);

    /// What `packing` makes of the weight, dense of `shape` and of its type, at the end of compiling.
    TensorId packedBy(const core::TensorView& view, const core::Shape& shape, Packing packing);

    /// A small constant made by a lowering, kept alive by the program.
    TensorId keep(std::shared_ptr<const core::Tensor> tensor);
    const std::vector<std::shared_ptr<const core::Tensor>>& kept() const { return m_kept; }

    /// What the bodies of an If or a Loop take beside this program's own memory: known once they have run.
    void addBodies(MemoryOfBodies memory) { m_bodies.push_back(std::move(memory)); }
    const std::vector<MemoryOfBodies>& bodies() const { return m_bodies; }

    // Steps
    void add(const dnnl::primitive& primitive, std::vector<std::pair<int, TensorId>> arguments,
        const char* inserted = nullptr);
    void addOwn(std::string kernel, std::vector<TensorId> reads, std::vector<TensorId> writes, OwnKernel own);
    /// As addOwn(), listed as slow in the placement table.
    void addPlain(
        std::string kernel, std::vector<TensorId> reads, std::vector<TensorId> writes, OwnKernel own);

    std::vector<Step>& steps() { return m_steps; }
    std::vector<Buffer>& buffers() { return m_buffers; }
    const std::vector<Tensor>& tensors() const { return m_tensors; }
    const std::vector<PackJob>& packJobs() const { return m_packJobs; }

private:
    int newBuffer(Buffer buffer);
    TensorId newTensor(Tensor tensor);
    void reorder(TensorId source, TensorId target);
    void touch(const Step& step);

    const core::Graph& m_graph;
    const core::Shapes& m_shapes;
    dnnl::engine m_engine;
    Settings m_settings;
    int m_channelBlock = 16;
    int m_node = -1;
    core::ChainPlan m_chains;
    std::vector<bool> m_done; // per node
    std::vector<int> m_lastUse; // per value: last node that reads it; the number of nodes for graph outputs
    std::vector<std::vector<TensorId>> m_layouts; // per value: its tensors, the one it was defined with first
    std::vector<std::vector<core::ValueId>> m_owners; // per buffer: values that look at it
    std::vector<Tensor> m_tensors;
    std::vector<Buffer> m_buffers;
    std::vector<Step> m_steps;
    std::vector<PackJob> m_packJobs;
    std::vector<std::shared_ptr<const core::Tensor>> m_kept;
    std::vector<MemoryOfBodies> m_bodies;
    std::map<const std::byte*, std::vector<TensorId>> m_packedFrom; // packed weights by source, to pack once
};

/// oneDNN's word for a type; nullopt when it has none.
std::optional<dnnl::memory::data_type> dataType(core::ElementType type);

/// float32, and the halves where the processor computes with them.
bool isReal(core::ElementType type);

/// Dense row-major description; a scalar is [1].
Desc plainDesc(const core::Shape& shape, core::ElementType type);
Desc plainDesc(const Dims& dims, dnnl::memory::data_type type = dnnl::memory::data_type::f32);

/// [N, C, spatial...] with `block` channels innermost (nChw16c and the like), for 3 to 5 dimensions.
Desc channelBlockedDesc(
    const core::Shape& shape, int block, dnnl::memory::data_type type = dnnl::memory::data_type::f32);

/// [N, C, spatial...] with the channels innermost (nhwc and the like), for 3 to 5 dimensions.
Desc channelsLastDesc(const core::Shape& shape, dnnl::memory::data_type type = dnnl::memory::data_type::f32);

/// The layout of `desc`, one that values of `shape` have, for another shape of the same rank; nullopt for
/// other layouts.
std::optional<Desc> withShape(const Desc& desc, const core::Shape& shape, const core::Shape& other);

/// The same places in memory, counted in elements, for elements of another type.
Desc withType(const Desc& desc, dnnl::memory::data_type type);

/// True when both lay out the same bytes: equal, or differing only in dimensions of size one and whole
/// blocks.
bool sameMemory(const Desc& a, const Desc& b);

} // namespace cpu
