// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/einsum_terms.h"

#include "core/error.h"

#include <algorithm>
#include <array>

namespace core::ops {
namespace {

constexpr int kLetters = 52; // label 0 to 51; those of an ellipsis follow
constexpr int kMostDims = 8;

int labelOf(char letter)
{
    // In the order of ASCII, which implicit outputs are sorted by: capitals first.
    return letter <= 'Z' ? letter - 'A' : letter - 'a' + 26;
}

bool isLetter(char letter)
{
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
}

/// One term, with -1 where its ellipsis stands.
std::vector<int> parseTerm(std::string_view term, std::string_view equation)
{
    std::vector<int> labels;
    for (std::size_t i = 0; i < term.size(); ++i) {
        if (isLetter(term[i])) {
            labels.push_back(labelOf(term[i]));
        } else if (term.substr(i, 3) == "..."
            && std::find(labels.begin(), labels.end(), -1) == labels.end()) {
            labels.push_back(-1);
            i += 2;
        } else {
            throw Error("has the equation \"{}\", which is none.", equation);
        }
    }
    return labels;
}

/// `term` with its ellipsis replaced by the last `dims` of its labels.
std::vector<int> expanded(const std::vector<int>& term, int dims)
{
    std::vector<int> labels;
    for (const int label : term)
        if (label >= 0)
            labels.push_back(label);
        else
            for (int d = dims; d > 0; --d)
                labels.push_back(kLetters + kMostDims - d);
    return labels;
}

std::vector<std::vector<int>> parseTerms(std::string_view left, std::string_view equation)
{
    std::vector<std::vector<int>> terms;
    for (std::size_t begin = 0; begin <= left.size();) {
        const std::size_t end = std::min(left.find(',', begin), left.size());
        terms.push_back(parseTerm(left.substr(begin, end - begin), equation));
        begin = end + 1;
    }
    return terms;
}

/// What an equation without an arrow gives: the ellipsis, then every label that occurs once.
std::vector<int> implicitOutput(const std::vector<std::vector<int>>& operands)
{
    std::array<int, kLetters + kMostDims> occurrences {};
    for (const auto& operand : operands)
        for (const int label : operand)
            ++occurrences[static_cast<std::size_t>(label)];
    std::vector<int> output;
    for (int label = kLetters; label < kLetters + kMostDims; ++label)
        if (occurrences[static_cast<std::size_t>(label)] > 0)
            output.push_back(label);
    for (int label = 0; label < kLetters; ++label)
        if (occurrences[static_cast<std::size_t>(label)] == 1)
            output.push_back(label);
    return output;
}

} // namespace

EinsumTerms::EinsumTerms(std::string_view given, const std::vector<Shape>& shapes)
    : sizes(kLetters + kMostDims, -1)
{
    std::string equation(given);
    std::erase(equation, ' ');
    const std::size_t arrow = equation.find("->");
    const auto terms = parseTerms(std::string_view(equation).substr(0, arrow), given);
    if (terms.size() != shapes.size())
        throw Error("has the equation \"{}\" for {} operands.", given, shapes.size());
    int ellipsis = 0; // the most dimensions one stands for
    for (std::size_t i = 0; i < terms.size(); ++i) {
        const bool open = std::find(terms[i].begin(), terms[i].end(), -1) != terms[i].end();
        const std::int64_t dims = std::ssize(shapes[i]) - std::ssize(terms[i]) + (open ? 1 : 0);
        if (open ? dims < 0 || dims > kMostDims : dims != 0)
            throw Error("has the equation \"{}\" for {}.", given, toString(shapes[i]));
        ellipsis = std::max(ellipsis, open ? static_cast<int>(dims) : 0);
        operands.push_back(expanded(terms[i], static_cast<int>(dims)));
        for (std::size_t d = 0; d < shapes[i].size(); ++d) {
            std::int64_t& size = sizes[static_cast<std::size_t>(operands[i][d])];
            if (size >= 0 && size != 1 && shapes[i][d] != 1 && shapes[i][d] != size)
                throw Error(
                    "has the equation \"{}\", in which a dimension is {} and {}.", given, size, shapes[i][d]);
            size = size < 0 || size == 1 ? shapes[i][d] : size;
        }
    }
    output = arrow == std::string::npos
        ? implicitOutput(operands)
        : expanded(parseTerm(std::string_view(equation).substr(arrow + 2), given), ellipsis);
    for (std::size_t i = 0; i < output.size(); ++i)
        if (sizes[static_cast<std::size_t>(output[i])] < 0
            || std::find(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(i), output[i])
                != output.begin() + static_cast<std::ptrdiff_t>(i))
            throw Error("has the equation \"{}\", whose output does not follow from its operands.", given);
}

Shape EinsumTerms::outputShape() const
{
    Shape shape;
    for (const int label : output)
        shape.push_back(sizes[static_cast<std::size_t>(label)]);
    return shape;
}

} // namespace core::ops
