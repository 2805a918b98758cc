import snntorch
import torch
from snntorch import surrogate

from inputs import DECAY, HIDDEN, INPUTS, OUTPUTS, PEAK, weights
from on_torch import TorchNetwork, linear


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = linear(HIDDEN, INPUTS, weights(HIDDEN, INPUTS, 0.036 / PEAK, 0))
        self.second = linear(OUTPUTS, HIDDEN, weights(OUTPUTS, HIDDEN, 0.0108 / PEAK, 1))
        options = {"alpha": DECAY, "beta": DECAY, "spike_grad": surrogate.fast_sigmoid(), "reset_mechanism": "subtract"}
        self.hidden, self.output = snntorch.Synaptic(**options), snntorch.Synaptic(**options)

    def forward(self, x):
        hidden = over(self.hidden, self.first(x))
        return hidden, over(self.output, self.second(hidden))


def over(neuron, currents):
    current, membrane = neuron.reset_mem()
    spikes = []
    for drive in currents.unbind(0):
        spike, current, membrane = neuron(drive, current, membrane)
        spikes.append(spike)
    return torch.stack(spikes)


def build(batches, threads):
    network = Network()
    return TorchNetwork(snntorch.__version__, network, network, batches, threads)


BUILDERS = {"mnist": build}
