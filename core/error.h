// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace core {

/// `sentence` with "?" for control characters: it may quote a name from a hostile file, and is shown on
/// terminals.
std::string printable(std::string sentence);

/// The world failed: a broken file, a full disk, a library that refused. The one exception class of
/// Breakeven.
///
/// what() is one sentence for people: what could not be done, then why, then the thing, with its full stop:
/// `Cannot read model: node "conv_7" (Conv) has 4 inputs, expected 2 or 3.`
/// Caught in three places only: the end of a job, each cell of a sweep, and main().
class Error : public std::runtime_error {
public:
    explicit Error(const std::string& sentence)
        : std::runtime_error(printable(sentence))
    {
    }

    template <typename... Args>
    explicit Error(fmt::format_string<Args...> format, Args&&... args)
        : std::runtime_error(printable(fmt::format(format, std::forward<Args>(args)...)))
    {
    }
};

/// No room for what was asked: `Cannot compile batch 512: needs 31.2 GB, 8.0 GB are free.` A cell that throws
/// it becomes a row "out of memory" and the sweep goes on.
class OutOfMemory : public Error {
public:
    using Error::Error;
};

/// A shape that depends on data which is not known yet: a predicate of shape rules. Shape inference answers
/// it with an open value; it reaches people only where data is known and still does not do.
class NeedsData : public Error {
public:
    using Error::Error;
};

} // namespace core
