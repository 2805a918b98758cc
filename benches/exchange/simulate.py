"""Runs a NIR file in another library, one step after the other, and writes the spikes of its neurons.

    python simulate.py LIBRARY network.nir input.npz spikes.npz DT

input.npz: offsets, times, units of the samples, and steps, shape. spikes.npz: for each node of neurons [sample, step, unit] as bits.
"""

import contextlib
import sys

import nir
import numpy as np
import torch


def module_of(library, graph, dt):
    """The network in the library's own modules; it keeps or returns its state."""
    if library == "norse":
        import norse.torch

        return norse.torch.from_nir(graph, dt=dt)
    from snntorch.import_nir import import_from_nir

    # It prints, and takes a step of 0.1 ms for granted.
    assert dt == 1e-4, "snnTorch reads time constants for steps of 0.0001 s"
    with contextlib.redirect_stdout(sys.stderr):
        return import_from_nir(graph)


def main(library, network, source, target, dt):
    arrays = np.load(source)
    steps, shape = int(arrays["steps"][0]), tuple(arrays["shape"])
    samples = len(arrays["offsets"]) - 1
    dense = torch.zeros(steps, samples, int(np.prod(shape)))
    sample = np.repeat(np.arange(samples), np.diff(arrays["offsets"]))
    dense[arrays["times"].astype(np.int64), sample, arrays["units"].astype(np.int64)] = 1
    dense = dense.reshape(steps, samples, *shape)

    graph = nir.read(network)
    neurons = [name for name, node in graph.nodes.items() if isinstance(node, (nir.LIF, nir.CubaLIF))]
    module = module_of(library, graph, dt)
    found = {name: [] for name in neurons}

    def recorder(name):
        def record(_module, _inputs, output):
            spikes = output[0] if isinstance(output, tuple) else output
            found[name].append(spikes.detach().reshape(samples, -1).bool().numpy())

        return record

    for name, part in module.named_modules():
        if name in found:
            part.register_forward_hook(recorder(name))
    with torch.no_grad():
        state = None
        for step in range(steps):
            _, state = module(dense[step], state)
    np.savez_compressed(target, **{name: np.packbits(np.stack(s, 1), axis=None) for name, s in found.items()})


if __name__ == "__main__":
    *words, dt = sys.argv[1:]
    main(*words, float(dt))
