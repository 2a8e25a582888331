// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/figures.h"
#include "app/cli/placement_table.h"
#include "app/cli/prepare.h"
#include "app/cli/table.h"
#include "core/error.h"
#include "core/measure/model_summary.h"
#include "core/model/cost.h"
#include "core/model/passes.h"
#include "core/model/rebatch.h"
#include "core/record/placement_file.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace app {

namespace {

using core::Json;

constexpr std::size_t kTracedRuns = 5; // for shares of time; trace does more

struct Options {
    ModelOptions model;
    std::int64_t batch = 1;
    std::vector<std::string> engines; // for --nodes; empty: all that are there but the reference engine
    bool json = false, nodes = false;
};

/// A model with what is known of it at one batch size; costs are empty when its shapes cannot be known, and
/// `why` says so.
struct Inspection {
    core::Model model;
    core::ModelSummary summary;
    core::DimBindings dims;
    std::vector<core::NodeCost> costs;
    core::Shapes shapes;
    std::string why;
};

Inspection inspection(const Options& options)
{
    Inspection result { .model = core::openModel(options.model.model) };
    const core::Graph& graph = *result.model.graph;
    result.dims = { options.batch, options.model.dimValues() };
    if (graph.batchSymbol.empty() && options.batch == 1)
        result.dims.batch = core::fixedBatch(graph).value_or(1);
    result.summary = core::summarise(result.model, result.dims.named);
    try {
        core::checkDims(graph, result.dims.named, "work out shapes");
        result.shapes = core::inferShapes(graph, result.dims);
        result.costs = core::nodeCosts(graph, result.shapes);
    } catch (const core::Error& error) {
        result.why = error.what();
    }
    return result;
}

/// What a file that fixes the batch leaves one to do.
std::string fixedText(std::int64_t batch, const core::Rebatch& freed)
{
    std::string text = fmt::format("fixed at {} by the file. ", batch);
    if (freed.graph)
        return text + fmt::format("batched:MODEL frees it and rewrites {}.", fmt::join(freed.changed, ", "));
    if (!freed.pinned.empty())
        text += fmt::format("It cannot be freed: {}{} ", freed.pinned.front(),
            freed.pinned.front().ends_with('.') ? "" : ".");
    return text + "Several at once: sweep --requests 1,2,4.";
}

/// The dimensions that the file leaves open, with their values.
std::string dimensions(const Inspection& seen)
{
    const core::Graph& graph = *seen.model.graph;
    std::string text;
    if (!graph.batchSymbol.empty())
        text += labelled(
            "batch", fmt::format("{} = {} (set with --batch)", graph.batchSymbol, seen.dims.batch));
    if (const auto fixed = core::fixedBatch(graph))
        text += labelled("batch", fixedText(*fixed, core::rebatch(graph)));
    for (const std::string& name : core::dynamicDims(graph)) {
        const auto place = core::placeOf(graph, name);
        const auto value = seen.dims.named.find(name);
        text += labelled("dimension",
            fmt::format("{}{} {} (set with --dim)", name,
                place && !place->named ? fmt::format(", axis {} of {}, unnamed,", place->axis, place->input)
                                       : "",
                value == seen.dims.named.end() ? "has no value" : fmt::format("= {}", value->second)));
    }
    return text;
}

std::string head(const Inspection& seen)
{
    const core::ModelSummary& summary = seen.summary;
    std::string text = labelled("model", summary.name) + labelled("source", summary.source);
    text += labelled("file",
        bytesText(static_cast<std::int64_t>(summary.fileBytes))
            + (summary.sha256.empty() ? "" : ", SHA-256 " + summary.sha256));
    text += labelled("ONNX",
        fmt::format("IR {}, opset {}{}", seen.model.irVersion, summary.opset,
            seen.model.producer.empty() ? "" : ", by " + seen.model.producer));
    for (const std::string& input : summary.inputs)
        text += labelled("input", input);
    for (const std::string& output : summary.outputs)
        text += labelled("output", output);
    text += dimensions(seen);
    text += labelled("nodes", std::to_string(summary.nodes));
    text += labelled("parameters",
        fmt::format("{}, {} of weights", summary.parameters,
            bytesText(static_cast<std::int64_t>(core::weightBytes(*seen.model.graph)))));
    if (seen.costs.empty() && !seen.why.empty())
        return text + labelled("arithmetic", "unknown: " + seen.why);
    const core::NodeCost total = core::totalCost(seen.costs);
    return text
        + labelled("arithmetic",
            fmt::format("{} at batch {}, {} of activations moved", flopText(total.flop), seen.dims.batch,
                bytesText(total.activationBytes)));
}

/// Operators by their arithmetic, largest first.
std::string operators(const Inspection& seen)
{
    struct Kind {
        int count = 0;
        core::NodeCost cost;
    };
    std::map<std::string, Kind> kinds;
    const auto& nodes = seen.model.graph->nodes;
    for (std::size_t index = 0; index < nodes.size(); ++index) {
        Kind& kind = kinds[nodes[index].type];
        ++kind.count;
        if (index < seen.costs.size()) {
            kind.cost.flop += seen.costs[index].flop;
            kind.cost.weightBytes += seen.costs[index].weightBytes;
            kind.cost.activationBytes += seen.costs[index].activationBytes;
        }
    }
    std::vector<std::pair<std::string, Kind>> sorted(kinds.begin(), kinds.end());
    std::stable_sort(sorted.begin(), sorted.end(),
        [](const auto& a, const auto& b) { return a.second.cost.flop > b.second.cost.flop; });
    const auto total = static_cast<double>(std::max<std::int64_t>(1, core::totalCost(seen.costs).flop));
    Table table({ { "OPERATOR", Align::Left }, { "NODES" }, { "ARITHMETIC" }, { "SHARE" }, { "WEIGHTS" },
        { "ACTIVATIONS" } });
    for (const auto& [type, kind] : sorted) {
        if (seen.costs.empty())
            table.add({ type, std::to_string(kind.count), "", "", "", "" });
        else
            table.add({ type, std::to_string(kind.count), flopText(kind.cost.flop),
                fmt::format("{:.1f} %", 100 * static_cast<double>(kind.cost.flop) / total),
                bytesText(kind.cost.weightBytes), bytesText(kind.cost.activationBytes) });
    }
    return table.text();
}

std::string shapeText(const Inspection& seen, const core::Node& node)
{
    if (seen.costs.empty() || node.outputs.empty() || node.outputs[0] == core::kNoValue)
        return {};
    return core::toString(seen.shapes.of(node.outputs[0]));
}

std::string shapeTable(const Inspection& seen)
{
    Table table({ { "NODE", Align::Left }, { "OPERATOR", Align::Left }, { "OUTPUT", Align::Left },
                    { "ARITHMETIC" }, { "WEIGHTS" }, { "ACTIVATIONS" } },
        Overflow::Elide);
    const auto& nodes = seen.model.graph->nodes;
    for (std::size_t index = 0; index < nodes.size(); ++index) {
        const bool known = index < seen.costs.size();
        const core::NodeCost cost = known ? seen.costs[index] : core::NodeCost {};
        table.add({ nodes[index].name, nodes[index].type, shapeText(seen, nodes[index]),
            known ? flopText(cost.flop) : "", known ? bytesText(cost.weightBytes) : "",
            known ? bytesText(cost.activationBytes) : "" });
    }
    return table.text();
}

/// Every node on one engine, or why it cannot be told.
struct EnginePlacement {
    std::string engine;
    core::NodePlacement placement;
    std::string why;
};

std::vector<EnginePlacement> placements(Context& context, const Inspection& seen, const Options& options)
{
    std::vector<std::string> ids = options.engines;
    for (core::Engine* engine : context.engines())
        if (const core::DeviceInfo device = engine->device();
            options.engines.empty() && device.absent.empty() && device.id != "reference")
            ids.push_back(device.id);
    std::vector<EnginePlacement> found;
    for (const std::string& id : ids) {
        EnginePlacement place { .engine = id };
        context.engine(id, "inspect"); // a slip of the finger is no property of the model
        try {
            EngineOptions engine;
            engine.engine = id;
            const Prepared prepared = prepare(context, seen.model,
                { .model = options.model, .engine = engine, .inputs = {}, .batch = seen.dims.batch },
                "place nodes");
            place.placement = core::placementOf(core::tracedRuns(*prepared.program, kTracedRuns));
        } catch (const core::Error& error) {
            place.why = error.what();
        }
        found.push_back(std::move(place));
    }
    return found;
}

std::string nodeTables(Context& context, const Inspection& seen, const Options& options)
{
    std::string text = shapeTable(seen);
    for (const EnginePlacement& place : placements(context, seen, options))
        text += "\n"
            + (place.why.empty() ? labelled(place.engine,
                                       fmt::format("runs {} nodes and reorders, medians of {} traced runs",
                                           place.placement.nodes.size(), place.placement.runs))
                        + nodeTable(place.placement.nodes)
                                 : labelled(place.engine, place.why));
    return text;
}

/// "45 nodes: LSTM (2): operator is not implemented; If (43): ..."
std::string refusalText(const std::vector<core::Refusal>& refusals)
{
    if (refusals.size() == 1)
        return core::summarise(refusals);
    std::vector<std::pair<std::string, std::size_t>> kinds; // in order of appearance
    for (const core::Refusal& refusal : refusals) {
        const std::string kind = fmt::format("{}: {}", refusal.type, refusal.reason);
        const auto known = std::find_if(
            kinds.begin(), kinds.end(), [&](const auto& entry) { return entry.first == kind; });
        if (known == kinds.end())
            kinds.emplace_back(kind, 1);
        else
            ++known->second;
    }
    std::string text;
    for (const auto& [kind, count] : kinds)
        text += fmt::format("{}{} x {}", text.empty() ? "" : "; ", count, kind);
    return fmt::format("{} nodes: {}.", refusals.size(), text);
}

/// Which engine runs it, or which nodes it refuses and why.
std::string engineLines(Context& context, const core::Graph& graph)
{
    std::string text;
    for (core::Engine* engine : context.engines()) {
        const core::DeviceInfo device = engine->device();
        const auto refusals = device.absent.empty() ? engine->refusals(graph) : std::vector<core::Refusal> {};
        if (!device.absent.empty())
            text += labelled(device.id, "absent: " + device.absent);
        else
            text += labelled(
                device.id, refusals.empty() ? "runs every node" : "refuses " + refusalText(refusals));
    }
    return text;
}

Json nodesToJson(const Inspection& seen)
{
    Json nodes = Json::array();
    for (std::size_t index = 0; index < seen.model.graph->nodes.size(); ++index) {
        const core::Node& node = seen.model.graph->nodes[index];
        Json json { { "name", node.name }, { "type", node.type } };
        if (index < seen.costs.size()) {
            json["flop"] = seen.costs[index].flop;
            json["weight_bytes"] = seen.costs[index].weightBytes;
            json["activation_bytes"] = seen.costs[index].activationBytes;
        }
        nodes.push_back(std::move(json));
    }
    return nodes;
}

Json refusalsToJson(Context& context, const core::Graph& graph)
{
    Json engines = Json::object();
    for (core::Engine* engine : context.engines()) {
        const core::DeviceInfo device = engine->device();
        Json refused = Json::array();
        if (device.absent.empty()) {
            for (const core::Refusal& refusal : engine->refusals(graph))
                refused.push_back(
                    { { "node", refusal.name }, { "type", refusal.type }, { "reason", refusal.reason } });
        }
        engines[device.id] = { { "absent", device.absent }, { "refusals", std::move(refused) } };
    }
    return engines;
}

Json placementsToJson(Context& context, const Inspection& seen, const Options& options)
{
    Json engines = Json::object();
    for (const EnginePlacement& place : placements(context, seen, options))
        engines[place.engine]
            = place.why.empty() ? core::toJson(place.placement) : Json { { "unknown", place.why } };
    return engines;
}

/// What a person may set, and where it stands in the file.
Json dimensionsToJson(const core::Graph& graph)
{
    Json dims = Json::array();
    for (const std::string& name : core::dynamicDims(graph))
        if (const auto place = core::placeOf(graph, name))
            dims.push_back({ { "name", name }, { "input", place->input }, { "axis", place->axis },
                { "named", place->named } });
    return dims;
}

Json document(Context& context, const Inspection& seen, const core::Graph& optimised)
{
    Json json = core::toJson(seen.summary);
    json["ir_version"] = seen.model.irVersion;
    json["producer"] = seen.model.producer;
    json["weight_bytes"] = core::weightBytes(*seen.model.graph);
    json["dynamic_dimensions"] = core::dynamicDims(*seen.model.graph);
    json["dimension_places"] = dimensionsToJson(*seen.model.graph);
    json["batch_dimension"] = seen.model.graph->batchSymbol;
    json["batch"] = seen.dims.batch;
    if (const auto fixed = core::fixedBatch(*seen.model.graph)) {
        const core::Rebatch freed = core::rebatch(*seen.model.graph);
        json["fixed_batch"] = { { "batch", *fixed }, { "can_be_freed", freed.graph != nullptr },
            { "rewrites", freed.changed }, { "pinned_by", freed.pinned } };
    }
    if (!seen.costs.empty()) {
        json["flop"] = core::totalCost(seen.costs).flop;
        json["activation_bytes"] = core::totalCost(seen.costs).activationBytes;
    }
    if (!seen.why.empty())
        json["unknown"] = seen.why;
    json["engines"] = refusalsToJson(context, optimised);
    json["node_list"] = nodesToJson(seen);
    return json;
}

int inspect(Context& context, const Options& options)
{
    const Inspection seen = inspection(options);
    const auto optimised = core::optimise(*seen.model.graph);
    if (options.json) {
        Json json = document(context, seen, *optimised);
        if (options.nodes)
            json["placements"] = placementsToJson(context, seen, options);
        print(core::dumped(json, 2) + "\n");
        return kOk;
    }
    print(head(seen) + "\n" + engineLines(context, *optimised) + "\n"
        + (options.nodes ? nodeTables(context, seen, options) : operators(seen)));
    return kOk;
}

} // namespace

void addInspect(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "inspect", "Show a model's inputs, operators, arithmetic and who can run it");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    command->add_option("-b,--batch", options->batch, "Batch size for shapes and arithmetic")
        ->type_name("N")
        ->check(silent(CLI::PositiveNumber))
        ->capture_default_str();
    command->add_flag(
        "--nodes", options->nodes, "Every node, its kernel and its share of a traced run's time");
    command->add_option("-e,--engine", options->engines, "Engine of --nodes (repeat; default: cpu and gpu)")
        ->type_name("ID")
        ->allow_extra_args(false);
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer("Example: breakeven-cli inspect zoo:bert-base --batch 8");
    command->callback([&context, options] {
        context.command = [&context, options] { return inspect(context, *options); };
    });
}

} // namespace app
