#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast Breakeven's CPU engine runs models beside ONNX Runtime and OpenVINO: one table, in one run.

usage: peers.py [options] BREAKEVEN_CLI [MODEL.onnx ...]

Without models: resnet50, mobilenetv2 and bert-base of the zoo, in fp32 and in int8, and where --precisions asks
for it in bf16, which of the peers only OpenVINO computes in. The int8 files are made by `breakeven-cli quantise`,
and every contender runs the same file. A measurement is a process of its own, pinned
to the same cores; each round runs all contenders of a case in random order, so that what the machine does
meanwhile meets all alike. A case's figure is the median over rounds of each process's median latency; the
ratio is the faster peer's over Breakeven's, with a 95 % bootstrap interval over rounds. Needs numpy, and
onnxruntime or openvino; a peer that is not there is left out, and the table says so."""
import argparse
import csv
import io
import json
import math
import os
import pathlib
import platform
import random
import statistics
import subprocess
import sys
import tempfile

PEERS = ("onnxruntime", "openvino")
ZOO = ("resnet50", "mobilenetv2", "bert-base")
WARM_UP, LEAST_SAMPLES, DRAWS = 3, 5, 2000


def dimensions(value, batch, dims):
    """Numbers for an input's declared shape: fixed ones, named ones (INPUT.AXIS where the file has no name), the
    batch in front, else 1."""
    def number(axis, dim):
        if isinstance(dim, int) and dim > 0:
            return dim
        return dims.get(str(dim), dims.get(f"{value.name}.{axis}", batch if axis == 0 else 1))
    return [number(axis, dim) for axis, dim in enumerate(value.shape)]


def made_up(shape, kind):
    import numpy
    generator = numpy.random.default_rng(0)
    if "int64" in kind:
        return generator.integers(0, 2, shape).astype(numpy.int64)
    if "int32" in kind:
        return generator.integers(0, 2, shape).astype(numpy.int32)
    if "bool" in kind:
        return numpy.ones(shape, bool)
    return generator.standard_normal(shape).astype(numpy.float32)


def onnxruntime_session(model, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def feeds_of(model, batch, dims):
    session = onnxruntime_session(model, 1)
    return {value.name: made_up(dimensions(value, batch, dims), value.type) for value in session.get_inputs()}


def peer(name, model, threads, batch, dims, precision):
    """A function that runs the model once."""
    if name == "onnxruntime":
        session = onnxruntime_session(model, threads)
        feeds = {v.name: made_up(dimensions(v, batch, dims), v.type) for v in session.get_inputs()}
        return lambda: session.run(None, feeds)
    import openvino
    feeds = feeds_of(model, batch, dims)
    network = openvino.Core().read_model(model)
    network.reshape({port: list(feeds[port.get_any_name()].shape) for port in network.inputs})
    compiled = openvino.Core().compile_model(network, "CPU", {
        "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32"})
    request = compiled.create_infer_request()
    for port in compiled.inputs:
        request.set_tensor(port, openvino.Tensor(feeds[port.get_any_name()]))
    return request.infer


def measure_peer(job):
    """What a child process does: prints the median latency in milliseconds."""
    import time
    run = peer(job["peer"], job["model"], job["threads"], job["batch"], job["dims"], job["precision"])
    for _ in range(WARM_UP):
        run()
    samples, end = [], time.perf_counter() + job["seconds"]
    while time.perf_counter() < end or len(samples) < LEAST_SAMPLES:
        begin = time.perf_counter()
        run()
        samples.append(time.perf_counter() - begin)
    print(statistics.median(samples) * 1e3)


def cores(threads):
    return set(sorted(os.sched_getaffinity(0))[-threads:])


def child(command, threads):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env=dict(os.environ, OMP_NUM_THREADS=str(threads), BREAKEVEN_NO_STORE="1"),
                          preexec_fn=lambda: os.sched_setaffinity(0, cores(threads)))
    if done.returncode != 0:
        raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1:])
    return done.stdout


def latency(name, arguments, case):
    """Median latency of one process, in milliseconds."""
    if name != "breakeven":
        job = dict(case, peer=name, seconds=arguments.seconds, dims=arguments.dims)
        return float(child([sys.executable, __file__, "--child", json.dumps(job)], case["threads"]))
    row = list(csv.DictReader(io.StringIO(child(command_of(arguments, case), case["threads"]))))[-1]
    return float(row["latency_median_ms"])


def command_of(arguments, case):
    """The command line that measures Breakeven."""
    command = [arguments.breakeven, "sweep", case["model"], "--engine", "cpu", "--batch", str(case["batch"]),
               "--threads", str(case["threads"]), "--seconds", str(arguments.seconds), "--csv", "-"]
    if case["precision"] == "bf16":
        command += ["--precision", "bf16"]
    for dim, value in arguments.dims.items():
        command += ["--dim", f"{dim}={value}"]
    return command


def interval(numerator, denominator):
    """95 % bootstrap interval of the ratio of medians."""
    ratios = sorted(statistics.median(random.choices(numerator, k=len(numerator)))
                    / statistics.median(random.choices(denominator, k=len(denominator))) for _ in range(DRAWS))
    return ratios[DRAWS // 40], ratios[-1 - DRAWS // 40]


def measure(case, arguments, contenders):
    """The case with each contender's median, and Breakeven's ratio to the best peer."""
    if arguments.tune:  # once: every later process finds what it found
        child(command_of(arguments, case) + ["--tune"], case["threads"])
    if case["precision"] == "bf16":
        contenders = [name for name in contenders if name != "onnxruntime"]
    times = {name: [] for name in contenders}
    for _ in range(arguments.rounds):
        for name in random.sample(contenders, len(contenders)):
            try:
                times[name].append(latency(name, arguments, case))
            except (RuntimeError, ValueError, KeyError) as error:
                case.setdefault("failed", {})[name] = str(error)
    medians = {name: statistics.median(values) for name, values in times.items() if values}
    found = [name for name in PEERS if name in medians]
    case["median_ms"] = medians
    if found and "breakeven" in medians:
        best = min(found, key=medians.get)
        case["best"], case["ratio"] = best, medians[best] / medians["breakeven"]
        case["interval"] = interval(times[best], times["breakeven"])
    return case


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {len(os.sched_getaffinity(0))} cores"


def versions(contenders):
    found = {}
    for name in contenders:
        if name in PEERS:
            found[name] = __import__(name).__version__
    return found


def markdown(cases, facts):
    lines = [f"{facts['processor']}; " + ", ".join(f"{n} {v}" for n, v in facts["versions"].items())
             + f"; {facts['rounds']} rounds of {facts['seconds']:g} s; medians in ms"
             + ("; kernels tuned before." if facts["tuned"] else "."), "",
             "| model | precision | batch | threads | breakeven | " + " | ".join(PEERS) + " | ratio to the best |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for case in cases:
        figures = [f"{case['median_ms'][name]:.3f}" if name in case["median_ms"] else "-"
                   for name in ("breakeven", *PEERS)]
        low, high = case.get("interval", (math.nan, math.nan))
        ratio = f"{case['ratio']:.3f} [{low:.3f}, {high:.3f}]" if "ratio" in case else "-"
        lines.append(f"| {case['name']} | {case['precision']} | {case['batch']} | {case['threads']} | "
                     + " | ".join(figures) + f" | {ratio} |")
    ratios = [case["ratio"] for case in cases if "ratio" in case]
    if ratios:
        lines += ["", f"Geometric mean {math.exp(statistics.fmean(map(math.log, ratios))):.3f}, "
                      f"lowest {min(ratios):.3f}, of {len(ratios)} cases."]
    return "\n".join(lines) + "\n"


def models(arguments, folder):
    """(name, precision, path) of each model; those of the zoo are written to `folder`."""
    if arguments.models:
        return [(pathlib.Path(path).stem, "as in the file", path) for path in arguments.models]
    made = []
    for name in ZOO:
        path = f"{folder}/{name}.onnx"
        subprocess.run([arguments.breakeven, "zoo", "export", name, path], check=True, stdout=subprocess.DEVNULL)
        if "fp32" in arguments.precisions:
            made.append((name, "fp32", path))
        if "bf16" in arguments.precisions:
            made.append((name, "bf16", path))
        if "int8" in arguments.precisions:
            quantised = f"{folder}/{name}-int8.onnx"
            subprocess.run([arguments.breakeven, "quantise", path, "--output", quantised], check=True,
                           stdout=subprocess.DEVNULL)
            made.append((name, "int8", quantised))
    return made


def installed(name):
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [int(word) for word in text.split(",")]  # noqa: E731
    parser.add_argument("--batches", type=numbers, default=[1, 8])
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--precisions", type=lambda text: text.split(","), default=["fp32", "int8"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--dim", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--tune", action="store_true", help="let Breakeven choose its kernels by measurement first")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("breakeven")
    parser.add_argument("models", nargs="*")
    arguments = parser.parse_args()
    arguments.dims = {name: int(value) for name, value in (dim.rsplit("=", 1) for dim in arguments.dim)}
    contenders = ["breakeven"] + [name for name in PEERS if installed(name)]
    if len(contenders) == 1:
        sys.exit("peers.py: neither onnxruntime nor openvino is installed here.")
    with tempfile.TemporaryDirectory() as folder:
        cases = []
        for name, precision, path in models(arguments, folder):
            for batch in arguments.batches:
                for threads in arguments.threads:
                    case = {"name": name, "precision": precision, "model": path, "batch": batch, "threads": threads}
                    cases.append(measure(case, arguments, contenders))
                    print(f"{name} {precision} batch {batch}, {threads} threads: {cases[-1].get('ratio', math.nan):.3f}",
                          file=sys.stderr, flush=True)
    facts = {"processor": processor(), "versions": versions(contenders), "rounds": arguments.rounds,
             "seconds": arguments.seconds, "tuned": arguments.tune}
    print(markdown(cases, facts), end="")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({**facts, "cases": cases}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        measure_peer(json.loads(sys.argv[2]))
    else:
        main()
