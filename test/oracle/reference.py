"""reference.py -- slow, explicit float64 NumPy oracle for docs/reference/specification.md.

Everything here is written from the equations of docs/reference/specification.md (section numbers are
quoted in the docstrings).  Only NumPy is used.  Every routine loops over time
explicitly; batch and neuron axes are plain array axes.

Array conventions
-----------------
  B batch, T configured number of steps, TL number of simulated steps (<= T),
  N neurons of a flat layer, (C, H, W) feature map of a spatial layer.
  input spikes   x        (B, T, N) or (B, T, C, H, W)
  layer states            list over time of (B, *shape)
  output spikes  out      (B, TL, N)
  output grads dLdS, dLdT (TL, B, N)
  fc weight (N_out, N_in), recurrent fc (N_out, N_in + N_out), conv weight (C_out, C_in, k, k),
  bias (N_out,) / (C_out,)
"""
from __future__ import annotations

from dataclasses import dataclass, field, asdict, fields
from typing import Any, List, Optional

import numpy as np


# ---------------------------------------------------------------------------
# configuration
# ---------------------------------------------------------------------------
@dataclass
class Config:
    """All switches of the model.  Defaults reproduce the authors' behaviour."""
    network: List[str] = field(default_factory=list)   # ["784", "fc800", "fc10"]
    T: int = 300
    # neuron (spec 1)
    alpha_i: float = 0.99
    alpha_v: float = 0.99
    beta_auto: bool = True
    beta_i: float = 1.0
    beta_v: float = 1.0
    beta_bias: float = 1.0
    v_prime_min: float = 1e-2
    # option (1.4): steps after a spike in which V is held at 0; single_spike: all of them
    refractory: int = 0
    single_spike: bool = False
    # surrogate derivative (spec 5.1)
    surrogate: str = "exponential"          # | "fast_sigmoid" | "arctan" | "triangle" | "rectangle"
    surr_alpha: float = 1.0                 # height
    surr_beta: float = 3.0                  # sharpness; half width of triangle and rectangle
    # loss (spec 4)
    target_type: str = "latency"            # "train" | "count" | "latency"
    alpha_exp: float = 0.9
    alpha_extend: int = 200
    kernel_cap: int = 1000
    kernel_cut: float = 1e-6
    softmax_beta: float = 0.166667
    lambda_nospike: float = 0.1
    early_stop: Optional[bool] = None       # None: True iff target_type == "latency"
    # option (iv): count term added to the latency loss
    count_weight: float = 0.0
    count_goal: float = 1.0
    count_scope: str = "silent"             # "silent" | "all"
    max_target_spikes: float = 1.0
    min_target_spikes: float = 0.0
    # learning rule (spec 5)
    rule: str = "antlr"                     # "activation" | "timing" | "antlr" | "trivial"
    act_style: str = "SRM"                  # "SRM" | "RNN" | "SLAYER"
    lambda_act: Any = 1.0                   # a number, or a list with one for each spiking layer
    lambda_tim: Any = 1.0
    # option (iii): reset paths
    reset_act: str = "none"                 # "none" | "full" | "window" | "lag"
    reset_tim: str = "none"                 # "none" | "full" | "window" | "lag"
    reset_window: float = 0.2               # |V - 1| <= reset_window
    reset_lag: int = 10                     # steps after the spike
    # option (vi): terms for the activity of hidden layers
    rate_lower: float = 0.0
    rate_upper: Optional[float] = None
    rate_strength: float = 0.0
    spike_penalty: float = 0.0
    # silent-neuron weight update (spec 5.6) / option (v)
    timing_penalty: float = 100.0
    penalty_scope: str = "timing"           # "timing" | "all" | "off"
    penalty_conv: bool = False
    # documented quirks of the authors' code (spec 8)
    apool_mask: str = "binary"              # "binary" (the derivative) | "value" (authors)
    conv_grad_beta_i: bool = True           # the derivative; False: authors omit beta_i in conv dW
    # gradient post-processing
    grad_clip: Optional[float] = None
    grad_norm_clip: Optional[float] = None
    # targets of the softmax
    label_smoothing: float = 0.0
    class_weights: Optional[list] = None
    # arithmetic of the oracle itself
    dtype: str = "float64"

    @staticmethod
    def from_dict(d: dict) -> "Config":
        known = {f.name for f in fields(Config)}
        bad = set(d) - known
        if bad:
            raise ValueError(f"unknown config keys {bad}")
        return Config(**d)

    def to_dict(self) -> dict:
        return asdict(self)

    @property
    def stops_early(self) -> bool:
        if self.early_stop is None:
            return self.target_type == "latency"
        return self.early_stop


# ---------------------------------------------------------------------------
# network description (spec 2)
# ---------------------------------------------------------------------------
@dataclass
class Layer:
    kind: str                  # "fc" | "conv" | "apool" | "mpool" | "flatten"
    in_shape: tuple
    out_shape: tuple
    k: int = 0                 # kernel / pool size
    recurrent: bool = False    # fc only (spec 1.5)

    @property
    def spiking(self) -> bool:
        return self.kind in ("fc", "conv")

    @property
    def fan_in(self) -> int:
        if self.kind == "fc":
            return int(self.in_shape[0]) + (int(self.out_shape[0]) if self.recurrent else 0)
        return int(self.in_shape[0] * self.k * self.k)


def parse_network(spec: List[str]) -> List[Layer]:
    """["2x34x34","8c5conv"->...].  Strings: "N", "CxHxW", "fcN", "convOcK"
    (O output channels, K kernel), "apoolK", "mpoolK", "flatten"; "rfcN" is recurrent."""
    first = spec[0]
    shape = tuple(int(s) for s in first.split("x"))
    layers: List[Layer] = []
    for s in spec[1:]:
        if s.startswith("conv"):
            o, k = (int(v) for v in s[4:].split("c"))
            if k % 2 == 0:
                raise ValueError("even conv kernels change the map size; unsupported")
            out = (o, shape[1], shape[2])
            layers.append(Layer("conv", shape, out, k))
        elif s.startswith("fc") or s.startswith("rfc"):
            out = (int(s[s.index("c") + 1:]),)
            if len(shape) != 1:
                raise ValueError("fc needs a flat input; insert 'flatten'")
            layers.append(Layer("fc", shape, out, recurrent=s.startswith("r")))
        elif s.startswith("apool") or s.startswith("mpool"):
            k = int(s[5:])
            out = (shape[0], shape[1] // k, shape[2] // k)
            layers.append(Layer(s[:5], shape, out, k))
        elif s == "flatten":
            out = (int(np.prod(shape)),)
            layers.append(Layer("flatten", shape, out))
        else:
            raise ValueError(f"bad layer {s}")
        shape = out
    return layers


def init_params(layers, rng) -> list:
    """W ~ U(-1/sqrt(fan_in), 1/sqrt(fan_in)), b = 0 (spec 7)."""
    params = []
    for L in layers:
        if not L.spiking:
            params.append(None)
            continue
        lim = 1.0 / np.sqrt(L.fan_in)
        if L.kind == "fc":
            W = rng.uniform(-lim, lim, (L.out_shape[0], L.fan_in))
        else:
            W = rng.uniform(-lim, lim, (L.out_shape[0], L.in_shape[0], L.k, L.k))
        params.append((W, np.zeros(L.out_shape[0])))
    return params


# ---------------------------------------------------------------------------
# kernels (spec 1.2)
# ---------------------------------------------------------------------------
def eps_unscaled(alpha_i, alpha_v, n) -> np.ndarray:
    """e[t] = sum_{k=0..t} alpha_i^k alpha_v^(t-k),  t = 0..n-1."""
    e = np.zeros(n)
    for t in range(n):
        for k in range(t + 1):
            e[t] += alpha_i ** k * alpha_v ** (t - k)
    return e


def effective_betas(cfg: Config):
    """(beta_i, beta_v, beta_bias) after the automatic scaling."""
    if cfg.beta_auto:
        m = eps_unscaled(cfg.alpha_i, cfg.alpha_v, cfg.T).max()
        return 1.0, 1.0 / m, 1.0 / m
    return cfg.beta_i, cfg.beta_v, cfg.beta_bias


# ---------------------------------------------------------------------------
# linear maps
# ---------------------------------------------------------------------------
def _pad(x, p):
    return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))) if p else x


def conv_apply(W, x):
    """Cross-correlation, zero padding floor(k/2), stride 1.  x (B,C,H,W)."""
    k = W.shape[2]
    p = k // 2
    B, _, H, Wd = x.shape
    xp = _pad(x, p)
    out = np.zeros((B, W.shape[0], H, Wd), dtype=x.dtype)
    for dy in range(k):
        for dx in range(k):
            out += np.einsum("oc,bchw->bohw", W[:, :, dy, dx],
                             xp[:, :, dy:dy + H, dx:dx + Wd])
    return out


def conv_adjoint(W, g):
    """Transpose of conv_apply.  g (B,O,H,W) -> (B,C,H,W)."""
    k = W.shape[2]
    p = k // 2
    B, _, H, Wd = g.shape
    acc = np.zeros((B, W.shape[1], H + 2 * p, Wd + 2 * p), dtype=g.dtype)
    for dy in range(k):
        for dx in range(k):
            acc[:, :, dy:dy + H, dx:dx + Wd] += np.einsum(
                "oc,bohw->bchw", W[:, :, dy, dx], g)
    return acc[:, :, p:p + H, p:p + Wd]


def conv_weight_grad(k, x, g):
    """sum_b sum_yx g[b,o,y,x] * xpad[b,c,y+dy,x+dx]."""
    p = k // 2
    H, Wd = g.shape[2:]
    xp = _pad(x, p)
    out = np.zeros((g.shape[1], x.shape[1], k, k), dtype=g.dtype)
    for dy in range(k):
        for dx in range(k):
            out[:, :, dy, dx] = np.einsum("bohw,bchw->oc", g,
                                          xp[:, :, dy:dy + H, dx:dx + Wd])
    return out


def lin_apply(L: Layer, W, s):
    return s @ W.T if L.kind == "fc" else conv_apply(W, s)


def lin_adjoint(L: Layer, W, g):
    """to the layer below."""
    return g @ W[:, :L.in_shape[0]] if L.kind == "fc" else conv_adjoint(W, g)


def own_adjoint(L: Layer, W, g):
    """to the layer itself, one step earlier (spec 1.5)."""
    return g @ W[:, L.in_shape[0]:]


def presynaptic(L: Layer, s, own, t):
    """what the weights of a layer see at t: s, and in a recurrent layer its own spikes at t-1."""
    if not L.recurrent:
        return s
    before = own[t - 1] if t > 0 else np.zeros((s.shape[0],) + L.out_shape, dtype=s.dtype)
    return np.concatenate([s, before], axis=1)


def bias_view(L: Layer, b):
    return b if L.kind == "fc" else b.reshape(-1, 1, 1)


# ---------------------------------------------------------------------------
# pooling
# ---------------------------------------------------------------------------
def _windows(x, k):
    B, C, H, W = x.shape
    h, w = H // k, W // k
    v = x[:, :, :h * k, :w * k].reshape(B, C, h, k, w, k)
    return v.transpose(0, 1, 2, 4, 3, 5).reshape(B, C, h, w, k * k)


def _unwindows(v, k, H, W):
    B, C, h, w, _ = v.shape
    x = np.zeros((B, C, H, W), dtype=v.dtype)
    x[:, :, :h * k, :w * k] = v.reshape(B, C, h, w, k, k).transpose(
        0, 1, 2, 4, 3, 5).reshape(B, C, h * k, w * k)
    return x


def apool_forward(x, k):
    return _windows(x, k).mean(-1)


def apool_backward(g, k, H, W):
    v = np.repeat(g[..., None], k * k, axis=-1) / (k * k)
    return _unwindows(v, k, H, W)


def mpool_forward(x, k):
    """returns pooled (B,C,h,w) and the in-window index of the first maximum."""
    v = _windows(x, k)
    idx = v.argmax(-1)
    return np.take_along_axis(v, idx[..., None], -1)[..., 0], idx


def mpool_backward(g, idx, k, H, W):
    v = np.zeros(g.shape + (k * k,), dtype=g.dtype)
    np.put_along_axis(v, idx[..., None], g[..., None], -1)
    return _unwindows(v, k, H, W)


# ---------------------------------------------------------------------------
# forward simulation (spec 1, 3)
# ---------------------------------------------------------------------------
class Trace:
    """Per layer: lists over time.  X is the injected drive beta_i * (W s)."""

    def __init__(self, n):
        self.I = [[] for _ in range(n)]
        self.V = [[] for _ in range(n)]
        self.Vp = [[] for _ in range(n)]
        self.S = [[] for _ in range(n)]
        self.X = [[] for _ in range(n)]
        self.argmax = [[] for _ in range(n)]
        self.TL = 0
        self.out = None
        self.x = None


def blocked(cfg: Config, tr: Trace, l, t, like):
    """spec 1.4: neurons of layer l that may not fire at t because of an earlier spike."""
    n = t if cfg.single_spike else min(t, cfg.refractory)
    out = np.zeros(like.shape, dtype=bool)
    for s in range(t - n, t):
        out |= tr.S[l][s] > 0
    return out


def forward(cfg: Config, layers, params, x) -> Trace:
    """Simulate.  x (B,T,...).  Returns Trace with out (B,TL,N_out)."""
    dt = np.dtype(cfg.dtype)
    bi, bv, bb = (dt.type(b) for b in effective_betas(cfg))
    ai, av = dt.type(cfg.alpha_i), dt.type(cfg.alpha_v)
    x = np.asarray(x, dtype=dt)
    P = [None if p is None else (np.asarray(p[0], dt), np.asarray(p[1], dt)) for p in params]
    tr = Trace(len(layers))
    tr.x = x
    fired = None
    for t in range(cfg.T):
        s = x[:, t]
        for l, L in enumerate(layers):
            if L.spiking:
                W, b = P[l]
                drive = bi * lin_apply(L, W, presynaptic(L, s, tr.S[l], t))
                I = drive.copy()
                V = np.zeros_like(I)
                if t > 0:
                    keep = 1 - tr.S[l][t - 1]
                    I = I + ai * keep * tr.I[l][t - 1]
                V = bv * I + bb * bias_view(L, b)
                if t > 0:
                    V = V + av * keep * tr.V[l][t - 1]
                V = np.where(blocked(cfg, tr, l, t, V), dt.type(0), V)
                if t > 0:
                    vp = V - keep * tr.V[l][t - 1]
                else:
                    vp = V
                tr.X[l].append(drive)
                tr.I[l].append(I)
                tr.V[l].append(V)
                tr.Vp[l].append(np.maximum(vp, dt.type(cfg.v_prime_min)))
                s = (V >= 1).astype(dt)
            elif L.kind == "flatten":
                s = s.reshape(s.shape[0], -1)
            elif L.kind == "apool":
                s = apool_forward(s, L.k)
            elif L.kind == "mpool":
                s, idx = mpool_forward(s, L.k)
                tr.argmax[l].append(idx)
            tr.S[l].append(s)
        tr.TL = t + 1
        if cfg.stops_early:
            fired = (s > 0) if fired is None else (fired | (s > 0))
            if fired.all():
                break
    tr.out = np.stack(tr.S[-1], axis=1)
    return tr


# ---------------------------------------------------------------------------
# losses (spec 4)
# ---------------------------------------------------------------------------
def loss_kernel(cfg: Config) -> np.ndarray:
    a = 1.0 if cfg.target_type == "count" else cfg.alpha_exp
    k = a ** np.arange(min(cfg.T, cfg.kernel_cap), dtype=float)
    return k[k > cfg.kernel_cut]


def loss_train(cfg, out, target):
    """spec 4.1.  out, target (B,T,N).  -> (loss, dLdS (T,B,N), dLdT (T,B,N))."""
    B, T, N = out.shape
    ker = loss_kernel(cfg).astype(out.dtype)
    K = len(ker)
    M = min(T + K - 1, cfg.T + cfg.alpha_extend)
    err = out - target
    d = np.zeros((B, M, N), dtype=out.dtype)
    for u in range(M):                                   # causal filtering
        for s in range(max(0, u - K + 1), min(T - 1, u) + 1):
            d[:, u] += ker[u - s] * err[:, s]
    loss = float((d ** 2).sum() / (T * B))
    kz = lambda m: ker[m] if 0 <= m < K else 0.0
    dS = np.zeros((T, B, N), dtype=out.dtype)
    dT = np.zeros((T, B, N), dtype=out.dtype)
    for s in range(T):
        for m in range(-1, K + 1):
            if 0 <= s + m < M:
                dS[s] += kz(m) * d[:, s + m]
                dT[s] -= (kz(m + 1) - kz(m - 1)) / 2 * d[:, s + m]
    dS *= 2.0 / (T * B)
    dT *= 2.0 / (T * B)
    dT *= out.transpose(1, 0, 2)
    return {"total": loss}, dS, dT


def loss_count(cfg, out, target):
    """spec 4.2.  target (B,T,N): only its sum over (the last kernel_cap) steps matters."""
    B, T, N = out.shape
    w = min(T, cfg.kernel_cap)
    e = (out - target)[:, T - w:].sum(1)                 # (B,N)
    loss = float((e ** 2).sum() / (T * B))
    dS = np.broadcast_to(2.0 * e / (T * B), (T, B, N)).astype(out.dtype).copy()
    return {"total": loss}, dS, np.zeros_like(dS)


def first_spike_times(out, TL):
    """(B,TL,N) -> (B,N) ints, TL where the neuron never fired."""
    B, _, N = out.shape
    tf = np.full((B, N), TL, dtype=int)
    for b in range(B):
        for n in range(N):
            hit = np.nonzero(out[b, :, n] > 0)[0]
            if len(hit):
                tf[b, n] = hit[0]
    return tf


def loss_latency(cfg, out, labels):
    """spec 4.3 (+ option iv).  out (B,TL,N), labels (B,)."""
    B, TL, N = out.shape
    labels = np.asarray(labels, dtype=int)
    dt = out.dtype
    tf = first_spike_times(out, TL)
    z = (cfg.softmax_beta * (TL - tf)).astype(dt)
    zmax = z.max(1, keepdims=True)
    ez = np.exp(z - zmax)
    prob = ez / ez.sum(1, keepdims=True)
    rows = np.arange(B)
    wanted = np.full((B, N), cfg.label_smoothing / N, dtype=dt)          # spec 4.4
    wanted[rows, labels] += 1 - cfg.label_smoothing
    weight = (np.ones(N) if cfg.class_weights is None else np.asarray(cfg.class_weights))[labels].astype(dt)
    ce = weight * ((zmax[:, 0] - (wanted * z).sum(1)) + np.log(ez.sum(1))) / B
    gz = weight[:, None] * (prob - wanted) / B
    silent = out.sum(1)[rows, labels] == 0               # (B,)
    ns = weight * cfg.lambda_nospike * silent / B
    dS = np.zeros((TL, B, N), dtype=dt)
    dS[:, rows, labels] -= ns.astype(dt)
    dT = np.zeros((TL, B, N), dtype=dt)
    for b in range(B):
        for n in range(N):
            if tf[b, n] < TL:
                dT[tf[b, n], b, n] = -cfg.softmax_beta * gz[b, n]
    parts = {"ce": float(ce.sum()), "nospike": float(ns.sum())}
    if cfg.count_weight:
        C = out.sum(1)                                   # (B,N)
        if cfg.count_scope == "silent":
            short = np.zeros((B, N), dtype=dt)
            short[rows, labels] = np.maximum(0.0, cfg.count_goal - C[rows, labels])
            e = -short
        elif cfg.count_scope == "all":
            goal = np.full((B, N), cfg.min_target_spikes, dtype=dt)
            goal[rows, labels] = cfg.max_target_spikes
            e = C - goal
        else:
            raise ValueError(cfg.count_scope)
        parts["count"] = float(cfg.count_weight * (weight[:, None] * e ** 2).sum() / (cfg.T * B))
        dS += (2.0 * cfg.count_weight * weight[:, None] * e / (cfg.T * B)).astype(dt)
    parts["total"] = float(sum(parts.values()))
    return parts, dS, dT


def loss_and_output_grads(cfg, tr: Trace, target):
    if cfg.target_type == "train":
        return loss_train(cfg, tr.out, np.asarray(target, tr.out.dtype))
    if cfg.target_type == "count":
        return loss_count(cfg, tr.out, np.asarray(target, tr.out.dtype))
    if cfg.target_type == "latency":
        return loss_latency(cfg, tr.out, target)
    raise ValueError(cfg.target_type)


# ---------------------------------------------------------------------------
# backward pass (spec 5)
# ---------------------------------------------------------------------------
def surrogate(cfg, V):
    """spec 5.1."""
    x, c = np.abs(V - 1.0), cfg.surr_beta
    shape = {"exponential": lambda: np.exp(-c * x),
             "fast_sigmoid": lambda: 1.0 / (1.0 + c * x) ** 2,
             "arctan": lambda: 1.0 / (1.0 + (c * x) ** 2),
             "triangle": lambda: np.maximum(0.0, 1.0 - x / c),
             "rectangle": lambda: (x <= c).astype(V.dtype)}[cfg.surrogate]()
    return cfg.surr_alpha * shape


def by_layer(value, layers):
    """a weight for each layer: a number for all, or a list over the spiking ones."""
    spiking = [l for l, L in enumerate(layers) if L.spiking]
    values = [value] * len(spiking) if np.isscalar(value) else list(value)
    if len(values) != len(spiking):
        raise ValueError("one weight for each spiking layer")
    return dict(zip(spiking, values))


def hidden_activity(cfg, layers, tr):
    """spec 6.vi: parts of the loss, and dL/dS of each hidden spiking layer, (B, 1, ...)."""
    B = tr.x.shape[0]
    parts, slopes = {}, {}
    rate = total = 0.0
    for l, L in enumerate(layers[:-1]):
        if not L.spiking:
            continue
        n = int(np.prod(L.out_shape))
        spikes = sum(tr.S[l]).reshape(B, -1).sum(1)      # (B,)
        a = spikes / n
        over = np.maximum(0.0, a - cfg.rate_upper) if cfg.rate_upper is not None else np.zeros(B)
        under = np.maximum(0.0, cfg.rate_lower - a)
        rate += cfg.rate_strength * n * (over ** 2 + under ** 2).sum() / B
        total += cfg.spike_penalty * spikes.sum() / B
        slope = (2 * cfg.rate_strength * (over - under) + cfg.spike_penalty) / B
        slopes[l] = slope.reshape((B,) + (1,) * len(L.out_shape)).astype(tr.x.dtype)
    if cfg.rate_strength:
        parts["rate"] = float(rate)
    if cfg.spike_penalty:
        parts["spikes"] = float(total)
    return parts, slopes


def shift_adjoint(S, p, q, t, TL, ai, av, bv):
    """spec 5.3: R[t] = 1/2 {(1-S[t]) q[t+1] - ai q[t] - av bv p[t]} of a layer."""
    R = -ai * q[t] - av * bv * p[t]
    if t + 1 < TL:
        R = R + (1 - S[t]) * q[t + 1]
    return R / 2


def _reset_mask(mode, V, window):
    if mode == "window":
        return (np.abs(V - 1.0) <= window).astype(V.dtype)
    return np.ones_like(V)


def backward(cfg: Config, layers, params, tr: Trace, dLdS, dLdT, lam_act, lam_tim,
             keep: bool = False):
    """One backward sweep with weights (lam_act, lam_tim); (1,0) is the pure
    activation rule, (0,1) the pure timing rule. Lists are by spiking layer.

    Returns list of (dW, db) (None for layers without parameters); with
    keep=True also the adjoints G (direct dL/dV), p (accumulated dL/dV),
    q (dL/dI), gS, gT as lists over layers of lists over time.
    """
    dt = np.dtype(cfg.dtype)
    bi, bv, bb = (dt.type(b) for b in effective_betas(cfg))
    ai, av = dt.type(cfg.alpha_i), dt.type(cfg.alpha_v)
    TL, nL = tr.TL, len(layers)
    B = tr.x.shape[0]
    P = [None if p is None else (np.asarray(p[0], dt), np.asarray(p[1], dt)) for p in params]
    gated = cfg.act_style != "SLAYER"
    lam_act, lam_tim = by_layer(lam_act, layers), by_layer(lam_tim, layers)
    has_tim = any(lam_tim.values())
    activity = hidden_activity(cfg, layers, tr)[1]
    if not gated and has_tim:
        raise ValueError("SLAYER style is only defined for the pure activation rule")
    if cfg.act_style == "RNN":
        reset_act = cfg.reset_act
    else:
        reset_act = "none"
    zero = lambda l: np.zeros((B,) + layers[l].out_shape, dtype=dt)
    G = [[None] * TL for _ in layers]
    p = [[None] * TL for _ in layers]
    q = [[None] * TL for _ in layers]
    gS = [[None] * TL for _ in layers]
    gT = [[None] * TL for _ in layers]

    for t in range(TL - 1, -1, -1):
        for l in range(nL - 1, -1, -1):
            L = layers[l]
            last = t == TL - 1
            # ---- dL/dS[t], dL/dT[t] of this layer's output ----------------
            if l == nL - 1:
                s_bar = dLdS[t].astype(dt)
                t_bar = dLdT[t].astype(dt)
            else:
                U = layers[l + 1]
                if U.spiking:
                    W = P[l + 1][0]
                    qn = q[l + 1][t]
                    s_bar = bi * lin_adjoint(U, W, qn)
                    if has_tim:
                        R = shift_adjoint(tr.S[l + 1], p[l + 1], q[l + 1], t, TL, ai, av, bv)
                        mask = tr.S[l][t]
                        if cfg.apool_mask == "binary":
                            mask = (mask > 0).astype(dt)
                        t_bar = bi * lin_adjoint(U, W, R) * mask
                    else:
                        t_bar = np.zeros_like(s_bar)
                elif U.kind == "flatten":
                    s_bar = gS[l + 1][t].reshape((B,) + L.out_shape)
                    t_bar = gT[l + 1][t].reshape((B,) + L.out_shape)
                elif U.kind == "apool":
                    H, Wd = L.out_shape[1:]
                    s_bar = apool_backward(gS[l + 1][t], U.k, H, Wd)
                    t_bar = apool_backward(gT[l + 1][t], U.k, H, Wd)
                else:
                    H, Wd = L.out_shape[1:]
                    s_bar = mpool_backward(gS[l + 1][t], tr.argmax[l + 1][t], U.k, H, Wd)
                    t_bar = mpool_backward(gT[l + 1][t], tr.argmax[l + 1][t], U.k, H, Wd)
            if L.spiking:
                S, V, I = tr.S[l][t], tr.V[l][t], tr.I[l][t]
                s_bar = s_bar + activity.get(l, dt.type(0))
                la, lt = lam_act[l], lam_tim[l]
                if L.recurrent and not last:
                    W = P[l][0]
                    s_bar = s_bar + bi * own_adjoint(L, W, q[l][t + 1])
                    if has_tim:
                        R = shift_adjoint(tr.S[l], p[l], q[l], t + 1, TL, ai, av, bv)
                        t_bar = t_bar + bi * own_adjoint(L, W, R) * S
                # ---- option (iii): reset paths ---------------------------
                if reset_act != "none" and not last and la != 0:
                    if reset_act == "lag":
                        r = _reset_act_lag(cfg, tr, G, l, t, ai, av, bv)
                    else:
                        r = av * V * p[l][t + 1] + ai * I * q[l][t + 1]
                    s_bar = s_bar - _reset_mask(reset_act, V, cfg.reset_window) * r
                if cfg.reset_tim != "none" and not last and lt != 0:
                    if cfg.reset_tim == "lag":
                        r = _reset_tim_lag(cfg, layers, P, tr, G, l, t, ai, av, bv, bb)
                    else:
                        b = bb * bias_view(L, P[l][1])
                        pn, qn1 = p[l][t + 1], q[l][t + 1]
                        r = (tr.X[l][t + 1] * qn1 + b * pn
                             + tr.X[l][t] * (bv * av * pn + ai * qn1) + b * av * pn) / 2
                    t_bar = t_bar - S * _reset_mask(cfg.reset_tim, V, cfg.reset_window) * r
                # ---- direct dL/dV[t] -------------------------------------
                g = np.zeros_like(V)
                if la != 0:
                    g = g + la * surrogate(cfg, V) * s_bar
                if lt != 0:
                    g = g + lt * np.where(S == 1, -t_bar / tr.Vp[l][t], 0)
                closed = blocked(cfg, tr, l, t, V)
                g = np.where(closed, 0, g).astype(dt)
                # ---- accumulated adjoints --------------------------------
                pt, qt = g, None
                if not last:
                    keep_gate = (1 - S) if gated else np.ones_like(S)
                    pt = pt + np.where(closed, 0, av * keep_gate * p[l][t + 1]).astype(dt)
                qt = bv * pt
                if not last:
                    qt = qt + ai * keep_gate * q[l][t + 1]
                G[l][t], p[l][t], q[l][t] = g, pt, qt
            gS[l][t], gT[l][t] = s_bar, t_bar

    grads = []
    for l, L in enumerate(layers):
        if not L.spiking:
            grads.append(None)
            continue
        W, b = P[l]
        dW, db = np.zeros_like(W), np.zeros_like(b)
        for t in range(TL):
            pre = presynaptic(L, tr.x[:, t] if l == 0 else tr.S[l - 1][t], tr.S[l], t)
            if L.kind == "fc":
                dW += bi * q[l][t].T @ pre
                db += bb * p[l][t].sum(0)
            else:
                scale = bi if cfg.conv_grad_beta_i else dt.type(1.0)
                dW += scale * conv_weight_grad(L.k, pre, q[l][t])
                db += bb * p[l][t].sum((0, 2, 3))
        grads.append((dW, db))
    if keep:
        return grads, dict(G=G, p=p, q=q, gS=gS, gT=gT)
    return grads


def _reset_act_lag(cfg, tr, G, l, t, ai, av, bv):
    """Reset-path term of spec 6(iii) restricted to V[t+1 .. t+reset_lag]."""
    V, I = tr.V[l][t], tr.I[l][t]
    r = np.zeros_like(V)
    gate = np.ones_like(V)
    for x in range(1, cfg.reset_lag + 1):
        u = t + x
        if u >= tr.TL:
            break
        if x > 1:
            gate = gate * (1 - tr.S[l][u - 1])
        eI = bv * sum(ai ** k * av ** (x - 1 - k) for k in range(x))
        r = r + gate * G[l][u] * (av ** x * V + ai * eI * I)
    return r


def _reset_tim_lag(cfg, layers, P, tr, G, l, t, ai, av, bv, bb):
    """Timing reset-path term of spec 6(iii) restricted to V[t+1 .. t+reset_lag]."""
    L = layers[l]
    b = bb * bias_view(L, P[l][1])
    r = np.zeros_like(tr.V[l][t])
    gate = np.ones_like(r)
    e = lambda y: bv * sum(ai ** k * av ** (y - k) for k in range(y + 1))
    for x in range(1, cfg.reset_lag + 1):
        u = t + x
        if u >= tr.TL:
            break
        if x > 1:
            gate = gate * (1 - tr.S[l][u - 1])
        late = tr.X[l][t + 1] * e(x - 1) + b * av ** (x - 1)
        early = tr.X[l][t] * e(x) + b * av ** x
        r = r + gate * G[l][u] * (late + early) / 2
    return r


def silent_penalty(cfg, layers, tr, l):
    """spec 5.6: amount subtracted from dW of layer l (broadcast over inputs)."""
    L = layers[l]
    tot = sum(tr.S[l])                                   # (B, *shape)
    silent = (tot == 0).astype(tot.dtype)
    if L.kind == "fc":
        frac = silent.mean(0)
        return (cfg.timing_penalty / L.fan_in * frac).reshape(-1, 1)
    if cfg.penalty_conv:
        frac = silent.mean((0, 2, 3))
        return (cfg.timing_penalty / L.fan_in * frac).reshape(-1, 1, 1, 1)
    return None


def compute_gradients(cfg: Config, layers, params, tr: Trace, dLdS, dLdT):
    """Apply the configured rule: sweep(s), silent-neuron update, clipping."""
    if cfg.rule == "activation":
        grads = backward(cfg, layers, params, tr, dLdS, dLdT, 1.0, 0.0)
    elif cfg.rule == "timing":
        grads = backward(cfg, layers, params, tr, dLdS, dLdT, 0.0, 1.0)
    elif cfg.rule == "antlr":
        grads = backward(cfg, layers, params, tr, dLdS, dLdT, cfg.lambda_act, cfg.lambda_tim)
    elif cfg.rule == "trivial":
        ga = backward(cfg, layers, params, tr, dLdS, dLdT, 1.0, 0.0)
        gt = backward(cfg, layers, params, tr, dLdS, dLdT, 0.0, 1.0)
        la, lt = by_layer(cfg.lambda_act, layers), by_layer(cfg.lambda_tim, layers)
        grads = [None if a is None else
                 (la[l] * a[0] + lt[l] * b[0], la[l] * a[1] + lt[l] * b[1])
                 for l, (a, b) in enumerate(zip(ga, gt))]
    else:
        raise ValueError(cfg.rule)
    if cfg.penalty_scope == "all" or (cfg.penalty_scope == "timing" and cfg.rule == "timing"):
        for l, L in enumerate(layers):
            if L.spiking:
                pen = silent_penalty(cfg, layers, tr, l)
                if pen is not None:
                    grads[l] = (grads[l][0] - pen, grads[l][1])
    if cfg.grad_clip is not None:
        c = abs(cfg.grad_clip)
        grads = [None if g is None else (np.clip(g[0], -c, c), np.clip(g[1], -c, c))
                 for g in grads]
    if cfg.grad_norm_clip is not None:
        grads = clip_norm(grads, cfg.grad_norm_clip)
    return grads


def clip_norm(grads, bound):
    """Gradients of all layers, no longer than bound together (spec 5.7)."""
    norm = np.sqrt(sum((a.astype(float) ** 2).sum() for g in grads if g is not None for a in g))
    scale = min(1.0, bound / norm) if norm > 0 else 1.0
    return [None if g is None else tuple((a * scale).astype(a.dtype) for a in g) for g in grads]


def run_case(cfg, layers, params, x, target):
    """forward + loss + gradients in one call -> dict."""
    tr = forward(cfg, layers, params, x)
    parts, dS, dT = loss_and_output_grads(cfg, tr, target)
    more = hidden_activity(cfg, layers, tr)[0]
    parts.update(more, total=parts["total"] + sum(more.values()))
    grads = compute_gradients(cfg, layers, params, tr, dS, dT)
    return dict(trace=tr, loss=parts, dLdS=dS, dLdT=dT, grads=grads)


# ---------------------------------------------------------------------------
# decisions and metrics (spec 3.4, 3.5)
# ---------------------------------------------------------------------------
def decide_count(out):
    """(B,TL,N) -> (B,) index of the largest spike count, lowest index on ties."""
    return out.sum(1).argmax(1)


def decide_first(out):
    """(B,TL,N) -> (B,) index of the earliest first spike, lowest index on ties;
    0 when no output neuron fires."""
    TL = out.shape[1]
    return (TL - first_spike_times(out, TL)).argmax(1)


def metrics(layers, tr: Trace):
    """num_spike_total / num_spike_nec per spiking layer (output included),
    first_stime (B,), its min and mean."""
    TL = tr.TL
    fst = first_spike_times(tr.out, TL).min(1)           # (B,), TL if silent
    total, nec = [], []
    for l, L in enumerate(layers):
        if not L.spiking:
            continue
        total.append(int(sum(s.sum() for s in tr.S[l])))
        n = 0
        for b in range(len(fst)):
            for t in range(min(TL, fst[b] + 1)):
                n += int(tr.S[l][t][b].sum())
        nec.append(n)
    return dict(num_spike_total=total, num_spike_nec=nec, first_stime=fst.tolist(),
                first_stime_min=int(fst.min()), first_stime_mean=float(fst.mean()))


# ---------------------------------------------------------------------------
# encodings and targets (spec 3.1-3.3)
# ---------------------------------------------------------------------------
def encode_latency(x, T, t_first, t_last, skip_zero=True, dtype=np.float32):
    """x (B,N) in [0,1] -> spikes (B,T,N).  One spike per non-zero value at
    trunc((t_first - t_last) * x + t_last), product and sum rounded to dtype."""
    x = np.asarray(x, dtype=dtype)
    v = (dtype(t_first - t_last) * x).astype(dtype) + dtype(t_last)
    if skip_zero:
        v = np.where(x == 0, dtype(-1), v)
    step = np.trunc(v).astype(int)
    out = np.zeros((x.shape[0], T, x.shape[1]))
    for b in range(x.shape[0]):
        for n in range(x.shape[1]):
            if 0 <= step[b, n] < T:
                out[b, step[b, n], n] = 1
    return out


def _cum_to_spikes(c, last):
    st = np.floor(c) if last else np.ceil(c)
    return st[:, 1:] - st[:, :-1]


def encode_stretch(x, T, n_max, n_min, last=False, skip_zero=True):
    """r = (n_max-n_min) x + n_min spikes spread evenly over T steps (B,T,N)."""
    x = np.asarray(x, dtype=float)
    r = (n_max - n_min) * x + n_min
    if skip_zero:
        r = np.where(x == 0, 0.0, r)
    c = np.stack([r * k / T for k in range(T + 1)], axis=1)
    return _cum_to_spikes(c, last)


def encode_shift_back(x, T, n_max, n_min, last=False, skip_zero=True):
    """the last r spikes of the regular train of n_max spikes (B,T,N)."""
    x = np.asarray(x, dtype=float)
    r = (n_max - n_min) * x + n_min
    if skip_zero:
        r = np.where(x == 0, 0.0, r)
    c = np.stack([np.clip((r - n_max) + n_max * k / T, 0, n_max) for k in range(T + 1)], axis=1)
    return _cum_to_spikes(c, last)


def label_to_count_target(labels, T, pos, neg, classes=10):
    """(B,T,classes) with the wanted spike counts stored at t = 0."""
    labels = np.asarray(labels, dtype=int)
    y = np.zeros((len(labels), T, classes))
    y[:, 0, :] = neg
    y[np.arange(len(labels)), 0, labels] = pos
    return y


def decode_nmnist(data: bytes, T, truncate_ms=300, size=34):
    """spec 3.3.  -> sorted list of unique (t, polarity, byte0, byte1)."""
    if len(data) % 5:
        raise ValueError("length is not a multiple of 5")
    seen = set()
    width = 1000 * (truncate_ms / T)                     # microseconds per step
    for i in range(0, len(data), 5):
        a, b, c, d, e = data[i:i + 5]
        pol = c >> 7
        us = ((c & 0x7F) << 16) | (d << 8) | e
        if us // 1000 >= truncate_ms:
            break
        if a >= size or b >= size:
            raise ValueError("address outside the sensor")
        seen.add((int(us // width), pol, a, b))
    return sorted(seen)


# ---------------------------------------------------------------------------
# optimisers (spec 7)
# ---------------------------------------------------------------------------
def adam_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.0):
    """In the PyTorch convention; state is a dict, mutated."""
    if weight_decay:
        g = g + weight_decay * w
    n = state["n"] = state.get("n", 0) + 1
    m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * g
    v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * g * g
    return w - lr * (m / (1 - b1 ** n)) / (np.sqrt(v / (1 - b2 ** n)) + eps)


def sgd_step(w, g, state, lr, momentum=0.0, weight_decay=0.0):
    if weight_decay:
        g = g + weight_decay * w
    if momentum:
        g = state["buf"] = g if "buf" not in state else momentum * state["buf"] + g
    return w - lr * g


def step_lr(lr0, epoch, step_size=10, gamma=0.1):
    """Learning rate used during epoch (0-based)."""
    return lr0 * gamma ** (epoch // step_size)


def adamw_step(w, g, state, lr, b1=0.9, b2=0.999, eps=1e-8, weight_decay=0.01):
    """Decoupled weight decay (spec 7.2); state as adam_step."""
    return adam_step(w - lr * weight_decay * w, g, state, lr, b1, b2, eps)


def averaged(average, w, count, decay):
    """Exponential moving average of count weights and w (spec 7.3)."""
    return w if count == 0 else average + (1 - min(decay, (1 + count) / (10 + count))) * (w - average)


def scheduled_lr(lr0, schedule, epoch, update, updates, epochs):
    """Learning rate of update (from 0) of an epoch (from 0) of so many updates (spec 7.1); schedule is a dict with name, by, warmup."""
    by_epoch = schedule["by"] == "epoch"
    t, delta = (epoch, 1.0) if by_epoch else (epoch + update / updates, 1.0 / updates)
    W = schedule["warmup"]
    if t < W:
        return lr0 * min(1.0, (t + delta) / W) * shape_of(schedule, 0.0, epochs - W)
    return lr0 * shape_of(schedule, t - W, epochs - W)


def shape_of(schedule, t, length):
    name, u = schedule["name"], min(1.0, t / length)
    half_cosine = lambda a, z, x: z + (a - z) * (1 + np.cos(np.pi * x)) / 2
    if name == "constant":
        return 1.0
    if name == "step":
        return schedule["factor"] ** np.floor(t / schedule["every"])
    if name == "exponential":
        return schedule["factor"] ** t
    if name == "cosine":
        return half_cosine(1.0, schedule["final"], u)
    rise = schedule["rise"]
    if u < rise:
        return half_cosine(schedule["initial"], 1.0, u / rise)
    return half_cosine(1.0, schedule["final"], (u - rise) / (1 - rise))
