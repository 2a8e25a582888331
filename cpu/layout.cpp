// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/lowering.h"
#include "cpu/onednn_isa.h"

#include <cassert>

namespace cpu {

using dnnl::memory;

std::optional<memory::data_type> dataType(core::ElementType type)
{
    switch (type) {
    case core::ElementType::Float32:
        return memory::data_type::f32;
    case core::ElementType::Float16:
        return memory::data_type::f16;
    case core::ElementType::BFloat16:
        return memory::data_type::bf16;
    case core::ElementType::Int32:
        return memory::data_type::s32;
    case core::ElementType::Int8:
        return memory::data_type::s8;
    case core::ElementType::UInt8:
        return memory::data_type::u8;
    default:
        return std::nullopt;
    }
}

bool isReal(core::ElementType type)
{
    switch (type) {
    case core::ElementType::Float32:
        return true;
    case core::ElementType::BFloat16:
        return hasIsa(dnnl::cpu_isa::avx512_core_bf16);
    case core::ElementType::Float16:
        return hasIsa(dnnl::cpu_isa::avx512_core_fp16);
    default:
        return false;
    }
}

namespace {

Dims denseStrides(const Dims& dims)
{
    Dims strides(dims.size(), 1);
    for (std::size_t i = dims.size(); i-- > 1;)
        strides[i - 1] = strides[i] * std::max<memory::dim>(dims[i], 1);
    return strides;
}

} // namespace

Desc plainDesc(const core::Shape& shape, core::ElementType type)
{
    const auto known = dataType(type);
    // oneDNN stops at 12 dimensions and has no empty tensors: such values stay dense without a description.
    if (!known || shape.size() > DNNL_MAX_NDIMS || core::elementCount(shape) == 0)
        return {};
    const Dims dims = shape.empty() ? Dims { 1 } : Dims(shape.begin(), shape.end());
    return Desc(dims, *known, denseStrides(dims));
}

Desc plainDesc(const Dims& dims, memory::data_type type)
{
    return Desc(dims, type, denseStrides(dims));
}

Desc channelBlockedDesc(const core::Shape& shape, int block, memory::data_type type)
{
    using Tag = memory::format_tag;
    assert(shape.size() >= 3 && shape.size() <= 5);
    const Tag tags16[] { Tag::nCw16c, Tag::nChw16c, Tag::nCdhw16c };
    const Tag tags8[] { Tag::nCw8c, Tag::nChw8c, Tag::nCdhw8c };
    const auto index = shape.size() - 3;
    return Desc(shape, type, block == 16 ? tags16[index] : tags8[index]);
}

Desc channelsLastDesc(const core::Shape& shape, memory::data_type type)
{
    using Tag = memory::format_tag;
    assert(shape.size() >= 3 && shape.size() <= 5);
    const Tag tags[] { Tag::nwc, Tag::nhwc, Tag::ndhwc };
    return Desc(shape, type, tags[shape.size() - 3]);
}

std::optional<Desc> withShape(const Desc& desc, const core::Shape& shape, const core::Shape& other)
{
    if (!desc || shape.size() != other.size())
        return std::nullopt;
    const auto type = desc.get_data_type();
    if (desc == plainDesc(Dims(shape.begin(), shape.end()), type))
        return plainDesc(Dims(other.begin(), other.end()), type);
    if (shape.size() < 3 || shape.size() > 5)
        return std::nullopt;
    if (desc == channelsLastDesc(shape, type))
        return channelsLastDesc(other, type);
    for (const int block : { 8, 16 })
        if (desc == channelBlockedDesc(shape, block, type))
            return channelBlockedDesc(other, block, type);
    return std::nullopt;
}

Desc withType(const Desc& desc, memory::data_type type)
{
    const auto blocks = desc.get_inner_blks();
    if (!blocks.empty()) // those of channels are the only ones that values have
        return channelBlockedDesc(desc.get_dims(), static_cast<int>(blocks[0]), type);
    return Desc(desc.get_dims(), type, desc.get_strides());
}

bool sameMemory(const Desc& a, const Desc& b)
{
    if (a == b)
        return true;
    if (!a || !b || a.get_dims() != b.get_dims() || a.get_data_type() != b.get_data_type()
        || a.get_size() != b.get_size())
        return false;
    // [N, C, 1, 1] in whole channel blocks is [N, C] row-major: a classifier's head needs no reorder.
    const auto dims = a.get_dims();
    for (std::size_t i = 2; i < dims.size(); ++i)
        if (dims[i] != 1)
            return false;
    const auto wholeBlocks = [&](const Desc& desc) {
        const auto sizes = desc.get_inner_blks();
        const auto indices = desc.get_inner_idxs();
        const auto strides = desc.get_strides();
        if (dims.size() < 2)
            return false;
        if (sizes.empty())
            return (dims[1] == 1 || strides[1] == 1) && (dims[0] == 1 || strides[0] == dims[1]);
        return sizes.size() == 1 && indices[0] == 1 && dims[1] % sizes[0] == 0
            && (dims[0] == 1 || strides[0] == dims[1]) && (dims[1] == sizes[0] || strides[1] == sizes[0]);
    };
    return wholeBlocks(a) && wholeBlocks(b);
}

} // namespace cpu
