// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live_wish.h"

#include "core/analyse/batch_curve.h"
#include "core/call.h"
#include "core/error.h"
#include "core/measure/cell_settings.h"
#include "ui/run_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

namespace ui {
namespace {

constexpr int kCliSeconds = 20, kCliRehearsal = 10; // breakeven-cli's own defaults

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::live", text);
}

QString sentenceOf(const core::Error& error)
{
    return QString::fromUtf8(error.what());
}

QString numberText(double value)
{
    return QString::number(value, 'g', 10);
}

const core::DeviceInfo* find(const std::vector<core::DeviceInfo>& devices, const std::string& id)
{
    const auto found = std::ranges::find(devices, id, &core::DeviceInfo::id);
    return found == devices.end() ? nullptr : &*found;
}

/// The settings of a curve: those of any of its cells, of whatever batch.
std::string settingsOfCurve(const core::Run& run, const std::string& curve)
{
    for (const core::Cell& cell : run.cells) {
        core::CellKey key = cell.key;
        key.batch = 1;
        key.requests = 1;
        if (core::curveName(key) == curve)
            return core::settingsText(key);
    }
    return {}; // of several requests at once: no server does that
}

class Checking {
public:
    Checking(const LabWish& wish, const CheckedLab& lab, const std::vector<core::DeviceInfo>& devices)
        : m_labWish(wish)
        , m_lab(lab)
        , m_devices(devices)
    {
    }

    CheckedLive checked(const LiveWish& wish, const QString& servers)
    {
        readServers(servers);
        readLab();
        core::LiveLoad& load = m_checked.load;
        load.load = number(LiveField::Load, wish.load, tr("the load"), 1, 1000) / 100;
        load.seconds = number(LiveField::Seconds, wish.seconds, tr("the seconds of each policy"), 0.1, 3600);
        load.rehearsal
            = number(LiveField::Rehearsal, wish.rehearsal, tr("the seconds of a rehearsal"), 0.1, 3600);
        if (m_checked.problem.isEmpty())
            readPolicies();
        m_checked.seconds = static_cast<double>(load.policies.size() + (adds() ? 1 : 0))
            * (load.seconds + 2 * load.rehearsal);
        return std::move(m_checked);
    }

private:
    void fail(const QString& sentence)
    {
        if (m_checked.problem.isEmpty())
            m_checked.problem = sentence;
    }
    void fail(LiveField field, const QString& sentence)
    {
        if (std::ranges::find(m_checked.wrong, field) == m_checked.wrong.end())
            m_checked.wrong.push_back(field);
        fail(sentence);
    }

    double number(LiveField field, const QString& text, const QString& what, double low, double high)
    {
        const auto value = core::numberFromText(text.trimmed().toStdString());
        if (value && *value >= low && *value <= high)
            return *value;
        fail(field,
            tr("Cannot read %1: \"%2\" is no number from %3 to %4.")
                .arg(what, text, numberText(low), numberText(high)));
        return low;
    }

    void readServers(const QString& text)
    {
        for (const QString& line : text.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
            if (!line.trimmed().isEmpty())
                readServer(line.trimmed().toStdString());
        }
        if (m_checked.servers.empty() && m_checked.problem.isEmpty())
            fail(LiveField::Servers, tr("Cannot serve: there is no server."));
        if (m_checked.servers.size() > kMostServers)
            fail(LiveField::Servers,
                tr("Cannot serve: there are %1 servers, at most %2 can be.")
                    .arg(m_checked.servers.size())
                    .arg(kMostServers));
    }

    void readServer(const std::string& line)
    {
        try {
            core::CellKey key = core::settingsFromText(line);
            const core::DeviceInfo* info = find(m_devices, key.engine);
            if (!info)
                throw core::Error("Cannot serve: there is no engine \"{}\".", key.engine);
            if (!info->absent.empty())
                throw core::Error("Cannot serve: {} is not there: {}", key.engine, info->absent);
            m_known.push_back({ .name = core::curveName(key),
                .accelerator = info->kind == core::DeviceKind::Gpu,
                .time = core::ServiceTime::deterministic(1) });
            m_checked.servers.push_back(std::move(key));
        } catch (const core::Error& error) {
            fail(LiveField::Servers, sentenceOf(error));
        }
    }

    /// Sizes, the number of requests and devices mean nothing here: they may be wrong.
    void readLab()
    {
        for (const LabField field : { LabField::Rate, LabField::Arrivals, LabField::Slo, LabField::Seed }) {
            if (std::ranges::find(m_lab.wrong, field) != m_lab.wrong.end())
                fail(m_lab.problem);
        }
        m_checked.load.arrivals = m_lab.plan.arrivals;
        m_checked.load.slo = m_lab.plan.slo;
        m_checked.load.seed = m_lab.plan.seed;
        if (!m_labWish.rate.trimmed().isEmpty())
            m_checked.load.rate = core::numberFromText(m_labWish.rate.trimmed().toStdString());
    }

    void readPolicies()
    {
        // Which one is the accelerator is known when all were timed: here only that there is one counts.
        if (m_known.size() > 1 && std::ranges::none_of(m_known, &core::Device::accelerator))
            m_known.front().accelerator = true;
        for (const LabPolicy& policy : m_labWish.policies) {
            const std::string text = policy.text.trimmed().toStdString();
            if (!policy.ticked || text.empty() || text == "oracle")
                continue;
            try {
                core::makePolicy(text, { m_known, m_checked.load.slo });
                m_checked.load.policies.push_back(text);
            } catch (const core::Error& error) {
                // One that nobody changed is tried where it can be, as in the simulation.
                if (std::ranges::find(core::policyList(), text, &core::PolicyInfo::name)
                    == core::policyList().end())
                    fail(sentenceOf(error));
            }
        }
        if (m_checked.load.policies.empty())
            fail(tr("Cannot serve: no policy is ticked that can be made of these servers."));
    }

    /// Whether gpu-only is tried, too, as what the others are held to.
    bool adds() const
    {
        return core::canMix(m_known)
            && std::ranges::find(m_checked.load.policies, core::kReferencePolicy)
            == m_checked.load.policies.end();
    }

    const LabWish& m_labWish;
    const CheckedLab& m_lab;
    const std::vector<core::DeviceInfo>& m_devices;
    std::vector<core::Device> m_known;
    CheckedLive m_checked;
};

} // namespace

QString defaultServers(const LabWish& lab, const std::vector<core::RunCurve>& curves, const core::Run& run,
    const std::vector<core::DeviceInfo>& devices)
{
    QStringList lines;
    const std::vector<LabDevice> wished = devicesOf(lab, curves);
    for (std::size_t i = 0; i < wished.size(); ++i) {
        const core::DeviceInfo* info = find(devices, curves[i].engine);
        const std::string settings = settingsOfCurve(run, curves[i].device.name);
        if (!wished[i].ticked || !info || !info->absent.empty() || settings.empty())
            continue;
        const int servers = std::clamp(wished[i].servers.toInt(), 1, static_cast<int>(kMostServers));
        for (int server = 0; server < servers; ++server)
            lines << QString::fromStdString(settings);
    }
    if (!lines.isEmpty())
        return lines.join(QLatin1Char('\n'));
    const core::DeviceInfo* cpu = find(devices, "cpu");
    const bool narrow = cpu && cpu->maxThreads > 1
        && std::ranges::find(cpu->precisions, core::Precision::BFloat16) != cpu->precisions.end();
    return narrow ? QStringLiteral("cpu,threads=1\ncpu,threads=1,precision=bf16")
                  : QStringLiteral("cpu,threads=1\ncpu,threads=1");
}

CheckedLive check(const LiveWish& wish, const QString& servers, const LabWish& labWish, const CheckedLab& lab,
    const std::vector<core::DeviceInfo>& devices)
{
    return Checking(labWish, lab, devices).checked(wish, servers);
}

QString liveCommand(const CheckedLive& checked, const LiveWish& wish, const LabWish& lab,
    const std::string& model, const std::map<std::string, std::int64_t>& dims)
{
    QString command = QStringLiteral("breakeven-cli live ") + shellWord(QString::fromStdString(model));
    const auto add = [&](const char* option, const QString& value) {
        command += QLatin1Char(' ') + QLatin1String(option) + QLatin1Char(' ') + shellWord(value);
    };
    for (const auto& [name, value] : dims)
        add("--dim", QStringLiteral("%1=%2").arg(QString::fromStdString(name)).arg(value));
    for (const core::CellKey& server : checked.servers)
        add("--server", QString::fromStdString(core::settingsText(server)));
    const core::LiveLoad& load = checked.load;
    if (load.rate)
        add("--rate", numberText(*load.rate));
    else if (wish.load.trimmed() != LiveWish().load)
        add("--load", numberText(load.load * 100));
    if (lab.arrivals.trimmed() != LabWish().arrivals)
        add("--arrivals", lab.arrivals.trimmed());
    if (load.seconds != kCliSeconds)
        add("--seconds", numberText(load.seconds));
    if (load.rehearsal != kCliRehearsal)
        add("--rehearsal", numberText(load.rehearsal));
    if (load.slo)
        add("--slo", lab.slo.trimmed());
    if (load.seed != 1)
        add("--seed", QString::number(load.seed));
    for (const std::string& policy : load.policies)
        add("--policy", QString::fromStdString(policy));
    return command;
}

} // namespace ui
