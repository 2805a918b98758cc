"""Encoders of signals and features of sound in float64 (spec 3.6, 3.7). A signal is an array (time, channel) of float32."""
import math
import numpy as np


def encode_delta(x, threshold, start=None, max_spikes=1):
    """-> counts (time, 2 * channels): falls, then rises."""
    x = np.asarray(x, np.float32).astype(float)
    out = np.zeros((len(x), 2 * x.shape[1]), int)
    for c in range(x.shape[1]):
        first = x[0, c] if start is None else start
        k = 0
        for t in range(len(x)):
            n = int(np.clip(np.trunc((x[t, c] - first) / threshold - k), -max_spikes, max_spikes))
            k += n
            out[t, c + (x.shape[1] if n > 0 else 0)] = abs(n)
    return out


def encode_levels(x, low, high, count):
    """-> counts (time, 2 * channels * count)."""
    x = np.asarray(x, np.float32).astype(float)
    levels = [low + (high - low) * (i + 1) / (count + 1) for i in range(count)]
    out = np.zeros((len(x), 2, x.shape[1], count), int)
    for t in range(1, len(x)):
        for c in range(x.shape[1]):
            for i, level in enumerate(levels):
                out[t, 0, c, i] = x[t, c] < level <= x[t - 1, c]
                out[t, 1, c, i] = x[t - 1, c] < level <= x[t, c]
    return out.reshape(len(x), -1)


class Pcg32:
    """PCG-XSH-RR 64/32 (O'Neill 2014)."""
    MASK = (1 << 64) - 1

    def __init__(self, state, stream):
        self.increment = (stream << 1 | 1) & self.MASK
        self.state = (state + self.increment) & self.MASK
        self.advance()

    def advance(self):
        self.state = (self.state * 6364136223846793005 + self.increment) & self.MASK

    def next(self):
        s = self.state
        self.advance()
        word = ((s >> 18 ^ s) >> 27) & 0xffffffff
        turn = s >> 59
        return (word >> turn | word << (-turn & 31)) & 0xffffffff

    def symmetric(self):
        return (self.next() >> 8) / 2 ** 23 - 1


ENCODING = 2                                        # number of the purpose among the streams of a seed


def encode_current(x, neurons, gain, bias, time_constant, spread, seed):
    """-> (counts (time, channels * neurons), distance of the membranes from the threshold)."""
    x = np.asarray(x, np.float32).astype(float)
    draws = Pcg32(seed, ENCODING << 32)
    alpha = math.exp(-1 / time_constant)
    out = np.zeros((len(x), x.shape[1] * neurons), int)
    margin = math.inf
    for u in range(out.shape[1]):
        g = gain * (1 + spread * draws.symmetric())
        b = bias + spread * draws.symmetric()
        e = -1 if u % neurons % 2 else 1
        v = 0.
        for t in range(len(x)):
            v = alpha * v + (1 - alpha) * (g * e * x[t, u // neurons] + b)
            margin = min(margin, abs(v - 1))
            if v >= 1:
                out[t, u] = 1
                v = 0.
    return out, margin


def log_mel(x, sample_rate, window, hop, mels, low, high, floor):
    """One channel -> features (step, mels) of float64."""
    x = np.asarray(x, np.float32).astype(float)
    size = 1 << (window - 1).bit_length()
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    corners = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), mels + 2)
    corners = 700 * (10 ** (corners / 2595) - 1)
    bins = np.arange(size // 2 + 1) * sample_rate / size
    rise = (bins[None] - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    fall = (corners[2:, None] - bins[None]) / (corners[2:] - corners[1:-1])[:, None]
    weights = np.maximum(0, np.minimum(rise, fall))
    steps = [np.abs(np.fft.rfft(x[f:f + window] * hann, size)) ** 2 for f in range(0, len(x) - window + 1, hop)]
    return np.log(floor + np.array(steps).reshape(-1, size // 2 + 1) @ weights.T)
