"""What PyTorch, in float64, makes of the network that test_optimizers.py trains.

    build/peers/bin/python tests/python/asked/optimizers.py <question.json >answer.json

The question is {"x", "labels", "batch", "steps", "weights": [w1, b1, w2, b2], "cases": {name:
{"optimizer": [class, options], "schedule": [class, options], "every", "decay", "clip_norm",
"clip_value"}}}, where all but "optimizer" may be missing: with "every" the schedule is shown the
loss of all samples, before the first step and after each so many; the answer {"version", "weights":
{name: [w1, ...]}}. Decay is of weights only, as the program's.
"""

import json
import sys

import torch
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_, clip_grad_value_


def train(question, case):
    weights = [torch.tensor(w, dtype=torch.float64, requires_grad=True)
               for w in question["weights"]]
    groups = [{"params": weights[0::2], "weight_decay": case.get("decay", 0)},
              {"params": weights[1::2], "weight_decay": 0}]
    kind, options = case["optimizer"]
    optimizer = getattr(torch.optim, kind)(groups, **options)
    kind, options = case.get("schedule", ["LambdaLR", {"lr_lambda": lambda t: 1}])
    schedule = getattr(torch.optim.lr_scheduler, kind)(optimizer, **options)
    x = torch.tensor(question["x"], dtype=torch.float64)
    labels, batch = torch.tensor(question["labels"]), question["batch"]
    parts = list(zip(x.split(batch), labels.split(batch)))

    def loss(rows, wanted):
        w1, b1, w2, b2 = weights
        return F.cross_entropy(torch.sigmoid(rows @ w1 + b1) @ w2 + b2, wanted)

    every = case.get("every")
    if every:
        schedule.step(loss(x, labels).item())
    for step in range(question["steps"]):
        optimizer.zero_grad()
        loss(*parts[step % len(parts)]).backward()
        if "clip_value" in case:
            clip_grad_value_(weights, case["clip_value"])
        if "clip_norm" in case:
            clip_grad_norm_(weights, case["clip_norm"])
        optimizer.step()
        if not every:
            schedule.step()
        elif (step + 1) % every == 0:
            schedule.step(loss(x, labels).item())
    return [w.tolist() for w in weights]


if __name__ == "__main__":
    torch.set_num_threads(1)
    asked = json.load(sys.stdin)
    json.dump({"version": torch.__version__,
               "weights": {name: train(asked, case) for name, case in asked["cases"].items()}},
              sys.stdout)
