"""Batches, loss and evaluation of what writes tokens; greedy search."""

import torch
from torch import nn
from torch.nn import functional

from .stored import cut, padded_length


def allowed(logits, settings):
    """Without marks that are never written."""
    logits[:, [settings["start"], settings["padding"], settings["unknown"]]] = -torch.inf
    return logits


def until_end(rows, end):
    return [row[: row.index(end)] if end in row else row for row in rows.tolist()]


class Translating(nn.Module):
    """What translation models share: batches, loss, evaluation."""

    def batch(self, stored, part, chosen):
        source, source_lengths = (x[chosen] for x in stored.rows(f"{part}/source"))
        target, target_lengths = (x[chosen] for x in stored.rows(f"{part}/target"))
        padding, length = self.settings["padding"], padded_length(torch.maximum(source_lengths, target_lengths + 1), 8)
        told = functional.pad(cut(target, length - 1, padding), (1, 0), value=self.settings["start"])
        wanted = cut(target, length, padding)
        wanted[torch.arange(len(chosen)), target_lengths] = self.settings["end"]
        wanted[torch.arange(length)[None] > target_lengths[:, None]] = -100
        return cut(source, length, padding), source_lengths, told, wanted

    def loss(self, stored, chosen):
        source, lengths, told, wanted = self.batch(stored, "train", chosen)
        logits = self(source, lengths, told)
        return functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), label_smoothing=self.smoothing if self.training else 0.0)

    def evaluate(self, stored):
        target, lengths = stored.rows("held/target")
        right = 0
        for chosen in torch.arange(len(target)).split(64):
            source, source_lengths, _, _ = self.batch(stored, "held", chosen)
            written = self.write(source, source_lengths, int(lengths.max()) + 8)
            right += sum(row == target[i, : lengths[i]].tolist() for row, i in zip(written, chosen.tolist()))
        return right / len(target)
