// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <filesystem>
#include <map>
#include <string>

/// Tensors as files: NumPy .npy and .npz (stored or deflated members on reading, stored on writing), ONNX
/// TensorProto .pb. Hostile files get one sentence (core::Error), never a crash or an allocation larger than
/// the file justifies.
namespace core {

/// By its ending: .npy, .pb, or .npz with exactly one member.
Tensor readTensor(const std::filesystem::path& path);
std::map<std::string, Tensor> readNpz(const std::filesystem::path& path);

/// By its ending: .npy or .pb (`name` is stored in the .pb).
void writeTensor(const std::filesystem::path& path, const TensorView& tensor, const std::string& name);
void writeNpz(const std::filesystem::path& path, const std::map<std::string, TensorView>& tensors);

/// An output's name as a file name: '/' and ':' become '_'.
std::string fileNameOf(const std::string& tensorName);

} // namespace core
