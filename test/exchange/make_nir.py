"""Writes the NIR files of test/fixtures/exchange with the nir package: entry k of every weight is (k + 1) / 16.

    .cache/exchange-python/bin/python test/exchange/make_nir.py
"""

from pathlib import Path

import nir
import numpy as np

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exchange"
# Steps of 0.1 ms: decays of 0.9 and 0.8.
TAU_MEM, TAU_SYN = 1e-3, 5e-4


def filled(*shape):
    return ((np.arange(np.prod(shape)) + 1) / 16).reshape(shape).astype(np.float32)


def full(shape, value):
    return np.full(shape, value, dtype=np.float64)


def lif(shape, threshold=1.0, r=10.0, **fields):
    zeros = full(shape, 0)
    return nir.LIF(tau=full(shape, TAU_MEM), r=full(shape, 1) * r, v_leak=zeros, v_threshold=full(shape, 1) * threshold, **fields)


def cuba(shape, v_leak=0.0, tau_syn=TAU_SYN):
    return dict(
        tau_syn=full(shape, 1) * tau_syn,
        tau_mem=full(shape, TAU_MEM),
        r=full(shape, 10),
        v_leak=full(shape, 1) * v_leak,
        w_in=5.0,
    )


def cuba_lif(shape, threshold=1.0, **constants):
    return nir.CubaLIF(v_threshold=full(shape, 1) * threshold, **cuba(shape, **constants))


def write(name, *nodes):
    nir.write(FIXTURES / name, nir.NIRGraph.from_list(*nodes))


# The second layer's units differ in threshold and resistance.
write(
    "lif.nir",
    nir.Input(np.array([4])),
    nir.Affine(weight=filled(3, 4), bias=filled(3)),
    lif(3),
    nir.Linear(weight=filled(2, 3)),
    lif(2, threshold=np.array([1.0, 2.0]), r=np.array([10.0, 5.0])),
)
write("cuba_lif.nir", nir.Input(np.array([4])), nir.Linear(weight=filled(2, 4)), cuba_lif(2, v_leak=np.array([0.5, 0.25])))
write(
    "convolution.nir",
    nir.Input(np.array([1, 4, 4])),
    nir.Conv2d(input_shape=(4, 4), weight=filled(2, 1, 3, 3), stride=1, padding=1, dilation=1, groups=1, bias=filled(2)),
    lif((2, 4, 4)),
    nir.SumPool2d(kernel_size=np.array([2, 2]), stride=np.array([2, 2]), padding=np.array([0, 0])),
    nir.Flatten(input_type={"input": np.array([2, 2, 2])}, start_dim=0),
    nir.Linear(weight=filled(2, 8)),
    lif(2),
)
write(
    "li.nir",
    nir.Input(np.array([4])),
    nir.Linear(weight=filled(3, 4)),
    lif(3),
    nir.Affine(weight=filled(2, 3), bias=filled(2)),
    nir.LI(tau=np.array([TAU_MEM, 2 * TAU_MEM]), r=np.array([10.0, 20.0]), v_leak=full(2, 0)),
)
# Steps of 0.1 ms: 3, 0, 2.5 and 7 of them before the first weights, 1, 2 and 3 on the way back, 4 for all of the last weights.
delayed = dict(
    input=nir.Input(np.array([2, 2, 1])),
    seconds=nir.Delay(delay=np.array([3e-4, 0, 2.5e-4, 7e-4]).reshape(2, 2, 1)),
    flatten=nir.Flatten(input_type={"input": np.array([2, 2, 1])}, start_dim=0),
    fc=nir.Linear(weight=filled(3, 4)),
    lif=lif(3),
    wait=nir.Delay(delay=np.array([1e-4, 2e-4, 3e-4])),
    back=nir.Linear(weight=filled(3, 3)),
    all=nir.Delay(delay=full(3, 4e-4)),
    out=nir.Linear(weight=filled(2, 3)),
    lif_out=lif(2),
    output=nir.Output(np.array([2])),
)
forward = ["input", "seconds", "flatten", "fc", "lif", "all", "out", "lif_out", "output"]
loop = ["lif", "wait", "back", "lif"]
edges = [*zip(forward, forward[1:]), *zip(loop, loop[1:])]
nir.write(FIXTURES / "delays.nir", nir.NIRGraph(nodes=delayed, edges=edges))
# As snnTorch writes it: the neurons and their weights to themselves are a graph of their own.
recurrent = nir.NIRGraph(
    nodes={
        "input": nir.Input(np.array([3])),
        "lif": cuba_lif(3, threshold=2.0, tau_syn=np.array([TAU_SYN, TAU_SYN, 2 * TAU_SYN])),
        "w_rec": nir.Linear(weight=filled(3, 3)),
        "output": nir.Output(np.array([3])),
    },
    edges=[("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")],
)
write(
    "recurrent.nir",
    nir.Input(np.array([4])),
    nir.Linear(weight=filled(3, 4)),
    recurrent,
    nir.Linear(weight=filled(2, 3)),
    nir.CubaLI(**cuba(2)),
)
# Deeper than what is read: a graph in a graph in a graph.
write(
    "nested.nir",
    nir.Input(np.array([3])),
    nir.NIRGraph.from_list(nir.Input(np.array([3])), recurrent, nir.Output(np.array([3]))),
)
