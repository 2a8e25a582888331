#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every model of the zoo, exported and run by ONNX Runtime, gives the outputs that Breakeven gives.

usage: onnxruntime_zoo.py BREAKEVEN_CLI [NAME ...]

Relative to the largest element of an output, 1e-3. Tiny models also run on the reference engine. Exits with 77
where Python has no onnxruntime."""
import json
import pathlib
import subprocess
import sys
import tempfile

TOLERANCE = 1e-3
BATCH = 3
TINY = {"mlp", "tiny-cnn", "tiny-transformer"}


def make_inputs(session, numpy):
    """Valid inputs: token ids that every vocabulary has, masks with some zeros at the end."""
    random = numpy.random.default_rng(7)
    feeds = {}
    for value in session.get_inputs():
        shape = [dim if isinstance(dim, int) else BATCH for dim in value.shape]
        if value.type == "tensor(float)":
            feeds[value.name] = random.standard_normal(shape).astype(numpy.float32)
        elif "mask" in value.name:
            feeds[value.name] = (numpy.arange(shape[-1]) < shape[-1] * 3 // 4) * numpy.ones(shape, numpy.int64)
        else:
            feeds[value.name] = random.integers(0, 2 if "type" in value.name else 1000, shape)
    return feeds


def infer(cli, file, engine, feeds, folder, numpy):
    command = [cli, "infer", str(file), "--engine", engine, "--output", str(folder)]
    for name, array in feeds.items():
        numpy.save(folder / f"in_{name}.npy", array)
        command += ["--input", f"{name}={folder / f'in_{name}.npy'}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def compare(expected, actual, numpy):
    """The largest difference over the largest element; infinity for another shape or type."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return float("inf")
    return float(numpy.max(numpy.abs(expected - actual)) / numpy.max(numpy.abs(expected)))


def check(cli, name, folder, onnxruntime, numpy):
    file = folder / f"{name}.onnx"
    subprocess.run([cli, "zoo", "export", name, str(file)], check=True, stdout=subprocess.DEVNULL)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    feeds = make_inputs(session, numpy)
    names = [value.name for value in session.get_outputs()]
    expected = session.run(names, feeds)
    del session

    failures = 0
    for engine in ["cpu", "reference"] if name in TINY else ["cpu"]:
        outputs = folder / engine
        outputs.mkdir(exist_ok=True)
        infer(cli, file, engine, feeds, outputs, numpy)
        for output, array in zip(names, expected):
            error = compare(array, numpy.load(outputs / f"{output}.npy"), numpy)
            good = error <= TOLERANCE
            failures += not good
            print(f"{'ok  ' if good else 'FAIL'} {name:17} {engine:10} {output:18} {error:.1e}", flush=True)
    file.unlink()
    return failures


def main():
    try:
        import numpy
        import onnxruntime
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    cli = sys.argv[1]
    listed = subprocess.run([cli, "zoo", "list", "--json"], check=True, capture_output=True, text=True).stdout
    names = sys.argv[2:] or [entry["name"] for entry in json.loads(listed)]
    if not names:
        print("FAIL the zoo is empty")
        return 1
    failures = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            failures += check(cli, name, pathlib.Path(folder), onnxruntime, numpy)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
