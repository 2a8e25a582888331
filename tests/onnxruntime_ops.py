#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single operators against ONNX Runtime: those of com.microsoft, and forms of ONNX's own that its node tests
leave out (older opsets, directions, masks).

usage: onnxruntime_ops.py BREAKEVEN_CLI [PATTERN]

Relative to the largest element of an output, 1e-4; a quantised output may differ by one step in a few places,
where a tie was rounded. Exits with 77 where Python has no onnx or no onnxruntime."""
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 1e-4
MICROSOFT = "com.microsoft"


class Maker:
    """Random tensors, the same on every run."""

    def __init__(self, numpy, seed):
        self.numpy = numpy
        self.random = numpy.random.default_rng(seed)

    def real(self, *shape, scale=1.0):
        return (self.random.standard_normal(shape) * scale).astype(self.numpy.float32)

    def byte(self, *shape, type="uint8"):
        low, high = (-128, 128) if type == "int8" else (0, 256)
        return self.random.integers(low, high, shape).astype(type)

    def index(self, limit, *shape, type="int64"):
        return self.random.integers(0, limit, shape).astype(type)

    def scalar(self, value, type="float32"):
        return self.numpy.array(value, type)


class Case:
    """One node. `inputs` may hold None for one left out; `error` is what a DynamicQuantize... may lose."""

    def __init__(self, name, op, inputs, outputs=1, domain="", opset=17, tolerance=TOLERANCE, **attributes):
        self.name, self.op, self.inputs, self.outputs = name, op, inputs, outputs
        self.domain, self.opset, self.tolerance, self.attributes = domain, opset, tolerance, attributes


def recurrent_cases(make):
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}
    for op, count in gates.items():
        def weights(directions, size, hidden, count=count):
            rows = count * hidden
            return [make.real(directions, rows, size, scale=0.4), make.real(directions, rows, hidden, scale=0.4),
                    make.real(directions, 2 * rows, scale=0.4)]
        outputs = 3 if op == "LSTM" else 2
        both = {"RNN": ["Tanh", "Relu"], "GRU": ["HardSigmoid", "Softsign", "Sigmoid", "Tanh"],
                "LSTM": ["HardSigmoid", "Tanh", "ScaledTanh", "Sigmoid", "Softplus", "Tanh"]}[op]
        numbers = {"GRU": {"activation_alpha": [0.3], "activation_beta": [0.4]},
                   "LSTM": {"activation_alpha": [0.3, 1.5], "activation_beta": [0.4, 0.6]}}.get(op, {})
        yield Case(f"{op} forward", op, [make.real(6, 2, 5), *weights(1, 5, 7)], outputs, hidden_size=7)
        yield Case(f"{op} last state alone", op, [make.real(6, 2, 5), *weights(1, 5, 7)], (None, "h"), hidden_size=7)
        yield Case(f"{op} reverse with lengths", op,
                   [make.real(6, 3, 5), *weights(1, 5, 7), make.numpy.array([6, 2, 4], "int32")], outputs,
                   hidden_size=7, direction="reverse")
        yield Case(f"{op} both ways with states", op,
                   [make.real(5, 3, 4), *weights(2, 4, 6), make.numpy.array([5, 1, 3], "int32"), make.real(2, 3, 6)]
                   + ([make.real(2, 3, 6)] if op == "LSTM" else []), outputs, hidden_size=6,
                   direction="bidirectional")
        yield Case(f"{op} other activations", op, [make.real(5, 3, 4), *weights(2, 4, 6)], outputs, hidden_size=6,
                   direction="bidirectional", activations=both, **numbers)
        yield Case(f"{op} clipped", op, [make.real(5, 3, 4, scale=3), *weights(1, 4, 6)], outputs, hidden_size=6,
                   clip=0.5)
    gru = [make.real(6, 2, 5), make.real(1, 21, 5), make.real(1, 21, 7, scale=0.4), make.real(1, 42)]
    yield Case("GRU linear before reset", "GRU", gru, 2, hidden_size=7, linear_before_reset=1)
    lstm = [make.real(6, 2, 5), make.real(1, 28, 5), make.real(1, 28, 7, scale=0.4), make.real(1, 56), None,
            make.real(1, 2, 7), make.real(1, 2, 7), make.real(1, 21)]
    yield Case("LSTM peepholes", "LSTM", lstm, 3, hidden_size=7)
    yield Case("LSTM coupled gates", "LSTM", lstm[:4], 3, hidden_size=7, input_forget=1)


def image_cases(make):
    numpy = make.numpy
    x = make.real(1, 2, 5, 7)
    for mode in ("nearest", "linear"):
        for scales in ([1, 1, 2, 3], [1, 1, 0.6, 0.5], [1, 1, 1.7, 1.3]):
            array = numpy.array(scales, "float32")
            yield Case(f"Resize 10 {mode} {scales}", "Resize", [x, array], opset=10, mode=mode)
            if min(scales) >= 1:
                yield Case(f"Upsample 9 {mode} {scales}", "Upsample", [x, array], opset=9, mode=mode)
    for coordinates in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
            yield Case(f"Resize 13 nearest {coordinates} {rounding}", "Resize",
                       [x, None, None, numpy.array([1, 2, 8, 4])], opset=13, mode="nearest",
                       coordinate_transformation_mode=coordinates, nearest_mode=rounding)
        for mode in ("linear", "cubic"):
            yield Case(f"Resize 13 {mode} {coordinates}", "Resize", [x, None, None, numpy.array([1, 2, 8, 4])],
                       opset=13, mode=mode, coordinate_transformation_mode=coordinates)
    for mode in ("linear", "cubic"):
        yield Case(f"Resize 18 antialiased {mode}", "Resize", [x, None, None, numpy.array([1, 2, 3, 2])], opset=18,
                   mode=mode, antialias=1)
    for extra in ({}, {"strides": [2, 3], "pads": [1, 0, 0, 1]}, {"auto_pad": "SAME_LOWER", "strides": [2, 2]},
                  {"output_shape": [11, 13], "strides": [2, 2]}, {"dilations": [2, 1], "group": 2}):
        weights = make.real(4, 3, 3, 2)
        bias = make.real(3 * extra.get("group", 1))
        yield Case(f"ConvTranspose {extra}", "ConvTranspose", [make.real(2, 4, 5, 6), weights, bias], **extra)
    rois = numpy.array([[0, 0, 0, 6, 4], [0, 1, 2, 3, 3], [0, 2.6, -1, 9, 9]], "float32")
    yield Case("MaxRoiPool", "MaxRoiPool", [x, rois], pooled_shape=[2, 3], spatial_scale=0.8)
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (0, 1):
                yield Case(f"GridSample {mode} {padding} {corners}", "GridSample",
                           [x, make.real(1, 6, 5, 2)], mode=mode, padding_mode=padding, align_corners=corners)
    yield Case("LRN", "LRN", [make.real(2, 9, 3, 4)], size=5, alpha=0.3, beta=0.6, bias=1.5)
    for ceil in (0, 1):
        yield Case(f"MaxPool 1d ceil {ceil}", "MaxPool", [make.real(2, 3, 20)], 2, kernel_shape=[3], strides=[4],
                   dilations=[2], pads=[1, 1], ceil_mode=ceil)
        yield Case(f"MaxPool 3d ceil {ceil}", "MaxPool", [make.real(1, 2, 6, 7, 8)], 2, kernel_shape=[2, 3, 2],
                   strides=[2, 2, 3], pads=[0, 1, 0, 1, 1, 0], ceil_mode=ceil)
    yield Case("LpPool 3d", "LpPool", [make.real(1, 2, 6, 7, 8)], kernel_shape=[2, 3, 2], strides=[2, 1, 2], p=1)


def quantised_cases(make):
    one = make.scalar
    zero, signed = one(117, "uint8"), one(-3, "int8")
    x, y = make.byte(2, 4, 6), make.byte(4, 6)
    for op in ("QLinearAdd", "QLinearMul"):
        yield Case(op, op, [x, one(0.04), zero, y, one(0.03), one(100, "uint8"), one(0.08), one(120, "uint8")],
                   domain=MICROSOFT)
        yield Case(f"{op} signed", op,
                   [make.byte(3, 5, type="int8"), one(0.04), signed, make.byte(3, 1, type="int8"), one(0.03),
                    one(0, "int8"), one(0.1), signed], domain=MICROSOFT)
    yield Case("QLinearSigmoid", "QLinearSigmoid", [x, one(0.05), zero, one(1 / 256), one(0, "uint8")],
               domain=MICROSOFT)
    yield Case("QLinearLeakyRelu", "QLinearLeakyRelu",
               [make.byte(3, 7, type="int8"), one(0.05), signed, one(0.06), one(5, "int8")], domain=MICROSOFT,
               alpha=0.2)
    for axis, opset in ((-1, 13), (1, 13), (1, 12)):
        yield Case(f"QLinearSoftmax {axis} {opset}", "QLinearSoftmax",
                   [x, one(0.05), zero, one(1 / 256), one(0, "uint8")], domain=MICROSOFT, axis=axis, opset_=opset)
    yield Case("QLinearConcat", "QLinearConcat",
               [one(0.05), one(128, "uint8"), x, one(0.04), zero, make.byte(2, 3, 6), one(0.07), one(90, "uint8")],
               domain=MICROSOFT, axis=1)
    image = make.byte(2, 3, 7, 8)
    pool = [image, one(0.05), zero, one(0.04), one(120, "uint8")]
    yield Case("QLinearAveragePool", "QLinearAveragePool", pool, domain=MICROSOFT, kernel_shape=[3, 3],
               strides=[2, 2], pads=[1, 1, 1, 1])
    yield Case("QLinearAveragePool counting pads", "QLinearAveragePool", pool, domain=MICROSOFT,
               kernel_shape=[3, 2], pads=[1, 1, 1, 0], count_include_pad=1)
    yield Case("QLinearAveragePool channels last", "QLinearAveragePool", pool, domain=MICROSOFT,
               kernel_shape=[3, 2], channels_last=1)
    for last in (0, 1):
        yield Case(f"QLinearGlobalAveragePool {last}", "QLinearGlobalAveragePool", pool, domain=MICROSOFT,
                   channels_last=last)
    a, b = make.byte(5, 8), make.byte(8, 6, type="int8")
    scales, zeros = make.numpy.abs(make.real(6)) * 0.02 + 0.01, make.byte(6, type="int8")
    gemm = [a, one(0.03), zero, b, scales, zeros, make.index(2000, 6, type="int32")]
    yield Case("QGemm", "QGemm", gemm + [one(0.9), one(128, "uint8")], domain=MICROSOFT)
    yield Case("QGemm to float", "QGemm", [a.T.copy(), one(0.03), zero, b.T.copy(), one(0.02), signed],
               domain=MICROSOFT, transA=1, transB=1, alpha=0.7)
    yield Case("MatMulIntegerToFloat", "MatMulIntegerToFloat",
               [a, b, one(0.03), scales, zero, zeros, make.real(6)], domain=MICROSOFT)
    yield Case("DynamicQuantizeMatMul", "DynamicQuantizeMatMul", [make.real(2, 5, 8), b, scales, zeros, make.real(6)],
               domain=MICROSOFT)
    yield Case("com.microsoft QuantizeLinear", "QuantizeLinear", [make.real(3, 4), one(0.05), zero],
               domain=MICROSOFT)
    yield Case("com.microsoft QuantizeLinear uint16", "QuantizeLinear",
               [make.real(3, 4), one(0.0005), one(30000, "uint16")], domain=MICROSOFT)
    yield Case("com.microsoft DequantizeLinear", "DequantizeLinear",
               [make.byte(3, 6, type="int8"), scales, zeros], domain=MICROSOFT, axis=1)
    hidden, size = 8, 6
    for scale_shape in ((1,), (1, 4 * hidden)):
        spread = make.numpy.abs(make.real(*scale_shape)) * 0.002 + 0.004
        nothing = make.numpy.zeros(scale_shape, "int8")
        yield Case(f"DynamicQuantizeLSTM {scale_shape}", "DynamicQuantizeLSTM",
                   [make.real(5, 2, size), make.byte(1, size, 4 * hidden, type="int8"),
                    make.byte(1, hidden, 4 * hidden, type="int8"), make.real(1, 8 * hidden, scale=0.3), None, None,
                    None, None, spread, nothing, spread, nothing], 3, domain=MICROSOFT, tolerance=3e-2,
                   hidden_size=hidden)
    for zeros_kind in (None, "packed", "float"):
        n, k, block = 5, 70, 32
        blocks = -(-k // block)
        zero_points = {None: None, "packed": make.byte(n * -(-blocks // 2)), "float": make.real(n * blocks)}[zeros_kind]
        yield Case(f"MatMulNBits zeros {zeros_kind}", "MatMulNBits",
                   [make.real(2, 3, k), make.byte(n, blocks, block // 2), make.real(n * blocks, scale=0.1)]
                   + ([zero_points] if zeros_kind else []), domain=MICROSOFT, K=k, N=n, bits=4, block_size=block)


def fused_cases(make):
    x, bias = make.real(2, 5, 8), make.real(8)
    yield Case("com.microsoft Gelu", "Gelu", [x], domain=MICROSOFT)
    yield Case("FastGelu", "FastGelu", [x], domain=MICROSOFT)
    yield Case("FastGelu with bias", "FastGelu", [x, bias], domain=MICROSOFT)
    yield Case("BiasGelu", "BiasGelu", [x, bias], domain=MICROSOFT)
    yield Case("QuickGelu", "QuickGelu", [x], domain=MICROSOFT, alpha=1.5)
    yield Case("FusedMatMul", "FusedMatMul", [make.real(2, 8, 5), make.real(2, 6, 8)], domain=MICROSOFT, transA=1,
               transB=1, alpha=0.5)
    yield Case("FusedMatMul turned batches", "FusedMatMul", [make.real(5, 2, 3, 8), make.real(8, 2, 3, 6)],
               domain=MICROSOFT, transBatchA=1, transBatchB=1)
    yield Case("FusedMatMul turned both ways", "FusedMatMul", [make.real(8, 2, 3, 5), make.real(6, 2, 3, 8)],
               domain=MICROSOFT, transA=1, transB=1, transBatchA=1, transBatchB=1)
    for activation, numbers in (("Relu", []), ("LeakyRelu", [0.2]), ("Clip", [-0.5, 0.6]), ("HardSigmoid", [0.3, 0.4]),
                                ("Tanh", []), ("Sigmoid", [])):
        yield Case(f"FusedConv {activation}", "FusedConv", [make.real(1, 3, 6, 6), make.real(4, 3, 3, 3), make.real(4)],
                   domain=MICROSOFT, activation=activation, **({"activation_params": numbers} if numbers else {}))
    yield Case("FusedConv with sum", "FusedConv",
               [make.real(1, 3, 6, 6), make.real(4, 3, 3, 3), make.real(4), make.real(1, 4, 4, 4)], domain=MICROSOFT,
               activation="Relu")
    for skip in ((2, 5, 8), (1, 5, 8), (5, 8)):
        yield Case(f"SkipLayerNormalization {skip}", "SkipLayerNormalization",
                   [x, make.real(*skip), bias, make.real(8), make.real(8)], (("y"), None, None, "sum"),
                   domain=MICROSOFT, epsilon=1e-5)
    yield Case("SkipSimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization",
               [x, make.real(2, 5, 8), bias, make.real(8)], (("y"), None, None, "sum"), domain=MICROSOFT, epsilon=1e-5)
    yield Case("SimplifiedLayerNormalization", "SimplifiedLayerNormalization", [x, bias], axis=-1, epsilon=1e-5)
    words, segments = make.index(20, 2, 5, type="int32"), make.index(2, 2, 5, type="int32")
    tables = [make.real(20, 8), make.real(9, 8), make.real(2, 8), make.real(8), make.real(8)]
    mask = make.numpy.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], "int32")
    yield Case("EmbedLayerNormalization", "EmbedLayerNormalization", [words, segments, *tables, mask], 2,
               domain=MICROSOFT, epsilon=1e-6)
    yield Case("EmbedLayerNormalization without segments", "EmbedLayerNormalization",
               [words, None, *tables[:2], None, *tables[3:]], 2, domain=MICROSOFT, epsilon=1e-6)


def attention_cases(make):
    numpy = make.numpy
    x, weights, bias = make.real(2, 4, 6), make.real(6, 24, scale=0.5), make.real(24)
    masks = {"of lengths": numpy.array([3, 4], "int32"), "of ends and starts": numpy.array([4, 3, 1, 0], "int32"),
             "of two dimensions": numpy.array([[1, 1, 0, 1], [0, 1, 1, 1]], "int32"),
             "of three dimensions": (make.index(3, 2, 4, 4, type="int32") > 0).astype("int32")}
    yield Case("Attention", "Attention", [x, weights, bias], domain=MICROSOFT, num_heads=2)
    yield Case("Attention causal", "Attention", [x, weights, bias], domain=MICROSOFT, num_heads=2, unidirectional=1)
    for name, mask in masks.items():
        yield Case(f"Attention masked {name}", "Attention", [x, weights, bias, mask], domain=MICROSOFT, num_heads=2)
    yield Case("Attention causal and masked", "Attention", [x, weights, bias, masks["of two dimensions"]],
               domain=MICROSOFT, num_heads=2, unidirectional=1)
    past = make.real(2, 2, 2, 3, 4)
    yield Case("Attention with past", "Attention", [x, weights, bias, None, past], 2, domain=MICROSOFT, num_heads=2,
               unidirectional=1)
    yield Case("Attention with other sizes", "Attention",
               [x, make.real(6, 20, scale=0.5), make.real(20), None, None, make.real(1, 2, 4, 4)], domain=MICROSOFT,
               num_heads=2, qkv_hidden_sizes=[6, 6, 8], scale=0.3)
    q, k, v = make.real(2, 4, 8), make.real(2, 5, 8), make.real(2, 5, 6)
    yield Case("MultiHeadAttention", "MultiHeadAttention", [q, k, v], domain=MICROSOFT, num_heads=2)
    yield Case("MultiHeadAttention with bias and mask", "MultiHeadAttention",
               [q, k, v, make.real(22), numpy.array([[1, 1, 1, 0, 1], [1, 1, 0, 0, 0]], "int32"),
                make.real(1, 2, 4, 5)], domain=MICROSOFT, num_heads=2)
    yield Case("MultiHeadAttention with past", "MultiHeadAttention",
               [make.real(2, 4, 8), make.real(2, 4, 8), make.real(2, 4, 8), None, None, None, make.real(2, 2, 3, 4),
                make.real(2, 2, 3, 4)], 3, domain=MICROSOFT, num_heads=2, unidirectional=1)
    yield Case("MultiHeadAttention of split keys", "MultiHeadAttention",
               [q, make.real(2, 2, 5, 4), make.real(2, 2, 5, 4)], domain=MICROSOFT, num_heads=2)
    cosines, sines = make.real(12, 4), make.real(12, 4)
    yield Case("com.microsoft RotaryEmbedding", "RotaryEmbedding", [make.real(2, 3, 16), make.index(9, 2, 3), cosines, sines],
               domain=MICROSOFT)
    yield Case("com.microsoft RotaryEmbedding from a position", "RotaryEmbedding",
               [make.real(2, 2, 3, 8), numpy.array([4]), cosines, sines], domain=MICROSOFT, interleaved=1)
    yield Case("com.microsoft RotaryEmbedding of a part", "RotaryEmbedding",
               [make.real(2, 3, 24), make.index(9, 2, 3), cosines, sines], domain=MICROSOFT, num_heads=2,
               rotary_embedding_dim=8)


def build(case, onnx):
    helper, types = onnx.helper, onnx.helper.np_dtype_to_tensor_dtype
    names, fed, values = [], {}, []
    for i, array in enumerate(case.inputs):
        names.append("" if array is None else f"in{i}")
        if array is not None:
            fed[f"in{i}"] = array
            values.append(helper.make_tensor_value_info(f"in{i}", types(array.dtype), array.shape))
    outputs = case.outputs if isinstance(case.outputs, tuple) else tuple(f"out{i}" for i in range(case.outputs))
    attributes = {name.rstrip("_"): value for name, value in case.attributes.items()}
    node = helper.make_node(case.op, names, [name or "" for name in outputs], domain=case.domain, **attributes)
    kept = [name for name in outputs if name]
    graph = helper.make_graph([node], "graph", values, [onnx.ValueInfoProto(name=name) for name in kept])
    imports = [helper.make_opsetid("", case.opset), helper.make_opsetid(MICROSOFT, 1)]
    # What decides shapes is built in, as in most files.
    return helper.make_model(graph, opset_imports=imports, ir_version=8), fed, kept


def difference(expected, actual, numpy):
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return f"is {actual.dtype} {actual.shape}, expected {expected.dtype} {expected.shape}"
    distance = numpy.abs(expected.astype("float64") - actual.astype("float64"))
    return distance, numpy.abs(expected.astype("float64"))


def check(case, cli, folder, onnx, onnxruntime, numpy):
    """"" when the outputs agree, else what differs."""
    model, fed, kept = build(case, onnx)
    file = folder / "model.onnx"
    file.write_bytes(model.SerializeToString())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    expected = session.run(kept, fed)
    command = [cli, "infer", str(file), "--engine", "reference", "--output", str(folder)]
    for name, array in fed.items():
        numpy.save(folder / f"{name}.npy", array)
        command += ["--input", f"{name}={folder / name}.npy"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        return (result.stderr or result.stdout).strip()
    for name, array in zip(kept, expected):
        compared = difference(array, numpy.load(folder / f"{name}.npy"), numpy)
        if isinstance(compared, str):
            return f"{name} {compared}"
        distance, size = compared
        if distance.size == 0:
            continue
        if array.dtype.kind == "f":
            if distance.max() > case.tolerance * max(1.0, size.max()):
                return f"{name} differs by {distance.max():.2e} of {size.max():.2e}"
        elif distance.max() > (1 if case.op.startswith(("Q", "Dyn")) else 0) or (distance > 0).mean() > 0.1:
            return f"{name} differs by {distance.max()} in {(distance > 0).mean():.0%}"
    return ""


def main():
    try:
        import numpy
        import onnx
        import onnxruntime
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    cli, pattern = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "."
    families = (recurrent_cases, image_cases, quantised_cases, fused_cases, attention_cases)
    failures = ran = 0
    for seed, family in enumerate(families):
        for case in family(Maker(numpy, seed)):
            if not re.search(pattern, case.name):
                continue
            ran += 1
            with tempfile.TemporaryDirectory() as folder:
                try:
                    problem = check(case, cli, pathlib.Path(folder), onnx, onnxruntime, numpy)
                except Exception as error:  # of ONNX Runtime, which refuses what the case asks for
                    problem = f"ONNX Runtime says {error}"
            failures += bool(problem)
            if problem:
                print(f"FAIL {case.name}: {problem}", flush=True)
    print(f"{ran - failures} of {ran} agree")
    return 1 if failures or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
