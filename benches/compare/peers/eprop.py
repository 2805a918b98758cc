"""e-prop and back-propagation through time in plain PyTorch: eprop.py FILE SIZE STEPS BATCH DECAY SCALE SHARPNESS.

Says by how much its gradients differ from those in FILE; then `eprop SECONDS`, `detached SECONDS` or `bptt SECONDS` a line on stdin
trains, one JSON object a line on stdout. `detached` is e-prop by autograd: spikes are cut off where they re-enter the layer.
"""

import itertools
import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from inputs import batches

# No weight feels a step of it, and the network stays as it is.
RATE = 1e-30


class Spike(torch.autograd.Function):
    """1 from the threshold on, with the derivative of an arctan."""

    @staticmethod
    def forward(ctx, distance, scale, sharpness):
        ctx.save_for_backward(distance)
        ctx.shape = scale, sharpness
        return (distance >= 0).float()

    @staticmethod
    def backward(ctx, gradient):
        (distance,) = ctx.saved_tensors
        return gradient * surrogate(distance, *ctx.shape), None, None


def surrogate(distance, scale, sharpness):
    return (distance * sharpness).square_().add_(1).reciprocal_().mul_(scale)


class Network:
    """Spikes are [step, sample, unit]; v[t] = W x[t] + U z[t-1] + b + decay (v[t-1] - z[t-1]), y[t] = Wo z[t] + bo + decay y[t-1]."""

    def __init__(self, data, sizes, steps, decay, shape):
        inputs, hidden, outputs = sizes
        weights = torch.from_numpy(data["weights0"]).view(hidden, inputs + hidden)
        given = {
            "inputs": weights[:, :inputs],
            "own": weights[:, inputs:],
            "biases": torch.from_numpy(data["biases0"]),
            "readout": torch.from_numpy(data["weights1"]).view(outputs, hidden),
            "readoutBiases": torch.from_numpy(data["biases1"]),
        }
        self.parameters = {name: values.clone().requires_grad_() for name, values in given.items()}
        self.decay, self.shape = decay, shape
        ages = torch.arange(steps)[:, None] - torch.arange(steps)
        self.memory = torch.where(ages >= 0, decay ** ages.clamp(min=0), 0).float()
        self.optimizer = torch.optim.Adam(self.parameters.values(), lr=RATE, fused=True)

    def bptt(self, x, labels, detached=False):
        w = self.parameters
        self.optimizer.zero_grad(set_to_none=True)
        membrane = spikes = x.new_zeros(x.shape[1], len(w["own"]))
        layer = []
        for drive in F.linear(x, w["inputs"], w["biases"]).unbind(0):
            rest = drive + self.decay * (membrane - spikes.detach())
            membrane = torch.addmm(rest, spikes.detach() if detached else spikes, w["own"].t())
            spikes = Spike.apply(membrane - 1, *self.shape)
            layer.append(spikes)
        outputs = self.remembered(F.linear(torch.stack(layer), w["readout"], w["readoutBiases"]))
        F.cross_entropy(outputs.mean(0), labels).backward()

    def detached(self, x, labels):
        self.bptt(x, labels, detached=True)

    @torch.no_grad()
    def eprop(self, x, labels):
        """Eligibilities factorise: e_ji[t] = h_j[t] trace_i[t]. The readout's filter is moved from them to the learning signals."""
        w = self.parameters
        membranes, spikes = self.forward(x)
        outputs = self.remembered(F.linear(spikes, w["readout"], w["readoutBiases"]))
        errors = (outputs.mean(0).softmax(1) - F.one_hot(labels, outputs.shape[2])) / (len(outputs) * len(labels))
        filtered = self.memory.sum(0)[:, None, None] * errors
        signals = surrogate(membranes.sub_(1), *self.shape).mul_(filtered @ w["readout"])
        before = torch.cat([torch.zeros_like(spikes[:1]), spikes[:-1]])
        w["inputs"].grad = product(signals, self.traces(x))
        w["own"].grad = product(signals, self.traces(before))
        w["biases"].grad = self.memory.sum(1) @ signals.sum(1)
        w["readout"].grad = product(filtered, spikes)
        w["readoutBiases"].grad = filtered.sum((0, 1))

    def forward(self, x):
        """Membranes and spikes of the hidden layer."""
        w = self.parameters
        drives = F.linear(x, w["inputs"], w["biases"])
        own = w["own"].t()
        membranes, spikes = torch.empty_like(drives), torch.zeros_like(drives)
        membrane = spike = torch.zeros_like(drives[0])
        for step, drive in enumerate(drives):
            membrane = torch.add(drive, membrane - spike, alpha=self.decay).addmm_(spike, own)
            spike = (membrane >= 1).float()
            membranes[step], spikes[step] = membrane, spike
        return membranes, spikes

    def remembered(self, values):
        """y[t] = values[t] + decay y[t-1], as one product over all steps."""
        return (self.memory @ values.flatten(1)).view_as(values)

    def traces(self, spikes):
        """The same for many units, where a loop is faster than a product."""
        made = spikes.clone()
        for step in range(1, len(made)):
            made[step].add_(made[step - 1], alpha=self.decay)
        return made

    def gradients(self):
        w = {name: values.grad for name, values in self.parameters.items()}
        return {
            "weights0": torch.cat([w["inputs"], w["own"]], 1),
            "biases0": w["biases"],
            "weights1": w["readout"],
            "biases1": w["readoutBiases"],
        }


def product(signals, traces):
    """Sum over steps and samples, [unit, presynaptic unit]."""
    return signals.flatten(0, 1).t() @ traces.flatten(0, 1)


def deviation(gradients, data, rule):
    """Largest difference, relative to the largest element of its array."""
    expected = {name: torch.from_numpy(data[f"{rule}_{name}"]).view_as(own) for name, own in gradients.items()}
    return max(float((own - expected[name]).abs().max() / expected[name].abs().max()) for name, own in gradients.items())


def main():
    file, size, steps, batch, decay, scale, sharpness = sys.argv[1:]
    torch.set_num_threads(1)
    data = np.load(file)
    sizes = [int(units) for units in size.split("-")]
    network = Network(data, sizes, int(steps), float(decay), (float(scale), float(sharpness)))
    made = batches(file, int(steps), int(batch), sizes[0])
    samples = [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in made]
    forms = {"eprop": network.eprop, "detached": network.detached, "bptt": network.bptt}
    deviations = {}
    for name, form in forms.items():
        form(*samples[0])
        deviations[name] = deviation(network.gradients(), data, "bptt" if name == "bptt" else "eprop")
    with torch.no_grad():
        spikes = sum(int(network.forward(x)[1].sum()) for x, _ in samples)
    say(version=torch.__version__, deviations=deviations, spikes=spikes)
    turns = itertools.cycle(samples)
    for line in sys.stdin:
        name, limit = line.split()
        pieces, start, before = 0, time.perf_counter(), time.process_time()
        while pieces == 0 or time.perf_counter() - start < float(limit):
            forms[name](*next(turns))
            network.optimizer.step()
            pieces += 1
        say(samples=pieces * int(batch), seconds=time.process_time() - before)


def say(**fields):
    print(json.dumps(fields), flush=True)


main()
