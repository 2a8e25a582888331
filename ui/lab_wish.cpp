// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_wish.h"

#include "core/call.h"
#include "core/error.h"
#include "ui/comparison.h"
#include "ui/run_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

using Parameter = core::PolicySweep::Parameter;

constexpr double kMostSeed = 9e15; // what a double counts exactly
constexpr int kDefaultSteps = 11; // of rates, up to over what the devices can do
constexpr int kCliRequests = 100'000; // breakeven-cli's own default

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::lab", text);
}

QString sentenceOf(const core::Error& error)
{
    return QString::fromUtf8(error.what());
}

QString numberText(double value)
{
    return QString::number(value, 'g', 10);
}

/// A number of two digits at most, not above `value`.
double roundedDown(double value, double digits)
{
    const double unit = std::pow(10, std::floor(std::log10(value)) - digits + 1);
    return std::floor(value / unit * (1 + 1e-12)) * unit;
}

/// Reads one wish.
class Checking {
public:
    Checking(const LabWish& wish, const std::vector<core::RunCurve>& curves)
        : m_wish(wish)
        , m_curves(curves)
    {
    }

    CheckedLab checked()
    {
        core::SimulationPlan& plan = m_checked.plan;
        m_checked.unfit.resize(m_wish.policies.size());
        try {
            plan.arrivals = core::arrivalsFromText(m_wish.arrivals.trimmed().toStdString());
        } catch (const core::Error& error) {
            fail(LabField::Arrivals, sentenceOf(error));
        }
        try {
            plan.sizes = core::sizesFromText(m_wish.sizes.trimmed().toStdString());
        } catch (const core::Error& error) {
            fail(LabField::Sizes, sentenceOf(error));
        }
        readSlo();
        plan.requests = static_cast<std::size_t>(whole(LabField::Requests, m_wish.requests,
            tr("the number of requests"), 1, static_cast<double>(kMostLabRequests)));
        plan.seed
            = static_cast<std::uint64_t>(whole(LabField::Seed, m_wish.seed, tr("the seed"), 0, kMostSeed));
        readDevices();
        readRate();
        readPolicies();
        if (m_checked.problem.isEmpty())
            readSweep();
        return std::move(m_checked);
    }

private:
    void fail(const QString& sentence)
    {
        if (m_checked.problem.isEmpty())
            m_checked.problem = sentence;
    }
    void fail(LabField field, const QString& sentence)
    {
        m_checked.wrong.push_back(field);
        fail(sentence);
    }

    void readSlo()
    {
        const QString text = m_wish.slo.trimmed();
        if (text.isEmpty())
            return;
        m_checked.plan.slo = core::timeFromText(text.toStdString());
        if (!m_checked.plan.slo || m_checked.plan.slo->count() <= 0)
            fail(LabField::Slo, tr("Cannot read the SLO: \"%1\" is no time as 20ms.").arg(text));
    }

    double whole(LabField field, const QString& text, const QString& what, double low, double high)
    {
        const auto value = core::numberFromText(text.trimmed().toStdString());
        if (value && *value >= low && *value <= high && *value == std::floor(*value))
            return *value;
        fail(field,
            tr("Cannot read %1: \"%2\" is no whole number from %3 to %4.")
                .arg(what, text, numberText(low), numberText(high)));
        return low;
    }

    void readDevices()
    {
        const std::vector<LabDevice> wished = devicesOf(m_wish, m_curves);
        std::vector<core::DeviceChoice> choices;
        bool usual = true; // each engine's best, once
        for (std::size_t i = 0; i < wished.size(); ++i) {
            const std::string& name = m_curves[i].device.name;
            const bool best = core::bestCurve(m_curves, m_curves[i].engine) == &m_curves[i];
            usual = usual && wished[i].ticked == best;
            if (!wished[i].ticked)
                continue;
            try {
                core::DeviceChoice choice
                    = core::deviceChoiceFromText(name + "=" + wished[i].servers.trimmed().toStdString());
                usual = usual && choice.servers == 1;
                m_checked.deviceWords.push_back(
                    choice.servers == 1 ? name : fmt::format("{}={}", name, choice.servers));
                choices.push_back(std::move(choice));
            } catch (const core::Error& error) {
                m_checked.wrongDevices.push_back(name);
                fail(sentenceOf(error));
            }
        }
        if (!m_curves.empty() && choices.empty())
            return fail(tr("Cannot simulate: no device is ticked."));
        if (usual) { // in the command's order, which round-robin knows
            choices.clear();
            m_checked.deviceWords.clear();
        }
        try {
            core::RunDevices found = core::devicesOf(m_curves, choices);
            m_checked.plan.devices = std::move(found.devices);
            m_checked.notes = std::move(found.notes);
        } catch (const core::Error& error) {
            return fail(sentenceOf(error));
        }
        const double capacity
            = core::capacityOf(m_checked.plan.devices) / core::meanItems(m_checked.plan.sizes);
        m_checked.capacity = std::isfinite(capacity) ? capacity : 0; // whoever takes no time has none
    }

    void readRate()
    {
        const QString text = m_wish.rate.trimmed();
        const bool trace = m_checked.plan.arrivals.kind == core::ArrivalProcess::Kind::Trace;
        if (trace)
            return; // it has its own
        if (text.isEmpty()) {
            if (m_checked.capacity > 0)
                m_checked.plan.rate = roundedDown(m_checked.capacity / 2, 3);
            return;
        }
        const auto value = core::numberFromText(text.toStdString());
        if (value && *value > 0)
            m_checked.plan.rate = *value;
        else
            fail(LabField::Rate, tr("Cannot read the rate: \"%1\" is no number over 0.").arg(text));
    }

    void readPolicies()
    {
        for (std::size_t row = 0; row < m_wish.policies.size(); ++row) {
            const std::string text = m_wish.policies[row].text.trimmed().toStdString();
            if (!m_wish.policies[row].ticked || text.empty())
                continue;
            try {
                if (text != "oracle" && !m_checked.plan.devices.empty())
                    core::makePolicy(text, { m_checked.plan.devices, m_checked.plan.slo });
                m_checked.plan.policies.push_back(text);
            } catch (const core::Error& error) {
                // One that nobody changed is tried where it can be, as breakeven-cli does.
                const bool untouched = std::ranges::find(core::policyList(), text, &core::PolicyInfo::name)
                    != core::policyList().end();
                if (untouched) {
                    m_checked.unfit[row] = sentenceOf(error);
                    continue;
                }
                m_checked.wrongPolicies.push_back(row);
                fail(sentenceOf(error));
            }
        }
        if (m_checked.plan.policies.empty())
            fail(tr("Cannot simulate: no policy is ticked that can be made of these devices."));
    }

    QString defaultValues() const
    {
        const core::RequestSizes& sizes = m_checked.plan.sizes;
        switch (m_wish.sweep) {
        case Parameter::Rate: {
            if (m_checked.capacity <= 0)
                return QStringLiteral("1-1000x10");
            const double step = roundedDown(m_checked.capacity / (kDefaultSteps - 1), 2);
            return QStringLiteral("%1-%2+%1").arg(numberText(step), numberText(step * kDefaultSteps));
        }
        case Parameter::Variation:
            return QStringLiteral("0.25-8x2");
        case Parameter::Threshold: {
            const double largest = sizes.kind == core::RequestSizes::Kind::Geometric ? 8 * sizes.mean
                : sizes.kind == core::RequestSizes::Kind::Uniform                    ? sizes.high
                                                                                     : sizes.low;
            return QStringLiteral("1-%1x2").arg(numberText(std::max(8.0, std::ceil(largest))));
        }
        }
        return {};
    }

    void readSweep()
    {
        const QString text = m_wish.sweepValues.trimmed();
        m_checked.sweepValues = text.isEmpty() ? defaultValues() : text;
        try {
            m_checked.sweep = core::policySweepFromText(
                std::string(core::parameterName(m_wish.sweep)) + "=" + m_checked.sweepValues.toStdString());
        } catch (const core::Error& error) {
            m_checked.wrong.push_back(LabField::SweepValues);
            m_checked.sweepProblem = sentenceOf(error);
            return;
        }
        try {
            for (const double value : m_checked.sweep.values) {
                const core::SimulationPlan at = core::planAt(m_checked.plan, m_wish.sweep, value);
                if (m_wish.sweep == Parameter::Threshold)
                    for (const std::string& policy : at.policies)
                        if (policy != "oracle")
                            core::makePolicy(policy, { at.devices, at.slo });
            }
        } catch (const core::Error& error) {
            m_checked.sweepProblem = sentenceOf(error);
        }
    }

    const LabWish& m_wish;
    const std::vector<core::RunCurve>& m_curves;
    CheckedLab m_checked;
};

/// Whether nobody has changed what is tried.
bool areAll(const std::vector<LabPolicy>& policies)
{
    return policies == allPolicies();
}

} // namespace

std::vector<LabPolicy> allPolicies()
{
    std::vector<LabPolicy> all;
    for (const core::PolicyInfo& info : core::policyList())
        all.push_back({ .text = QString::fromStdString(info.name) });
    all.push_back({ .text = {}, .ticked = true });
    return all;
}

bool LabWish::sameButSweep(const LabWish& other) const
{
    LabWish alike = other;
    alike.sweep = sweep;
    alike.sweepValues = sweepValues;
    return *this == alike;
}

std::vector<LabDevice> devicesOf(const LabWish& wish, const std::vector<core::RunCurve>& curves)
{
    const auto known = [&](const std::string& engine) {
        return std::ranges::any_of(curves, [&](const core::RunCurve& curve) {
            return curve.engine == engine && wish.devices.contains(curve.device.name);
        });
    };
    std::vector<LabDevice> devices;
    for (const core::RunCurve& curve : curves) {
        const auto found = wish.devices.find(curve.device.name);
        if (found != wish.devices.end())
            devices.push_back(found->second);
        else
            devices.push_back(
                { .ticked = !known(curve.engine) && core::bestCurve(curves, curve.engine) == &curve });
    }
    return devices;
}

CheckedLab check(const LabWish& wish, const std::vector<core::RunCurve>& curves)
{
    return Checking(wish, curves).checked();
}

QString simulateCommand(
    const LabWish& wish, const CheckedLab& checked, const RunOrigin& origin, LabCommand which)
{
    const QString name = nameForShell(origin);
    const bool sweep = which == LabCommand::Sweep;
    QString command
        = QStringLiteral("breakeven-cli simulate ") + (name.isEmpty() ? QStringLiteral("RUN.json") : name);
    const auto add = [&](const char* option, const QString& value) {
        command += QLatin1Char(' ') + QLatin1String(option) + QLatin1Char(' ') + shellWord(value);
    };
    if (checked.plan.arrivals.kind != core::ArrivalProcess::Kind::Trace
        && !(sweep && wish.sweep == Parameter::Rate))
        add("--rate", numberText(checked.plan.rate));
    if (sweep)
        add("--sweep",
            QLatin1String(core::parameterName(wish.sweep)) + QLatin1Char('=') + checked.sweepValues);
    const LabWish plain;
    if (wish.arrivals.trimmed() != plain.arrivals)
        add("--arrivals", wish.arrivals.trimmed());
    if (wish.sizes.trimmed() != plain.sizes)
        add("--sizes", wish.sizes.trimmed());
    if (!wish.slo.trimmed().isEmpty())
        add("--slo", wish.slo.trimmed());
    if (checked.plan.requests != kCliRequests)
        add("--requests", QString::number(checked.plan.requests));
    if (checked.plan.seed != 1)
        add("--seed", QString::number(checked.plan.seed));
    for (const std::string& device : checked.deviceWords)
        add("--device", QString::fromStdString(device));
    if (!areAll(wish.policies)) {
        for (const std::string& policy : checked.plan.policies)
            add("--policy", QString::fromStdString(policy));
    }
    return command;
}

} // namespace ui
