// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/measure.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Compact bytes for the run library. Readers take nothing on trust: they throw Error with half a sentence.
namespace core {

/// A few bytes a sample: the differences to the sample before, small ones in fewer bytes.
std::string packSamples(std::span<const TimedSample> samples);
std::vector<TimedSample> unpackSamples(std::string_view bytes);

/// Text through zlib, and back where its length is known.
std::string deflated(std::string_view text);
std::string inflated(std::string_view bytes, std::size_t length);

} // namespace core
