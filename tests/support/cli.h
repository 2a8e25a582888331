// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QStringList>

namespace support {

/// What one call of breakeven-cli did.
struct CliResult {
    int status = -1; // -2: it crashed, -1: it never started or never ended
    QString out, err;
};

/// `variables`, "NAME=VALUE", are set for it beside this process's own; `input` is all that it can read.
inline CliResult cli(
    const QStringList& arguments, const QStringList& variables = {}, const QByteArray& input = {})
{
    QProcess process;
    process.setEnvironment(QProcess::systemEnvironment() + variables);
    process.start(BREAKEVEN_BIN_DIR "/breakeven-cli", arguments);
    if (!process.waitForStarted())
        return {};
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(240'000))
        return {};
    return { process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2,
        QString::fromUtf8(process.readAllStandardOutput()),
        QString::fromUtf8(process.readAllStandardError()) };
}

} // namespace support
