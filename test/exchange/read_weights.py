"""Prints the arrays of a safetensors or NPZ file as Python reads them, as JSON.

    python read_weights.py FILE
"""

import json
import sys

import numpy as np
from safetensors.numpy import load_file

file = sys.argv[1]
arrays = dict(np.load(file)) if file.endswith(".npz") else load_file(file)
shown = {
    name: {"dtype": str(array.dtype), "shape": list(array.shape), "values": array.ravel().tolist()}
    for name, array in arrays.items()
}
json.dump(shown, sys.stdout)
