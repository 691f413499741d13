"""Golden numbers for the layers, by PyTorch: python layers.py > layers.json

Inputs are float32; results are computed from them in float64 and rounded once.
"""

import json
import sys

import numpy
import torch
from torch.nn.functional import embedding, layer_norm, linear

torch.manual_seed(1607)
torch.set_default_dtype(torch.float64)
B, T, width, out, vocabulary = 2, 5, 7, 3, 11


def random(*shape):
    return (torch.randn(*shape) * 100).round().div(100).float().double()


def plain(value):
    if isinstance(value, torch.Tensor):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return float(str(numpy.float32(value))) if isinstance(value, float) else value


x, weight, bias, gain, table = random(B, T, width), random(out, width), random(out), random(width), random(vocabulary, width)
shift, ids = random(width), torch.randint(vocabulary, (B, T))
json.dump(
    plain({
        "madeBy": f"layers.py, PyTorch {torch.__version__}, float64 from float32 inputs",
        "x": x, "weight": weight, "bias": bias, "gain": gain, "shift": shift, "table": table, "ids": ids,
        "linear": linear(x, weight, bias),
        "withoutBias": linear(x, weight),
        "embedding": embedding(ids, table),
        "layerNorm": layer_norm(x, [width], gain, shift, 1e-5),
        "layerNormBert": layer_norm(x, [width], gain, shift, 1e-12),
    }),
    sys.stdout,
)
print()
