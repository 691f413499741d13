"""The Transformer and BERT, of PyTorch's own layers."""

import math

import torch
from torch import nn
from torch.nn import functional

from .decoding import Translating, allowed, until_end
from .stored import affine, cut, fill, fill_norm, padded_length


def fill_attention(module, stored, name):
    matrices = [stored.weight(f"{name}.W{letter}").T for letter in "qkvo"]
    biases = [stored.weight(f"{name}.b{letter}") for letter in "qkvo"]
    fill(module, stored, {"in_proj_weight": torch.cat(matrices[:3]), "in_proj_bias": torch.cat(biases[:3])})
    fill(module.out_proj, stored, {"weight": matrices[3], "bias": biases[3]})


class Transformer(Translating):
    """nn.TransformerEncoderLayer and nn.TransformerDecoderLayer, norm first, dropout after each part."""

    def __init__(self, stored):
        super().__init__()
        self.settings = settings = stored.settings
        self.smoothing, self.width = settings["labelSmoothing"], settings["width"]
        options = dict(nhead=settings["heads"], dim_feedforward=settings["feedForwardWidth"], dropout=0.0, batch_first=True, norm_first=True)
        layers = range(settings["layers"])
        self.encoder = nn.ModuleList(nn.TransformerEncoderLayer(self.width, **options) for _ in layers)
        self.decoder = nn.ModuleList(nn.TransformerDecoderLayer(self.width, **options) for _ in layers)
        self.norms = nn.ModuleDict({side: nn.LayerNorm(self.width) for side in ["encoder", "decoder"]})
        self.embeddings = nn.ModuleDict()
        for side, stack in [("encoder", self.encoder), ("decoder", self.decoder)]:
            self.embeddings[side] = nn.Embedding.from_pretrained(stored.weight(f"{side}.embedding"), freeze=False)
            fill_norm(self.norms[side], stored, f"{side}.norm")
            for i, layer in enumerate(stack):
                self.fill_layer(layer, stored, f"{side}.layers[{i}]", settings["dropout"])
        self.output = nn.Linear(self.width, self.embeddings["decoder"].num_embeddings)
        affine(self.output, stored, "output")
        self.drop = nn.Dropout(settings["dropout"])
        t, i = torch.arange(64)[:, None].double(), torch.arange(self.width)[None].double()
        angle = t / 10000 ** ((i - i % 2) / self.width)
        self.register_buffer("places", torch.where(i % 2 == 0, angle.sin(), angle.cos()).float())

    @staticmethod
    def fill_layer(layer, stored, name, dropout):
        fill_attention(layer.self_attn, stored, f"{name}.attention")
        fill_norm(layer.norm1, stored, f"{name}.attentionNorm")
        last = "norm2"
        if isinstance(layer, nn.TransformerDecoderLayer):
            fill_attention(layer.multihead_attn, stored, f"{name}.cross")
            fill_norm(layer.norm2, stored, f"{name}.crossNorm")
            last = "norm3"
            layer.dropout3.p = dropout
        fill_norm(getattr(layer, last), stored, f"{name}.feedForwardNorm")
        for linear, number in [(layer.linear1, 1), (layer.linear2, 2)]:
            fill(linear, stored, {"weight": f"{name}.feedForward.W{number}", "bias": f"{name}.feedForward.b{number}"})
        layer.dropout1.p = layer.dropout2.p = dropout

    def read(self, side, ids):
        return self.drop(self.embeddings[side](ids) * math.sqrt(self.width) + self.places[: ids.shape[1]])

    def encode(self, source, lengths):
        x, hidden = self.read("encoder", source), torch.arange(source.shape[1])[None] >= lengths[:, None]
        for layer in self.encoder:
            x = layer(x, src_key_padding_mask=hidden)
        return self.norms["encoder"](x), hidden

    def decode(self, told, memory, hidden):
        x = self.read("decoder", told)
        mask = torch.ones(told.shape[1], told.shape[1], dtype=torch.bool).triu(1)
        for layer in self.decoder:
            x = layer(x, memory, tgt_mask=mask, memory_key_padding_mask=hidden)
        return self.output(self.norms["decoder"](x))

    def forward(self, source, lengths, told):
        return self.decode(told, *self.encode(source, lengths))

    def write(self, source, lengths, most):
        encoded = self.encode(source, lengths)
        ids = torch.full((len(source), 1), self.settings["start"])
        for _ in range(most):
            logits = self.decode(ids, *encoded)[:, -1]
            ids = torch.cat([ids, allowed(logits, self.settings).argmax(1, keepdim=True)], 1)
        return until_end(ids[:, 1:], self.settings["end"])


class Bert(nn.Module):
    """nn.TransformerEncoderLayer, norm last, under the masked language model's head."""

    def __init__(self, stored):
        super().__init__()
        self.settings = settings = stored.settings
        width = settings["width"]
        tables = {"words": "word", "places": "position", "types": "token_type"}
        for attribute, name in tables.items():
            setattr(self, attribute, nn.Embedding.from_pretrained(stored.weight(f"bert.embeddings.{name}_embeddings.weight"), freeze=False))
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList()
        for i in range(settings["layers"]):
            layer = nn.TransformerEncoderLayer(
                width, settings["heads"], settings["feedForwardWidth"], 0.0, "gelu", layer_norm_eps=1e-12, batch_first=True
            )
            at = f"bert.encoder.layer.{i}"
            three = [f"{at}.attention.self.{name}" for name in ["query", "key", "value"]]
            joined = {"in_proj_weight": "weight", "in_proj_bias": "bias"}
            fill(layer.self_attn, stored, {a: torch.cat([stored.weight(f"{name}.{kind}") for name in three]) for a, kind in joined.items()})
            affine(layer.self_attn.out_proj, stored, f"{at}.attention.output.dense")
            affine(layer.norm1, stored, f"{at}.attention.output.LayerNorm")
            affine(layer.linear1, stored, f"{at}.intermediate.dense")
            affine(layer.linear2, stored, f"{at}.output.dense")
            affine(layer.norm2, stored, f"{at}.output.LayerNorm")
            self.layers.append(layer)
        affine(self.norm, stored, "bert.embeddings.LayerNorm")
        self.transform, self.transform_norm = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)
        affine(self.transform, stored, "cls.predictions.transform.dense")
        affine(self.transform_norm, stored, "cls.predictions.transform.LayerNorm")
        self.bias = nn.Parameter(stored.weight("cls.predictions.bias").clone())
        self.drop = nn.Dropout(settings["dropout"])

    def forward(self, ids, types, padding, hidden):
        """Logits of the hidden tokens alone."""
        x = self.words(ids) + self.types(types) + self.places.weight[: ids.shape[1]]
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, src_key_padding_mask=padding)
        x = self.transform_norm(functional.gelu(self.transform(x[hidden])))
        return x @ self.words.weight.T + self.bias

    def read(self, stored, part, chosen):
        """Logits of the hidden tokens, and what they were: of those to be predicted 80 % become [MASK], 10 % another token, 10 % stay."""
        ids, lengths = (x[chosen] for x in stored.rows(f"{part}/text"))
        types = stored.tensors[f"{part}/types"][chosen]
        length = padded_length(lengths, 8)
        ids, types = cut(ids, length, self.settings["padding"]), cut(types, length, 0)
        first, size = self.settings["firstOrdinary"], self.settings["vocabularySize"]
        ordinary = ids >= first
        count = (self.settings["maskShare"] * ordinary.sum(1)).round().clamp(min=1)
        rank = torch.rand(ids.shape).masked_fill(~ordinary, 2).argsort(1).argsort(1)
        hidden = (rank < count[:, None]) & ordinary
        chance = torch.rand(ids.shape)
        shown = torch.where(hidden & (chance < 0.8), self.settings["mask"], ids)
        shown = torch.where(hidden & (chance >= 0.8) & (chance < 0.9), torch.randint(first, size, ids.shape), shown)
        padding = torch.arange(length)[None] >= lengths[:, None]
        return self(shown, types, padding, hidden), ids[hidden]

    def loss(self, stored, chosen):
        logits, targets = self.read(stored, "train", chosen)
        return functional.cross_entropy(logits, targets)

    def evaluate(self, stored):
        right = total = 0
        for chosen in torch.arange(len(stored.tensors["held/text"])).split(64):
            logits, targets = self.read(stored, "held", chosen)
            right += (logits.argmax(-1) == targets).sum().item()
            total += len(targets)
        return right / total
