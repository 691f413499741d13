"""What ../../train-system.ts wrote, put where PyTorch keeps it."""

import math

import torch
from safetensors import safe_open
from torch.nn import functional


class Stored:
    """What ../train-system.ts wrote: tensors by name, settings as numbers and words."""

    def __init__(self, file):
        with safe_open(file, "pt") as stored:
            self.settings = {name: number(value) for name, value in stored.metadata().items()}
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}
        self.tensors = {name: x.long() if x.dtype == torch.int32 else x for name, x in tensors.items()}

    def rows(self, name):
        """Rows of ids, filled up to one length, and how long each is."""
        return self.tensors[name], self.tensors[f"{name}Lengths"]

    def weight(self, name):
        return self.tensors[f"weights/{name}"].float()


def number(text):
    try:
        return float(text) if "." in text or "e" in text else int(text)
    except ValueError:
        return text


def fill(module, stored, names):
    """Puts stored weights where they belong: attribute → name, or a tensor already made."""
    for attribute, name in names.items():
        parameter = module.get_parameter(attribute)
        value = stored.weight(name) if isinstance(name, str) else name
        if parameter.shape != value.shape:
            raise ValueError(f"{attribute}: {list(parameter.shape)} and {name} {list(value.shape)}")
        parameter.data = value.clone().contiguous()


def affine(module, stored, name):
    fill(module, stored, {"weight": f"{name}.weight", "bias": f"{name}.bias"})


def fill_norm(module, stored, name):
    fill(module, stored, {"weight": f"{name}.gain", "bias": f"{name}.bias"})


def padded_length(lengths, multiple):
    return math.ceil(int(lengths.max()) / multiple) * multiple


def cut(ids, length, padding):
    """The columns up to a length, filled up where there are fewer."""
    return functional.pad(ids[:, :length], (0, max(0, length - ids.shape[1])), value=padding)
