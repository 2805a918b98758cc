"""Searches settings for a network of another library and trains it with the best; see learn.mjs."""

import argparse
import functools
import json
import math
import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

HIDDEN = 800
CLASSES = 10
PIXELS = 784
# Epochs of the rungs, and the share of trials that goes on.
RUNGS = (1, 3, 9)
KEEP = 1 / 3
SEARCH_SEED = 101
VALIDATION_IMAGES = 5000


class Network(torch.nn.Module):
    """784-800-10 without biases, as Spikelet's; weights as PyTorch draws them, times `gain`."""

    def __init__(self, neuron, gain, steps):
        super().__init__()
        self.steps = steps
        self.first = torch.nn.Linear(PIXELS, HIDDEN, bias=False)
        self.second = torch.nn.Linear(HIDDEN, CLASSES, bias=False)
        with torch.no_grad():
            self.first.weight *= gain
            self.second.weight *= gain
        self.hidden, self.output = neuron(), neuron()

    def forward(self, x):
        """Spikes [step, sample, unit] of both layers. No input spike is later than `x`, so the currents after it are 0."""
        currents = F.pad(self.first(x), (0, 0, 0, 0, 0, self.steps - len(x)))
        hidden = self.hidden(currents)
        return hidden, self.output(self.second(hidden))


def spikingjelly(decay, sharpness):
    from spikingjelly.activation_based import neuron, surrogate

    tau, derivative = 1 / (1 - decay), surrogate.ATan(sharpness)
    return neuron.LIFNode(tau=tau, decay_input=False, v_reset=0.0, surrogate_function=derivative, step_mode="m")


def reset_spikingjelly(network):
    from spikingjelly.activation_based import functional

    functional.reset_net(network)


def snntorch(decay, sharpness):
    import snntorch
    from snntorch import surrogate
    from snntorch_peer import over

    derivative = surrogate.fast_sigmoid(sharpness)
    cell = snntorch.Synaptic(alpha=decay, beta=decay, spike_grad=derivative, reset_mechanism="subtract")
    return functools.partial(over, cell)


class Peer(NamedTuple):
    """How a library makes a neuron and clears its state, and what the search tries."""

    neuron: Callable
    reset: Callable
    # The second is the library's own.
    sharpnesses: tuple
    # A current that decays makes a spike count for up to 37 times its weight, so the weights of snnTorch start smaller.
    gains: tuple


PEERS = {
    "spikingjelly": Peer(spikingjelly, reset_spikingjelly, (1.0, 2.0, 4.0), (1, 2, 4, 8)),
    "snntorch": Peer(snntorch, lambda network: None, (10, 25, 50), (1 / 16, 1 / 8, 1 / 4, 1)),
}
# Of current and membrane for each step; the last is that of Spikelet's networks.
DECAYS = (0.9, 0.95, 0.99)
# The losses of tutorials: cross-entropy over counts, and the squared distance of rates to 1 and 0.
LOSSES = {
    "crossEntropy": lambda counts, labels, steps: F.cross_entropy(counts, labels),
    "squaredRates": lambda counts, labels, steps: F.mse_loss(counts / steps, F.one_hot(labels, CLASSES).float()),
}


def drawn(trials, peer):
    """Settings of the search, drawn at random."""
    random = np.random.default_rng(1)
    return [
        {
            "rate": float(10 ** random.uniform(math.log10(3e-4), math.log10(1e-2))),
            "gain": float(random.choice(peer.gains)),
            "decay": float(random.choice(DECAYS)),
            "sharpness": float(random.choice(peer.sharpnesses)),
            "loss": str(random.choice(list(LOSSES))),
        }
        for _ in range(trials)
    ]


class Run:
    """One training; the best epoch on the validation images is kept."""

    def __init__(self, args, data, settings, seed):
        torch.manual_seed(seed)
        peer = PEERS[args.peer]
        self.args, self.data, self.settings, self.reset = args, data, settings, peer.reset
        self.random = np.random.default_rng(seed)
        self.network = Network(lambda: peer.neuron(settings["decay"], settings["sharpness"]), settings["gain"], args.steps)

    def spikes(self, times):
        moments = torch.arange(self.args.last + 1, dtype=torch.uint8)[:, None, None]
        return (torch.from_numpy(times)[None] == moments).float()

    def counts(self, times):
        self.reset(self.network)
        return [layer.sum(0) for layer in self.network(self.spikes(times))]

    def measured(self, part, images=None):
        """Accuracy by count, and the spikes of a sample and hidden unit over all steps."""
        times, labels = self.data[f"{part}Times"][:images], self.data[f"{part}Labels"][:images]
        right, spikes = 0, 0.0
        with torch.no_grad():
            for start in range(0, len(labels), 500):
                hidden, output = self.counts(times[start : start + 500])
                right += int((output.argmax(1).numpy() == labels[start : start + 500]).sum())
                spikes += float(hidden.sum())
        return right / len(labels), spikes / len(labels) / HIDDEN

    def train(self, images, epochs, validation_images=None):
        """The best accuracy on the validation images, its epoch and its weights."""
        args = self.args
        times, labels = self.data["trainTimes"][:images], self.data["trainLabels"][:images].astype(np.int64)
        per_epoch = -(-len(labels) // args.batch)
        optimizer = torch.optim.Adam(self.network.parameters())
        loss = LOSSES[self.settings["loss"]]
        best, step = (-1.0, 0, None), 0
        for epoch in range(epochs):
            order = self.random.permutation(len(labels))
            for start in range(0, len(order), args.batch):
                rows = order[start : start + args.batch]
                # Half an epoch of warm-up, then half a cosine to 0.
                cosine = (1 + math.cos(math.pi * step / (per_epoch * epochs))) / 2
                optimizer.param_groups[0]["lr"] = self.settings["rate"] * min(1, (step + 1) / (per_epoch / 2)) * cosine
                step += 1
                optimizer.zero_grad(set_to_none=True)
                _, output = self.counts(times[rows])
                loss(output, torch.from_numpy(labels[rows]), args.steps).backward()
                optimizer.step()
            accuracy, _ = self.measured("validation", validation_images)
            if accuracy > best[0]:
                best = (accuracy, epoch, {name: value.clone() for name, value in self.network.state_dict().items()})
        return best


class Record:
    """What was done already, in a file."""

    def __init__(self, file, settings):
        self.file = file
        self.content = {"settings": settings, "trials": [], "runs": []}
        if os.path.exists(file):
            with open(file, encoding="utf8") as opened:
                found = json.load(opened)
            if found["settings"] != settings:
                raise SystemExit(f"{file} has other settings: {found['settings']}")
            self.content = found

    def once(self, kind, key, make):
        """The entry of `key`; made if there is none."""
        for entry in self.content[kind]:
            if all(entry[name] == value for name, value in key.items()):
                return entry
        entry = {**key, **make()}
        self.content[kind].append(entry)
        with open(f"{self.file}.tmp", "w", encoding="utf8") as file:
            json.dump(self.content, file, indent=2)
            file.write("\n")
        os.replace(f"{self.file}.tmp", self.file)
        print(json.dumps(entry), flush=True)
        return entry


def search(args, data, record):
    """The settings that are best on the last rung."""
    left = drawn(args.trials, PEERS[args.peer])
    for epochs in RUNGS:

        def trial(settings):
            best, epoch, _ = Run(args, data, settings, SEARCH_SEED).train(args.images, epochs, VALIDATION_IMAGES)
            return {"validation": best, "epoch": epoch}

        found = [record.once("trials", {**settings, "epochs": epochs}, lambda: trial(settings)) for settings in left]
        ranked = sorted(zip(found, left, strict=True), key=lambda pair: -pair[0]["validation"])
        left = [settings for _, settings in ranked[: max(1, round(len(left) * KEEP))]]
    return ranked[0][1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--peer", choices=PEERS)
    parser.add_argument("--seeds", type=lambda text: [int(one) for one in text.split(",")])
    for name in ("trials", "images", "epochs", "batch", "threads", "steps", "last"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--out")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    loaded = np.load(args.file)
    data = {name: loaded[name] for name in loaded.files}
    for name in ("train", "validation", "test"):
        data[f"{name}Times"] = data[f"{name}Times"].reshape(-1, PIXELS)
    record = Record(args.out, {name: value for name, value in vars(args).items() if name not in ("file", "out", "seeds", "threads")})
    settings = search(args, data, record)

    def tested(seed):
        run = Run(args, data, settings, seed)
        best, epoch, weights = run.train(None, args.epochs)
        run.network.load_state_dict(weights)
        accuracy, spikes = run.measured("test")
        return {"validation": best, "epoch": epoch, "test": accuracy, "spikesPerHiddenUnit": spikes}

    runs = [record.once("runs", {"seed": seed}, lambda: tested(seed)) for seed in args.seeds]
    tests = np.array([run["test"] for run in runs]) * 100
    print(f"test {tests.mean():.2f} ± {tests.std(ddof=1) if len(tests) > 1 else 0:.2f} %")


if __name__ == "__main__":
    main()
