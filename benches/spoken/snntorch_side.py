"""snntorch_side.py FILE EPOCHS SEED: trains the network of config.mjs with snnTorch on one thread; one JSON object on stdout."""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import snntorch
import torch
import torch.nn.functional as F
from snntorch import surrogate

STEPS, INPUTS, BATCH = 100, 40, 32


class Network(torch.nn.Module):
    def __init__(self, file, seed, alpha, beta, sharpness):
        super().__init__()
        self.first, self.second = (linear(file[f"weights{layer}_{seed}"], inputs) for layer, inputs in ((0, INPUTS), (1, 256)))
        options = {"alpha": alpha, "beta": beta}
        self.hidden = snntorch.Synaptic(**options, spike_grad=surrogate.fast_sigmoid(sharpness), reset_mechanism="subtract")
        self.readout = snntorch.Synaptic(**options, reset_mechanism="none")
        self.gain = 1 / max(sum(beta ** (n - k) * alpha**k for k in range(n + 1)) for n in range(STEPS))

    def forward(self, x):
        """Membranes of the readout, [step, sample, output]."""
        current, membrane = self.hidden.reset_mem()
        spikes = []
        for drive in (self.gain * self.first(x)).unbind(0):
            spike, current, membrane = self.hidden(drive, current, membrane)
            spikes.append(spike)
        current, membrane = self.readout.reset_mem()
        membranes = []
        for drive in (self.gain * self.second(torch.stack(spikes))).unbind(0):
            _, current, membrane = self.readout(drive, current, membrane)
            membranes.append(membrane)
        return torch.stack(membranes), torch.stack(spikes)


def linear(weights, inputs):
    matrix = torch.from_numpy(weights.reshape(-1, inputs))
    layer = torch.nn.Linear(inputs, matrix.shape[0], bias=False)
    with torch.no_grad():
        layer.weight.copy_(matrix)
    return layer


def part(file, name):
    """Spikes as bytes, [step, sample, input], and labels."""
    offsets, labels = file[f"{name}_offsets"], file[f"{name}_labels"]
    dense = np.zeros((STEPS, len(labels), INPUTS), np.uint8)
    sample = np.repeat(np.arange(len(labels)), np.diff(offsets))
    np.add.at(dense, (file[f"{name}_times"], sample, file[f"{name}_units"]), 1)
    return torch.from_numpy(dense), torch.from_numpy(labels.astype(np.int64))


def main():
    name, epochs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    file = np.load(name)
    rate, beta, temperature, sharpness = map(float, file["chosen"])
    network = Network(file, seed, 0.8, beta, sharpness)
    (x, y), (test, answers) = part(file, "train"), part(file, "test")
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    updates = epochs * -(-len(y) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(epochs):
        for batch in torch.randperm(len(y)).split(BATCH):
            optimizer.zero_grad(set_to_none=True)
            membranes, _ = network(x[:, batch].float())
            F.cross_entropy(temperature * membranes.mean(0), y[batch]).backward()
            optimizer.step()
            schedule.step()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    with torch.no_grad():
        membranes, spikes = network(test.float())
    right = (membranes.mean(0).argmax(1) == answers).float().mean().item()
    print(json.dumps({
        "version": f"snnTorch {snntorch.__version__} on PyTorch {torch.__version__}",
        "accuracy": right, "seconds": seconds, "cpuSeconds": cpu, "samples": epochs * len(y),
        "spikesPerUnit": spikes.sum().item() / spikes.shape[1] / spikes.shape[2],
    }))


main()
