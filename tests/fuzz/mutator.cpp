// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "tests/fuzz/dictionary.h"
#include "tests/fuzz/wire_tree.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <random>

/// libFuzzer's hook for mutations that know what an ONNX file is: it takes the file apart, changes fields,
/// numbers, names and whole nodes, and puts it together again, so that most of what comes out still parses
/// and reaches the code behind the reader. Now and then it leaves the bytes to libFuzzer's own mutations.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t maxSize);

namespace fuzz {
namespace {

using Random = std::minstd_rand;
using Fields = std::vector<Field>;

std::size_t below(Random& random, std::size_t count)
{
    return count == 0 ? 0 : random() % count;
}

template <typename Range> const auto& oneOf(const Range& range, Random& random)
{
    return range[below(random, std::size(range))];
}

/// Where a field stands: changes go through its siblings.
struct Place {
    Fields* siblings;
    std::size_t index;
    Message parent;

    Field& field() const { return (*siblings)[index]; }
};

void collect(Fields& fields, Message parent, std::vector<Place>& places)
{
    for (std::size_t i = 0; i < fields.size(); ++i) {
        places.push_back({ &fields, i, parent });
        if (fields[i].message != Message::None)
            collect(fields[i].fields, fields[i].message, places);
    }
}

std::vector<Place> placesOf(Fields& model)
{
    std::vector<Place> places;
    collect(model, Message::Model, places);
    return places;
}

/// A random place that `wanted` holds for; nullopt when there is none.
template <typename Wanted> std::optional<Place> pick(Fields& model, Random& random, Wanted wanted)
{
    std::vector<Place> places = placesOf(model);
    std::erase_if(places, [&](const Place& place) { return !wanted(place); });
    if (places.empty())
        return std::nullopt;
    return places[below(random, places.size())];
}

bool isNumber(const Place& place)
{
    return place.field().wire != Wire::Bytes;
}

bool isBytes(const Place& place)
{
    return place.field().wire == Wire::Bytes && place.field().message == Message::None;
}

bool isMessage(const Place& place)
{
    return place.field().message != Message::None;
}

std::uint64_t interesting(Random& random)
{
    const std::uint64_t number = oneOf(kNumbers, random);
    switch (random() % 4) {
    case 0:
        return random() % 8;
    case 1:
        return number + random() % 3 - 1;
    default:
        return number;
    }
}

/// Names that nodes, values and tensors of the file have.
std::string someName(Fields& model, Random& random)
{
    const auto names = [](const Place& place) {
        const std::uint32_t number = place.field().number;
        return isBytes(place)
            && ((place.parent == Message::Node && number <= 2)
                || (place.parent == Message::ValueInfo && number == 1)
                || (place.parent == Message::Tensor && number == 8));
    };
    const auto place = pick(model, random, names);
    return place ? place->field().bytes : std::string();
}

std::string newText(Fields& model, Random& random, Message parent, std::uint32_t number)
{
    const bool operatorName = parent == Message::Node && number == 4;
    if (operatorName && random() % 16 != 0)
        return std::string(oneOf(core::opRows(), random).name);
    if (parent == Message::Attribute && number == 1)
        return std::string(oneOf(kAttributeNames, random));
    if ((parent == Message::Node && number <= 2) || parent == Message::ValueInfo)
        return someName(model, random);
    if (parent == Message::Attribute)
        return std::string(oneOf(kWords, random));
    return random() % 2 == 0 ? someName(model, random) : std::string(oneOf(kWords, random));
}

bool changeNumber(Fields& model, Random& random)
{
    const auto place = pick(model, random, isNumber);
    if (place)
        place->field().value = interesting(random);
    return place.has_value();
}

bool changeText(Fields& model, Random& random)
{
    const auto place = pick(model, random, isBytes);
    if (place)
        place->field().bytes = newText(model, random, place->parent, place->field().number);
    return place.has_value();
}

/// Overwrites one element of a tensor's raw data, or one byte of any other text.
bool changeElement(Fields& model, Random& random)
{
    const auto place
        = pick(model, random, [](const Place& each) { return isBytes(each) && !each.field().bytes.empty(); });
    if (!place)
        return false;
    std::string& bytes = place->field().bytes;
    const std::uint64_t element = random() % 2 == 0 ? interesting(random) : oneOf(kFloats, random);
    const std::size_t width = std::min<std::size_t>(std::size_t { 1 } << random() % 4, bytes.size());
    const std::size_t at = below(random, bytes.size() / width) * width;
    std::memcpy(bytes.data() + at, &element, width);
    return true;
}

bool removeField(Fields& model, Random& random)
{
    const auto place = pick(model, random, [](const Place&) { return true; });
    if (place)
        place->siblings->erase(place->siblings->begin() + static_cast<std::ptrdiff_t>(place->index));
    return place.has_value();
}

bool duplicateField(Fields& model, Random& random)
{
    const auto place = pick(model, random, [](const Place&) { return true; });
    if (!place)
        return false;
    Field copy = place->field();
    place->siblings->insert(
        place->siblings->begin() + static_cast<std::ptrdiff_t>(place->index), std::move(copy));
    return true;
}

bool swapSiblings(Fields& model, Random& random)
{
    const auto place = pick(model, random, [](const Place& each) { return each.siblings->size() > 1; });
    if (place)
        std::swap(place->field(), (*place->siblings)[below(random, place->siblings->size())]);
    return place.has_value();
}

/// Puts a message where another of its kind stood.
bool moveMessage(Fields& model, Random& random)
{
    const auto to = pick(model, random, isMessage);
    if (!to)
        return false;
    const auto from
        = pick(model, random, [&](const Place& each) { return each.field().message == to->field().message; });
    const Fields copy = from->field().fields; // the target may lie inside it
    to->field().fields = copy;
    return true;
}

Field newAttribute(Random& random)
{
    Fields fields { text(1, std::string(oneOf(kAttributeNames, random))) };
    switch (random() % 4) {
    case 0:
        fields.push_back(number(3, interesting(random)));
        fields.push_back(number(20, 2));
        break;
    case 1:
        fields.push_back({ .number = 2, .wire = Wire::Fixed32, .value = oneOf(kFloats, random) });
        fields.push_back(number(20, 1));
        break;
    case 2:
        fields.push_back(text(4, std::string(oneOf(kWords, random))));
        fields.push_back(number(20, 3));
        break;
    default:
        for (std::size_t count = random() % 6; count > 0; --count)
            fields.push_back(number(8, interesting(random)));
        fields.push_back(number(20, 7));
    }
    return message(5, Message::Attribute, std::move(fields));
}

/// A node gets one more attribute, input or output; a tensor or a declared shape one more dimension.
bool growMessage(Fields& model, Random& random)
{
    const auto place = pick(model, random, isMessage);
    if (!place)
        return false;
    Field& field = place->field();
    switch (field.message) {
    case Message::Node:
        if (random() % 2 == 0)
            field.fields.push_back(newAttribute(random));
        else
            field.fields.push_back(text(1, someName(model, random)));
        return true;
    case Message::Attribute:
        field.fields.push_back(number(8, interesting(random)));
        return true;
    case Message::Tensor:
        field.fields.push_back(number(1, interesting(random)));
        return true;
    case Message::Shape:
        field.fields.push_back(message(1, Message::Dim, { number(1, interesting(random)) }));
        return true;
    default:
        return false;
    }
}

/// A new node behind an old one: of any operator, reading the old one's output.
bool insertNode(Fields& model, Random& random)
{
    const auto place
        = pick(model, random, [](const Place& each) { return each.field().message == Message::Node; });
    if (!place)
        return false;
    const core::OpRow& row = oneOf(core::opRows(), random);
    Fields fields;
    for (int i = 0; i < std::max(row.minInputs, 1); ++i)
        fields.push_back(text(1, someName(model, random)));
    const std::string output = "n" + std::to_string(random() % 1000);
    fields.push_back(text(2, output));
    fields.push_back(text(4, std::string(row.name)));
    if (random() % 2 == 0)
        fields.push_back(newAttribute(random));
    place->siblings->insert(place->siblings->begin() + static_cast<std::ptrdiff_t>(place->index),
        message(place->field().number, Message::Node, std::move(fields)));
    // Somebody reads it, or it is dead at once.
    const auto reader = pick(model, random, [](const Place& each) {
        return isBytes(each) && each.parent == Message::Node && each.field().number == 1;
    });
    if (reader)
        reader->field().bytes = output;
    return true;
}

using Mutation = bool (*)(Fields&, Random&);
/// Numbers and elements more often than the rest: sizes, axes and indices are where rules go wrong.
constexpr Mutation kMutations[] = { changeNumber, changeNumber, changeNumber, changeElement, changeElement,
    changeText, changeText, removeField, duplicateField, swapSiblings, moveMessage, growMessage, insertNode };

std::string_view viewOf(const std::uint8_t* data, std::size_t size)
{
    return { reinterpret_cast<const char*>(data), size };
}

/// The new size; 0 when `bytes` does not fit.
std::size_t store(const std::string& bytes, std::uint8_t* data, std::size_t maxSize)
{
    if (bytes.empty() || bytes.size() > maxSize)
        return 0;
    std::memcpy(data, bytes.data(), bytes.size());
    return bytes.size();
}

} // namespace
} // namespace fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t maxSize, unsigned int seed)
{
    fuzz::Random random(seed);
    auto model = fuzz::parseMessage(fuzz::viewOf(data, size), fuzz::Message::Model);
    if (!model || random() % 20 == 0)
        return LLVMFuzzerMutate(data, size, maxSize);
    for (std::size_t count = 1 + random() % 4; count > 0;)
        count -= fuzz::oneOf(fuzz::kMutations, random)(*model, random) || random() % 8 == 0;
    const std::size_t stored = fuzz::store(fuzz::serialise(*model), data, maxSize);
    return stored > 0 ? stored : LLVMFuzzerMutate(data, size, maxSize);
}

/// A message of the second file takes the place of one of its kind in the first, or stands beside it.
extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
    const std::uint8_t* data2, std::size_t size2, std::uint8_t* out, std::size_t maxSize, unsigned int seed)
{
    fuzz::Random random(seed);
    auto first = fuzz::parseMessage(fuzz::viewOf(data1, size1), fuzz::Message::Model);
    auto second = fuzz::parseMessage(fuzz::viewOf(data2, size2), fuzz::Message::Model);
    if (!first || !second)
        return 0;
    const auto from = fuzz::pick(*second, random, fuzz::isMessage);
    if (!from)
        return 0;
    const auto to = fuzz::pick(*first, random,
        [&](const fuzz::Place& each) { return each.field().message == from->field().message; });
    if (!to)
        return 0;
    if (random() % 2 == 0)
        to->field().fields = from->field().fields;
    else
        to->siblings->insert(to->siblings->begin() + static_cast<std::ptrdiff_t>(to->index),
            fuzz::message(to->field().number, to->field().message, from->field().fields));
    return fuzz::store(fuzz::serialise(*first), out, maxSize);
}
