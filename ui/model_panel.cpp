// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_panel.h"

#include "core/model/zoo.h"
#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/format.h"
#include "ui/session.h"

#include <QFormLayout>
#include <QFrame>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr std::size_t kShownRefusals = 4;
constexpr std::size_t kShownTensors = 4;
constexpr int kLargestDim = 1'000'000;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

void addTensors(
    Facts::List& facts, const std::vector<std::string>& names, const std::vector<std::string>& types)
{
    for (std::size_t i = 0; i < std::min(names.size(), kShownTensors); ++i)
        facts.emplace_back(text(names[i]), text(types[i]));
    if (names.size() > kShownTensors)
        facts.emplace_back(QString(), ModelPanel::tr("and %1 more").arg(names.size() - kShownTensors));
}

/// Without the reference engine where there is another: it is the oracle, not a choice people weigh.
std::vector<Placement> weighed(std::vector<Placement> placements)
{
    if (placements.size() > 1)
        std::erase_if(placements, [](const Placement& placement) { return placement.engine == "reference"; });
    return placements;
}

QString placementText(const std::vector<Placement>& placements)
{
    QStringList parts;
    for (const Placement& placement : weighed(placements)) {
        parts << ModelPanel::tr("%1 %2 of %3")
                     .arg(engineTitle(placement.engine))
                     .arg(placement.nodes - placement.refusals.size())
                     .arg(placement.nodes);
    }
    return parts.isEmpty() ? unknownFigure() : parts.join(QStringLiteral(" · "));
}

QString originText(const core::Graph& graph, const std::string& dim)
{
    const auto place = core::placeOf(graph, dim);
    if (!place)
        return {};
    return place->named ? ModelPanel::tr("Axis %1 of input %2.").arg(place->axis).arg(text(place->input))
                        : ModelPanel::tr("Axis %1 of input %2, which the file leaves without a name.")
                              .arg(place->axis)
                              .arg(text(place->input));
}

/// A dimension without a number stands out: nothing runs before it has one.
void markMissing(QSpinBox& spin)
{
    spin.setProperty("invalid", spin.value() == 0);
    spin.style()->unpolish(&spin);
    spin.style()->polish(&spin);
}

/// The arithmetic of one item, or what keeps it from being known.
QString workText(const LoadedModel& loaded, const std::map<std::string, std::int64_t>& dims)
{
    for (const std::string& dim : loaded.dims) {
        if (!dims.contains(dim))
            return ModelPanel::tr("known once %1 is set").arg(text(dim));
    }
    if (!loaded.cost.unknown.empty())
        return text(loaded.cost.unknown);
    return ModelPanel::tr("%1 per item").arg(formatFlop(static_cast<double>(loaded.cost.flopPerItem)));
}

QString fixedText(const LoadedModel& loaded)
{
    if (loaded.freed.graph || loaded.freed.pinned.empty())
        return ModelPanel::tr("fixed at %1 by the file").arg(*loaded.fixedBatch);
    return ModelPanel::tr("fixed at %1: %2").arg(*loaded.fixedBatch).arg(text(loaded.freed.pinned.front()));
}

Facts::List factsOf(const LoadedModel& loaded, const std::map<std::string, std::int64_t>& dims)
{
    Facts::List facts;
    addTensors(facts, loaded.inputNames, loaded.inputs);
    addTensors(facts, loaded.outputNames, loaded.outputs);
    if (loaded.fixedBatch)
        facts.emplace_back(ModelPanel::tr("batch"), fixedText(loaded));
    facts.emplace_back(ModelPanel::tr("parameters"), formatCount(static_cast<double>(loaded.parameters)));
    facts.emplace_back(ModelPanel::tr("work"), workText(loaded, dims));
    facts.emplace_back(ModelPanel::tr("placement"), placementText(loaded.placements));
    return facts;
}

} // namespace

ModelPanel::ModelPanel(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_drop(new QFrame(this))
    , m_dropText(makeText("muted", m_drop))
    , m_open(new QPushButton(tr("Open…"), m_drop))
    , m_zoo(new QPushButton(tr("Built-in"), m_drop))
    , m_name(new ElidedLabel(Qt::ElideMiddle, this))
    , m_source(makeText("muted", this))
    , m_facts(new Facts(this))
    , m_dims(new QWidget(this))
    , m_free(new QPushButton(tr("Free the batch"), this))
    , m_quantise(new QPushButton(tr("Quantise to int8…"), this))
    , m_refusals(makeText("warning", this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 10);
    layout->setSpacing(8);
    layout->addWidget(makeHeading(tr("Model"), this));
    auto* body = new QVBoxLayout;
    body->setContentsMargins(14, 0, 14, 0);
    body->setSpacing(4);
    layout->addLayout(body);
    setRole(*m_name, "title");
    body->addWidget(m_name);
    body->addWidget(m_source);
    body->addWidget(m_facts);
    body->addWidget(m_dims);
    body->addWidget(m_free, 0, Qt::AlignLeft);
    body->addWidget(m_quantise, 0, Qt::AlignLeft);
    body->addWidget(m_refusals);
    buildDropArea(*body);
    setRole(*m_quantise, "link");
    m_quantise->setAccessibleName(tr("Quantise the model to int8"));
    m_quantise->setToolTip(
        tr("Writes the model as an int8 one, and says how far its outputs are from those of fp32"));
    connect(m_quantise, &QPushButton::clicked, this, &ModelPanel::quantiseRequested);
    m_free->setAccessibleName(tr("Open the model with a free batch"));
    connect(m_free, &QPushButton::clicked, this, [this] {
        m_session.openModel(text(std::string(core::kBatchedPrefix) + m_session.model()->model.source));
    });
    connect(&session, &Session::modelChanged, this, &ModelPanel::refresh);
    connect(&session, &Session::stateChanged, this, &ModelPanel::refreshEnabled);
    refresh();
    refreshEnabled();
}

void ModelPanel::buildDropArea(QVBoxLayout& layout)
{
    m_drop->setObjectName(QStringLiteral("drop"));
    auto* column = new QVBoxLayout(m_drop);
    column->setContentsMargins(12, 10, 12, 10);
    column->addWidget(m_dropText);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_open);
    buttons->addWidget(m_zoo);
    buttons->addStretch();
    column->addLayout(buttons);
    layout.addWidget(m_drop);
    m_open->setAccessibleName(tr("Open a model file"));
    m_open->setToolTip(tr("Open an ONNX file (Ctrl+O)"));
    m_zoo->setAccessibleName(tr("Choose a built-in model"));
    m_zoo->setToolTip(tr("Models made by the program itself, with random weights"));
    auto* menu = new QMenu(m_zoo);
    for (const core::ZooEntry& entry : core::zooEntries()) {
        const QString name = text(entry.name);
        menu->addAction(name + QStringLiteral("  —  ") + text(entry.about), this,
            [this, name] { m_session.openModel(QStringLiteral("zoo:") + name); });
    }
    m_zoo->setMenu(menu);
    setRole(*m_zoo, "menu");
    connect(m_open, &QPushButton::clicked, this, &ModelPanel::openRequested);
}

void ModelPanel::setDropHint(bool on)
{
    m_drop->setProperty("over", on);
    m_drop->style()->unpolish(m_drop);
    m_drop->style()->polish(m_drop);
}

void ModelPanel::refreshEnabled()
{
    // Whoever has opened one model knows how to open the next.
    const bool compact = m_session.model() && m_session.state() != State::Loading;
    m_dropText->setVisible(!compact);
    m_drop->setProperty("compact", compact);
    m_drop->layout()->setContentsMargins(compact ? QMargins(0, 2, 0, 0) : QMargins(12, 10, 12, 10));
    setDropHint(false);
    const bool open = enabledActions(m_session.state(), m_session.hasResults()).open;
    m_open->setEnabled(open);
    m_zoo->setEnabled(open);
    m_free->setEnabled(open);
    m_quantise->setEnabled(open);
    m_dims->setEnabled(enabledActions(m_session.state(), m_session.hasResults()).edit);
    m_dropText->setText(m_session.state() == State::Loading
            ? tr("Opening…")
            : tr("Drop an ONNX file here, or start with a built-in model."));
}

void ModelPanel::refresh()
{
    const LoadedModel* loaded = m_session.model();
    for (QWidget* widget :
        { static_cast<QWidget*>(m_name), static_cast<QWidget*>(m_source), static_cast<QWidget*>(m_facts) })
        widget->setVisible(loaded);
    m_quantise->setVisible(loaded && loaded->quantisable);
    refreshDims();
    showBatch();
    showRefusals();
    if (!loaded)
        return;
    m_name->setFullText(text(loaded->model.name));
    const bool zoo = loaded->model.source.starts_with("zoo:");
    m_source->setText(tr("%1 · ONNX opset %2 · %3")
                          .arg(zoo ? tr("built-in") : tr("file"))
                          .arg(loaded->model.opset)
                          .arg(formatBytes(static_cast<double>(loaded->model.fileBytes))));
    m_source->setToolTip(text(loaded->model.source));
    m_facts->setFacts(factsOf(*loaded, m_session.setup().dims));
}

void ModelPanel::refreshDims()
{
    const auto dims = m_session.model() ? m_session.model()->dims : std::vector<std::string>();
    QStringList names;
    for (const auto& dim : dims)
        names << text(dim);
    m_dims->setVisible(!names.isEmpty());
    const QStringList fields
        = names + QStringList { m_session.model() ? text(m_session.model()->model.source) : QString() };
    if (m_dims->property("fields").toStringList() == fields)
        return refreshNumbers(); // whoever is typing a number keeps the field
    m_dims->setProperty("fields", fields);
    qDeleteAll(m_dims->findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
    delete m_dims->layout();
    auto* form = new QFormLayout(m_dims);
    form->setContentsMargins(0, 2, 0, 2);
    for (const auto& dim : dims) {
        auto* spin = new QSpinBox(m_dims);
        spin->setRange(0, kLargestDim);
        spin->setSpecialValueText(tr("not set"));
        spin->setAccessibleName(tr("Dimension %1").arg(text(dim)));
        spin->setToolTip(originText(*m_session.model()->model.graph, dim)
            + tr("\nThe number is a guess until you set it; sweeps and traces use it."));
        spin->setKeyboardTracking(false);
        spin->setProperty("dimension", text(dim));
        connect(spin, &QSpinBox::valueChanged, this, [this, dim, spin](int value) {
            markMissing(*spin);
            Setup setup = m_session.setup();
            setup.dims.erase(dim);
            if (value > 0)
                setup.dims[dim] = value;
            m_session.change(setup);
        });
        auto* name = new ElidedLabel(Qt::ElideMiddle, m_dims); // names often differ at their ends
        setRole(*name, "muted");
        name->setFixedWidth(kFactNameWidth);
        name->setFullText(text(dim));
        form->addRow(name, spin);
    }
    refreshNumbers();
}

void ModelPanel::refreshNumbers()
{
    const auto& set = m_session.setup().dims;
    for (QSpinBox* spin : m_dims->findChildren<QSpinBox*>()) {
        const auto value = set.find(spin->property("dimension").toString().toStdString());
        const QSignalBlocker quiet(spin);
        spin->setValue(value == set.end() ? 0 : static_cast<int>(value->second));
        markMissing(*spin);
    }
}

/// A file that fixes its batch cannot be swept over batch sizes: what can be done is said and offered.
void ModelPanel::showBatch()
{
    const LoadedModel* loaded = m_session.model();
    m_free->setVisible(loaded && loaded->freed.graph);
    if (!loaded || !loaded->freed.graph)
        return;
    QStringList changed;
    for (const std::string& what : loaded->freed.changed)
        changed << text(what);
    m_free->setToolTip(
        tr("Opens the model with a batch of any size. Every node was checked to treat the items of "
           "a batch alone.\nRewritten: %1.")
            .arg(changed.join(QStringLiteral(", "))));
}

void ModelPanel::showRefusals()
{
    QStringList all;
    const LoadedModel* loaded = m_session.model();
    for (const Placement& placement : loaded ? weighed(loaded->placements) : std::vector<Placement>()) {
        for (const core::Refusal& refusal : placement.refusals) {
            all << tr("%1 cannot run %2 (%3): %4")
                       .arg(engineTitle(placement.engine), text(refusal.name), text(refusal.type),
                           text(refusal.reason));
        }
    }
    QStringList lines = all.mid(0, kShownRefusals);
    if (all.size() > lines.size())
        lines << tr("and %1 more").arg(all.size() - lines.size());
    m_refusals->setText(breakable(lines.join(QLatin1Char('\n'))));
    m_refusals->setToolTip(all.size() > lines.size() ? all.join(QLatin1Char('\n')) : QString());
    m_refusals->setVisible(!lines.isEmpty());
}

} // namespace ui
