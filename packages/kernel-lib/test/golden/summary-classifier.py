"""Writes summary-classifier.safetensors: PyTorch's outputs of the summary classifier (Lin et al. 2017), with the weights that make them.

Run with torch 2.13: python summary-classifier.py
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(21)
E, U, A, R, hidden_width, vocabulary, classes = 3, 5, 7, 2, 11, 13, 4
lengths = [6, 1, 4]
B, T = len(lengths), 6
stored = {}


def case(name):
    width = E if name == "none" else 2 * U
    embedding = nn.Embedding(vocabulary, E)
    encoder = None if name == "none" else (nn.LSTM if name == "lstm" else nn.GRU)(E, U, batch_first=True, bidirectional=True)
    W, V = torch.randn(A, width), torch.randn(R, A)
    hidden, output = nn.Linear(R * width, hidden_width), nn.Linear(hidden_width, classes)
    ids = torch.randint(0, vocabulary, (B, T))
    mask = torch.arange(T)[None] < torch.tensor(lengths)[:, None]
    H = embedding(ids)
    if encoder is not None:
        packed = pack_padded_sequence(H, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
        H, _ = pad_packed_sequence(encoder(packed)[0], batch_first=True, total_length=T)
    scores = V @ torch.tanh(W @ H.transpose(1, 2))
    weights = torch.softmax(scores.masked_fill(~mask[:, None], -torch.inf), -1)
    C = weights @ H
    overlap = weights @ weights.transpose(1, 2)
    penalty = ((overlap - torch.eye(R)) ** 2).sum((1, 2))
    logits = output(torch.relu(hidden(C.flatten(1))))

    parameters = {
        "embedding": embedding.weight,
        "summary.W": W,
        "summary.V": V,
        "hidden.weight": hidden.weight,
        "hidden.bias": hidden.bias,
        "output.weight": output.weight,
        "output.bias": output.bias,
    }
    names = {"weight_ih": "inputWeight", "weight_hh": "stateWeight", "bias_ih": "inputBias", "bias_hh": "stateBias"}
    for theirs, ours in names.items() if encoder is not None else []:
        parameters[f"encoder.forward.{ours}"] = getattr(encoder, f"{theirs}_l0")
        parameters[f"encoder.backward.{ours}"] = getattr(encoder, f"{theirs}_l0_reverse")
    for group, values in {
        "parameters": parameters,
        "inputs": {"ids": ids.int(), "mask": mask},
        "outputs": {"weights": weights, "output": C, "overlap": overlap, "penalty": penalty, "logits": logits},
    }.items():
        for key, value in values.items():
            stored[f"{name}/{group}/{key}"] = value


for name in ["lstm", "gru", "none"]:
    case(name)

save_file(
    {name: value.detach().contiguous() for name, value in stored.items()},
    Path(__file__).with_suffix(".safetensors"),
    {"made": f"torch {torch.__version__}"},
)
