// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"

namespace core {

/// `graph`, whose nodes are of opset 11 or later, with those of opsets before 13 as opset 13 has them: axes
/// that were attributes are inputs, and Softmax is over one axis. `shapes` tell which dimensions are 1. Later
/// nodes stay as they are. Throws Error for an older node, and for a Softmax that is over several dimensions.
Graph upgradedTo13(Graph graph, const Shapes& shapes);

} // namespace core
