// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/lowering.h"

#include "core/ops/walk.h"

#include <algorithm>
#include <cassert>

namespace gpu {

namespace {

/// Whether both layouts put every element at the same place.
bool isSame(const core::Shape& shape, Layout one, Layout other)
{
    const auto a = stridesOf(shape, one), b = stridesOf(shape, other);
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (shape[d] > 1 && a[d] != b[d])
            return false;
    return true;
}

std::size_t bytesOf(const core::Shape& shape, core::ElementType type)
{
    return static_cast<std::size_t>(core::elementCount(shape)) * core::elementSize(type);
}

} // namespace

std::size_t byteCount(const Tensor& tensor)
{
    return bytesOf(tensor.shape, tensor.type);
}

std::vector<std::int64_t> stridesOf(const core::Shape& shape, Layout layout)
{
    std::vector<std::int64_t> strides(shape.size(), 0);
    std::int64_t step = 1;
    const auto take = [&](std::size_t axis) {
        strides[axis] = step;
        step *= shape[axis];
    };
    const bool last = layout == Layout::ChannelsLast;
    if (last)
        take(1);
    for (std::size_t axis = shape.size(); axis-- > 0;)
        if (!last || axis != 1)
            take(axis);
    return strides;
}

bool hasChannels(const core::Shape& shape)
{
    return shape.size() >= 3 && shape.size() <= 5 && core::elementCount(shape) > 0;
}

Lowering::Lowering(const core::Graph& graph, const core::Shapes& shapes, const core::Tuning& tuning,
    core::Precision precision)
    : m_graph(graph)
    , m_shapes(shapes)
    , m_precision(precision)
    , m_fuses(tuning.fuse)
    , m_chains(
          tuning.fuse ? core::ChainPlan(graph, shapes, core::ChainTypes::Halves) : core::ChainPlan(graph))
    , m_lastUse(m_chains.lastReaders(graph))
    , m_layouts(graph.values.size())
{
    for (const core::ValueId input : graph.inputs)
        m_buffers[static_cast<std::size_t>(tensor(define(input)).buffer)].persistent = true;
}

std::optional<core::TensorView> Lowering::constant(core::ValueId value) const
{
    return value == core::kNoValue ? std::nullopt : core::constantOf(m_graph, m_shapes, value);
}

Layout Lowering::layoutOf(core::ValueId value)
{
    const auto& layouts = m_layouts[static_cast<std::size_t>(value)];
    return layouts.empty() ? Layout::Dense : tensor(layouts.front()).layout;
}

TensorId Lowering::in(core::ValueId value, Layout layout)
{
    const core::Shape& shape = shapeOf(value);
    if (!hasChannels(shape))
        layout = Layout::Dense;
    auto& layouts = m_layouts[static_cast<std::size_t>(value)];
    for (const TensorId id : layouts)
        if (tensor(id).layout == layout)
            return id;
    if (const auto view = constant(value)) {
        layouts.push_back(constantTensor(*view, layout));
        return layouts.back();
    }
    assert(!layouts.empty() && "a value is read before it is defined");
    const Tensor source = tensor(layouts.front());
    if (isSame(shape, layout, source.layout)) { // one channel, or one pixel
        layouts.push_back(newTensor({ source.buffer, source.offset, layout, source.type, shape }));
        return layouts.back();
    }
    const TensorId copied
        = newTensor({ newBuffer({ .bytes = byteCount(source) }), 0, layout, source.type, shape });
    m_owners[static_cast<std::size_t>(tensor(copied).buffer)].push_back(value);
    addCopy(*this, "own:transpose", layouts.front(), stridesOf(shape, source.layout), copied,
        stridesOf(shape, layout), shape, "transpose");
    m_layouts[static_cast<std::size_t>(value)].push_back(copied);
    return copied;
}

bool Lowering::dies(core::ValueId value) const
{
    const auto& layouts = m_layouts[static_cast<std::size_t>(value)];
    if (layouts.empty())
        return false; // a constant
    const auto buffer = static_cast<std::size_t>(tensor(layouts.front()).buffer);
    if (m_buffers[buffer].constant || m_buffers[buffer].persistent)
        return false;
    return std::all_of(m_owners[buffer].begin(), m_owners[buffer].end(),
        [&](core::ValueId owner) { return m_lastUse[static_cast<std::size_t>(owner)] <= m_node; });
}

TensorId Lowering::define(core::ValueId value, Layout layout)
{
    if (!hasChannels(shapeOf(value)))
        layout = Layout::Dense;
    const std::size_t bytes = bytesOf(shapeOf(value), typeOf(value));
    const TensorId id = newTensor({ newBuffer({ .bytes = std::max<std::size_t>(bytes, 1) }), 0, layout,
        typeOf(value), shapeOf(value) });
    m_layouts[static_cast<std::size_t>(value)].push_back(id);
    m_owners[static_cast<std::size_t>(tensor(id).buffer)].push_back(value);
    return id;
}

TensorId Lowering::defineAlias(core::ValueId value, TensorId source, Layout layout, std::size_t offset)
{
    const Tensor from = tensor(source);
    const TensorId id = newTensor({ from.buffer, from.offset + offset,
        hasChannels(shapeOf(value)) ? layout : Layout::Dense, typeOf(value), shapeOf(value) });
    m_layouts[static_cast<std::size_t>(value)].push_back(id);
    m_owners[static_cast<std::size_t>(from.buffer)].push_back(value);
    return id;
}

TensorId Lowering::temporary(std::size_t bytes)
{
    return newTensor({ newBuffer({ .bytes = std::max<std::size_t>(bytes, 1) }), 0, Layout::Dense,
        core::ElementType::UInt8, { static_cast<std::int64_t>(bytes) } });
}

TensorId Lowering::upload(std::size_t bytes, std::function<void(std::byte*)> fill)
{
    const int buffer = newBuffer({ .bytes = std::max<std::size_t>(bytes, 1), .constant = true });
    m_uploads.push_back({ buffer, std::move(fill) });
    return newTensor(
        { buffer, 0, Layout::Dense, core::ElementType::UInt8, { static_cast<std::int64_t>(bytes) } });
}

void copyStrided(const std::byte* from, const std::vector<std::int64_t>& fromStrides, std::byte* to,
    const std::vector<std::int64_t>& toStrides, const core::Shape& shape, std::size_t size)
{
    std::vector<std::int64_t> at(shape.size(), 0);
    for (std::int64_t i = core::elementCount(shape); i-- > 0;) {
        std::int64_t read = 0, write = 0;
        for (std::size_t d = 0; d < shape.size(); ++d) {
            read += at[d] * fromStrides[d];
            write += at[d] * toStrides[d];
        }
        std::copy_n(
            from + static_cast<std::size_t>(read) * size, size, to + static_cast<std::size_t>(write) * size);
        for (std::size_t d = shape.size(); d-- > 0 && ++at[d] == shape[d];)
            at[d] = 0;
    }
}

TensorId Lowering::constantTensor(const core::TensorView& view, Layout layout)
{
    const int buffer = newBuffer({ .bytes = std::max<std::size_t>(view.bytes.size(), 1), .constant = true });
    if (layout == Layout::Dense)
        m_uploads.push_back(
            { buffer, [view](std::byte* to) { std::copy(view.bytes.begin(), view.bytes.end(), to); } });
    else
        m_uploads.push_back({ buffer, [view](std::byte* to) {
                                 copyStrided(view.bytes.data(), stridesOf(view.shape, Layout::Dense), to,
                                     stridesOf(view.shape, Layout::ChannelsLast), view.shape,
                                     core::elementSize(view.type));
                             } });
    return newTensor({ buffer, 0, layout, view.type, view.shape });
}

void Lowering::add(std::string kernel, std::vector<TensorId> reads, std::vector<TensorId> writes, Work work,
    const char* inserted)
{
    const int index = static_cast<int>(m_steps.size());
    for (const auto* list : { &reads, &writes })
        for (const TensorId id : *list) {
            Buffer& buffer = m_buffers[static_cast<std::size_t>(tensor(id).buffer)];
            buffer.first = buffer.first < 0 ? index : buffer.first;
            buffer.last = index;
        }
    m_steps.push_back({ .node = inserted ? -1 : m_node,
        .name = inserted ? inserted : m_graph.nodes[static_cast<std::size_t>(m_node)].name,
        .kernel = std::move(kernel),
        .reads = std::move(reads),
        .writes = std::move(writes),
        .work = std::move(work) });
}

TensorId Lowering::newTensor(Tensor tensor)
{
    m_tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(m_tensors.size() - 1);
}

int Lowering::newBuffer(Buffer buffer)
{
    m_buffers.push_back(buffer);
    m_owners.emplace_back();
    return static_cast<int>(m_buffers.size() - 1);
}

namespace {

template <typename Word>
Work copyWork(TensorId source, TensorId target, const core::Shape& shape,
    const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to)
{
    CopyBody<Word> body { nullptr, nullptr, static_cast<int>(shape.size()), {}, {}, {} };
    std::copy(shape.begin(), shape.end(), body.shape);
    std::copy(from.begin(), from.end(), body.from);
    std::copy(to.begin(), to.end(), body.to);
    return [=, count = core::elementCount(shape)](Device& device, const Addresses& at) mutable {
        body.source = at.as<const Word>(source);
        body.target = at.as<Word>(target);
        device.run(body, count);
    };
}

} // namespace

void addCopy(Lowering& lowering, const char* kernel, TensorId source, std::vector<std::int64_t> from,
    TensorId target, std::vector<std::int64_t> to, core::Shape shape, const char* inserted)
{
    const core::ops::Walk walk = core::ops::merged({ std::move(shape), { std::move(from), std::move(to) } });
    if (walk.dims.size() > CopyBody<std::uint8_t>::kMostDims)
        throw core::Error("is copied along {} dimensions, and {} are the most.", walk.dims.size(),
            static_cast<int>(CopyBody<std::uint8_t>::kMostDims));
    const auto work = [&]() -> Work {
        switch (core::elementSize(lowering.tensor(source).type)) {
        case 1:
            return copyWork<std::uint8_t>(source, target, walk.dims, walk.strides[0], walk.strides[1]);
        case 2:
            return copyWork<std::uint16_t>(source, target, walk.dims, walk.strides[0], walk.strides[1]);
        case 4:
            return copyWork<std::uint32_t>(source, target, walk.dims, walk.strides[0], walk.strides[1]);
        default:
            return copyWork<std::uint64_t>(source, target, walk.dims, walk.strides[0], walk.strides[1]);
        }
    };
    lowering.add(kernel, { source }, { target }, work(), inserted);
}

} // namespace gpu
