"""Plain PyTorch: matrix products over all steps at once, loops over the steps where a neuron or a layer needs the step before."""

import math

import torch
import torch.nn.functional as F

from inputs import OUTPUTS, weights
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


class Convolutions(torch.nn.Module):
    """Layers in images, then a dense output."""

    def __init__(self, image, hidden, scales, neuron):
        super().__init__()
        self.image, self.hidden, self.neuron = image, hidden, neuron
        size, drawn = image, []
        for seed, (layer, scale) in enumerate(zip([*hidden, Dense(OUTPUTS)], scales)):
            drawn.append(layer.start(size, scale, seed))
            size = layer.size_of(size)
        self.weights = torch.nn.ParameterList([torch.from_numpy(values) for values in drawn])

    def forward(self, x):
        x, layers = x.unflatten(2, self.image), []
        for layer, values in zip([*self.hidden, Dense(OUTPUTS)], self.weights):
            spikes = self.neuron(layer.drive(x.flatten(0, 1), values).unflatten(0, x.shape[:2]))
            layers.append(spikes.flatten(2))
            x = layer.pooled(spikes)
        return layers


class Residual(torch.nn.Module):
    """A stem and blocks of two convolutions; each block gets the sum of the stem and of all blocks before it."""

    def __init__(self, image, blocks, channels, scales, neuron):
        super().__init__()
        self.image, self.neuron = image, neuron
        self.layer, size = Conv(channels), (channels, *image[1:])
        drawn = [self.layer.start(image, scales[0], 0)]
        drawn += [self.layer.start(size, scales[1], 1 + number) for number in range(2 * blocks)]
        drawn.append(Dense(OUTPUTS).start((channels,), scales[2], 1 + 2 * blocks))
        self.weights = torch.nn.ParameterList([torch.from_numpy(values) for values in drawn])

    def forward(self, x):
        stem, *blocks, output = self.weights
        layers = [self.step(x.unflatten(2, self.image), stem)]
        total = layers[0]
        for first, second in zip(blocks[::2], blocks[1::2]):
            layers.append(self.step(total, first))
            layers.append(self.step(layers[-1], second))
            total = total + layers[-1]
        return *(spikes.flatten(2) for spikes in layers), self.neuron(total.mean((3, 4)) @ output.T)

    def step(self, x, values):
        return self.neuron(self.layer.drive(x.flatten(0, 1), values).unflatten(0, x.shape[:2]))


class Conv:
    """A convolution with a kernel of 3 x 3 whose zeros keep the size at stride 1, and a max pool behind it, if any."""

    def __init__(self, channels, stride=1, pool=1):
        self.channels, self.stride, self.pool = channels, stride, pool

    def start(self, size, scale, seed):
        return weights(self.channels, size[0] * 9, scale, seed).reshape(self.channels, size[0], 3, 3)

    def size_of(self, size):
        side = lambda length: (length + self.stride - 1) // self.stride // self.pool
        return self.channels, side(size[1]), side(size[2])

    def drive(self, x, values):
        return F.conv2d(x, values, stride=self.stride, padding=1)

    def pooled(self, spikes):
        if self.pool == 1:
            return spikes
        return F.max_pool2d(spikes.flatten(0, 1), self.pool).unflatten(0, spikes.shape[:2])


class Dense:
    """A dense layer."""

    def __init__(self, units):
        self.units = units

    def start(self, size, scale, seed):
        return weights(self.units, math.prod(size), scale, seed)

    def size_of(self, size):
        return (self.units,)

    def drive(self, x, values):
        return F.linear(x.flatten(1), values)

    def pooled(self, spikes):
        return spikes


def without_current(drive):
    """Neurons without a synaptic current."""
    membrane = spikes = torch.zeros(drive.shape[1:])
    made = []
    for arriving in drive.unbind(0):
        membrane = 0.5 * membrane * (1 - spikes.detach()) + arriving
        spikes = Spike.apply(membrane - 1)
        made.append(spikes)
    return torch.stack(made)


def over_steps(drive, own=None):
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


def convolutions(image, hidden, scales, neuron):
    def build(batches, threads):
        network = Convolutions(image, hidden, scales, neuron)
        return TorchNetwork("loops", network, network, batches, threads)

    return build


def residual(batches, threads):
    network = Residual((1, 28, 28), 3, 16, [2.0, 0.15, 4.0], over_steps)
    return TorchNetwork("loops", network, network, batches, threads)


WIDE = [Conv(128), Conv(128)]
WIDE_DENSE = [Conv(128, pool=2), Conv(128, pool=2), Dense(2048)]

BUILDERS = {
    "mnist": builder([784, 800, 10], [0.5, 0.06], False),
    "nmnist": builder([2312, 800, 10], [0.02, 0.06], False),
    "deep": builder([784, 2000, 2000, 10], [0.5, 0.08, 0.04], False),
    "recurrent": builder([784, 800, 10], [0.5, 0.06], True),
    "recurrent-events": builder([700, 256, 20], [0.02, 0.06], True),
    "conv-strided": convolutions((2, 34, 34), [Conv(16, 2), Conv(32, 2)], [0.8, 0.2, 0.05], over_steps),
    "residual": residual,
    "wide": convolutions((1, 28, 28), WIDE, [1.0, 0.02, 0.001], without_current),
    "wide-dense": convolutions((1, 28, 28), WIDE_DENSE, [1.0, 0.02, 0.002, 0.02], without_current),
}
