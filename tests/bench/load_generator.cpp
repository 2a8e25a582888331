// SPDX-License-Identifier: GPL-3.0-or-later
// How late the load generator is: from the time a request is scheduled for until it stands in its line, with
// a server that answers at once.
//   load-generator [RATE [SECONDS]]
// Not a test: figures depend on the machine.
#include "core/schedule/arrivals.h"
#include "core/schedule/live.h"

#include <cstdio>
#include <cstdlib>

namespace {

class Instant final : public core::LiveServer {
public:
    void run(std::int64_t) override { }
};

double microseconds(const std::optional<core::Nanoseconds>& time)
{
    return time ? static_cast<double>(time->count()) / 1e3 : -1;
}

} // namespace

int main(int count, char** arguments)
{
    const double rate = count > 1 ? std::atof(arguments[1]) : 20'000,
                 seconds = count > 2 ? std::atof(arguments[2]) : 5;
    const auto requests = core::arrivals({}, rate, static_cast<std::size_t>(rate * seconds), 1);
    std::vector<core::LiveDevice> devices(1);
    devices[0].device = { .name = "instant", .time = core::ServiceTime::deterministic(1e-6) };
    devices[0].servers.push_back(std::make_unique<Instant>());
    const std::vector<core::Device> kept { devices[0].device };
    const auto policy = core::makePolicy("least-work", { kept, {} });
    const core::LiveResult result = core::runLive(requests, devices, *policy);
    std::printf("%zu requests at %.0f a second, Poisson: scheduled to sent p50 %.1f us, p99 %.1f us, largest "
                "%.1f us\n",
        requests.size(), rate, microseconds(result.late.p50), microseconds(result.late.p99),
        microseconds(result.late.largest));
}
