// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/lowering.h"

#include "core/error.h"
#include "core/ops/half.h"

#include <algorithm>
#include <cassert>

namespace cpu {

Lowering::Lowering(const core::Graph& graph, const core::Shapes& shapes, const dnnl::engine& engine,
    const Settings& settings, std::span<const Desc> inputs)
    : m_graph(graph)
    , m_shapes(shapes)
    , m_engine(engine)
    , m_settings(settings)
    , m_channelBlock(dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core ? 16 : 8)
    , m_chains(settings.tuning.fuse && !settings.tuning.plain ? core::ChainPlan(graph, shapes)
                                                              : core::ChainPlan(graph))
    , m_done(graph.nodes.size(), false)
    , m_lastUse(m_chains.lastReaders(graph))
    , m_layouts(graph.values.size())
{
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
        const TensorId id
            = i < inputs.size() ? define(graph.inputs[i], inputs[i]) : definePlain(graph.inputs[i]);
        m_buffers[static_cast<std::size_t>(tensor(id).buffer)].persistent = true;
    }
}

void Lowering::enter(int node)
{
    m_node = node;
}

std::optional<core::TensorView> Lowering::constant(core::ValueId value) const
{
    return value == core::kNoValue ? std::nullopt : core::constantOf(m_graph, m_shapes, value);
}

TensorId Lowering::current(core::ValueId value)
{
    auto& layouts = m_layouts[static_cast<std::size_t>(value)];
    if (layouts.empty()) {
        const auto view = constant(value);
        assert(view && "a value is read before it is defined");
        layouts.push_back(constantTensor(*view, plainDesc(view->shape, view->type)));
    }
    return layouts.front();
}

TensorId Lowering::plain(core::ValueId value)
{
    const Tensor& now = tensor(current(value));
    if (!now.desc) // a type oneDNN does not know is always dense
        return current(value);
    return inLayout(value, plainDesc(now.shape, now.type));
}

TensorId Lowering::inLayout(core::ValueId value, const Desc& desc)
{
    const TensorId first = current(value);
    auto& layouts = m_layouts[static_cast<std::size_t>(value)];
    for (const TensorId id : layouts)
        if (tensor(id).desc == desc)
            return id;
    const Tensor now = tensor(first);
    if (sameMemory(now.desc, desc)) {
        const TensorId alias = newTensor({ now.buffer, now.offset, desc, now.type, now.shape });
        layouts.push_back(alias);
        return alias;
    }
    TensorId target = -1;
    if (const auto view = constant(value)) {
        target = packed(*view, now.desc, desc);
    } else {
        target = newTensor({ newBuffer({ .bytes = desc.get_size() }), 0, desc, now.type, now.shape });
        m_owners[static_cast<std::size_t>(tensor(target).buffer)].push_back(value);
        reorder(first, target);
    }
    layouts.push_back(target);
    return target;
}

bool Lowering::dies(core::ValueId value) const
{
    const auto& layouts = m_layouts[static_cast<std::size_t>(value)];
    if (layouts.empty())
        return false; // a constant
    const Tensor& now = tensor(layouts.front());
    const Buffer& buffer = m_buffers[static_cast<std::size_t>(now.buffer)];
    if (buffer.constant || buffer.packed || buffer.persistent)
        return false;
    const auto& owners = m_owners[static_cast<std::size_t>(now.buffer)];
    return std::all_of(owners.begin(), owners.end(),
        [&](core::ValueId owner) { return m_lastUse[static_cast<std::size_t>(owner)] <= m_node; });
}

bool Lowering::shareMemory(core::ValueId a, core::ValueId b)
{
    return tensor(current(a)).buffer == tensor(current(b)).buffer;
}

TensorId Lowering::define(core::ValueId value, const Desc& desc)
{
    const TensorId id = newTensor({ newBuffer({ .bytes = std::max<std::size_t>(desc.get_size(), 1) }), 0,
        desc, typeOf(value), shapeOf(value) });
    m_layouts[static_cast<std::size_t>(value)].push_back(id);
    m_owners[static_cast<std::size_t>(tensor(id).buffer)].push_back(value);
    return id;
}

TensorId Lowering::definePlain(core::ValueId value)
{
    const core::ElementType type = typeOf(value);
    if (dataType(type) && core::elementCount(shapeOf(value)) > 0)
        return define(value, plainDesc(shapeOf(value), type));
    const auto bytes = static_cast<std::size_t>(core::elementCount(shapeOf(value))) * core::elementSize(type);
    const TensorId id
        = newTensor({ newBuffer({ .bytes = std::max<std::size_t>(bytes, 1) }), 0, {}, type, shapeOf(value) });
    m_layouts[static_cast<std::size_t>(value)].push_back(id);
    m_owners[static_cast<std::size_t>(tensor(id).buffer)].push_back(value);
    return id;
}

TensorId Lowering::defineAlias(core::ValueId value, TensorId source, const Desc& desc, std::size_t offset)
{
    const Tensor from = tensor(source);
    const TensorId id = newTensor({ from.buffer, from.offset + offset, desc, typeOf(value), shapeOf(value) });
    m_layouts[static_cast<std::size_t>(value)].push_back(id);
    m_owners[static_cast<std::size_t>(from.buffer)].push_back(value);
    return id;
}

TensorId Lowering::defineAliasPlain(core::ValueId value, TensorId source)
{
    const bool known = tensor(source).desc && dataType(typeOf(value));
    return defineAlias(value, source, known ? plainDesc(shapeOf(value), typeOf(value)) : Desc());
}

TensorId Lowering::temporary(const Desc& desc)
{
    return newTensor(
        { newBuffer({ .bytes = desc.get_size() }), 0, desc, core::ElementType::Float32, desc.get_dims() });
}

TensorId Lowering::temporaryBytes(std::size_t bytes)
{
    const core::Shape shape { static_cast<std::int64_t>(bytes) };
    return newTensor({ newBuffer({ .bytes = bytes }), 0, {}, core::ElementType::UInt8, shape });
}

TensorId Lowering::view(TensorId source, const Desc& desc, std::size_t offset)
{
    const Tensor from = tensor(source);
    return newTensor({ from.buffer, from.offset + offset, desc, from.type, desc.get_dims() });
}

TensorId Lowering::constantTensor(const core::TensorView& view, const Desc& desc)
{
    Buffer buffer { .bytes = view.bytes.size(), .constant = view.bytes.data() };
    return newTensor({ newBuffer(buffer), 0, desc, view.type, view.shape });
}

TensorId Lowering::floatRow(const core::TensorView& view)
{
    const core::Shape row { core::elementCount(view.shape) };
    if (!core::ops::isHalf(view.type))
        return constantTensor(view, plainDesc(row, view.type));
    auto wide = std::make_shared<core::Tensor>(core::ops::widened(view));
    core::TensorView seen = wide->view();
    m_kept.push_back(std::move(wide));
    return constantTensor(seen, plainDesc(row, seen.type));
}

TensorId Lowering::keep(std::shared_ptr<const core::Tensor> tensor)
{
    m_kept.push_back(std::move(tensor));
    const core::TensorView view = m_kept.back()->view();
    return constantTensor(view, plainDesc(view.shape, view.type));
}

TensorId Lowering::packed(const core::TensorView& view, const Desc& sourceDesc, const Desc& desc)
{
    auto& before = m_packedFrom[view.bytes.data()];
    for (const TensorId id : before)
        if (tensor(id).desc == desc)
            return id;
    const TensorId id = newTensor(
        { newBuffer({ .bytes = desc.get_size(), .packed = true }), 0, desc, view.type, view.shape });
    m_packJobs.push_back({ view, sourceDesc, id });
    before.push_back(id);
    return id;
}

TensorId Lowering::packedBy(const core::TensorView& view, const core::Shape& shape, Packing packing)
{
    const Desc desc = plainDesc(shape, view.type);
    const TensorId id
        = newTensor({ newBuffer({ .bytes = desc.get_size(), .packed = true }), 0, desc, view.type, shape });
    m_packJobs.push_back({ view, {}, id, std::move(packing) });
    return id;
}

void Lowering::add(
    const dnnl::primitive& primitive, std::vector<std::pair<int, TensorId>> arguments, const char* inserted)
{
    Step step { .node = inserted ? -1 : m_node, .primitive = primitive };
    const const_dnnl_primitive_desc_t desc = primitive.get_primitive_desc();
    const char* info = nullptr;
    dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, &info);
    step.kernel = info ? info : "oneDNN";
    step.slow = step.kernel.starts_with("ref") || step.kernel.starts_with("gemm:ref");
    step.name = inserted ? inserted : m_graph.nodes[static_cast<std::size_t>(m_node)].name;

    const_dnnl_memory_desc_t scratch = dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
    const std::size_t bytes = scratch ? dnnl_memory_desc_get_size(scratch) : 0;
    if (bytes > 0) {
        dnnl_memory_desc_t copy = nullptr;
        dnnl_memory_desc_clone(&copy, scratch);
        arguments.emplace_back(DNNL_ARG_SCRATCHPAD, temporary(Desc(copy)));
    }
    for (const auto& [argument, id] : arguments) {
        const bool written = (argument >= DNNL_ARG_DST_0 && argument <= DNNL_ARG_DST_2) // a state is one too
            || argument == DNNL_ARG_SCRATCHPAD;
        (written ? step.writes : step.reads).push_back(id);
    }
    step.arguments = std::move(arguments);
    touch(step);
    m_steps.push_back(std::move(step));
}

void Lowering::addOwn(
    std::string kernel, std::vector<TensorId> reads, std::vector<TensorId> writes, OwnKernel own)
{
    Step step { .node = m_node,
        .name = m_graph.nodes[static_cast<std::size_t>(m_node)].name,
        .kernel = std::move(kernel),
        .reads = std::move(reads),
        .writes = std::move(writes),
        .own = std::move(own) };
    touch(step);
    m_steps.push_back(std::move(step));
}

void Lowering::addPlain(
    std::string kernel, std::vector<TensorId> reads, std::vector<TensorId> writes, OwnKernel own)
{
    addOwn(std::move(kernel), std::move(reads), std::move(writes), std::move(own));
    m_steps.back().slow = true;
}

int Lowering::newBuffer(Buffer buffer)
{
    m_buffers.push_back(buffer);
    m_owners.emplace_back();
    return static_cast<int>(m_buffers.size() - 1);
}

TensorId Lowering::newTensor(Tensor tensor)
{
    m_tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(m_tensors.size() - 1);
}

void Lowering::reorder(TensorId source, TensorId target)
{
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::reorder::primitive_desc desc(
        m_engine, tensor(source).desc, m_engine, tensor(target).desc, attr);
    add(dnnl::reorder(desc), { { DNNL_ARG_SRC, source }, { DNNL_ARG_DST, target } }, "reorder");
}

void Lowering::touch(const Step& step)
{
    const int index = static_cast<int>(m_steps.size());
    const auto use = [&](TensorId id) {
        Buffer& buffer = m_buffers[static_cast<std::size_t>(tensor(id).buffer)];
        if (buffer.first < 0)
            buffer.first = index;
        buffer.last = index;
    };
    std::for_each(step.reads.begin(), step.reads.end(), use);
    std::for_each(step.writes.begin(), step.writes.end(), use);
}

} // namespace cpu
