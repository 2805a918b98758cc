"""Prints a NIR file as the nir package reads it, types checked, as JSON: edges, and the fields of each node.

    python read_nir.py network.nir
"""

import json
import sys

import nir
import numpy as np


def plain(value):
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "values": value.ravel().tolist()}
    return value.item() if isinstance(value, np.generic) else value


graph = nir.read(sys.argv[1])
nodes = {
    name: {"type": type(node).__name__, **{field: plain(value) for field, value in node.to_dict().items() if field != "type"}}
    for name, node in graph.nodes.items()
}
for node in nodes.values():
    for field in ("metadata", "input_type", "output_type"):
        node.pop(field, None)
json.dump({"nodes": nodes, "edges": graph.edges}, sys.stdout)
