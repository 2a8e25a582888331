// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export.h"

#include "core/error.h"
#include "core/record/run_file.h"
#include "ui/render.h"

#include <QBuffer>
#include <QCryptographicHash>

namespace ui {

std::string pngOf(const QImage& picture, const core::Run& run, const QString& runFile)
{
    const std::string json = core::toJson(run);
    const QByteArray bytes = QByteArray::fromRawData(json.data(), static_cast<qsizetype>(json.size()));
    QImage labelled = picture;
    const auto label = [&](const char* key, const QString& value) {
        if (!value.isEmpty())
            labelled.setText(QLatin1String(key), value);
    };
    label("Title", runTitle(run));
    label("Model", QString::fromStdString(run.header.model.source));
    label("Machine", runMachine(run));
    label("Creation Time", QString::fromStdString(run.header.startedAt));
    label("Software", QString::fromStdString(run.header.environment.program));
    label("breakeven:run-sha256",
        QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex()));
    label("breakeven:run-file", runFile);
    if (json.size() < kLargestEmbeddedRun)
        label("breakeven:run", QString::fromUtf8(bytes)); // long text is deflated by the PNG writer
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    if (!labelled.save(&buffer, "PNG"))
        throw core::Error("Cannot make picture: it does not fit into memory.");
    return png.toStdString();
}

void writePicture(const core::Run& run, const QString& runFile, const QImage& picture, const QString& path)
{
    core::writeFile(path.toStdString(), pngOf(picture, run, runFile), "picture");
}

} // namespace ui
