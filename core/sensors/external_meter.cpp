// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/external_meter.h"

#include "core/sensors/text_file.h"
#include "core/sensors/watt_integral.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace core {

namespace {

constexpr std::size_t kLongestLine = 256; // longer ones are not looked at
constexpr std::size_t kMostAtOnce = 1 << 16; // bytes a look: reading sensors must stay short

/// A file, a pipe or standard input, read without waiting.
class Stream {
public:
    Stream(int file, bool own)
        : m_file(file)
        , m_own(own)
    {
        struct stat info { };
        m_regular = fstat(m_file, &info) == 0 && S_ISREG(info.st_mode);
        if (m_regular)
            lseek(m_file, 0, SEEK_END);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream()
    {
        if (m_own)
            close(m_file);
    }

    /// What has come since the last call, up to kMostAtOnce; why it can be read no more.
    std::string read(std::string& why)
    {
        std::string text;
        if (m_regular)
            followTruncation();
        while (text.size() < kMostAtOnce && ready()) {
            char buffer[4096];
            const ssize_t count = ::read(m_file, buffer, sizeof buffer);
            if (count > 0)
                text.append(buffer, static_cast<std::size_t>(count));
            else if (count < 0 && errno != EAGAIN && errno != EINTR)
                why = systemReason(errno);
            if (count <= 0)
                break;
        }
        return text;
    }

private:
    /// Standard input stays blocking, as others may have it open.
    bool ready() const
    {
        pollfd state { m_file, POLLIN, 0 };
        return m_regular || poll(&state, 1, 0) > 0;
    }
    /// A file that became shorter was begun anew.
    void followTruncation()
    {
        struct stat info { };
        if (fstat(m_file, &info) == 0 && info.st_size < lseek(m_file, 0, SEEK_CUR))
            lseek(m_file, 0, SEEK_SET);
    }

    int m_file;
    bool m_own, m_regular = false;
};

class ExternalMeter final : public PowerMeter {
public:
    ExternalMeter(std::unique_ptr<Stream> stream, std::string name, SteadyNow now)
        : m_stream(std::move(stream))
        , m_name(std::move(name))
        , m_now(std::move(now))
        , m_arrived(m_now())
    {
    }

    Figure joules() override
    {
        poll();
        if (!m_why.empty())
            return Figure::missing(fmt::format("The external meter {} cannot be read: {}.", m_name, m_why));
        if (!m_integral.watts())
            return Figure::missing(fmt::format("The external meter {} has said nothing yet.", m_name));
        const auto silent = m_now() - m_arrived;
        if (silent > WattIntegral::kLongestGap)
            return Figure::missing(
                fmt::format("The external meter {} said nothing for {:.1f} s.", m_name, seconds(silent)));
        const auto joules = m_integral.joules();
        if (!joules)
            return Figure::missing(
                fmt::format("The external meter {} left out {:.1f} s.", m_name, seconds(m_integral.gap())));
        // Until the next line comes the last one holds.
        return Figure::known(*joules + *m_integral.watts() * seconds(silent), source());
    }
    std::string source() const override { return "whole machine, external meter " + m_name; }
    void restart() override
    {
        poll(); // what came until now is of before
        m_integral.restart();
    }
    std::optional<double> watts() const override
    {
        return m_now() - m_arrived > WattIntegral::kLongestGap ? std::nullopt : m_integral.watts();
    }
    std::string takeRemark() override
    {
        if (m_bad == m_told)
            return {};
        const std::size_t fresh = m_bad - std::exchange(m_told, m_bad);
        return fmt::format("{} line{} of it could not be used", fresh, fresh == 1 ? "" : "s");
    }

private:
    static double seconds(std::chrono::nanoseconds time)
    {
        return std::chrono::duration<double>(time).count();
    }

    void poll()
    {
        for (const char c : m_stream->read(m_why)) {
            if (c == '\n')
                endLine();
            else if (m_line.size() <= kLongestLine) // one more than allowed tells that it is too long
                m_line += c;
        }
    }

    void endLine()
    {
        const auto line = m_line.size() <= kLongestLine ? meterLine(m_line) : std::nullopt;
        const bool header = !line && std::exchange(m_first, false) && m_line.size() <= kLongestLine;
        const bool blank = m_line.find_first_not_of(" \t\r") == m_line.npos;
        m_line.clear();
        if (line && m_integral.add(line->time, line->watts))
            m_arrived = m_now();
        else if (!header && !blank)
            ++m_bad;
        m_first = m_first && blank;
    }

    std::unique_ptr<Stream> m_stream;
    std::string m_name;
    SteadyNow m_now;
    std::chrono::steady_clock::time_point m_arrived;
    WattIntegral m_integral;
    std::string m_line, m_why;
    bool m_first = true;
    std::size_t m_bad = 0, m_told = 0;
};

} // namespace

PowerMeterOr openExternalMeter(const std::string& path, SteadyNow now)
{
    const auto opened = [&](int file, bool own, std::string name) -> PowerMeterOr {
        return { std::make_unique<ExternalMeter>(
                     std::make_unique<Stream>(file, own), std::move(name), std::move(now)),
            {} };
    };
    if (path == "-")
        return opened(STDIN_FILENO, false, "on standard input");
    const auto refused = [&](const std::string& why) -> PowerMeterOr {
        return { nullptr, fmt::format("No power of the whole machine: {}: {}.", path, why) };
    };
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return refused("is a folder");
    const int file = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return refused(systemReason(errno));
    return opened(file, true, std::filesystem::path(path).filename().string());
}

PowerMeterOr openExternalMeter(const std::string& path)
{
    return openExternalMeter(path, [] { return std::chrono::steady_clock::now(); });
}

} // namespace core
