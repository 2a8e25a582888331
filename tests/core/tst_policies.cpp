// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every schedule, over thousands of small random ones, and what each policy is for.
#include "core/schedule/compare_policies.h"
#include "tests/support/sanitized.h"
#include "tests/support/schedules.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <cmath>
#include <map>
#include <set>

using namespace std::chrono_literals;
using core::Action;
using core::Device;
using core::Nanoseconds;
using core::ServiceTime;
using support::Recorded;
using support::Scenario;

namespace {

constexpr std::uint64_t kScenarios = support::kSanitized ? 1'500 : 20'000;

bool is(const Scenario& scenario, std::string_view policy)
{
    return scenario.policy.substr(0, scenario.policy.find('(')) == policy;
}

/// FIFO within a priority of a line; nobody twice; no batch over the maximum unless a request alone is.
std::string orderMistake(const Scenario& scenario, const Recorded& recorded)
{
    std::map<std::pair<std::size_t, int>, std::int64_t> last; // id by line and priority
    std::set<std::uint32_t> seen;
    for (const support::Dispatched& decision : recorded.decisions) {
        std::int64_t items = 0;
        for (const core::Waiting& request : decision.requests) {
            auto [at, fresh] = last.try_emplace({ decision.action.line, request.priority }, -1);
            if (std::int64_t { request.id } <= at->second)
                return "a request overtook another of its priority";
            at->second = request.id;
            if (!seen.insert(request.id).second)
                return "a request went twice";
            if (request.arrived > decision.now)
                return "a request went before it came";
            items += request.items;
        }
        if (decision.action.kind == Action::Kind::Dispatch && decision.requests.size() > 1
            && items > std::min(scenario.most, scenario.devices[decision.action.device].most))
            return "a batch is over the maximum";
    }
    return {};
}

/// A server's batch as the answers tell it.
struct Busy {
    std::size_t device = 0;
    Nanoseconds from {}, to {};
};

/// Nobody waits for longer than the delay while a device that may serve the line is idle.
std::string idleMistake(const Scenario& scenario, const Recorded& recorded)
{
    std::vector<Busy> busy;
    for (const support::Dispatched& decision : recorded.decisions) {
        const core::Waiting& first = decision.requests.front();
        busy.push_back(
            { decision.action.device, decision.now, first.arrived + recorded.result.latencies[first.id] });
    }
    const bool groups = is(scenario, "cpu-only") || is(scenario, "gpu-only") || is(scenario, "static-split")
        || is(scenario, "size-threshold") || is(scenario, "hill-climb");
    const bool own = is(scenario, "round-robin") || is(scenario, "least-work");
    for (const support::Dispatched& decision : recorded.decisions) {
        for (const core::Waiting& request : decision.requests) {
            const Nanoseconds due = request.arrived + scenario.delay;
            std::vector<Nanoseconds> times { due };
            for (const Busy& each : busy)
                times.push_back(each.to);
            for (const Nanoseconds time : times) {
                if (time < due || time >= decision.now)
                    continue;
                for (std::size_t device = 0; device < scenario.devices.size(); ++device) {
                    if ((groups && scenario.devices[device].accelerator != (decision.action.line == 1))
                        || (own && device != decision.action.line))
                        continue;
                    const auto running = std::ranges::count_if(busy, [&](const Busy& each) {
                        return each.device == device && each.from <= time && each.to > time;
                    });
                    if (running < scenario.devices[device].servers)
                        return "somebody waits while a device is idle";
                }
            }
        }
    }
    return {};
}

/// With early drop no request goes that would be late, by the 90th percentile that is predicted, and none is
/// dropped that the fastest device could still answer.
std::string deadlineMistake(const Scenario& scenario, const Recorded& recorded)
{
    for (const support::Dispatched& decision : recorded.decisions) {
        std::int64_t items = 0;
        Nanoseconds deadline = Nanoseconds::max();
        for (const core::Waiting& request : decision.requests) {
            items += request.items;
            deadline = std::min(deadline, request.deadline);
        }
        const auto takes = [&](const Device& device) { return device.quantile(items, 0.9); };
        if (decision.action.kind == Action::Kind::Dispatch) {
            if (decision.now + takes(scenario.devices[decision.action.device]) > deadline)
                return "a late request was served";
            continue;
        }
        for (const Device& device : scenario.devices) {
            if (decision.now + takes(device) <= deadline)
                return "a request was dropped that could be answered";
        }
    }
    return !scenario.spread && recorded.result.missed > 0 ? "a deadline was missed" : "";
}

std::string sumsMistake(const Scenario& scenario, const core::SimulationResult& result)
{
    if (result.arrived != result.completed + result.dropped + result.inFlight)
        return "requests got lost";
    if (scenario.until == Nanoseconds::max()
        && (result.inFlight > 0 || result.arrived != scenario.requests.size()))
        return "requests are left";
    if (result.inFlight == 0 && result.littleError() > 1e-6)
        return "Little's law does not hold";
    double share = 0;
    for (const core::DeviceFigures& device : result.devices) {
        share += device.share;
        if (device.utilisation > 1 + 1e-9)
            return "a device is busier than always";
    }
    if (result.completed > 0 && std::abs(share - 1) > 1e-9)
        return "shares do not add up";
    if (result.service.meanSeconds > result.latency.meanSeconds + 1e-12)
        return "the service is longer than the latency";
    return result.closedLoop.samples <= result.completed ? "" : "a closed loop sees more";
}

std::string oracleMistake(const Scenario& scenario, const core::SimulationResult& result)
{
    if (scenario.spread || result.dropped > 0 || result.inFlight > 0 || scenario.until != Nanoseconds::max())
        return {};
    const core::OracleBound bound = core::oracleBound(scenario.requests, scenario.devices, scenario.slo);
    if (result.latency.meanSeconds < bound.meanSeconds * (1 - 1e-6) - 2e-9)
        return "the mean is below the bound";
    if (bound.p50 && *result.latency.p50 < *bound.p50)
        return "the median is below the bound";
    return result.missed < bound.missed ? "fewer are late than must be" : "";
}

std::string mistakeOf(const Scenario& scenario, const Recorded& recorded)
{
    std::string mistake = recorded.mistake;
    const auto check = [&](const std::string& found) {
        if (mistake.empty())
            mistake = found;
    };
    check(orderMistake(scenario, recorded));
    check(sumsMistake(scenario, recorded.result));
    check(oracleMistake(scenario, recorded.result));
    const bool eft = is(scenario, "eft-deadline"); // waits for a faster device, on purpose
    if (!eft && !scenario.splits && scenario.until == Nanoseconds::max())
        check(idleMistake(scenario, recorded));
    if (eft && scenario.slo && scenario.policy.find("drop=yes") != std::string::npos)
        check(deadlineMistake(scenario, recorded));
    return mistake;
}

std::vector<Device> fastAndSlow()
{
    return { { .name = "gpu", .accelerator = true, .most = 32, .time = ServiceTime::affine(1e-4, 4e-3) },
        { .name = "cpu", .most = 8, .time = ServiceTime::affine(6e-3, 2e-3) } };
}

core::SimulationResult run(const std::vector<Device>& devices, const char* name, double rate,
    std::optional<Nanoseconds> slo = {}, const core::RequestSizes& sizes = {}, std::size_t count = 20'000)
{
    const auto policy = core::makePolicy(name, { devices, slo });
    const auto requests = core::arrivals({}, rate, count, 1, sizes);
    return core::simulate(requests, devices, *policy, { .slo = slo, .watch = {} });
}

} // namespace

class TstPolicies : public QObject {
    Q_OBJECT

private slots:
    void invariants()
    {
        std::map<std::string, int> tried;
        for (std::uint64_t seed = 1; seed <= kScenarios; ++seed) {
            const Scenario scenario = support::randomScenario(seed);
            const Recorded recorded = support::record(scenario);
            const std::string mistake = mistakeOf(scenario, recorded);
            QVERIFY2(mistake.empty(),
                qPrintable(
                    QString("scenario %1, %2: %3").arg(seed).arg(scenario.policy.c_str(), mistake.c_str())));
            if (seed % 8 == 0)
                QCOMPARE(
                    support::digestOf(support::record(scenario).result), support::digestOf(recorded.result));
            ++tried[scenario.policy.substr(0, scenario.policy.find('('))];
        }
        QCOMPARE(tried.size(), core::policyList().size());
        for (const auto& [name, times] : tried)
            QVERIFY2(times > int(kScenarios) / 25, name.c_str());
    }

    void otherSeedsDiffer()
    {
        Scenario scenario = support::randomScenario(1);
        scenario.devices[0].time = ServiceTime::exponential(0.01);
        scenario.policy = "gpu-only";
        scenario.until = Nanoseconds::max();
        const auto first = support::digestOf(support::record(scenario).result);
        scenario.seed = 99;
        QVERIFY(support::digestOf(support::record(scenario).result) != first);
    }

    void splits()
    {
        const auto result = run(fastAndSlow(), "static-split(p=0.75)", 300);
        QCOMPARE(result.devices[0].requests, std::uint64_t { 15'000 });
        const auto turns = run(fastAndSlow(), "round-robin", 300);
        QCOMPARE(turns.devices[0].requests, std::uint64_t { 10'000 });
    }

    void sizesDecide()
    {
        const core::RequestSizes sizes = core::sizesFromText("1-16");
        const auto result = run(fastAndSlow(), "size-threshold(T=4)", 50, {}, sizes);
        QVERIFY(std::abs(result.devices[1].share - 0.25) < 0.02); // 1 to 4 of 1 to 16
        QVERIFY(
            std::abs(static_cast<double>(result.devices[1].items) / double(result.devices[1].requests) - 2.5)
            < 0.05);
    }

    /// The batch times of a full batch are what Clipper's rule settles around.
    void aimdKeepsBatchesShort()
    {
        std::vector<Device> devices = fastAndSlow();
        devices.pop_back();
        devices[0].time = ServiceTime::affine(1e-3, 4e-3); // 16 items take 20 ms
        const auto result = run(devices, "aimd(slo=20ms)", 900);
        QVERIFY(*result.service.p99 <= 22ms);
        const double items = double(result.devices[0].items) / double(result.devices[0].batches);
        QVERIFY2(items > 12 && items < 17, qPrintable(QString::number(items)));
    }

    void batcherWaitsForCompany()
    {
        std::vector<Device> devices = fastAndSlow();
        const auto eager = run(devices, "timeout-batch(delay=0ms,on=gpu)", 100);
        const auto patient = run(devices, "timeout-batch(delay=40ms,max=4,on=gpu)", 100);
        QVERIFY(patient.devices[0].batches < eager.devices[0].batches / 2);
        QVERIFY(patient.latency.meanSeconds > eager.latency.meanSeconds);
        QCOMPARE(patient.devices[1].batches, std::uint64_t { 0 });
    }

    /// At over what the devices can do, dropping the hopeless early answers more in time.
    void deadlinesAreKept()
    {
        std::vector<Device> devices = fastAndSlow();
        const auto late = run(devices, "least-work", 12'000, 30ms, {}, 50'000);
        const auto kept = run(devices, "eft-deadline", 12'000, 30ms, {}, 50'000);
        QCOMPARE(kept.missed, std::size_t { 0 });
        QVERIFY(kept.dropped > 0);
        QVERIFY(kept.completed > 2 * (late.completed - late.missed));
    }

    void thievesHelp()
    {
        const auto alone = run(fastAndSlow(), "round-robin(max=1)", 280);
        const auto stealing = run(fastAndSlow(), "work-steal(max=1)", 280);
        QVERIFY(stealing.latency.meanSeconds < alone.latency.meanSeconds / 2);
        QVERIFY(stealing.devices[1].share > 0.05);
    }

    /// From everything to the GPUs one by one, which cannot keep up.
    void hillClimbFindsABatch()
    {
        const auto stuck = run(fastAndSlow(), "gpu-only(max=1)", 1000, {}, {}, 60'000);
        const auto tuned = run(fastAndSlow(), "hill-climb(window=200)", 1000, {}, {}, 60'000);
        QVERIFY(*stuck.latency.p50 > 1s);
        QVERIFY2(*tuned.latency.p50 < 100ms,
            qPrintable(QString::number(double(tuned.latency.p50->count()) * 1e-6)));
    }

    void comparison()
    {
        const std::vector<Device> devices = fastAndSlow();
        const auto requests = core::arrivals({}, 250, 20'000, 1);
        const auto found = core::comparePolicies(requests, devices,
            { "round-robin", "oracle", "eft-deadline", "round-robin" }, { .slo = 30ms, .watch = {} });
        QCOMPARE(found.runs.size(), std::size_t { 3 });
        QCOMPARE(found.runs.back().policy, "gpu-only");
        QVERIFY(found.runs[0].hybrid && !found.runs[2].hybrid);
        QVERIFY(found.best && found.runs[*found.best].policy != "round-robin");
        QCOMPARE(found.warnings.size(), std::size_t { 1 });
        const std::string& warning = found.warnings[0];
        QVERIFY2(warning.starts_with("Adding the CPU makes things worse than gpu-only (p99 ")
                && warning.find("round-robin") != warning.npos,
            warning.c_str());
        for (const core::PolicyRun& each : found.runs)
            QVERIFY(each.result.latency.meanSeconds >= found.oracle.meanSeconds);
        QVERIFY(!core::gainOfMix(found, found.runs[2])); // which it is held to
        QCOMPARE(*core::gainOfMix(found, found.runs[0]),
            double(found.runs[2].result.latency.p99->count())
                / double(found.runs[0].result.latency.p99->count()));
        QVERIFY(*core::gainOfMix(found, found.runs[0]) < 1);
        const auto behind = core::comparePolicies(
            core::arrivals({}, 4000, 20'000, 1), devices, { "cpu-only" }, { .watch = {} });
        QVERIFY(!behind.runs[0].keepsUp && behind.runs[1].keepsUp);
        QVERIFY(behind.warnings[0].starts_with("Cannot keep up: cpu-only."));
    }

    /// Where all devices are one and every request comes when it is idle, the bound is what happens.
    void boundIsReached()
    {
        const std::vector<Device> devices {
            { .name = "gpu", .accelerator = true, .most = 1, .time = ServiceTime::deterministic(1e-3) }
        };
        const auto requests = core::arrivals(core::arrivalsFromText("constant"), 500, 1000, 1);
        const auto policy = core::makePolicy("gpu-only", { devices, {} });
        const auto result = core::simulate(requests, devices, *policy);
        const auto bound = core::oracleBound(requests, devices, {});
        QVERIFY(std::abs(result.latency.meanSeconds - bound.meanSeconds) < 1e-9);
        QCOMPARE(*result.latency.p99, *bound.p99);
        const auto rush = core::arrivals({}, 900, 10'000, 1); // M/D/1: no schedule of one server is better
        const auto again = core::makePolicy("gpu-only", { devices, {} });
        const double reached = core::simulate(rush, devices, *again).latency.meanSeconds;
        QVERIFY(std::abs(reached / core::oracleBound(rush, devices, {}).meanSeconds - 1) < 1e-6);
    }

    void mistakes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        const QString all
            = "there are cpu-only, gpu-only, static-split, round-robin, least-work, size-threshold, "
              "timeout-batch, aimd, eft-deadline, work-steal, hill-climb and oracle";
        QTest::newRow("unknown") << "fastest" << all;
        QTest::newRow("empty") << ""
                               << "it does not begin with a word";
        QTest::newRow("bracket") << "aimd(slo=5ms"
                                 << "it has no closing bracket";
        QTest::newRow("no value") << "gpu-only(max)"
                                  << "\"max\" is not NAME=VALUE";
        QTest::newRow("twice") << "gpu-only(max=1,max=2)"
                               << "max is there twice";
        QTest::newRow("left over") << "gpu-only(delay=1ms)"
                                   << "gpu-only has no parameter delay";
        QTest::newRow("zero") << "gpu-only(max=0)"
                              << "max is a whole number from 1 to 1000000, not \"0\"";
        QTest::newRow("half") << "gpu-only(max=1.5)"
                              << "max is a whole number from 1 to 1000000, not \"1.5\"";
        QTest::newRow("share") << "static-split(p=2)"
                               << "p is a number from 0 to 1, not \"2\"";
        QTest::newRow("unit") << "timeout-batch(delay=5)"
                              << "delay is a time with its unit, as 5ms, not \"5\"";
        QTest::newRow("negative") << "timeout-batch(delay=-5ms)"
                                  << "delay is a time with its unit, as 5ms, not \"-5ms\"";
        QTest::newRow("slo") << "aimd"
                             << "it needs a time to keep, as slo=20ms";
        QTest::newRow("on") << "timeout-batch(on=tpu)"
                            << "on is any, cpu or gpu, not \"tpu\"";
        QTest::newRow("drop") << "eft-deadline(drop=maybe)"
                              << "drop is yes or no";
    }
    void mistakes()
    {
        QFETCH(QString, text);
        QFETCH(QString, why);
        const std::vector<Device> devices = fastAndSlow();
        const std::string sentence = support::sentenceOf([&] {
            core::makePolicy(text.toStdString(), { devices, {} });
        });
        QCOMPARE(QString::fromStdString(sentence), "Cannot read policy: \"" + text + "\": " + why + ".");
    }

    void missingDevices()
    {
        std::vector<Device> devices = fastAndSlow();
        devices.pop_back();
        for (const char* name :
            { "cpu-only", "static-split", "size-threshold", "hill-climb", "timeout-batch(on=cpu)" })
            QCOMPARE(support::sentenceOf([&] {
                core::makePolicy(name, { devices, {} });
            }),
                "Cannot read policy: \"" + std::string(name) + "\": there is no CPU.");
        core::makePolicy("static-split(p=1)", { devices, {} });
    }
};

QTEST_GUILESS_MAIN(TstPolicies)
#include "tst_policies.moc"
