"""Plain PyTorch: matrix products over all steps at once, loops over the steps where a neuron or a layer needs the step before."""

import torch

from inputs import weights
from on_torch import TorchNetwork

CURRENT_DECAY, MEMBRANE_DECAY = 0.9, 0.95


class Spike(torch.autograd.Function):
    """1 from the threshold on; its derivative is that of a fast sigmoid."""

    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return (distance >= 0).float()

    @staticmethod
    def backward(ctx, gradient):
        (distance,) = ctx.saved_tensors
        return gradient / (1 + 10 * distance.abs()) ** 2


class Network(torch.nn.Module):
    """Dense layers of current-based neurons; the first may drive itself."""

    def __init__(self, sizes, scales, is_recurrent):
        super().__init__()
        shapes = enumerate(zip(sizes, sizes[1:], scales))
        drawn = [weights(units, inputs, scale, seed).T.copy() for seed, (inputs, units, scale) in shapes]
        self.weights = torch.nn.ParameterList([torch.from_numpy(values) for values in drawn])
        own = weights(sizes[1], sizes[1], 0.005, len(sizes))
        self.own = torch.nn.Parameter(torch.from_numpy(own)) if is_recurrent else None

    def forward(self, x):
        layers = []
        for index, weights in enumerate(self.weights):
            x = over_steps((x.flatten(0, 1) @ weights).view(*x.shape[:2], -1), self.own if index == 0 else None)
            layers.append(x)
        return layers


def over_steps(drive, own):
    """`unbind`: the gradient of `drive[t]` would fill a tensor of all steps for each step."""
    current = membrane = spikes = torch.zeros(drive.shape[1:])
    made = []
    for arriving in drive.unbind(0):
        if own is not None:
            arriving = arriving + spikes @ own
        current = CURRENT_DECAY * current + arriving
        membrane = (MEMBRANE_DECAY * membrane + (1 - MEMBRANE_DECAY) * current) * (1 - spikes.detach())
        spikes = Spike.apply(membrane - 1)
        made.append(spikes)
    return torch.stack(made)


def builder(sizes, scales, is_recurrent):
    def build(batches, threads):
        network = Network(sizes, scales, is_recurrent)
        return TorchNetwork("loops", network, network, batches, threads)

    return build


BUILDERS = {
    "mnist": builder([784, 800, 10], [0.5, 0.06], False),
    "nmnist": builder([2312, 800, 10], [0.02, 0.06], False),
    "deep": builder([784, 2000, 2000, 10], [0.5, 0.08, 0.04], False),
    "recurrent": builder([784, 800, 10], [0.5, 0.06], True),
    "recurrent-events": builder([700, 256, 20], [0.02, 0.06], True),
}
