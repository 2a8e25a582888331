// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <string>

namespace support {

/// A folder with models and tensors for breakeven-cli, good and bad: relu.onnx (x [batch, 4]), symbols.onnx
/// (x [batch, length]), empty, truncated, note, lying and unknown .onnx; two.npy, .pb and .npz, and tensors
/// that fit nothing.
class CliFiles {
public:
    CliFiles();
    QString folder() const { return m_folder.path(); }
    QString path(const QString& name) const { return m_folder.path() + "/" + name; }
    void write(const QString& name, const std::string& bytes) const;

private:
    void writeModels() const;
    void writeTensors() const;
    QTemporaryDir m_folder;
};

} // namespace support
