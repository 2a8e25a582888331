#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the node tests and the whole networks of Python's onnx package to folders, for tst_reference_ops and the
conformance tests.

usage: onnx_cases.py FOLDER NETWORKS

FOLDER/<case>/model.onnx, test_data_set_0/{input,output}_N.pb, tolerance.json: what `breakeven-cli conformance FOLDER`
reads. Without the package it writes FOLDER/skipped with the reason instead. A folder of the same package version and
script is left as it is."""
import hashlib
import json
import pathlib
import shutil
import sys


def is_plain(model):
    """Dense tensors of numbers or bool in and out; no operators for training or classic machine learning."""
    values = list(model.graph.input) + list(model.graph.output)
    number = {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16}
    other = {"ai.onnx.preview.training", "ai.onnx.training", "ai.onnx.ml"}
    if any(opset.domain in other for opset in model.opset_import):
        return False
    return all(
        v.type.HasField("tensor_type") and v.type.tensor_type.elem_type in number for v in values)


def write_tensors(folder, kind, arrays, values, to_proto):
    for i, (array, value) in enumerate(zip(arrays, values)):
        proto = array if hasattr(array, "SerializeToString") else to_proto(array, value.name)
        (folder / f"{kind}_{i}.pb").write_bytes(proto.SerializeToString())


def write_cases(folder):
    import numpy
    from onnx import numpy_helper
    from onnx.backend.test.case.node import collect_testcases

    def to_proto(array, name):
        return numpy_helper.from_array(numpy.asarray(array), name)

    try:
        cases = collect_testcases(None)
    except TypeError:  # releases before 1.14
        cases = collect_testcases()
    written = 0
    for case in cases:
        if case.model is None or not is_plain(case.model):
            continue
        if "train" in case.name and any(node.op_type == "Dropout" for node in case.model.graph.node):
            continue  # random
        inputs, outputs = case.data_sets[0]
        place = folder / case.name
        place.mkdir(parents=True, exist_ok=True)
        (place / "model.onnx").write_bytes(case.model.SerializeToString())
        data = place / "test_data_set_0"
        data.mkdir(exist_ok=True)
        write_tensors(data, "input", inputs, case.model.graph.input, to_proto)
        write_tensors(data, "output", outputs, case.model.graph.output, to_proto)
        (place / "tolerance.json").write_text(json.dumps({"rtol": case.rtol, "atol": case.atol}))
        written += 1
    return written


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    skipped, stamp = folder / "skipped", folder / "stamp"
    try:
        import onnx
    except ImportError:
        reason = f"{sys.executable} has no package onnx"
        skipped.write_text(reason)
        print(f"Skipped: {reason}.")
        return
    skipped.unlink(missing_ok=True)
    mark = onnx.__version__ + " " + hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == mark:
        print("The cases are there already.")
        return
    networks = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    shutil.copytree(networks, sys.argv[2], dirs_exist_ok=True)
    print(f"Wrote {write_cases(folder)} cases.")
    stamp.write_text(mark)


main()
