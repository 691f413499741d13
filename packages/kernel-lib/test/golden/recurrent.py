"""Golden numbers for GRU and LSTM, by PyTorch: python recurrent.py > recurrent.json

Inputs are float32; everything else is computed from them in float64 and rounded once, so that a difference is the library's rounding.
Sizes are distinct primes, so that no axis can be taken for another. The loss of the gradients is the sum of the squares of the outputs.
"""

import json
import sys

import numpy
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(20140603)
torch.set_default_dtype(torch.float64)

B, T, D, H = 3, 5, 2, 7
lengths = [5, 2, 3]
names = {"weight_ih_l0": "inputWeight", "weight_hh_l0": "stateWeight", "bias_ih_l0": "inputBias", "bias_hh_l0": "stateBias"}


def plain(value):
    """Nested numbers, each with as many digits as tell it apart from every other float32."""
    if isinstance(value, torch.Tensor):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return float(str(numpy.float32(value))) if isinstance(value, float) else value


def rounded(*shape):
    """Two decimals keep the file small; float32, as the library has them."""
    return (torch.randn(*shape) * 100).round().div(100).float().double()


def states(kind, both=False):
    count = 2 if both else 1
    return [rounded(count, B, H) for _ in range(2 if kind == "LSTM" else 1)]


def last(kind, final):
    return [state.squeeze(0) for state in (final if kind == "LSTM" else [final])]


inputs = rounded(B, T, D)
result = {"inputs": inputs, "lengths": lengths}
for kind in ["GRU", "LSTM"]:
    layer = getattr(torch.nn, kind)(D, H, batch_first=True, bidirectional=True)
    for parameter in layer.parameters():
        parameter.data = parameter.data.mul(100).round().div(100).float().double()
    single = getattr(torch.nn, kind)(D, H, batch_first=True)
    backward = getattr(torch.nn, kind)(D, H, batch_first=True)
    for name, parameter in layer.named_parameters():
        dict((backward if name.endswith("_reverse") else single).named_parameters())[name.removesuffix("_reverse")].data = parameter.data
    start = states(kind)
    initial = tuple(start) if kind == "LSTM" else start[0]

    x = inputs.clone().requires_grad_()
    begin = [state.clone().requires_grad_() for state in start]
    outputs, final = single(x, tuple(begin) if kind == "LSTM" else begin[0])
    single.zero_grad()
    outputs.square().sum().backward()
    case = {
        "forward": {names[name]: parameter for name, parameter in single.named_parameters()},
        "backward": {names[name]: parameter for name, parameter in backward.named_parameters()},
        "initial": [state[0] for state in start],
        "outputs": outputs,
        "last": last(kind, final),
        "gradients": {
            **{names[name]: parameter.grad for name, parameter in single.named_parameters()},
            "inputs": x.grad,
            "initial": [state.grad[0] for state in begin],
        },
    }

    flipped, final = backward(inputs.flip(1), initial)
    case["reversed"] = {"outputs": flipped.flip(1), "last": last(kind, final)}

    packed, final = layer(pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False))
    outputs, _ = pad_packed_sequence(packed, batch_first=True)
    finals = final if kind == "LSTM" else [final]
    case["padded"] = {"outputs": outputs, "last": [[state[0], state[1]] for state in finals]}

    cell = getattr(torch.nn, f"{kind}Cell")(D, H)
    for name, parameter in cell.named_parameters():
        parameter.data = dict(single.named_parameters())[f"{name}_l0"].data
    stepped = cell(inputs[:, 0], tuple(s[0] for s in start) if kind == "LSTM" else start[0][0])
    case["step"] = list(stepped) if kind == "LSTM" else [stepped]
    result[kind] = case

json.dump(plain(result), sys.stdout, separators=(",", ":"))
print()
