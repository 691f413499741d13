"""The trained systems in PyTorch, eager: with the first weights, examples, order of batches, optimiser and schedule of ../train-systems.ts."""

import math
import resource
import time

import torch
from peer import serve
from torch import nn
from trained.recurrent import Captioner, Seq2seq, SummaryClassifier
from trained.stored import Stored
from trained.transformers import Bert, Transformer


models = {"seq2seq": Seq2seq, "transformer": Transformer, "summary": SummaryClassifier, "captioner": Captioner, "bert": Bert}


def rate_at(step, peak, steps):
    """Warm-up for a twentieth of the steps, then half a cosine down to 0 (training.cosine)."""
    warm_up = math.ceil(steps / 20)
    if step < warm_up:
        return peak * step / warm_up
    return peak * (1 + math.cos(math.pi * min(1, (step - warm_up) / (steps + 1 - warm_up)))) / 2


def train(stored, model):
    """All steps of the plan; returns the seconds they took."""
    order, peak = stored.tensors["order"], stored.settings["rate"]
    optimiser = torch.optim.Adam(model.parameters(), lr=peak)
    model.train()
    start = time.perf_counter()
    for step, chosen in enumerate(order, 1):
        optimiser.param_groups[0]["lr"] = rate_at(step, peak, len(order))
        optimiser.zero_grad()
        model.loss(stored, chosen).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return time.perf_counter() - start


results = {}


def system(file, threads, measure):
    """One system for each process. Before training: "firstLoss"; then "seconds", "memory" (MB at most) and "quality", trained when first asked."""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    if not results:
        stored = Stored(file)
        results.update(stored=stored, model=models[stored.settings["kind"]](stored))
    stored, model = results["stored"], results["model"]

    def sample():
        if measure == "firstLoss":
            with torch.no_grad():
                return model.eval().loss(stored, stored.tensors["order"][0]).item()
        if "seconds" not in results:
            results["seconds"] = train(stored, model)
            results["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            with torch.no_grad():
                results["quality"] = model.eval().evaluate(stored)
        return results[measure]

    return sample


serve(system=system)
