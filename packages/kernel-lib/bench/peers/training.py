"""Training steps in PyTorch, eager, with the models and first weights of ../training-models.ts."""

import numpy
import torch
from peer import serve
from torch import nn
from torch.nn import functional
import time


def numbers(shape, salt, scale):
    i = numpy.arange(1, numpy.prod(shape, dtype=int) + 1)
    return torch.from_numpy((numpy.sin(12.9898 * i + 78.233 * salt) * scale).astype(numpy.float32).reshape(shape))


def tokens(shape, salt, vocabulary):
    i = numpy.arange(numpy.prod(shape, dtype=int))
    return torch.from_numpy(((i * 7919 + i * i * 31 + salt * 104729) % vocabulary).reshape(shape))


class Translator(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(vocabulary, width // 2)
        self.encoder = nn.GRU(width // 2, width, batch_first=True)
        self.decoder = nn.GRUCell(width // 2 + width, width)
        self.output = nn.Linear(2 * width, vocabulary)
        for salt, parameter in enumerate(self.parameters(), 1):
            parameter.data = numbers(parameter.shape, salt, 0.1)

    def forward(self, source, target):
        memory, last = self.encoder(self.embedding(source))
        state, context = last[0], torch.zeros(len(source), self.width)
        written, read = self.embedding(target[:, :-1]), []
        for t in range(written.shape[1]):
            state = self.decoder(torch.cat([written[:, t], context], 1), state)
            weights = torch.softmax(memory @ state[:, :, None], 1)
            context = (weights.transpose(1, 2) @ memory)[:, 0]
            read.append(torch.cat([state, context], 1))
        logits = self.output(torch.stack(read, 1))
        return functional.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten())


class Transformer(nn.Module):
    """nn.Transformer's own layers. Ours keeps projections apart and as [in, out], so weights are put where they belong."""

    def __init__(self, vocabulary, width, heads, depth):
        super().__init__()
        options = {"dim_feedforward": 4 * width, "dropout": 0.0, "batch_first": True}
        self.embedding = nn.Embedding(vocabulary, width)
        self.encoder = nn.ModuleList(nn.TransformerEncoderLayer(width, heads, **options) for _ in range(depth))
        self.decoder = nn.ModuleList(nn.TransformerDecoderLayer(width, heads, **options) for _ in range(depth))
        self.output = nn.Linear(width, vocabulary)
        self.salt = 0
        self.embedding.weight.data = self.next(vocabulary, width)
        for layer in self.encoder:
            self.fill_attention(layer.self_attn, width)
            self.fill_norm(layer.norm1)
            self.fill_feed(layer)
            self.fill_norm(layer.norm2)
        for layer in self.decoder:
            self.fill_attention(layer.self_attn, width)
            self.fill_norm(layer.norm1)
            self.fill_attention(layer.multihead_attn, width)
            self.fill_norm(layer.norm2)
            self.fill_feed(layer)
            self.fill_norm(layer.norm3)
        self.output.weight.data = self.next(vocabulary, width)
        self.output.bias.data = self.next(vocabulary)

    def next(self, *shape):
        self.salt += 1
        return numbers(shape, self.salt, 0.1)

    def fill_attention(self, attention, width):
        matrices, biases = zip(*[(self.next(width, width), self.next(width)) for _ in "qkvo"])
        attention.in_proj_weight.data = torch.cat([matrix.T for matrix in matrices[:3]])
        attention.in_proj_bias.data = torch.cat(biases[:3])
        attention.out_proj.weight.data = matrices[3].T.contiguous()
        attention.out_proj.bias.data = biases[3]

    def fill_norm(self, norm):
        self.salt += 1  # gains are 1
        norm.bias.data = self.next(*norm.bias.shape)

    def fill_feed(self, layer):
        for linear in [layer.linear1, layer.linear2]:
            linear.weight.data = self.next(*linear.weight.shape)
            linear.bias.data = self.next(*linear.bias.shape)

    def forward(self, source, target):
        memory, x = self.embedding(source), self.embedding(target[:, :-1])
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        for layer in self.encoder:
            memory = layer(memory)
        for layer in self.decoder:
            x = layer(x, memory, tgt_mask=mask, tgt_is_causal=True)
        return functional.cross_entropy(self.output(x).flatten(0, 1), target[:, 1:].flatten())


def step(model, vocabulary, length, batch, threads, measure):
    """measure "loss": the loss of a step, to compare; "time": how long a step takes, in ms."""
    torch.set_num_threads(threads)
    source, target = tokens((batch, length), 1, vocabulary), tokens((batch, length), 2, vocabulary)
    optimiser = torch.optim.Adam(model.parameters())

    def sample():
        start = time.perf_counter()
        optimiser.zero_grad()
        loss = model(source, target)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        elapsed = (time.perf_counter() - start) * 1e3
        return loss.item() if measure == "loss" else elapsed

    return sample


def translator(vocabulary, width, **options):
    return step(Translator(vocabulary, width), vocabulary, **options)


def transformer(vocabulary, width, heads, depth, **options):
    return step(Transformer(vocabulary, width, heads, depth), vocabulary, **options)


serve(translator=translator, transformer=transformer)
