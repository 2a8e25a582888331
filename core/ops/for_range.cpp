// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <utility>

namespace core::ops {
namespace {

thread_local RangeRunner t_runner = nullptr;
thread_local std::int64_t t_workOfAPart = kWorkOfAPart;

} // namespace

RangeScope::RangeScope(RangeRunner runner, std::int64_t workOfAPart)
    : m_runner(std::exchange(t_runner, runner))
    , m_workOfAPart(std::exchange(t_workOfAPart, workOfAPart))
{
}

RangeScope::~RangeScope()
{
    t_runner = m_runner;
    t_workOfAPart = m_workOfAPart;
}

void forRange(std::int64_t count, std::int64_t work, const RangeBody& body)
{
    const std::int64_t grain = std::max<std::int64_t>(t_workOfAPart / std::max<std::int64_t>(work, 1), 1);
    if (!t_runner || count < 2 * grain)
        return body(0, count);
    const RangeRunner runner = t_runner;
    const RangeScope inner(nullptr); // this thread takes a part, and loops inside it are its own
    std::exception_ptr thrown;
    std::mutex mutex;
    runner(count, grain, [&](std::int64_t begin, std::int64_t end) {
        try {
            body(begin, end);
        } catch (...) {
            const std::lock_guard lock(mutex);
            thrown = std::current_exception();
        }
    });
    if (thrown)
        std::rethrow_exception(thrown);
}

} // namespace core::ops
