import math
from importlib.metadata import version

import torch
from spikingjelly.activation_based import functional, layer, neuron, surrogate

from inputs import DECAY, HIDDEN, INPUTS, OUTPUTS, weights
from on_torch import TorchNetwork, linear


def spiking():
    return neuron.LIFNode(
        tau=-1 / math.log(DECAY), decay_input=False, v_reset=0.0, surrogate_function=surrogate.ATan(), step_mode="m"
    )


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = linear(HIDDEN, INPUTS, weights(HIDDEN, INPUTS, 0.042, 0))
        self.second = linear(OUTPUTS, HIDDEN, weights(OUTPUTS, HIDDEN, 0.0126, 1))
        self.hidden, self.output = spiking(), spiking()

    def forward(self, x):
        hidden = self.hidden(self.first(x))
        return hidden, self.output(self.second(hidden))


class Convolution(torch.nn.Module):
    """2x34x34-conv8c5-apool2-10."""

    def __init__(self):
        super().__init__()
        self.first = layer.Conv2d(2, 8, 5, padding=2, step_mode="m")
        with torch.no_grad():
            self.first.weight.copy_(torch.from_numpy(weights(8, 50, 0.04, 0)).view(8, 2, 5, 5))
            self.first.bias.zero_()
        self.pool = layer.AvgPool2d(2, step_mode="m")
        self.second = linear(OUTPUTS, 8 * 17 * 17, weights(OUTPUTS, 8 * 17 * 17, 0.05, 1))
        self.hidden, self.output = spiking(), spiking()

    def forward(self, x):
        hidden = self.hidden(self.first(x.unflatten(2, (2, 34, 34))))
        return hidden, self.output(self.second(self.pool(hidden).flatten(2)))


def build(batches, threads):
    return wrapped(Network(), batches, threads)


def build_convolution(batches, threads):
    return wrapped(Convolution(), batches, threads)


def wrapped(network, batches, threads):
    reset = lambda: functional.reset_net(network)
    return TorchNetwork(version("spikingjelly"), network, network, batches, threads, reset)


BUILDERS = {"mnist": build, "conv": build_convolution}
