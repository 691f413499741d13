"""Writes transformer.safetensors: PyTorch's outputs of the Transformer, with the weights that make them.

The stacks are torch.nn.TransformerEncoder and TransformerDecoder; their attention weights come from their own MultiheadAttention.
Run with torch 2.13: python transformer.py
"""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(23)
width, heads, feed_forward, layers, source_size, target_size, longest = 12, 3, 10, 2, 11, 13, 9
lengths = [7, 2, 5]
B, S, T = len(lengths), 7, 5
stored = {}


class Encoder(nn.TransformerEncoderLayer):
    def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
        x, self.weights = self.self_attn(
            x, x, x, attn_mask=attn_mask, key_padding_mask=key_padding_mask, average_attn_weights=False
        )
        return x


class Decoder(nn.TransformerDecoderLayer):
    def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
        x, self.weights = self.self_attn(x, x, x, attn_mask=attn_mask, average_attn_weights=False)
        return x

    def _mha_block(self, x, mem, attn_mask, key_padding_mask, is_causal=False):
        x, self.cross = self.multihead_attn(x, mem, mem, key_padding_mask=key_padding_mask, average_attn_weights=False)
        return x


def sinusoids(length):
    t, i = torch.arange(length)[:, None].double(), torch.arange(width)[None].double()
    angle = t / 10000 ** ((i - i % 2) / width)
    return torch.where(i % 2 == 0, angle.sin(), angle.cos()).float()


def attention(at, module):
    found = {}
    for i, letter in enumerate("qkv"):
        found[f"{at}.W{letter}"] = module.in_proj_weight[i * width : (i + 1) * width].T
        found[f"{at}.b{letter}"] = module.in_proj_bias[i * width : (i + 1) * width]
    return found | {f"{at}.Wo": module.out_proj.weight.T, f"{at}.bo": module.out_proj.bias}


def norm(at, module):
    return {f"{at}.gain": module.weight, f"{at}.bias": module.bias}


def block(at, layer):
    found = attention(f"{at}.attention", layer.self_attn) | norm(f"{at}.attentionNorm", layer.norm1)
    last = layer.norm2
    if hasattr(layer, "multihead_attn"):
        found |= attention(f"{at}.cross", layer.multihead_attn) | norm(f"{at}.crossNorm", layer.norm2)
        last = layer.norm3
    return (
        found
        | norm(f"{at}.feedForwardNorm", last)
        | {
            f"{at}.feedForward.W1": layer.linear1.weight,
            f"{at}.feedForward.b1": layer.linear1.bias,
            f"{at}.feedForward.W2": layer.linear2.weight,
            f"{at}.feedForward.b2": layer.linear2.bias,
        }
    )


def case(norm_first, learned):
    options = dict(nhead=heads, dim_feedforward=feed_forward, dropout=0.0, batch_first=True, norm_first=norm_first)
    last = (lambda: nn.LayerNorm(width)) if norm_first else (lambda: None)
    encoder = nn.TransformerEncoder(Encoder(width, **options), layers, last(), enable_nested_tensor=False)
    decoder = nn.TransformerDecoder(Decoder(width, **options), layers, last())
    for parameter in [*encoder.parameters(), *decoder.parameters()]:
        nn.init.normal_(parameter, std=0.3)
    source_embedding, target_embedding = nn.Embedding(source_size, width), nn.Embedding(target_size, width)
    places = [torch.randn(longest, width), torch.randn(longest, width)] if learned else [sinusoids(longest)] * 2
    output = nn.Linear(width, target_size)
    source, target = torch.randint(0, source_size, (B, S)), torch.randint(0, target_size, (B, T))
    mask = torch.arange(S)[None] < torch.tensor(lengths)[:, None]
    memory = encoder(source_embedding(source) * math.sqrt(width) + places[0][:S], src_key_padding_mask=~mask)
    hidden = decoder(
        target_embedding(target) * math.sqrt(width) + places[1][:T],
        memory,
        tgt_mask=nn.Transformer.generate_square_subsequent_mask(T),
        memory_key_padding_mask=~mask,
    )
    parameters = {
        "encoder.embedding": source_embedding.weight,
        "decoder.embedding": target_embedding.weight,
        "output.weight": output.weight,
        "output.bias": output.bias,
    }
    for name, stack, place in [("encoder", encoder, places[0]), ("decoder", decoder, places[1])]:
        for i, layer in enumerate(stack.layers):
            parameters |= block(f"{name}.layers[{i}]", layer)
        if norm_first:
            parameters |= norm(f"{name}.norm", stack.norm)
        if learned:
            parameters[f"{name}.positions"] = place
    for group, values in {
        "parameters": parameters,
        "inputs": {"source": source.int(), "sourceMask": mask, "targetInput": target.int()},
        "outputs": {
            "logits": output(hidden),
            "encoder": torch.stack([layer.weights for layer in encoder.layers], 1),
            "decoder": torch.stack([layer.weights for layer in decoder.layers], 1),
            "cross": torch.stack([layer.cross for layer in decoder.layers], 1),
        },
    }.items():
        for key, value in values.items():
            stored[f"{'pre' if norm_first else 'post'}-{'learned' if learned else 'sinusoidal'}/{group}/{key}"] = value


for norm_first in [False, True]:
    for learned in [False, True]:
        case(norm_first, learned)

save_file(
    {name: value.detach().contiguous() for name, value in stored.items()},
    Path(__file__).with_suffix(".safetensors"),
    {"made": f"torch {torch.__version__}"},
)
