#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real trained models, carried by packages from PyPI, give on the CPU engine what ONNX Runtime gives.

usage: onnxruntime_models.py BREAKEVEN_CLI [WORD ...]     only models whose path has one of the words

Each at two shapes where it has dynamic ones. Relative to the largest element of an output, 1e-3; quantised models
by cosine, 0.999. Exits with 77 where Python has no onnxruntime or none of the packages."""
import pathlib
import subprocess
import sys
import sysconfig
import tempfile

TOLERANCE = 1e-3
COSINE = 0.999

# Path inside site-packages, whether it is quantised, and per run the shapes of its inputs.
OCR = "rapidocr_onnxruntime/models/"
VAD = "silero_vad/data/"
STATE = (2, 1, 128)
MODELS = [
    (OCR + "ch_PP-OCRv4_det_infer.onnx", False, [{"x": (1, 3, 320, 320)}, {"x": (2, 3, 96, 224)}]),
    (OCR + "ch_PP-OCRv4_rec_infer.onnx", False, [{"x": (1, 3, 48, 320)}, {"x": (3, 3, 48, 160)}]),
    (OCR + "ch_ppocr_mobile_v2.0_cls_infer.onnx", False, [{"x": (1, 3, 48, 192)}, {"x": (4, 3, 48, 96)}]),
    ("magika/models/standard_v3_3/model.onnx", False, [{"bytes": (1, 2048)}, {"bytes": (5, 2048)}]),
    ("ddddocr/common_det.onnx", False, [{"images": (1, 3, 416, 416)}]),
    ("ddddocr/common.onnx", False, [{"input1": (1, 1, 64, 160)}, {"input1": (1, 1, 64, 96)}]),
    ("ddddocr/common_old.onnx", True, [{"input1": (1, 1, 64, 160)}, {"input1": (1, 1, 64, 96)}]),
    (VAD + "silero_vad.onnx", False, [{"input": (1, 576), "state": STATE}, {"input": (3, 576), "state": (2, 3, 128)}]),
    (VAD + "silero_vad_16k_op15.onnx", False,
     [{"input": (1, 576), "state": STATE}, {"input": (3, 576), "state": (2, 3, 128)}]),
    (VAD + "silero_vad_op18_ifless.onnx", False,
     [{"input": (1, 576), "state": STATE}, {"input": (3, 576), "state": (2, 3, 128)}]),
    (VAD + "silero_vad_half.onnx", False, [{"input": (1, 576), "state": STATE}]),
    (VAD + "silero_vad_16k_sequence.onnx", False, [{"input": (4, 576), "h": (1, 1, 128), "c": (1, 1, 128)}]),
]


def page(shape, random, numpy):
    """Dark bars on a bright ground, like lines of text: on noise a text detector says 1e-7 everywhere, which is
    below what ONNX Runtime's own Sigmoid resolves."""
    image = numpy.full(shape, 1.0, numpy.float32)
    for top in range(12, shape[2] - 16, 28):
        for left in range(10, shape[3] - 12, 9):
            image[:, :, top:top + random.integers(8, 14), left:left + random.integers(2, 7)] = -1
    return image


def feeds_for(session, shapes, numpy):
    random = numpy.random.default_rng(11)
    feeds = {}
    for value in session.get_inputs():
        if value.name == "sr":
            feeds[value.name] = numpy.array(16000, numpy.int64)
        elif value.name == "bytes":
            feeds[value.name] = random.integers(0, 257, shapes[value.name]).astype(numpy.int32)
        elif value.name == "x":
            feeds[value.name] = page(shapes["x"], random, numpy)
        else:
            feeds[value.name] = (random.standard_normal(shapes[value.name]) * 0.3).astype(numpy.float32)
    return feeds


def dims_of(session, feeds):
    """--dim for every dimension that is not a number, by the name inspect gives it; the batch is found by itself."""
    batch, leading, dims = 1, None, {}
    for index, value in enumerate(session.get_inputs()):
        for axis, dim in enumerate(value.shape):
            size = feeds[value.name].shape[axis]
            if isinstance(dim, int):
                continue
            if index == 0 and axis == 0:
                batch, leading = size, dim
                continue
            named = isinstance(dim, str) and dim != "?"
            if (named and dim == leading) or (not named and axis == 0 and leading is not None):
                continue  # the batch again
            dims[dim if named else f"{value.name}.{axis}"] = size
    return batch, dims


def infer(cli, file, session, feeds, folder, numpy):
    batch, dims = dims_of(session, feeds)
    command = [cli, "infer", str(file), "--engine", "cpu", "--threads", "1", "--batch", str(batch), "--output", str(folder)]
    for name, size in dims.items():
        command += ["--dim", f"{name}={size}"]
    for name, array in feeds.items():
        numpy.save(folder / f"in_{name}.npy", array)
        command += ["--input", f"{name}={folder / f'in_{name}.npy'}"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")


def difference(expected, actual, quantised, numpy):
    """What is wrong between two outputs, or an empty text, and the figure."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return f"{actual.dtype}{list(actual.shape)}, expected {expected.dtype}{list(expected.shape)}", ""
    if expected.dtype.kind != "f":
        share = float(numpy.mean(expected == actual))
        return ("" if share == 1 else f"{share:.3f} of the elements agree"), f"equal {share:.3f}"
    if quantised:
        a, b = expected.ravel().astype(float), actual.ravel().astype(float)
        cosine = float(a @ b / (numpy.linalg.norm(a) * numpy.linalg.norm(b)))
        return ("" if cosine >= COSINE else f"cosine {cosine:.5f}"), f"cosine {cosine:.6f}"
    relative = float(numpy.max(numpy.abs(expected - actual)) / max(numpy.max(numpy.abs(expected)), 1e-30))
    return ("" if relative <= TOLERANCE else f"relative difference {relative:.2g}"), f"{relative:.1e}"


def check(cli, file, quantised, shapes, onnxruntime, numpy):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    feeds = feeds_for(session, shapes, numpy)
    names = [value.name for value in session.get_outputs()]
    expected = session.run(names, feeds)
    problems, figures = [], []
    with tempfile.TemporaryDirectory() as text:
        folder = pathlib.Path(text)
        try:
            infer(cli, file, session, feeds, folder, numpy)
        except RuntimeError as error:
            return [str(error)], []
        for name, array in zip(names, expected):
            problem, figure = difference(numpy.asarray(array), numpy.load(folder / f"{name.replace('/', '_')}.npy"), quantised, numpy)
            figures.append(figure)
            if problem:
                problems.append(f"{name}: {problem}")
    return problems, figures


def main():
    try:
        import numpy
        import onnxruntime
    except ImportError:
        print("skipped: Python has no onnxruntime")
        return 77
    packages = pathlib.Path(sysconfig.get_paths()["purelib"])
    wanted = [each for each in MODELS if (packages / each[0]).exists()
              and (len(sys.argv) < 3 or any(word in each[0] for word in sys.argv[2:]))]
    if not wanted:
        print("skipped: none of the packages that carry models is installed")
        return 77
    failed = 0
    for path, quantised, runs in wanted:
        for shapes in runs:
            problems, figures = check(sys.argv[1], packages / path, quantised, shapes, onnxruntime, numpy)
            failed += bool(problems)
            what = ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items())
            print(f"{'FAIL' if problems else 'ok  '} {path} ({what}): {'; '.join(problems) or ', '.join(figures)}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
