from importlib.metadata import version

import norse.torch as norse
import torch

from inputs import HIDDEN, INPUTS, OUTPUTS, PEAK, weights
from on_torch import TorchNetwork, linear, over_steps

# Inverse time constants at steps of 1 ms: decays of 0.99.
PARAMETERS = norse.LIFParameters(tau_syn_inv=torch.as_tensor(10.0), tau_mem_inv=torch.as_tensor(10.0), method="super")


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = linear(HIDDEN, INPUTS, weights(HIDDEN, INPUTS, 3.6 / PEAK, 0))
        self.second = linear(OUTPUTS, HIDDEN, weights(OUTPUTS, HIDDEN, 1.08 / PEAK, 1))
        self.hidden, self.output = norse.LIFCell(p=PARAMETERS), norse.LIFCell(p=PARAMETERS)

    def forward(self, x):
        hidden = over_steps(self.hidden, self.first(x))
        return hidden, over_steps(self.output, self.second(hidden))


def build(batches, threads):
    network = Network()
    return TorchNetwork(version("norse"), network, network, batches, threads)


BUILDERS = {"mnist": build}
