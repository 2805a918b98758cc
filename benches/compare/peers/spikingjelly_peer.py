import math
from importlib.metadata import version

import torch
from spikingjelly.activation_based import functional, neuron, surrogate

from inputs import DECAY, HIDDEN, INPUTS, OUTPUTS, weights
from on_torch import TorchNetwork, linear


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        options = {
            "tau": -1 / math.log(DECAY),
            "decay_input": False,
            "v_reset": 0.0,
            "surrogate_function": surrogate.ATan(),
            "step_mode": "m",
        }
        self.first = linear(HIDDEN, INPUTS, weights(HIDDEN, INPUTS, 0.042, 0))
        self.second = linear(OUTPUTS, HIDDEN, weights(OUTPUTS, HIDDEN, 0.0126, 1))
        self.hidden, self.output = neuron.LIFNode(**options), neuron.LIFNode(**options)

    def forward(self, x):
        hidden = self.hidden(self.first(x))
        return hidden, self.output(self.second(hidden))


def build(batches, threads):
    network = Network()
    reset = lambda: functional.reset_net(network)
    return TorchNetwork(version("spikingjelly"), network, network, batches, threads, reset)
