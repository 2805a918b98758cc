"""Another way to the gradients of recurrent networks (spec 1.5), to hold reference.py against.

    python check_recurrent.py

Forward instead of backward, and sums over pairs of steps instead of recurrences: a small change of the weights moves the membranes by
sums of eps, spikes answer with sigma' and their times with -1/V', and what moved reaches the next membranes by eps and eps'. The change
of the loss must be the product of the gradient and the change of the weights. Of all directions, each weight by itself and random ones are
tried. No routine of the backward pass is used.
"""
import numpy as np
import reference as R


def response(cfg, S, u, first):
    """Gam(t, u) for all t in first..u, as (u + 1, B, N): 1 unless the neuron fired in t..u-1 (spec 5)."""
    gate = np.zeros((u + 1,) + S[0].shape)
    open_ = np.ones_like(S[0])
    for t in range(u, first - 1, -1):
        if t < u:
            open_ = open_ * (1 - S[t])
        gate[t] = open_
    return gate


def tangent(cfg, layers, P, tr, dP, la, lt):
    """Changes of the output's spikes and spike times by changes dP of the parameters: two arrays (TL, B, N)."""
    bi, bv, bb = R.effective_betas(cfg)
    e = R.eps_unscaled(cfg.alpha_i, cfg.alpha_v, cfg.T + 1)
    eps = lambda n: bi * bv * e[n] if n >= 0 else 0.0
    slope = lambda n: (eps(n + 1) - eps(n - 1)) / 2 if n >= 1 else eps(1) / 2
    TL, B = tr.TL, tr.x.shape[0]
    below_S = [tr.x[:, t] for t in range(TL)]
    below = ([np.zeros_like(s) for s in below_S], [np.zeros_like(s) for s in below_S])
    for l, L in enumerate(layers):
        (W, b), (dW, db) = P[l], dP[l]
        n_in = L.in_shape[0]
        S, V, Vp = tr.S[l], tr.V[l], tr.Vp[l]
        zero = np.zeros_like(S[0])
        dS, dT, arrived = [], [], []
        for u in range(TL):
            own_S = S[u - 1] if L.recurrent and u > 0 else zero
            own = (dS[u - 1], dT[u - 1]) if L.recurrent and u > 0 else (zero, zero)
            join = lambda low, high: np.concatenate([low, high], axis=1) if L.recurrent else low
            pre, moved, shifted = join(below_S[u], own_S), join(below[0][u], own[0]), join(below[1][u], own[1])
            # by eps: what the weights change, and spikes that change; by eps': spikes that move
            arrived.append((pre @ dW.T + moved @ W.T, (pre * shifted) @ W.T))
            gate = response(cfg, S, u, 0)
            dV = sum(gate[t] * (eps(u - t) * a - slope(u - t) * s) for t, (a, s) in enumerate(arrived))
            dV = dV + sum(gate[t] * bb * cfg.alpha_v ** (u - t) * db for t in range(u + 1))
            dS.append(la * R.surrogate(cfg, V[u]) * dV)
            dT.append(np.where(S[u] == 1, -lt * dV / Vp[u], 0.0))
        below_S, below = S, (dS, dT)
    return np.stack(below[0]), np.stack(below[1])


def firing(cfg, layers):
    """A draw whose layers all fire, but not at every step."""
    for seed in range(100):
        rng = np.random.default_rng([7, seed])
        P = [(rng.normal(.6, 1.2, (L.out_shape[0], L.fan_in)) / np.sqrt(L.fan_in), rng.normal(0, .1, L.out_shape[0])) for L in layers]
        x = (rng.random((2, cfg.T) + layers[0].in_shape) < .3).astype(float)
        tr = R.forward(cfg, layers, P, x)
        spikes = [int(sum(s.sum() for s in S)) for S in tr.S]
        if all(3 < n < cfg.T * L.out_shape[0] for n, L in zip(spikes, layers)):
            return rng, P, tr, spikes
    raise RuntimeError("no draw fires")


def main():
    worst = 0.0
    for name, net in (("hidden", "4 rfc5 fc3"), ("deep", "4 rfc5 rfc4 fc2"), ("output", "3 fc4 rfc3"), ("one", "3 rfc4")):
        for rule, la, lt in (("activation", 1.0, 0.0), ("timing", 0.0, 1.0), ("antlr", 0.7, 1.3)):
            cfg = R.Config(network=net.split(), T=18, alpha_i=.85, alpha_v=.9, target_type="train", rule=rule)
            layers = R.parse_network(cfg.network)
            rng, P, tr, spikes = firing(cfg, layers)
            dLdS, dLdT = rng.normal(size=(2, cfg.T, 2) + layers[-1].out_shape)
            dLdT = dLdT * np.stack(tr.S[-1])
            grads = R.backward(cfg, layers, P, tr, dLdS, dLdT, la, lt)
            directions = [[(rng.normal(size=W.shape), rng.normal(size=b.shape)) for W, b in P] for _ in range(5)]
            for l, (W, b) in enumerate(P):
                for at in np.ndindex(W.shape):
                    one = [(np.zeros_like(W), np.zeros_like(b)) for W, b in P]
                    one[l][0][at] = 1.0
                    directions.append(one)
            for dP in directions:
                dS, dT = tangent(cfg, layers, P, tr, dP, la, lt)
                forward = (dLdS * dS).sum() + (dLdT * dT).sum()
                terms = [(g * d).ravel() for pair, change in zip(grads, dP) for g, d in zip(pair, change)]
                backward = sum(t.sum() for t in terms)
                size = sum(np.abs(t).sum() for t in terms) + np.abs(dLdS * dS).sum() + np.abs(dLdT * dT).sum()
                worst = max(worst, abs(forward - backward) / max(size, 1e-12))
            recurrent = [np.abs(g[0][:, L.in_shape[0]:]).max() for g, L in zip(grads, layers) if L.recurrent]
            assert min(recurrent) > 0, (name, rule)
            print(f"{name:7} {rule:10} spikes {spikes}, {len(directions)} directions, worst so far {worst:.1e}")
    assert worst < 1e-12, worst


if __name__ == "__main__":
    main()
