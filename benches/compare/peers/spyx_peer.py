import itertools
import os

os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
import optax
import spyx
import spyx.axn as axn
import spyx.nn as snn
from flax import nnx

from inputs import DECAY, HIDDEN, INPUTS, OUTPUTS, PEAK, weights


class Network(nnx.Module):
    def __init__(self):
        streams = nnx.Rngs(0)
        self.first = nnx.Linear(INPUTS, HIDDEN, use_bias=False, rngs=streams)
        self.second = nnx.Linear(HIDDEN, OUTPUTS, use_bias=False, rngs=streams)
        self.first.kernel[...] = weights(HIDDEN, INPUTS, 0.036 / PEAK, 0).T
        self.second.kernel[...] = weights(OUTPUTS, HIDDEN, 0.0108 / PEAK, 1).T
        self.hidden = snn.CuBaLIF((HIDDEN,), DECAY, DECAY, activation=axn.superspike(), rngs=streams)
        self.output = snn.CuBaLIF((OUTPUTS,), DECAY, DECAY, activation=axn.superspike(), rngs=streams)
        for layer in (self.hidden, self.output):  # decays are fixed, not learnt
            layer.alpha = nnx.Cache(jnp.full((), DECAY))
            layer.beta = nnx.Cache(jnp.full((), DECAY))

    def __call__(self, x):
        hidden, _ = snn.run(self.hidden, self.first(x))
        output, _ = snn.run(self.output, self.second(hidden))
        return output.sum(0), hidden.sum()


class JaxNetwork:
    version = f"{spyx.__version__} on JAX {jax.__version__}"

    def __init__(self, batches):
        self.batches = itertools.cycle([(jnp.asarray(x), jnp.asarray(y)) for x, y in batches])
        network = Network()
        optimizer = nnx.Optimizer(network, optax.adam(1e-3), wrt=nnx.Param)
        # The functional interface: no walk over the modules in each call.
        graph, self.state = nnx.split((network, optimizer))

        def loss(network, x, y):
            return optax.softmax_cross_entropy_with_integer_labels(network(x)[0], y).mean()

        @jax.jit
        def step(state, x, y):
            network, optimizer = nnx.merge(graph, state)
            value, gradients = nnx.value_and_grad(loss)(network, x, y)
            optimizer.update(network, gradients)
            return nnx.state((network, optimizer)), value

        @jax.jit
        def forward(state, x):
            network, _ = nnx.merge(graph, state)
            return network(x)

        self.step, self.forward = step, forward

    def train(self):
        self.state, value = self.step(self.state, *next(self.batches))
        value.block_until_ready()

    def infer(self):
        x, _ = next(self.batches)
        return jax.block_until_ready(self.forward(self.state, x)), x.shape[1]

    def activity(self):
        """Spikes a sample of each layer: a silent network must not pass."""
        (output, hidden), samples = self.infer()
        return [float(hidden) / samples, float(output.sum()) / samples]


def build(batches, threads):
    return JaxNetwork(batches)


BUILDERS = {"mnist": build}
