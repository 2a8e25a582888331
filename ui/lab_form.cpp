// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_form.h"

#include "ui/facts.h"
#include "ui/format.h"
#include "ui/lab.h"
#include "ui/mark_field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <algorithm>

namespace ui {
namespace {

constexpr int kServersWidth = 44;

void setText(QLineEdit& field, const QString& text)
{
    if (field.text() == text)
        return;
    field.setText(text);
    field.setCursorPosition(0); // a long one is shown from its beginning
}

/// What there is to know of a policy, as its tooltip.
QString policyToolTip(const QString& text)
{
    const std::string name = text.section(QLatin1Char('('), 0, 0).trimmed().toStdString();
    const auto& all = core::policyList();
    const auto found = std::ranges::find(all, name, &core::PolicyInfo::name);
    if (found == all.end())
        return LabForm::tr("One more to try, as timeout-batch(max=16,delay=5ms)");
    return LabForm::tr("%1\nParameters in brackets, with their defaults: %2")
        .arg(QString::fromStdString(found->about), QString::fromStdString(found->parameters));
}

} // namespace

LabForm::LabForm(Lab& lab, QWidget* parent)
    : QWidget(parent)
    , m_lab(lab)
    , m_form(new QFormLayout(this))
    , m_arrivals(new QComboBox(this))
{
    m_form->setContentsMargins(0, 0, 6, 0);
    m_form->setVerticalSpacing(6);
    m_form->setHorizontalSpacing(8);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    buildRequests();
    m_policyGrid = addSection(tr("Policies"));
    m_deviceGrid = addSection(tr("Devices, and how many of each"));
    m_deviceNote = makeText("muted", this);
    m_deviceNote->setText(tr("They come with a run."));
    m_form->addRow(m_deviceNote);
    rebuildPolicies();
    connect(&lab, &Lab::wishChanged, this, &LabForm::refresh);
    connect(&lab, &Lab::changed, this, &LabForm::refresh);
    refresh();
}

QLabel* LabForm::makeName(const QString& text)
{
    QLabel* label = makeText("muted", this);
    label->setText(text);
    label->setFixedWidth(kFactNameWidth);
    return label;
}

QLineEdit* LabForm::addField(
    const QString& name, const QString& accessible, const QString& tip, const char* objectName)
{
    auto* field = new QLineEdit(this);
    field->setObjectName(QLatin1String(objectName));
    field->setAccessibleName(accessible);
    field->setToolTip(tip);
    field->setMinimumWidth(60);
    m_form->addRow(makeName(name), field);
    connect(field, &QLineEdit::textEdited, this, &LabForm::apply);
    return field;
}

void LabForm::buildRequests()
{
    m_rate = addField(tr("requests/s"), tr("Requests a second"),
        tr("Requests a second, on average. Left empty it is half of what all ticked devices\n"
           "can do together, each always with batches of its best size."),
        "labRate");
    addArrivals();
    m_sizes = addField(tr("items each"), tr("Items of a request"),
        tr("Items of a request: 4, 1-64 (all as likely) or geometric(mean=8)"), "labSizes");
    m_slo = addField(tr("SLO"), tr("Service level objective, a time with its unit"),
        tr("From arrival to answer at most, as 20ms. Some policies need it: it is their deadline."),
        "labSlo");
    m_slo->setPlaceholderText(tr("none, or as 20ms"));
    m_requests = addField(tr("how many"), tr("Number of requests"),
        tr("So many requests are simulated; a trace has its own. A p99 takes 459 answers."), "labRequests");
    m_seed = addField(tr("seed"), tr("Seed of all that is drawn"),
        tr("Of all that is drawn: the same seed gives the same requests and times."), "labSeed");
}

void LabForm::addArrivals()
{
    m_arrivals->setEditable(true);
    m_arrivals->setInsertPolicy(QComboBox::NoInsert);
    m_arrivals->setObjectName(QStringLiteral("labArrivals"));
    m_arrivals->setAccessibleName(tr("How requests come in"));
    m_arrivals->setToolTip(tr("When requests come in does not depend on how fast they are answered.\n"
                              "gamma: independent gaps with that coefficient of variation; mmpp: bursts;\n"
                              "diurnal: a day's sine; trace: lines of time,items[,priority]."));
    m_arrivals->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_arrivals->setMinimumContentsLength(10);
    for (const char* word : { "poisson", "constant", "gamma(cv=2)", "mmpp(burst=10,share=0.1,length=1s)",
             "diurnal(swing=0.8,period=60s)" })
        m_arrivals->addItem(QLatin1String(word));
    m_arrivals->addItem(tr("trace…"));
    m_form->addRow(makeName(tr("arrivals")), m_arrivals);
    connect(m_arrivals, &QComboBox::activated, this, [this](int at) {
        if (at == m_arrivals->count() - 1)
            chooseTrace();
        else
            apply();
    });
    connect(m_arrivals->lineEdit(), &QLineEdit::textEdited, this, &LabForm::apply);
}

void LabForm::chooseTrace()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Requests as they came in"), {}, tr("Traces (*.csv);;All files (*)"));
    m_arrivals->setEditText(path.isEmpty() ? m_lab.wish().arrivals : QStringLiteral("trace(%1)").arg(path));
    apply();
}

QGridLayout* LabForm::addSection(const QString& title)
{
    QLabel* heading = makeText("title", this);
    heading->setText(title);
    heading->setContentsMargins(0, 6, 0, 0);
    m_form->addRow(heading);
    auto* box = new QWidget(this);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(4);
    m_form->addRow(box);
    return grid;
}

void LabForm::rebuildPolicies()
{
    for (const Row& row : m_policies) {
        delete row.tick;
        delete row.text;
    }
    m_policies.clear();
    for (std::size_t i = 0; i < m_lab.wish().policies.size(); ++i) {
        const Row row { new QCheckBox(m_policyGrid->parentWidget()),
            new QLineEdit(m_policyGrid->parentWidget()) };
        const int place = static_cast<int>(i);
        row.tick->setObjectName(QStringLiteral("labTick%1").arg(place));
        row.text->setObjectName(QStringLiteral("labPolicy%1").arg(place));
        row.text->setAccessibleName(tr("Policy %1, with its parameters").arg(place + 1));
        row.text->setPlaceholderText(tr("one more"));
        row.text->setMinimumWidth(60);
        m_policyGrid->addWidget(row.tick, place, 0);
        m_policyGrid->addWidget(row.text, place, 1);
        connect(row.tick, &QCheckBox::clicked, this, &LabForm::apply);
        connect(row.text, &QLineEdit::textEdited, this, &LabForm::apply);
        m_policies.push_back(row);
    }
}

void LabForm::rebuildDevices()
{
    std::vector<std::string> names;
    for (const core::RunCurve& curve : m_lab.curves())
        names.push_back(curve.device.name);
    if (names == m_curves)
        return;
    for (const Row& row : m_devices) {
        delete row.tick;
        delete row.text;
    }
    m_devices.clear();
    m_curves = std::move(names);
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        const QString name = QString::fromStdString(m_curves[i]);
        const Row row { new QCheckBox(name, m_deviceGrid->parentWidget()),
            new QLineEdit(m_deviceGrid->parentWidget()) };
        const int place = static_cast<int>(i);
        row.tick->setAccessibleName(name);
        row.tick->setObjectName(QStringLiteral("labDevice%1").arg(place));
        row.tick->setToolTip(tr("%1, as this run measured it: %2 items/s at best, batches to %3")
                                 .arg(name, formatSignificant(m_lab.curves()[i].device.bestRate(), 4))
                                 .arg(m_lab.curves()[i].device.most));
        row.text->setObjectName(QStringLiteral("labServers%1").arg(place));
        row.text->setAccessibleName(tr("How many of %1").arg(name));
        row.text->setToolTip(tr("So many of it serve at once. They do not slow each other down."));
        row.text->setFixedWidth(kServersWidth);
        m_deviceGrid->addWidget(row.tick, place, 0);
        m_deviceGrid->addWidget(row.text, place, 1);
        m_deviceGrid->setColumnStretch(0, 1);
        connect(row.tick, &QCheckBox::clicked, this, &LabForm::apply);
        connect(row.text, &QLineEdit::textEdited, this, &LabForm::apply);
        m_devices.push_back(row);
    }
}

void LabForm::fill()
{
    const QScopedValueRollback filling(m_filling, true);
    const LabWish& wish = m_lab.wish();
    const CheckedLab& checked = m_lab.checked();
    setText(*m_rate, wish.rate);
    const bool trace = checked.plan.arrivals.kind == core::ArrivalProcess::Kind::Trace;
    m_rate->setEnabled(!trace);
    m_rate->setPlaceholderText(trace ? tr("the trace's own")
            : checked.capacity > 0   ? tr("%1, half of capacity").arg(formatSignificant(checked.plan.rate, 3))
                                     : tr("half of capacity"));
    if (m_arrivals->currentText() != wish.arrivals)
        m_arrivals->setEditText(wish.arrivals);
    setText(*m_sizes, wish.sizes);
    m_sizes->setEnabled(!trace);
    setText(*m_slo, wish.slo);
    setText(*m_requests, wish.requests);
    m_requests->setEnabled(!trace);
    setText(*m_seed, wish.seed);
    for (std::size_t i = 0; i < m_policies.size() && i < wish.policies.size(); ++i) {
        m_policies[i].tick->setChecked(wish.policies[i].ticked);
        setText(*m_policies[i].text, wish.policies[i].text);
        m_policies[i].tick->setAccessibleName(tr("Try %1").arg(wish.policies[i].text));
    }
    const std::vector<LabDevice> devices = devicesOf(wish, m_lab.curves());
    for (std::size_t i = 0; i < m_devices.size() && i < devices.size(); ++i) {
        m_devices[i].tick->setChecked(devices[i].ticked);
        setText(*m_devices[i].text, devices[i].servers);
        m_devices[i].text->setEnabled(devices[i].ticked);
    }
}

void LabForm::apply()
{
    if (m_filling)
        return;
    LabWish wish = m_lab.wish();
    wish.rate = m_rate->text();
    wish.arrivals = m_arrivals->currentText();
    wish.sizes = m_sizes->text();
    wish.slo = m_slo->text();
    wish.requests = m_requests->text();
    wish.seed = m_seed->text();
    for (std::size_t i = 0; i < m_policies.size(); ++i)
        wish.policies[i] = { .text = m_policies[i].text->text(), .ticked = m_policies[i].tick->isChecked() };
    for (std::size_t i = 0; i < m_devices.size(); ++i)
        wish.devices[m_curves[i]]
            = { .ticked = m_devices[i].tick->isChecked(), .servers = m_devices[i].text->text() };
    m_lab.ask(wish);
}

void LabForm::refresh()
{
    if (m_policies.size() != m_lab.wish().policies.size())
        rebuildPolicies();
    rebuildDevices();
    fill();
    mark();
}

void LabForm::mark()
{
    const CheckedLab& checked = m_lab.checked();
    const auto isWrong
        = [&](LabField field) { return std::ranges::find(checked.wrong, field) != checked.wrong.end(); };
    const std::pair<QWidget*, LabField> fields[] = { { m_rate, LabField::Rate },
        { m_arrivals->lineEdit(), LabField::Arrivals }, { m_sizes, LabField::Sizes },
        { m_slo, LabField::Slo }, { m_requests, LabField::Requests }, { m_seed, LabField::Seed } };
    for (const auto& [field, which] : fields)
        markField(*field, isWrong(which));
    for (std::size_t i = 0; i < m_policies.size(); ++i) {
        const bool wrong = std::ranges::find(checked.wrongPolicies, i) != checked.wrongPolicies.end();
        const QString unfit = i < checked.unfit.size() ? checked.unfit[i] : QString();
        const QString tip = policyToolTip(m_policies[i].text->text());
        markField(*m_policies[i].text, wrong);
        // Left out, not forbidden: with an SLO or another device it is tried again.
        m_policies[i].tick->setEnabled(unfit.isEmpty());
        m_policies[i].text->setToolTip(unfit.isEmpty() ? tip : tr("Not tried: %1\n%2").arg(unfit, tip));
        m_policies[i].tick->setToolTip(m_policies[i].text->toolTip());
    }
    for (std::size_t i = 0; i < m_devices.size(); ++i)
        markField(*m_devices[i].text,
            std::ranges::find(checked.wrongDevices, m_curves[i]) != checked.wrongDevices.end());
    m_deviceNote->setVisible(m_devices.empty());
}

} // namespace ui
