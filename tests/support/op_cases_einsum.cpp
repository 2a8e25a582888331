// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::ElementType;
using core::OpKind;
using core::Shape;

void addEinsumCases(std::vector<OpCase>& cases)
{
    const auto einsum = [&](const std::string& equation, const std::vector<Shape>& shapes) {
        std::vector<Operand> operands;
        for (const Shape& shape : shapes)
            operands.push_back(input(shape));
        cases.push_back(opCase(
            "Einsum " + equation, OpKind::Einsum, std::move(operands), core::EinsumAttributes { equation }));
    };
    einsum("ij->ji", { { 3, 5 } });
    einsum("ij->i", { { 3, 5 } });
    einsum("...ii->...i", { { 2, 3, 4, 4 } });
    einsum("ii", { { 4, 4 } });
    einsum("ij,jk", { { 3, 5 }, { 5, 4 } });
    einsum("bij, bjk -> bik", { { 2, 3, 5 }, { 2, 5, 4 } });
    einsum("bhid,bhjd->bhij", { { 2, 3, 5, 8 }, { 2, 3, 7, 8 } });
    einsum("...ij,...jk->...ik", { { 2, 3, 5 }, { 4, 1, 5, 6 } });
    einsum("i,i", { { 6 }, { 6 } });
    einsum("i,j->ij", { { 3 }, { 4 } });
    einsum("ab,bc,cd->ad", { { 3, 4 }, { 4, 5 }, { 5, 2 } });
    einsum("Ab,bA->", { { 3, 4 }, { 4, 3 } });
    einsum("ij,kl->k", { { 3, 4 }, { 2, 5 } });
    einsum("ij,ij->ij", { { 1, 4 }, { 3, 4 } });
    cases.push_back(opCase("Einsum int8", OpKind::Einsum,
        { integers({ 3, 40 }, 99, ElementType::Int8), integers({ 40, 2 }, 99, ElementType::Int8) },
        core::EinsumAttributes { "ij,jk->ik" }));
}

} // namespace support
