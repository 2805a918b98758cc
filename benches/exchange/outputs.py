"""Runs NIR files in another library, one sample and step after the other, and prints the spikes of their output as JSON.

    python outputs.py LIBRARY FOLDER DT

For each NAME.nir in the folder, NAME.npz has the times and units of the input's spikes, and steps and shape. Of an output that is
not there, the error stands in its place.
"""

import json
import sys
from pathlib import Path

import nir
import numpy as np
import torch
from simulate import module_of


def output_of(library, file, dt):
    arrays = np.load(file.with_suffix(".npz"))
    steps, shape = int(arrays["steps"][0]), tuple(int(length) for length in arrays["shape"])
    dense = torch.zeros(steps, int(np.prod(shape)))
    dense[arrays["times"].astype(np.int64), arrays["units"].astype(np.int64)] = 1
    module = module_of(library, nir.read(file), dt)
    state, rows = None, []
    with torch.no_grad():
        for step in dense.reshape(steps, 1, *shape):
            found, state = module(step, state)
            rows.append((found[0] if isinstance(found, tuple) else found).reshape(-1).numpy())
    return np.argwhere(np.stack(rows) > 0).tolist()


def main(library, folder, dt):
    outputs = {}
    for file in sorted(Path(folder).glob("*.nir")):
        try:
            outputs[file.stem] = output_of(library, file, dt)
        except Exception as error:  # What a library does not read is a result.
            outputs[file.stem] = f"{type(error).__name__}: {error}"
    json.dump(outputs, sys.stdout)


if __name__ == "__main__":
    *words, dt = sys.argv[1:]
    main(*words, float(dt))
