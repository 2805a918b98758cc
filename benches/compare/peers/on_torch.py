"""Training and inference that the libraries on PyTorch share."""

import itertools

import torch
import torch.nn.functional as F


class TorchNetwork:
    """`forward(x)` gives the spikes of each layer, [step, sample, unit] each."""

    def __init__(self, version, module, forward, batches, threads, reset=lambda: None):
        torch.set_num_threads(threads)
        self.version = f"{version} on PyTorch {torch.__version__}"
        self.forward, self.reset = forward, reset
        self.batches = itertools.cycle([(torch.from_numpy(x), torch.from_numpy(y)) for x, y in batches])
        self.optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)

    def train(self):
        x, y = next(self.batches)
        self.reset()
        self.optimizer.zero_grad(set_to_none=True)
        *_, output = self.forward(x)
        F.cross_entropy(output.sum(0), y).backward()
        self.optimizer.step()

    def infer(self):
        x, _ = next(self.batches)
        self.reset()
        with torch.no_grad():
            self.spikes = self.forward(x)
            return self.spikes[-1].sum(0)

    def activity(self):
        """Spikes a sample of each layer: a silent network must not pass."""
        self.infer()
        found = [float(layer.sum()) / layer.shape[1] for layer in self.spikes]
        self.spikes = None
        return found


def linear(outputs, inputs, values):
    layer = torch.nn.Linear(inputs, outputs)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(values))
        layer.bias.zero_()
    return layer


def over_steps(cell, currents):
    """A cell over all steps. `unbind`: the gradient of `currents[t]` would fill a tensor of all steps for each step."""
    state, spikes = None, []
    for current in currents.unbind(0):
        spike, state = cell(current, state)
        spikes.append(spike)
    return torch.stack(spikes)
