"""Writes cases of format 3 that are chains of layers in format 2, which the tests read: python3 chains.py FILE ... > family.ndjson

A case with another graph, or with a layer that format 2 can't say, is left out, with its reason on standard error.
"""

import json
import sys


class NoChain(Exception):
    pass


def word(layer, before):
    """A layer as format 2 has it: a word, or an object where it is a convolution or a pool that no word says."""
    if layer.get("from", before) not in (before, [before]):
        raise NoChain(f"{layer['name']} has other sources than the layer before")
    extra = set(layer) & {"inputs", "learn"}
    if extra:
        raise NoChain(f"{layer['name']} has {', '.join(sorted(extra))}")
    kind = layer["type"]
    rest = {key: value for key, value in layer.items() if key not in ("name", "from", "neuron", "delays")}
    if kind == "dense":
        return ("r" if layer.get("recurrent") else "") + f"fc{layer['units']}"
    if kind == "conv2d" and set(rest) == {"type", "channels", "kernel"} and isinstance(layer["kernel"], int) and layer["kernel"] % 2 == 1:
        return f"conv{layer['channels']}c{layer['kernel']}"
    if kind in ("avgPool2d", "maxPool2d") and set(rest) == {"type", "window"} and isinstance(layer["window"], int):
        return f"{kind[0]}pool{layer['window']}"
    if kind == "flatten":
        return "flatten"
    if kind == "oneToOne":
        raise NoChain(f"{layer['name']} is one-to-one")
    return rest


def joined(arrays, name, units):
    """One array `[unit][inputs, then own units]` from those of each input."""
    rows = [[array[name][unit * len(array[name]) // units:(unit + 1) * len(array[name]) // units] for array in arrays] for unit in range(units)]
    return [value for row in rows for part in row for value in part]


def parameters(layers, name, biases):
    """Parameters or gradients of every layer with weights."""
    out = []
    for number, layer in enumerate(layers):
        units = len(layer[biases])
        entry = {"layer": number}
        if name == "W" and "W_shape" in layer["inputs"][0]:
            shape = layer["inputs"][0]["W_shape"]
            entry["W_shape"] = shape[:1] + [sum(one["W_shape"][1] for one in layer["inputs"])] + shape[2:]
        entry[name] = joined(layer["inputs"], name, units)
        entry[biases] = layer[biases]
        delays = [one["delays"] for one in layer["inputs"] if "delays" in one]
        is_gradient = name == "dW"
        if delays and not is_gradient:
            entry["delays"] = delays[0]
        learnt = {**layer.get("learnt", {}), **({"delays": delays[0]} if delays and is_gradient else {})}
        if learnt:
            entry["learnt"] = learnt
        out.append(entry)
    return out


def chain(case):
    config = dict(case["config"])
    layers = config.pop("layers")
    names = ["input"] + [layer["name"] for layer in layers]
    config["network"] = ["x".join(map(str, config.pop("input")))] + [word(layer, before) for layer, before in zip(layers, names)]
    weighted = [layer for layer in layers if layer["type"] in ("dense", "conv2d", "conv1d")]
    config["neurons"] = [layer.get("neuron", {"type": "lif"}) for layer in weighted]
    if any("delays" in layer for layer in weighted):
        config["delays"] = [layer.get("delays") for layer in weighted]
    expected = dict(case["expected"])
    numbers = {layer["layer"]: number for number, layer in enumerate(case["params"])}
    for name in ("spikes", "probes"):
        if name in expected:
            expected[name] = [{**one, "layer": numbers[one["layer"]]} for one in expected[name] if one["layer"] in numbers]
    if "grads" in expected:
        expected["grads"] = parameters(expected["grads"], "dW", "db")
    if "final_params" in expected:
        expected["final_params"] = parameters(expected["final_params"], "W", "b")
    gains = [{**one, "layer": numbers[one["layer"]]} for one in case["gains"]]
    head = {key: case[key] for key in case if key not in ("config", "gains", "shapes", "params", "expected", "format")}
    return {"format": 2, **head, "config": config, "gains": gains, "params": parameters(case["params"], "W", "b"), "expected": expected}


for path in sys.argv[1:]:
    with open(path) as file:
        case = json.load(file)
    try:
        print(json.dumps(chain(case), separators=(",", ":")))
    except NoChain as reason:
        print(f"{path}: {reason}", file=sys.stderr)
