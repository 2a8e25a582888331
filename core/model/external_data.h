// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/mapped_file.h"

#include <map>
#include <string>
#include <vector>

namespace core {

/// Where a tensor says its elements lie: TensorProto.external_data's values by key, as the file has them.
/// Empty where a key is missing.
struct ExternalPlace {
    std::string location, offset, length, checksum;
};

/// A file beside a model that holds some of its weights.
struct ExternalFile {
    std::string location; // relative to the model's folder
    std::span<const std::byte> bytes;
};

/// The files with weights outside the model: opened inside the model's folder and nowhere else (see
/// openContained()), mapped once each, never copied. Lives while the model is read; the maps live as long as
/// somebody holds them.
class ExternalData {
public:
    explicit ExternalData(std::filesystem::path modelFolder);

    struct Slice {
        std::span<const std::byte> bytes; // a view into the map
        std::shared_ptr<const MappedFile> owner;
    };
    /// The elements of a tensor that takes `bytes` by its shape and type. Throws Error with a predicate about
    /// the tensor when the file is refused, offset or length are no numbers, lie outside the file or
    /// contradict `bytes`, or the file's SHA-1 is not the checksum given.
    Slice find(const ExternalPlace& place, std::size_t bytes);

    /// All that were opened, in order of their locations.
    std::vector<ExternalFile> files() const;

private:
    struct Opened {
        std::shared_ptr<const MappedFile> map;
        std::string sha1; // once asked for
    };
    Opened& open(const std::string& location);

    std::filesystem::path m_folder;
    std::map<std::string, Opened> m_files;
};

} // namespace core
