"""Writes captioner.safetensors: PyTorch's outputs of the captioner (Xu et al. 2015, soft attention), with the weights that make them.

Run with torch 2.13: python captioner.py
"""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(22)
B, side, E, H, vocabulary, T = 2, 12, 3, 6, 11, 5
layers = [(4, 5, 2, 1), (7, 3, 3, 1)]  # channels, kernel, stride, pool: 12 → 6 → 2, so 4 parts
pooled = [(4, 5, 2, 2), (7, 3, 1, 1)]  # 12 → 6 → 3, so 9 parts
widely = [(4, 3, 1, 3), (7, 5, 2, 1)]  # 12 → 4 → 2; pools that reach beyond the kernel's margin
stored = {}


def case(cell, score, layers=layers, suffix=""):
    convolutions, pools, inputs, side_after = [], [], 3, side
    for channels, kernel, stride, pool in layers:
        convolutions.append(nn.Conv2d(inputs, channels, kernel, stride, padding=(kernel - 1) // 2))
        pools.append(nn.MaxPool2d(pool))
        inputs = channels
        side_after = math.ceil(side_after / stride) // pool
    P, M = side_after**2, inputs
    places, norm = torch.randn(P, M), nn.LayerNorm(M)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    bridge, readout, output = nn.Linear(M, H), nn.Linear(H + M, H), nn.Linear(H, vocabulary)
    embedding = nn.Embedding(vocabulary, E)
    decoder = (nn.GRUCell if cell == "gru" else nn.LSTMCell)(E + M, H)
    W, U, v, b = torch.randn(M, H), torch.randn(M, M), torch.randn(M), torch.randn(M)

    pictures = torch.rand(B, 3, side, side) * 2 - 1
    target = torch.randint(0, vocabulary, (B, T))
    x = pictures
    for convolution, pool in zip(convolutions, pools):
        x = pool(torch.relu(convolution(x)))
    memory = norm(x.flatten(2).transpose(1, 2) + places)
    h = torch.tanh(bridge(memory.mean(1)))
    c = torch.zeros_like(h)
    steps = {"logits": [], "query": [], "scores": [], "weights": [], "context": []}
    for t in range(T):
        steps["query"].append(h)
        if score == "additive":
            m = torch.tanh((h @ W.T)[:, None] + memory @ U.T + b) @ v
        else:
            m = torch.einsum("bh,mh,bpm->bp", h, W, memory)
        a = torch.softmax(m, -1)
        z = torch.einsum("bp,bpm->bm", a, memory)
        x = torch.cat([embedding(target[:, t]), z], 1)
        if cell == "gru":
            h = decoder(x, h)
        else:
            h, c = decoder(x, (h, c))
        steps["scores"].append(m)
        steps["weights"].append(a)
        steps["context"].append(z)
        steps["logits"].append(output(torch.tanh(readout(torch.cat([h, z], 1)))))

    parameters = {
        "places": places,
        "norm.gain": norm.weight,
        "norm.bias": norm.bias,
        "bridge.weight": bridge.weight,
        "bridge.bias": bridge.bias,
        "decoder.embedding": embedding.weight,
        "decoder.readout.weight": readout.weight,
        "decoder.readout.bias": readout.bias,
        "decoder.output.weight": output.weight,
        "decoder.output.bias": output.bias,
    }
    for i, convolution in enumerate(convolutions):
        parameters |= {f"convolutions[{i}].weight": convolution.weight, f"convolutions[{i}].bias": convolution.bias}
    if score == "additive":
        parameters |= {"decoder.score.W": W, "decoder.score.U": U, "decoder.score.v": v, "decoder.score.b": b}
    else:
        parameters |= {"decoder.score.W": W.T}
    names = {"weight_ih": "inputWeight", "weight_hh": "stateWeight", "bias_ih": "inputBias", "bias_hh": "stateBias"}
    for theirs, ours in names.items():
        parameters[f"decoder.cell.{ours}"] = getattr(decoder, theirs)
    weights = torch.stack(steps["weights"], 1)
    outputs = {name: torch.stack(rows, 1) for name, rows in steps.items()} | {
        "memory": memory,
        "spread": ((1 - weights.sum(1)) ** 2).sum(1).mean(),
    }
    for group, values in {
        "parameters": parameters,
        "inputs": {"pictures": pictures, "input": target.int()},
        "outputs": outputs,
    }.items():
        for key, value in values.items():
            stored[f"{cell}-{score}{suffix}/{group}/{key}"] = value


case("gru", "additive")
case("lstm", "general")
case("gru", "additive", pooled, "-pooled")
case("gru", "general", widely, "-widely")

save_file(
    {name: value.detach().contiguous() for name, value in stored.items()},
    Path(__file__).with_suffix(".safetensors"),
    {"made": f"torch {torch.__version__}"},
)
