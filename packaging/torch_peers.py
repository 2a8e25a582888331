#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""PyTorch on the same two models, eager and compiled with CUDA graphs: medians of runs from pinned inputs to outputs on
the host, as JSON. Exit status 4 where there is no PyTorch or no GPU.

usage: torch_peers.py [--seconds S]
"""

import argparse
import json
import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit(4)
if not torch.cuda.is_available():
    sys.exit(4)


class Bottleneck(nn.Module):
    """ResNet v1.5: the stride is at the 3x3 convolution."""

    def __init__(self, channels, width, stride):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width))
        self.shortcut = nn.Identity()
        if stride != 1 or channels != 4 * width:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, 4 * width, 1, stride, bias=False),
                                          nn.BatchNorm2d(4 * width))

    def forward(self, x):
        return torch.relu(self.layers(x) + self.shortcut(x))


def resnet50():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(channels, width, stride if block == 0 else 1))
            channels = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


class Bert(nn.Module):
    """The encoder of BERT-base with its embeddings and pooler, 128 tokens."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(30522, 768)
        self.places = nn.Parameter(torch.zeros(1, 128, 768))
        self.norm = nn.LayerNorm(768)
        layer = nn.TransformerEncoderLayer(768, 12, 3072, 0.0, "gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 12)
        self.pooler = nn.Linear(768, 768)

    def forward(self, tokens):
        hidden = self.encoder(self.norm(self.words(tokens) + self.places))
        return hidden, torch.tanh(self.pooler(hidden[:, 0]))


def median_ms(run, seconds):
    for _ in range(10):
        run()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 20:
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def case(name, model, make_input, precision, batch, seconds):
    dtype = {"fp32": torch.float32, "fp16": torch.float16}[precision]
    model = model.to("cuda", dtype).eval()
    given = make_input(batch, dtype).pin_memory()

    def runner(function):
        def run():
            result = function(given.to("cuda", non_blocking=True))
            for tensor in result if isinstance(result, tuple) else (result,):
                tensor.cpu()
            torch.cuda.synchronize()
        return run

    with torch.inference_mode():
        eager = median_ms(runner(model), seconds)
        compiled = None
        try:
            compiled = median_ms(runner(torch.compile(model, mode="reduce-overhead")), seconds)
        except Exception as error:
            print(f"torch.compile of {name}: {error}", file=sys.stderr)
    return {"model": name, "precision": precision, "batch": batch, "eager_ms": eager, "compiled_ms": compiled}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2)
    seconds = parser.parse_args().seconds
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    rows = []
    images = lambda batch, dtype: torch.randn(batch, 3, 224, 224, dtype=dtype)
    tokens = lambda batch, dtype: torch.randint(0, 30522, (batch, 128))
    for precision in ("fp16", "fp32"):
        for batch in (1, 32, 128):
            model = resnet50().to(memory_format=torch.channels_last)
            rows.append(case("resnet50", model, images, precision, batch, seconds))
            rows.append(case("bert-base", Bert(), tokens, precision, batch, seconds))
            torch._dynamo.reset()
    print(json.dumps({"version": torch.__version__, "rows": rows}))


main()
