"""BertViz and CircuitsVis: how long they take to make the page of an attention, and how large it is. Asked by viewer.bench.ts."""

import os
import time

import numpy as np
import torch
from bertviz import head_view, model_view
from circuitsvis.attention import attention_heads
from peer import serve


def bertviz(view, weights, tokens):
    layers = [layer.unsqueeze(0) for layer in weights]
    return view(layers, tokens, html_action="return", prettify_tokens=False).data


viewers = {
    "bertviz head view": lambda weights, tokens: bertviz(head_view, weights, tokens),
    "bertviz model view": lambda weights, tokens: bertviz(model_view, weights, tokens),
    # the page that works without its CDN, as ours does
    "circuitsvis": lambda weights, tokens: attention_heads(weights.flatten(0, 1), tokens).local_src,
}


def page(viewer, shape, weights, tokens, file):
    """Makes the page of `weights`, a file of float32, writes it to `file`, and returns the ms that making it took."""

    def sample():
        numbers = torch.from_numpy(np.fromfile(weights, np.float32).reshape(shape))
        start = time.perf_counter()
        html = viewers[viewer](numbers, tokens)
        took = (time.perf_counter() - start) * 1e3
        with open(file, "w", encoding="utf-8") as out:
            out.write("<!doctype html><meta charset=utf-8><body>")
            out.write(html)
        return took

    return sample


def megabytes(file):
    return lambda: os.path.getsize(file) / 1e6


serve(page=page, megabytes=megabytes)
