"""Writes seq2seq.safetensors: PyTorch's outputs of the RNN encoder–decoder with attention, with the weights that make them.

Every case is a net of its own (cell × score) over a padded batch. The encoder is torch.nn.GRU or LSTM over packed sequences, the
decoder a GRUCell or LSTMCell; the scores are written out here. Run with torch 2.13: python seq2seq.py
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(20)
E, H, source_size, target_size = 3, 10, 11, 13
lengths = [7, 2, 5]
B, S, T = len(lengths), 7, 5

stored = {}


def case(cell, score):
    context = 0 if score == "none" else H
    source_embedding = nn.Embedding(source_size, E)
    target_embedding = nn.Embedding(target_size, E)
    encoder = (nn.GRU if cell == "gru" else nn.LSTM)(E, H // 2, batch_first=True, bidirectional=True)
    decoder = (nn.GRUCell if cell == "gru" else nn.LSTMCell)(E + context, H)
    bridge, readout, output = nn.Linear(H, H), nn.Linear(H + context, H), nn.Linear(H, target_size)
    W, U, v, b = torch.randn(H, H), torch.randn(H, H), torch.randn(H), torch.randn(H)

    source = torch.randint(4, source_size, (B, S))
    target = torch.randint(4, target_size, (B, T))
    mask = torch.arange(S)[None] < torch.tensor(lengths)[:, None]
    packed = pack_padded_sequence(source_embedding(source), torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    outputs, last = encoder(packed)
    memory, _ = pad_packed_sequence(outputs, batch_first=True, total_length=S)
    last = last if cell == "gru" else last[0]
    h = torch.tanh(bridge(torch.cat([last[0], last[1]], 1)))
    c = torch.zeros_like(h)
    steps = {"logits": [], "query": [], "scores": [], "weights": [], "context": []}
    for t in range(T):
        token = target_embedding(target[:, t])
        steps["query"].append(h)
        seen = []
        if score != "none":
            if score == "dot":
                m = torch.einsum("bh,bsh->bs", h, memory)
            elif score == "general":
                m = torch.einsum("bh,hk,bsk->bs", h, W, memory)
            else:
                m = torch.tanh((h @ W.T)[:, None] + memory @ U.T + b) @ v
            a = torch.softmax(m.masked_fill(~mask, -torch.inf), -1)
            attention = torch.einsum("bs,bsh->bh", a, memory)
            steps["scores"].append(m)
            steps["weights"].append(a)
            steps["context"].append(attention)
            seen = [attention]
        x = torch.cat([token, *seen], 1)
        if cell == "gru":
            h = decoder(x, h)
        else:
            h, c = decoder(x, (h, c))
        steps["logits"].append(output(torch.tanh(readout(torch.cat([h, *seen], 1)))))

    parameters = {
        "embedding": source_embedding.weight,
        "decoder.embedding": target_embedding.weight,
        "bridge.weight": bridge.weight,
        "bridge.bias": bridge.bias,
        "decoder.readout.weight": readout.weight,
        "decoder.readout.bias": readout.bias,
        "decoder.output.weight": output.weight,
        "decoder.output.bias": output.bias,
    }
    if score == "general":
        parameters |= {"decoder.score.W": W}
    if score == "additive":
        parameters |= {"decoder.score.W": W, "decoder.score.U": U, "decoder.score.v": v, "decoder.score.b": b}
    names = {"weight_ih": "inputWeight", "weight_hh": "stateWeight", "bias_ih": "inputBias", "bias_hh": "stateBias"}
    for theirs, ours in names.items():
        parameters[f"decoder.cell.{ours}"] = getattr(decoder, theirs)
        parameters[f"encoder.forward.{ours}"] = getattr(encoder, f"{theirs}_l0")
        parameters[f"encoder.backward.{ours}"] = getattr(encoder, f"{theirs}_l0_reverse")
    at = f"{cell}-{score}"
    for name, value in parameters.items():
        stored[f"{at}/parameters/{name}"] = value
    stored[f"{at}/inputs/source"] = source.int()
    stored[f"{at}/inputs/sourceMask"] = mask
    stored[f"{at}/inputs/targetInput"] = target.int()
    for name, rows in steps.items():
        if rows and (score != "none" or name == "logits"):
            stored[f"{at}/outputs/{name}"] = torch.stack(rows, 1)
    if score != "none":
        stored[f"{at}/outputs/memory"] = memory


for cell in ["gru", "lstm"]:
    for score in ["dot", "general", "additive", "none"]:
        case(cell, score)

save_file(
    {name: value.detach().contiguous() for name, value in stored.items()},
    Path(__file__).with_suffix(".safetensors"),
    {"made": f"torch {torch.__version__}"},
)
