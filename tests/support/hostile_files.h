// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

/// ONNX files made to do harm: lies about lengths, cycles, numbers where arithmetic overflows, small files
/// that ask for much memory or time. For every step from the reader to an engine's compile().
namespace support {

struct HostileFile {
    std::string name;
    std::string bytes;
    /// The error that stops it, by whichever step; empty: it loads and compiles, at little cost.
    std::string sentence;
};

std::vector<HostileFile> hostileFiles();

/// The families; hostileFiles() joins them.
void addBrokenBytes(std::vector<HostileFile>& files); // no protobuf, or no model
void addBrokenGraphs(std::vector<HostileFile>& files); // names, cycles, arity, tensors
void addBrokenNodes(std::vector<HostileFile>& files); // attributes, ranks, sizes
void addNesting(std::vector<HostileFile>& files); // graphs in graphs, functions of functions
void addAmplifiers(std::vector<HostileFile>& files); // little bytes, much work
void addTooMany(std::vector<HostileFile>& files); // beyond core/model/limits.h

} // namespace support
