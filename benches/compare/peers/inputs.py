"""The samples as dense spikes, in batches made beforehand."""

import numpy as np

INPUTS = 784
CAMERA = 2 * 34 * 34
UNITS = {
    "mnist": INPUTS,
    "nmnist": CAMERA,
    "conv": CAMERA,
    "deep": INPUTS,
    "recurrent": INPUTS,
    "recurrent-events": 700,
    "conv-strided": CAMERA,
    "residual": INPUTS,
    "wide": INPUTS,
    "wide-dense": INPUTS,
}
HIDDEN = 800
OUTPUTS = 10
DECAY = 0.99
# Largest response of current and membrane to one spike of unit weight.
PEAK = max((t + 1) * DECAY**t for t in range(400))


def batches(file, steps, batch, inputs):
    """A list of (spikes [step, sample, unit] float32, labels [sample] int64)."""
    data = np.load(file)
    offsets, times, units, labels = (data[name] for name in ("offsets", "times", "units", "labels"))
    made = []
    for start in range(0, len(labels) - batch + 1, batch):
        spikes = np.zeros((steps, batch, inputs), np.float32)
        for sample in range(batch):
            events = slice(offsets[start + sample], offsets[start + sample + 1])
            np.add.at(spikes, (times[events], sample, units[events]), 1)
        made.append((spikes, labels[start : start + batch].astype(np.int64)))
    return made


def weights(outputs, inputs, scale, seed):
    """Weights [output, input] with which the units fire now and then."""
    random = np.random.default_rng(seed)
    return ((random.standard_normal((outputs, inputs)) * 0.6 + 0.25) * scale).astype(np.float32)
