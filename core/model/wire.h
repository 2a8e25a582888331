// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <protozero/exception.hpp>

/// The one way to include protozero. It leaves a field of the wrong wire type to an assertion, and the files
/// it reads here are hostile: such a field is an exception like every other malformed byte, in every build.
/// Every file that uses protozero includes this one, so that its inline functions are the same everywhere.
namespace core {

struct WrongWireType : protozero::exception {
    const char* what() const noexcept override { return "field of the wrong wire type"; }
};

} // namespace core

#define protozero_assert(x) ((x) ? static_cast<void>(0) : throw ::core::WrongWireType {})

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include <string_view>

namespace core {

/// The bytes of the field that the reader stands at; they stay where they are.
inline std::string_view viewOf(protozero::pbf_reader& reader)
{
    const auto view = reader.get_view();
    return { view.data(), view.size() };
}

} // namespace core
