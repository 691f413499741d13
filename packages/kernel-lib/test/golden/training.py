"""Golden numbers for losses, optimisers, clipping and schedules, by PyTorch: python training.py > training.json

Everything is computed in float64 from inputs rounded to two decimals, and rounded once. Sizes are distinct primes.
"""

import json
import math
import sys

import numpy
import torch
from torch.nn import functional

torch.manual_seed(20141222)
torch.set_default_dtype(torch.float64)


def plain(value):
    """Nested numbers, each with as many digits as tell it apart from every other float32."""
    if isinstance(value, torch.Tensor):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return float(str(numpy.float32(value))) if isinstance(value, float) else value


def rounded(*shape, scale=1.0):
    return (torch.randn(*shape) * scale * 100).round().div(100).float().double()


def with_gradient(loss, x):
    x = x.clone().requires_grad_()
    value = loss(x)
    value.backward()
    return {"loss": value.item(), "gradient": x.grad}


B, T, C = 2, 5, 7
logits = rounded(B, T, C, scale=3)
targets = torch.randint(0, C, (B, T))
mask = torch.tensor([[True, True, True, False, True], [True, True, False, False, False]])
ignored = torch.where(mask, targets, -100)
predictions, wanted, probabilities = rounded(B, T, scale=2), rounded(B, T, scale=2), torch.rand(B, T).mul(100).round().div(100)


def cross_entropy(target, smoothing):
    return lambda x: functional.cross_entropy(x.reshape(-1, C), target.reshape(-1), label_smoothing=smoothing)


def masked(loss):
    return lambda x: loss(x)[mask].mean()


losses = {
    "inputs": {
        "logits": logits,
        "targets": targets,
        "mask": mask,
        "predictions": predictions,
        "wanted": wanted,
        "probabilities": probabilities,
    },
    "crossEntropy": with_gradient(cross_entropy(targets, 0.0), logits),
    "crossEntropySmoothed": with_gradient(cross_entropy(targets, 0.1), logits),
    "crossEntropyMasked": with_gradient(cross_entropy(ignored, 0.1), logits),
    "binaryCrossEntropy": with_gradient(lambda x: functional.binary_cross_entropy_with_logits(x, probabilities), predictions),
    "meanSquaredError": with_gradient(lambda x: functional.mse_loss(x, wanted), predictions),
    "meanAbsoluteError": with_gradient(lambda x: functional.l1_loss(x, wanted), predictions),
    "huber": with_gradient(lambda x: functional.huber_loss(x, wanted, delta=0.7), predictions),
    "meanSquaredErrorMasked": with_gradient(masked(lambda x: (x - wanted).square()), predictions),
}

start = {"layer.weight": rounded(3, 5), "layer.bias": rounded(3)}
gradients = [{name: rounded(*value.shape) for name, value in start.items()} for _ in range(5)]
optimisers = {}
cases = {
    "sgd": (torch.optim.SGD, {"lr": 0.1}),
    "sgd, momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "sgd, nesterov, decay": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.05}),
    "adam": (torch.optim.Adam, {"lr": 0.01}),
    "adam, decay": (torch.optim.Adam, {"lr": 0.01, "betas": (0.8, 0.98), "eps": 1e-3, "weight_decay": 0.1}),
    "adamW": (torch.optim.AdamW, {"lr": 0.01}),
    "adamW, decay of the weight alone": (torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.3}),
}
for name, (kind, options) in cases.items():
    parameters = {key: value.clone().requires_grad_() for key, value in start.items()}
    if name.endswith("alone"):
        decay = options.pop("weight_decay")
        groups = [
            {"params": [parameters["layer.weight"]], "weight_decay": decay},
            {"params": [parameters["layer.bias"]], "weight_decay": 0.0},
        ]
    else:
        groups = list(parameters.values())
    optimiser = kind(groups, **options)
    steps = []
    for step in gradients:
        for key, value in parameters.items():
            value.grad = step[key].clone()
        optimiser.step()
        steps.append({key: value.detach().clone() for key, value in parameters.items()})
    optimisers[name] = steps

clipping = []
for limit in [0.5, 3.0, 100.0]:
    parameters = [value.clone().requires_grad_() for value in start.values()]
    for value, key in zip(parameters, start):
        value.grad = gradients[0][key].clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, limit)
    clipping.append({"limit": limit, "norm": norm, "gradients": {key: p.grad for key, p in zip(start, parameters)}})


def rates(make, count):
    parameter = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([parameter], lr=0.5)
    schedule = make(optimiser)
    values = []
    for _ in range(count):
        values.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return values


scheduler = torch.optim.lr_scheduler
schedules = {
    # PyTorch's schedules count from 0 and give the rate of the first step at 0: ours at step t is theirs at t − 1
    "stepDown": rates(lambda o: scheduler.StepLR(o, step_size=3, gamma=0.3), 11),
    # cosine over 10 steps: the rate of step t is PyTorch's after t
    "cosine": rates(lambda o: scheduler.CosineAnnealingLR(o, T_max=10, eta_min=0.05), 11)[1:],
    "linear": rates(lambda o: scheduler.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=10), 11)[1:],
    # the formula of the paper, written out
    "inverseSquareRoot": [512**-0.5 * min(t**-0.5, t * 4**-1.5) for t in range(1, 12)],
}

result = {
    "losses": losses,
    "optimisers": {"start": start, "gradients": gradients, "steps": optimisers},
    "clipping": clipping,
    "schedules": schedules,
}
assert math.isfinite(losses["crossEntropyMasked"]["loss"])
json.dump(plain(result), sys.stdout, separators=(",", ":"))
print()
