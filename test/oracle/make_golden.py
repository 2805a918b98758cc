"""Generate the golden vectors (numpy + reference.py only).

    python make_golden.py            -> rules, reset paths, ANTLR, sizes, inputs, constants, latency, silent update, spatial layers, SGD, tables
    python make_golden.py adam       -> trajectories with Adam
    python make_golden.py options    -> surrogates, weights by layer, blocked units, activity terms
    python make_golden.py images     -> images wider than a tile, deeper, with more channels
    python make_golden.py recurrent  -> recurrent layers
    python make_golden.py training   -> AdamW, schedules, clipping by norm, averages, class targets
    python make_golden.py signals    -> encoders of signals and features of sound
    python make_golden.py check      -> recompute every case of format 1, compare

A last argument names another folder than ../golden. Format of the files: ../golden/README.md.
"""
import glob, json, os, sys, zlib
import numpy as np
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import reference as R
import signals as G

MARGIN = 1e-4
FMT = 1
SEED = 20200602
# Switches that came after the first files; they stand in a file where they are not at their default.
LATER = ("surrogate", "refractory", "single_spike", "rate_lower", "rate_upper", "rate_strength", "spike_penalty", "grad_norm_clip", "label_smoothing", "class_weights")


# ------------------------------------------------------------- json ----------
def dumps(o):
    if isinstance(o, dict):
        return "{" + ",".join(json.dumps(str(k)) + ":" + dumps(v) for k, v in o.items()) + "}"
    if isinstance(o, np.ndarray):
        return dumps(o.tolist())
    if isinstance(o, (list, tuple)):
        return "[" + ",".join(dumps(v) for v in o) + "]"
    if isinstance(o, (bool, np.bool_)):
        return "true" if o else "false"
    if o is None:
        return "null"
    if isinstance(o, (int, np.integer)):
        return str(int(o))
    if isinstance(o, (float, np.floating)):
        s = "%.9g" % float(o)
        return "0" if s == "-0" else s
    return json.dumps(o)


def events_of(arr_t):
    """list over time of (B,*shape) or array (T,B,N) -> [[b,t,i],...] sorted."""
    ev = []
    for t, a in enumerate(arr_t):
        a = np.asarray(a).reshape(len(a), -1)
        for b, i in zip(*np.nonzero(a)):
            ev.extend([[int(b), t, int(i)]] * int(a[b, i]))
    return sorted(ev)


def dense(events, B, T, shape):
    x = np.zeros((B, T, int(np.prod(shape))))
    for b, t, i in events:
        x[b, t, i] += 1
    return x.reshape((B, T) + tuple(shape))


# ------------------------------------------------------- case building -------
def draw_params(rng, layers, gains, mean, bias):
    P = []
    k = 0
    for L in layers:
        if not L.spiking:
            P.append(None); continue
        shp = (L.out_shape[0], L.fan_in) if L.kind == "fc" else (L.out_shape[0], L.in_shape[0], L.k, L.k)
        W = rng.normal(mean, 1.0, shp) * gains[k] / np.sqrt(L.fan_in)
        b = rng.normal(bias[0], bias[1], L.out_shape[0]) if bias[1] or bias[0] else np.zeros(L.out_shape[0])
        P.append((np.round(W, 5), np.round(b, 4)))
        k += 1
    return P


def calibrate(rng, cfg, layers, x, rate, mean, bias):
    """draw weights whose layers fire at about `rate` spikes per neuron and step."""
    nsp = sum(L.spiking for L in layers)
    seed = int(rng.integers(2 ** 31))
    gains = [1.0] * nsp
    c2 = R.Config.from_dict({**cfg.to_dict(), "early_stop": False})
    k = 0
    for l, L in enumerate(layers):
        if not L.spiking:
            continue
        best = None
        for g in 2.0 ** np.arange(-3, 5.01, 0.5):
            gains[k] = g
            P = draw_params(np.random.default_rng(seed), layers, gains, mean, bias)
            r = np.mean([s.mean() for s in R.forward(c2, layers[:l + 1], P[:l + 1], x).S[l]])
            if best is None or abs(r - rate) < best[0]:
                best = (abs(r - rate), g)
        gains[k] = best[1]
        k += 1
    return draw_params(np.random.default_rng(seed), layers, gains, mean, bias)


def offenders(cfg, layers, tr):
    for l, L in enumerate(layers):
        if not L.spiking:
            continue
        V = np.stack(tr.V[l])
        bad = np.abs(V - 1) < MARGIN
        if "window" in (cfg.reset_act, cfg.reset_tim):
            bad |= np.abs(np.abs(V - 1) - cfg.reset_window) < MARGIN
        if cfg.surrogate in ("triangle", "rectangle"):
            bad |= np.abs(np.abs(V - 1) - cfg.surr_beta) < MARGIN
        if bad.any():
            ch = np.nonzero(bad.any(axis=tuple(a for a in range(bad.ndim) if a != 2)))[0]
            return l, ch
    return None


def repair(rng, cfg, layers, P, x, tries=400):
    """move the rows of neurons that come within MARGIN of a discontinuity."""
    P = [None if p is None else (p[0].copy(), p[1].copy()) for p in P]
    full = R.Config.from_dict({**cfg.to_dict(), "early_stop": False})
    for _ in range(tries):
        off = offenders(full, layers, R.forward(full, layers, P, x))
        if off is None:
            return P, R.forward(cfg, layers, P, x)
        l, ch = off
        for c in ch:
            P[l][0][c] = np.round(P[l][0][c] * (1 + rng.uniform(-.02, .02)), 5)
            P[l][1][c] = np.round(P[l][1][c] + rng.uniform(-.003, .003), 4)
    return None


def nrel(a, b):
    s = np.abs(a).max()
    return 0.0 if s == 0 else float(np.abs(a - b).max() / s)


def build(name, desc, setseed, cfg, B=3, p_in=0.15, rate=0.1, mean=0.3, bias=(0.0, 0.1),
          image=None, count_in=1, x_fn=None, params_fn=None, need_grad=True, silent_target=None,
          p_target=0.12, n_probe=6, target_counts=None, draw_name=None, require=None):
    layers = R.parse_network(cfg.network)
    in_shape = layers[0].in_shape
    nout = layers[-1].out_shape[0]
    for attempt in range(400):
        rng = np.random.default_rng([setseed, zlib.crc32((draw_name or name).encode()), attempt])
        if x_fn is not None:
            x = x_fn(rng, B, cfg.T, in_shape)
        elif image is not None:
            img = rng.integers(0, 256, (B, int(np.prod(in_shape)))).astype(np.float32) / np.float32(255)
            img[rng.random(img.shape) < 0.4] = 0
            x = R.encode_latency(img, cfg.T, *image).reshape((B, cfg.T) + in_shape)
        else:
            x = (rng.random((B, cfg.T) + in_shape) < p_in).astype(float)
            if count_in > 1:
                x *= rng.integers(1, count_in + 1, x.shape)
        if params_fn is not None:
            P = params_fn(rng, layers)
        else:
            P = calibrate(rng, cfg, layers, x, rate, mean, bias)
        rp = repair(rng, cfg, layers, P, x)
        if rp is None:
            continue
        P, tr = rp
        if cfg.target_type == "train":
            y = (rng.random((B, cfg.T, nout)) < p_target).astype(float)
            target = dict(kind="train", events=events_of(y.transpose(1, 0, 2)))
        elif cfg.target_type == "count":
            if target_counts is None:
                cnt = rng.integers(0, max(2, int(0.3 * cfg.T)), (B, nout)).astype(float)
            else:
                cnt = np.full((B, nout), float(target_counts[1]))
                cnt[np.arange(B), rng.integers(0, nout, B)] = target_counts[0]
            y = np.zeros((B, cfg.T, nout)); y[:, 0] = cnt
            target = dict(kind="count", counts=cnt.astype(int).tolist())
        else:
            y = rng.integers(0, nout, B)
            if silent_target:
                C = tr.out.sum(1)
                for b in range(B):
                    z = np.nonzero(C[b] == 0)[0]
                    if len(z) and (b % 2 == 0 or silent_target == "all"):
                        y[b] = z[rng.integers(len(z))]
            target = dict(kind="latency", labels=y.tolist())
        r = R.run_case(cfg, layers, P, x, y)
        tr = r["trace"]
        if need_grad:
            ok = all(np.abs(r["grads"][l][0]).max() > 0 for l, L in enumerate(layers) if L.spiking)
            if cfg.rule in ("timing", "antlr", "trivial") and cfg.target_type != "count" and attempt < 200:
                ok = ok and all(sum(s.sum() for s in tr.S[l]) > 0 for l, L in enumerate(layers) if L.spiking)
            if silent_target and "nospike" in r["loss"] and cfg.lambda_nospike:
                ok = ok and r["loss"]["nospike"] > 0
            if not ok:
                continue
        if require is not None and not require(cfg, layers, r):
            continue
        c32 = R.Config.from_dict({**cfg.to_dict(), "dtype": "float32"})
        r32 = R.run_case(c32, layers, P, x, y)
        t32 = r32["trace"]
        if t32.TL != tr.TL or any(not np.array_equal(np.stack(t32.S[l]), np.stack(tr.S[l]))
                                  for l, L in enumerate(layers) if L.spiking):
            continue
        break
    else:
        raise RuntimeError("no admissible draw for " + name)

    f32 = dict(
        loss=abs(r32["loss"]["total"] - r["loss"]["total"]) / max(abs(r["loss"]["total"]), 1e-30),
        grad=max(max(nrel(r["grads"][l][0], r32["grads"][l][0]), nrel(r["grads"][l][1], r32["grads"][l][1]))
                 for l, L in enumerate(layers) if L.spiking))
    exp = dict(term_length=tr.TL)
    exp["spikes"] = [dict(layer=l, events=events_of(tr.S[l])) for l, L in enumerate(layers) if L.spiking]
    adj = None
    if cfg.rule != "trivial":
        lam = {"activation": (1., 0.), "timing": (0., 1.), "antlr": (cfg.lambda_act, cfg.lambda_tim)}[cfg.rule]
        adj = R.backward(cfg, layers, P, tr, r["dLdS"], r["dLdT"], *lam, keep=True)[1]
    probes = []
    for l, L in enumerate(layers):
        if not L.spiking:
            continue
        flat = lambda q, t, b, i: float(np.asarray(q[l][t]).reshape(B, -1)[b, i])
        n = int(np.prod(L.out_shape))
        ev = exp["spikes"][[e["layer"] for e in exp["spikes"]].index(l)]["events"]
        pts = [tuple(ev[k]) for k in rng.choice(len(ev), min(len(ev), n_probe // 2), replace=False)] if ev else []
        while len(pts) < n_probe:
            pts.append((int(rng.integers(B)), int(rng.integers(tr.TL)), int(rng.integers(n))))
        for b, t, i in sorted(set(pts)):
            d = dict(layer=l, b=b, t=t, i=i, I=flat(tr.I, t, b, i), V=flat(tr.V, t, b, i),
                     Vp=flat(tr.Vp, t, b, i), S=int(flat(tr.S, t, b, i)))
            if adj:
                d.update(G=flat(adj["G"], t, b, i), p=flat(adj["p"], t, b, i), q=flat(adj["q"], t, b, i),
                         dLdS=flat(adj["gS"], t, b, i), dLdT=flat(adj["gT"], t, b, i))
            probes.append(d)
    exp["probes"] = probes
    exp["loss"] = r["loss"]
    exp["grads"] = [dict(layer=l, dW=r["grads"][l][0].ravel(), db=r["grads"][l][1])
                    for l, L in enumerate(layers) if L.spiking]
    exp["decision_count"] = R.decide_count(tr.out)
    exp["decision_first"] = R.decide_first(tr.out)
    m = R.metrics(layers, tr)
    exp.update(num_spike_total=m["num_spike_total"], num_spike_nec=m["num_spike_nec"], first_stime=m["first_stime"])
    clamped = sum(int(((s == 1) & (vp <= cfg.v_prime_min)).sum()) for l, L in enumerate(layers) if L.spiking
                  for s, vp in zip(tr.S[l], tr.Vp[l]))
    margin = min(np.abs(np.stack(tr.V[l]) - 1).min() for l, L in enumerate(layers) if L.spiking)
    cd = cfg.to_dict(); cd.pop("dtype"); cd["early_stop"] = cfg.stops_early
    for key in LATER:
        if cd[key] == getattr(R.Config(), key):
            cd.pop(key)
    case = dict(format=FMT, type="network", name=name, description=desc, config=cd,
                effective_betas=dict(zip(("beta_i", "beta_v", "beta_bias"), R.effective_betas(cfg))),
                batch=B, input_shape=list(in_shape),
                layers=[dict(index=l, kind="rfc" if L.recurrent else L.kind, in_shape=list(L.in_shape), out_shape=list(L.out_shape), k=L.k) for l, L in enumerate(layers)],
                params=[dict(layer=l, W_shape=list(P[l][0].shape), W=P[l][0].ravel(), b=P[l][1]) for l, L in enumerate(layers) if L.spiking],
                input_events=events_of(x.reshape(B, cfg.T, -1).transpose(1, 0, 2)),
                target=target, threshold_margin=margin, spikes_with_clamped_v_prime=clamped, float32_reference_error=f32, expected=exp)
    return case


# ------------------------------------------------------------- cases ---------
def C(net, T, **kw):
    kw.setdefault("alpha_i", 0.9); kw.setdefault("alpha_v", 0.9)
    return R.Config(network=net.split(), T=T, **kw)


def saturating(rng, layers):
    P = []
    for L in layers:
        if not L.spiking:
            P.append(None); continue
        shp = (L.out_shape[0], L.fan_in) if L.kind == "fc" else (L.out_shape[0], L.in_shape[0], L.k, L.k)
        P.append((np.round(np.abs(rng.normal(0, .3, shp)), 5), np.round(rng.uniform(12, 30, L.out_shape[0]), 4)))
    return P


def all_at_once(step):
    def f(rng, B, T, shape):
        x = np.zeros((B, T) + shape); x[:, step] = 1; return x
    return f


def empty(rng, B, T, shape):
    return np.zeros((B, T) + shape)


def cases(big, k):
    """big: larger shapes.  k: seed."""
    o = {}
    add = lambda name, desc, cfg, **kw: o.setdefault(family, []).append(build(name, desc, k, cfg, **kw))
    sz = (lambda a, b: b if big else a)
    N2 = sz("7 fc9 fc5", "19 fc40 fc10")
    N3 = sz("7 fc33 fc7 fc3", "33 fc65 fc21 fc10")
    TT = sz(40, 110)
    # 1. rule x loss ----------------------------------------------------------
    family = "rules"
    for rule in ("activation", "timing", "antlr", "trivial"):
        for tt in ("train", "count", "latency"):
            kw = dict(lambda_act=0.6, lambda_tim=1.4) if rule == "trivial" else {}
            a = {}
            if tt == "latency":
                a = dict(image=(0, TT // 3), silent_target=(rule == "activation"), rate=0.02)
            if rule == "timing" and tt == "count":
                kw["timing_penalty"] = 10.0
                a.update(need_grad=False)
            add(f"rule_{rule}_{tt}", f"2 layers, {rule} rule, {tt} loss, default options",
                C(N2, TT, target_type=tt, rule=rule, alpha_v=0.95, **kw), **a)
    # 2. activation styles and reset paths ------------------------------------
    family = "reset-paths"
    for ra in ("none", "full", "window", "lag"):
        add(f"act_rnn_reset_{ra}", f"activation rule, RNN style, reset path {ra}",
            C(sz(N2, N3), TT, target_type="train", rule="activation", act_style="RNN", reset_act=ra,
              reset_window=0.3, reset_lag=4))
    add("act_slayer_train", "activation rule, SLAYER style (no reset gates)",
        C(N2, TT, target_type="train", rule="activation", act_style="SLAYER"))
    add("act_slayer_count", "activation rule, SLAYER style, count loss, 3 layers",
        C(N3, sz(25, 60), target_type="count", rule="activation", act_style="SLAYER"))
    # 3. ANTLR variants -------------------------------------------------------
    family = "antlr"
    for ra, rt in (("full", "none"), ("window", "none"), ("lag", "none"), ("none", "full"), ("none", "window"),
                   ("none", "lag"), ("full", "full")):
        add(f"antlr_reset_act_{ra}_tim_{rt}", f"ANTLR, RNN activation part, reset_act={ra}, reset_tim={rt}",
            C(N2, sz(30, 70), target_type="train", rule="antlr", act_style="RNN", reset_act=ra, reset_tim=rt,
              reset_window=0.4, reset_lag=3), bias=(0.05, 0.1))
    add("timing_reset_full_bias", "timing rule with the reset path, strong bias drive",
        C(N2, sz(35, 90), target_type="train", rule="timing", reset_tim="full", penalty_scope="off"), bias=(0.5, 0.2))
    for la, lt, tt in ((1., 0., "train"), (0., 1., "train"), (0.3, 1.7, "train"), (1., 0., "latency"), (0., 1., "latency"), (2., 0.5, "latency")):
        a = dict(image=(0, 15), silent_target=(lt == 0.), rate=0.03) if tt == "latency" else {}
        add(f"antlr_lambda_{la:g}_{lt:g}_{tt}", f"ANTLR with weights ({la:g},{lt:g})",
            C(sz("7 fc8 fc3", "20 fc33 fc7"), sz(30, 64), target_type=tt, rule="antlr", lambda_act=la, lambda_tim=lt), **a)
    # 4. sizes and lengths ----------------------------------------------------
    family = "sizes"
    add("size_1_1_1", "one neuron per layer", C("1 fc1 fc1", sz(20, 77), target_type="train", rule="antlr"), B=sz(1, 2), p_in=.5, rate=.3, mean=1.)
    add("size_odd", "sizes 33-1-33", C(sz("33 fc1 fc33", "127 fc3 fc65"), sz(25, 50), target_type="train", rule="antlr"), B=sz(2, 5))
    add("size_1layer", "single layer", C(sz("33 fc7", "129 fc31"), sz(50, 100), target_type="latency", rule="antlr"), rate=.02, image=(0, 20))
    add("size_3layers", "three layers, timing rule", C(N3, sz(30, 90), target_type="train", rule="timing", timing_penalty=1.0))
    add("T1", "a single time step", C(sz("5 fc4 fc3", "31 fc17 fc10"), 1, target_type="train", rule="antlr"), p_in=.6, rate=.4, mean=.8, B=4, need_grad=False, p_target=.5)
    add("T1_latency", "a single time step, latency loss", C(sz("5 fc4 fc3", "31 fc17 fc10"), 1, target_type="latency", rule="antlr"), p_in=.6, rate=.4, mean=.8, B=4, silent_target=True)
    add("T2", "two time steps", C(sz("5 fc4 fc3", "31 fc17 fc10"), 2, target_type="train", rule="antlr"), p_in=.6, rate=.4, mean=.8, B=4, p_target=.5)
    add("T300_default", "default constants alpha 0.99, T=300, latency loss",
        C(sz("20 fc16 fc10", "100 fc64 fc10"), 300, alpha_i=.99, alpha_v=.99, target_type="latency", rule="antlr"), image=(0, 24), B=2, rate=.004, bias=(0, 0))
    add("T300_train", "T=300, spike-train loss with alpha_exp 0.99 (kernel longer than the 200-step extension)",
        C(sz("9 fc12 fc4", "24 fc40 fc5"), 300, target_type="train", alpha_exp=.99, rule="antlr"), p_in=.03, rate=.02, B=2, p_target=.03)
    # 5. special inputs -------------------------------------------------------
    family = "inputs"
    for tt in ("train", "count", "latency"):
        add(f"empty_{tt}", "no input spikes and zero bias: nothing fires", C(N2, 20, target_type=tt, rule="antlr"),
            x_fn=empty, bias=(0, 0), need_grad=False, params_fn=lambda rng, layers: draw_params(rng, layers, [1.] * 9, .3, (0, 0)))
    add("empty_timing_penalty", "no spikes, timing rule: only the silent-neuron update remains",
        C(N2, 20, target_type="latency", rule="timing"), x_fn=empty, need_grad=False,
        params_fn=lambda rng, layers: draw_params(rng, layers, [1.] * 9, .3, (0, 0)))
    add("bias_only", "no input spikes, neurons driven by bias", C(N2, sz(30, 80), target_type="train", rule="antlr"), x_fn=empty, bias=(1.0, .3), need_grad=False)
    add("same_step", "every input neuron fires at step 2 only", C(sz("33 fc7 fc5", "65 fc31 fc9"), 24, target_type="train", rule="antlr"), x_fn=all_at_once(2), rate=.06)
    add("multi_spike_input", "input counts of 1..3 per step (repeated events add up)", C(N2, sz(30, 60), target_type="train", rule="antlr"), count_in=3)
    add("saturated", "every neuron fires at every step", C(N2, 15, target_type="train", rule="antlr"), params_fn=saturating)
    add("saturated_timing", "every neuron fires at every step, timing rule, latency loss", C(N2, 10, target_type="latency", early_stop=False, rule="timing"), params_fn=saturating)
    # 6. constants ------------------------------------------------------------
    family = "constants"
    add("manual_betas", "beta_auto off, beta_i != 1", C(N2, sz(30, 60), beta_auto=False, beta_i=.7, beta_v=.45, beta_bias=.2, target_type="train", rule="antlr"))
    add("manual_betas_timing", "beta_auto off, beta_i != 1, alpha_i != alpha_v, other surrogate",
        C(N2, sz(30, 60), alpha_i=.7, alpha_v=.97, beta_auto=False, beta_i=1.6, beta_v=.3, beta_bias=.15, surr_alpha=.4, surr_beta=1.5, target_type="train", rule="antlr", alpha_exp=.5))
    add("alpha_i_zero", "no synaptic filter (alpha_i = 0)", C(N2, sz(30, 60), alpha_i=0.0, alpha_v=.95, target_type="train", rule="antlr"))
    add("grad_clip", "element-wise clipping at 0.002", C(N2, sz(30, 60), target_type="train", rule="antlr", grad_clip=.002))
    # 7. latency-loss options -------------------------------------------------
    family = "latency"
    stops = lambda cfg, layers, r: r["trace"].TL < cfg.T or not cfg.stops_early
    allfire = lambda cfg, layers, r: (r["trace"].out.sum(1) > 0).all() and stops(cfg, layers, r)
    es = dict(p_in=.5, rate=.3, mean=.8, draw_name="early_stop_pair", require=allfire)
    add("early_stop", "all output neurons fire early; the simulation stops (same network as early_stop_off)", C(sz("9 fc8 fc3", "30 fc30 fc10"), 60, target_type="latency", rule="antlr"), **es)
    add("early_stop_off", "same network simulated to the end: same loss and gradients, other spike totals", C(sz("9 fc8 fc3", "30 fc30 fc10"), 60, target_type="latency", early_stop=False, rule="antlr"), **es)
    add("early_stop_penalty", "early stop with the timing rule: neurons silent up to the stop are penalised", C(sz("9 fc12 fc3", "30 fc30 fc10"), 60, target_type="latency", rule="timing", timing_penalty=3.), p_in=.5, rate=.05, mean=.5,
        require=lambda cfg, layers, r: stops(cfg, layers, r) and any((sum(s) == 0).any() for s in r["trace"].S[:-1]))
    add("v_prime_clamp", "slow bias ramps: dV/dt at the spike is below the 0.01 floor", C(N2, sz(80, 120), alpha_v=.97, target_type="train", rule="antlr"), p_in=.01, rate=.03, bias=(.55, .25),
        require=lambda cfg, layers, r: any(((np.stack(r["trace"].S[l]) == 1) & (np.stack(r["trace"].Vp[l]) <= cfg.v_prime_min)).any() for l in range(2)))
    add("nospike_target", "silent target neurons, lambda_nospike 0.7", C(N2, 40, target_type="latency", rule="antlr", lambda_nospike=.7, softmax_beta=.4), image=(0, 20), rate=.01, silent_target=True)
    add("count_term_silent", "latency loss + one-sided count term on the target", C(N2, 40, target_type="latency", rule="antlr", count_weight=5., count_goal=2., count_scope="silent", early_stop=False), image=(0, 20), rate=.01, silent_target=True)
    add("count_term_all", "latency loss + two-sided count term on all outputs", C(N2, 40, target_type="latency", rule="activation", count_weight=3., count_scope="all", max_target_spikes=2., early_stop=False), image=(0, 20), rate=.02)
    # 8. silent-neuron update -------------------------------------------------
    family = "silent-update"
    add("penalty_all_act", "silent-neuron update with the activation rule", C(N2, 30, target_type="train", rule="activation", penalty_scope="all", timing_penalty=2.), rate=.02)
    add("penalty_all_antlr", "silent-neuron update with ANTLR", C(N2, 30, target_type="latency", rule="antlr", penalty_scope="all", timing_penalty=2.), image=(0, 20), rate=.02)
    add("penalty_all_trivial", "silent-neuron update with the trivial sum (applied once)", C(N2, 30, target_type="train", rule="trivial", penalty_scope="all", timing_penalty=2.), rate=.02)
    add("penalty_off_timing", "timing rule without silent-neuron update", C(N2, 30, target_type="train", rule="timing", penalty_scope="off"), rate=.05)
    # 9. spatial layers -------------------------------------------------------
    family = "spatial"
    cv = dict(p_in=.12, rate=.08, B=2)
    add("conv_act", "conv-flatten-fc, activation", C(sz("2x6x6 conv3c3 flatten fc4", "2x9x9 conv6c3 flatten fc10"), 25, target_type="train", rule="activation"), **cv)
    add("conv_timing", "conv5-conv3-flatten-fc, timing", C(sz("1x7x7 conv2c5 conv3c3 flatten fc3", "2x10x10 conv4c5 conv5c3 flatten fc7"), 20, target_type="train", rule="timing", timing_penalty=1.), **cv)
    add("conv_antlr_penalty_conv", "conv-fc, ANTLR, silent update also on conv", C(sz("1x6x6 conv3c3 flatten fc4", "1x8x8 conv7c3 flatten fc5"), 25, target_type="latency", rule="antlr", penalty_scope="all", penalty_conv=True, timing_penalty=.5), image=(0, 12), rate=.02, B=2)
    add("apool_antlr", "average pooling", C(sz("1x6x6 conv3c3 apool2 flatten fc4", "2x8x8 conv5c3 apool2 conv4c3 flatten fc6"), 25, target_type="train", rule="antlr"), **cv)
    add("apool_antlr_binary", "average pooling, binary mask", C(sz("1x6x6 conv3c3 apool2 flatten fc4", "2x8x8 conv5c3 apool2 conv4c3 flatten fc6"), 25, target_type="train", rule="antlr", apool_mask="binary"), **cv)
    add("mpool_antlr", "max pooling, first maximum wins", C(sz("2x6x6 conv3c3 mpool2 flatten fc4", "2x8x8 conv5c3 mpool2 conv4c3 flatten fc6"), 25, target_type="train", rule="antlr"), **cv)
    add("mpool_odd_timing", "7x7 map, max pooling 3 with a dropped border", C(sz("1x7x7 conv3c3 mpool3 flatten fc3", "1x11x11 conv4c3 mpool3 conv3c3 flatten fc5"), 20, target_type="train", rule="timing", penalty_scope="off"), **cv)
    add("apool_odd_act", "7x7 map, average pooling 2 with a dropped border", C(sz("1x7x7 conv3c3 apool2 flatten fc3", "1x9x9 conv4c3 apool2 conv3c3 apool2 flatten fc5"), 20, target_type="count", rule="activation"), **cv)
    add("pool_pool", "two pooling layers in a row", C(sz("1x8x8 conv2c3 mpool2 apool2 flatten fc3", "1x12x12 conv3c3 mpool2 apool3 flatten fc5"), 20, target_type="train", rule="antlr"), **cv)
    add("flatten_first", "N-MNIST like: flatten-fc-fc", C(sz("2x5x5 flatten fc9 fc4", "2x10x10 flatten fc33 fc10"), sz(40, 100), target_type="latency", rule="antlr"), p_in=.03, rate=.02, B=2)
    add("conv_rnn_full", "conv, RNN style with reset path", C(sz("1x6x6 conv3c3 mpool2 flatten fc4", "1x9x9 conv5c3 apool2 flatten fc6"), 20, target_type="train", rule="antlr", act_style="RNN", reset_act="full", reset_tim="full"), bias=(.05, .1), **cv)
    if big:
        add("big_fc", "larger fully connected net", C("200 fc120 fc10", 100, alpha_i=.95, alpha_v=.98, target_type="latency", rule="antlr"), image=(0, 24), B=4, rate=.01)
        add("big_fc_timing", "larger fully connected net, timing", C("150 fc100 fc10", 80, alpha_i=.95, alpha_v=.95, target_type="latency", rule="timing", timing_penalty=1.0), image=(0, 24), B=4, rate=.01)
    return o


def images(k):
    """shapes at which an implementation that cuts images into pieces could go wrong."""
    o = []
    cv = dict(p_in=.12, rate=.06, B=2)
    add = lambda name, desc, net, **kw: o.append(build(name, desc, k, C(net, 20, **{"target_type": "train", "rule": "antlr", **kw}), **cv))
    add("conv_wide", "20 channels on 5x8: rows of several pieces, the last one not full", "1x5x8 conv20c3 flatten fc3")
    add("conv_mpool_conv", "max pooling between two convolutions, then average pooling", "1x6x8 conv20c3 mpool2 conv5c3 apool3 flatten fc3")
    add("conv_apool_conv_timing", "average pooling between two convolutions, timing", "2x6x9 conv12c3 apool2 conv9c3 flatten fc3", rule="timing", timing_penalty=1., penalty_conv=True)
    add("conv_channels", "66 channels, above and below a convolution", "1x3x4 conv66c1 conv3c3 conv66c1 flatten fc2", rule="activation")
    add("conv_mixture_dense", "sum of two sweeps; a hidden dense layer above max pooling", "1x6x7 conv9c5 mpool2 flatten fc6 fc3", rule="trivial", lambda_act=.6, lambda_tim=1.4)
    add("pool_first", "max pooling of the input", "1x8x8 mpool2 conv3c3 flatten fc3", target_type="latency")
    return o


# ----------------------------------------------- encodings, AER, decisions ---
def count_events(x):
    """(B,T,N) -> [[b,t,i,count]]"""
    return [[int(b), int(t), int(i), int(x[b, t, i])] for b, t, i in zip(*np.nonzero(x))]


def aux(big, k):
    rng = np.random.default_rng([k, 77])
    o = []
    lat = []
    for (a, z, T, skip) in [(0, 24, 300, True), (0, 24, 25, True), (0, 24, 20, True), (0, 99, 100, True), (2, 50, 60, False), (10, 90, 100, True)]:
        px = np.arange(256) if (not big and (a, z, T) == (0, 24, 300)) else np.concatenate([[0, 1, 85, 170, 254, 255], rng.integers(0, 256, 26)])
        x = R.encode_latency((px.astype(np.float32) / np.float32(255))[None], T, a, z, skip_zero=skip)
        step = [int(np.nonzero(x[0, :, i])[0][0]) if x[0, :, i].any() else -1 for i in range(len(px))]
        lat.append(dict(t_first=a, t_last=z, T=T, skip_zero=skip, pixels_0_255=px, spike_step=step))
    o.append(dict(format=FMT, type="encode_latency", name="encode_latency",
                  description="one spike per pixel p/255 (float32) at trunc((t_first-t_last)*x+t_last); -1 = no spike (zero pixel, or step >= T)", cases=lat))
    for typ, fn in (("stretch", R.encode_stretch), ("shift_back", R.encode_shift_back)):
        cs = []
        while len(cs) < 8:
            T = int(rng.integers(3, 60)); nmax = int(rng.integers(1, 15)); nmin = int(rng.integers(0, 2))
            last = bool(rng.random() < .5); skip = bool(rng.random() < .7)
            x = np.round(rng.random((2, 4)), 3); x[rng.random(x.shape) < .2] = 0
            r = (nmax - nmin) * x + nmin
            if skip: r[x == 0] = 0
            kk = np.arange(T + 1)[None, :, None]
            c = r[:, None] * kk / T if typ == "stretch" else r[:, None] - nmax + nmax * kk / T
            f = np.abs(c - np.round(c))
            if ((f < 1e-4) & (f > 0)).any() or ((f == 0) & (kk > 0) & (c != 0) & (kk < T)).any() or ((f == 0) & (kk == T) & (c != 0)).any():
                if typ == "stretch" or ((f < 1e-4) & (c > 0) & (c < nmax)).any():
                    continue
            cs.append(dict(T=T, n_max=nmax, n_min=nmin, last=last, skip_zero=skip, x=x, events_b_t_i_count=count_events(fn(x, T, nmax, nmin, last, skip))))
        o.append(dict(format=FMT, type="encode_" + typ, name="encode_" + typ, description="rate encodings; values near an integer boundary were avoided", cases=cs))
    aer = []
    for T, trunc, n, mode in [(300, 300, 60, ""), (100, 300, 120, ""), (7, 300, 50, ""), (200, 300, 80, "late"), (33, 300, 40, "dup"), (150, 300, 60, "unsorted"), (300, 300, 0, "empty"), (30, 100, 40, "late")]:
        ts = np.sort(rng.integers(0, 1000 * trunc + (40000 if mode == "late" else -1), n))
        if mode == "unsorted" and n:
            ts[n // 2] = 1000 * trunc + 5          # later, earlier-stamped events are dropped too
        ev = [[int(rng.integers(34)), int(rng.integers(34)), int(rng.integers(2)), int(t)] for t in ts]
        if mode == "dup":
            ev = sum(([e, e[:3] + [e[3] + 1]] for e in ev), [])
        if mode == "" and T == 300 and n:
            ev[0] = [0, 33, 1, 0]; ev[-1] = [33, 0, 0, 299999]
        raw = b"".join(bytes([x, y, (p << 7) | (t >> 16), (t >> 8) & 255, t & 255]) for x, y, p, t in ev)
        aer.append(dict(T=T, truncate_ms=trunc, note=mode, hex=raw.hex(), unique_t_pol_byte0_byte1=[list(e) for e in R.decode_nmnist(raw, T, trunc)]))
    o.append(dict(format=FMT, type="aer_nmnist", name="aer_nmnist", description="5-byte events -> unique bins (step, polarity, byte0, byte1); flat index = (pol*34+byte0)*34+byte1", cases=aer))
    dec = []
    for q in range(12):
        B, T, N = 4, int(rng.integers(1, 20)), int(rng.integers(1, 7))
        out = (rng.random((B, T, N)) < [.05, .2, .6][q % 3]).astype(float)
        if q == 0: out[:] = 0
        tr = R.Trace(1)
        tf = R.first_spike_times(out, T)
        dec.append(dict(B=B, T=T, N=N, events=events_of(out.transpose(1, 0, 2)), decision_count=R.decide_count(out), decision_first=R.decide_first(out), first_spike_steps=tf))
    o.append(dict(format=FMT, type="decisions", name="decisions", description="count and first-spike decisions with ties (lowest index) and silence (index 0); first_spike_steps = T when silent", cases=dec))
    lab = [int(v) for v in rng.integers(0, 10, 4)]
    o.append(dict(format=FMT, type="count_target", name="count_target", description="label -> target spike counts, stored at step 0", labels=lab, positive=int(3 + 2 * big), negative=1, T=5, classes=10,
                  counts=R.label_to_count_target(lab, 5, 3 + 2 * big, 1).sum(1).astype(int)))
    opt = []
    for name, kw in (("adam", dict(lr=.01)), ("adam", dict(lr=.001, weight_decay=.1)), ("sgd", dict(lr=.05)), ("sgd", dict(lr=.05, momentum=.9, weight_decay=.01))):
        w = np.round(rng.normal(size=7), 4); gs = np.round(rng.normal(size=(5, 7)) * 10. ** rng.integers(-4, 1, (5, 1)), 6); st = {}; ws = []
        v = w.copy()
        for g in gs:
            v = (R.adam_step if name == "adam" else R.sgd_step)(v, g, st, **kw); ws.append(v.copy())
        opt.append(dict(optimiser=name, **kw, beta1=.9, beta2=.999, eps=1e-8, w0=w, gradients=gs, weights_after_each_step=ws))
    o.append(dict(format=FMT, type="optimisers", name="optimisers", description="update rules and the step schedule", cases=opt,
                  step_lr=dict(lr0=.001, step_size=10, gamma=.1, epochs=[0, 9, 10, 19, 20, 25], lr=[R.step_lr(.001, e) for e in (0, 9, 10, 19, 20, 25)])))
    ker = []
    for ai, av, T in ((.99, .99, 300), (.9, .95, 50), (0., .9, 20), (.8, .8, 1), (.5, .99, 3)):
        ker.append(dict(alpha_i=ai, alpha_v=av, T=T, eps_unscaled_first=R.eps_unscaled(ai, av, T)[:10], beta=1 / R.eps_unscaled(ai, av, T).max()))
    o.append(dict(format=FMT, type="kernels", name="kernels", description="double-exponential kernel and automatic beta_v = beta_bias = 1/max", cases=ker))
    return o


def draw_of(c):
    """configuration, layers, parameters, input and target of a network or trajectory file."""
    cfg = R.Config.from_dict(c["config"])
    layers = R.parse_network(cfg.network)
    P = [None] * len(layers)
    for p in c["params"]:
        P[p["layer"]] = (np.array(p["W"], float).reshape(p["W_shape"]), np.array(p["b"], float))
    B = c["batch"]
    x = dense(c["input_events"], B, cfg.T, c["input_shape"])
    nout = layers[-1].out_shape[0]
    tg = c["target"]
    if tg["kind"] == "train":
        y = dense(tg["events"], B, cfg.T, (nout,))
    elif tg["kind"] == "count":
        y = np.zeros((B, cfg.T, nout)); y[:, 0] = tg["counts"]
    else:
        y = np.array(tg["labels"])
    return cfg, layers, P, x, y


class Step:
    """one update of every parameter."""

    def __init__(self, name, lr, dt, beta1=.9, beta2=.999, eps=1e-8, weight_decay=0, **_):
        self.lr, self.states = dt.type(lr), {}
        adam = R.adamw_step if name == "adamw" else R.adam_step
        self.rule = R.sgd_step if name == "sgd" else lambda *a: adam(*a, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay)

    def __call__(self, P, grads):
        one = lambda key, w, g: self.rule(w, g, self.states.setdefault(key, {}), self.lr)
        return [None if p is None else tuple(one((l, k), p[k], g[k]) for k in (0, 1)) for l, (p, g) in enumerate(zip(P, grads))]


def run_trajectory(cfg, layers, P0, x, y, optimiser, dtype, noise=None):
    """losses, spikes, final parameters and margin; None when a membrane comes within MARGIN of a discontinuity.
    noise adds errors of float32's size to the gradients, as another order of summation would."""
    c = R.Config.from_dict({**cfg.to_dict(), "dtype": dtype})
    dt = np.dtype(dtype)
    P = [None if p is None else (p[0].astype(dt), p[1].astype(dt)) for p in P0]
    step = Step(dt=dt, **optimiser)
    ema, average = optimiser.get("ema"), None
    losses, spikes, margin = [], [], np.inf
    for n in range(optimiser["steps"]):
        r = R.run_case(c, layers, P, x, y)
        if offenders(c, layers, r["trace"]) is not None:
            return None
        margin = min([margin] + [np.abs(np.stack(r["trace"].V[l]) - 1).min() for l, L in enumerate(layers) if L.spiking])
        losses.append(r["loss"]["total"]); spikes.append([np.stack(r["trace"].S[l]) for l, L in enumerate(layers) if L.spiking])
        grads = r["grads"]
        if noise is not None:
            shake = lambda a: a + (np.where(a == 0, 0, noise.normal(size=a.shape)) * 3e-7 * np.abs(a).max()).astype(dt)
            grads = [None if g is None else (shake(g[0]), shake(g[1])) for g in grads]
        P = step(P, grads)
        if ema is not None:
            average = P if average is None else [None if p is None else tuple(R.averaged(a, w, n, ema).astype(dt) for a, w in zip(q, p)) for q, p in zip(average, P)]
    return losses, spikes, P if average is None else average, margin


def same_spikes(a, b):
    return all(np.array_equal(u, v) for s, t in zip(a[1], b[1]) for u, v in zip(s, t))


def parameter_error(layers, a, b):
    return max(nrel(a[2][l][k], b[2][l][k]) for l, L in enumerate(layers) if L.spiking for k in (0, 1))


def totals(run):
    return [[int(v.sum()) for v in s] for s in run[1]]


def trajectory(name, desc, k, cfg, lr, steps, B=3, **kw):
    """a few SGD steps on one batch; margin and float32 agreement hold at every step."""
    for attempt in range(300):
        base = build(name, desc, k + 1000 * attempt, cfg, B=B, **kw)
        optimiser = dict(name="sgd", lr=lr, momentum=0, steps=steps)
        _, layers, P0, x, y = draw_of(base)
        a, b = (run_trajectory(cfg, layers, P0, x, y, optimiser, dtype) for dtype in ("float64", "float32"))
        if a is None or b is None or not same_spikes(a, b):
            continue
        describe(base, layers, optimiser, a)
        base["float32_reference_error"] = dict(weights=max(nrel(a[2][l][0], b[2][l][0]) for l, L in enumerate(layers) if L.spiking))
        return base
    raise RuntimeError(name)


def describe(base, layers, optimiser, run):
    """turn a network case into a trajectory."""
    base["type"] = "trajectory"
    for key in ("expected", "float32_reference_error", "threshold_margin", "spikes_with_clamped_v_prime"):
        base.pop(key)
    base["optimiser"] = optimiser
    base["expected"] = dict(loss_before_each_step=run[0], spike_totals_each_step=totals(run),
                            final_params=[dict(layer=l, W=run[2][l][0].ravel(), b=run[2][l][1]) for l, L in enumerate(layers) if L.spiking])


def adam_trajectory(name, desc, k, cfg, lr, steps=50, B=2, fall=.8, adam="adam", weight_decay=0, ema=None, **kw):
    """Adam steps on one batch. Besides margin and float32 agreement: the loss falls, every layer fires at every step, and
    errors of float32's size in the gradients change no spike and hardly a parameter (Adam divides by the gradient's size)."""
    optimiser = dict(name=adam, lr=lr, beta1=.9, beta2=.999, eps=1e-8, weight_decay=weight_decay, steps=steps, **({} if ema is None else dict(ema=ema)))
    for attempt in range(2000):
        base = build(name, desc, k + 1000 * attempt, cfg, B=B, **kw)
        _, layers, P0, x, y = draw_of(base)
        a = run_trajectory(cfg, layers, P0, x, y, optimiser, "float64")
        if a is None or a[0][-1] > fall * a[0][0] or min(map(min, totals(a))) == 0:
            continue
        noises = [None] + [np.random.default_rng([k, n]) for n in range(4)]
        others = [run_trajectory(cfg, layers, P0, x, y, optimiser, "float32", noise) for noise in noises]
        if any(b is None or not same_spikes(a, b) or parameter_error(layers, a, b) > 2e-5 for b in others):
            continue
        describe(base, layers, optimiser, a)
        base["threshold_margin"] = a[3]
        base["float32_reference_error"] = dict(weights=parameter_error(layers, a, others[0]))
        return base
    raise RuntimeError(name)


def trajectories(big, k):
    net = "7 fc9 fc5" if not big else "19 fc30 fc8"
    return [trajectory("traj_antlr_latency", "10 SGD steps, ANTLR, latency loss, clip 1", k, C(net, 40, target_type="latency", rule="antlr", grad_clip=1.0), .02, 10, image=(0, 15), rate=.03),
            trajectory("traj_activation_train", "10 SGD steps, activation rule, spike-train loss, clip 1", k, C(net, 40, target_type="train", rule="activation", grad_clip=1.0), .01, 10),
            trajectory("traj_timing_train", "10 SGD steps, timing rule without silent update, clip 1", k, C(net, 40, target_type="train", rule="timing", penalty_scope="off", grad_clip=1.0), .01, 10)]


def adam_trajectories(k):
    net = "6 fc7 fc3"
    rules = dict(activation={}, timing=dict(penalty_scope="off"), antlr={}, trivial=dict(lambda_act=.6, lambda_tim=1.4))
    o = []
    for rule, kw in rules.items():
        latency = dict(kw, penalty_scope="timing", timing_penalty=.02) if rule == "timing" else kw
        o.append(adam_trajectory(f"traj_adam_{rule}_latency", f"50 Adam steps, {rule} rule, latency loss, clip 1", k,
                                 C(net, 30, target_type="latency", rule=rule, grad_clip=1.0, **latency), .005, image=(0, 12), rate=.05))
        o.append(adam_trajectory(f"traj_adam_{rule}_train", f"50 Adam steps, {rule} rule, spike-train loss, clip 1", k,
                                 C(net, 30, target_type="train", rule=rule, grad_clip=1.0, **kw), .005))
    return o


def options(k):
    o = {}
    add = lambda name, desc, cfg, **kw: o.setdefault(family, []).append(build(name, desc, k, cfg, **kw))
    N2, N3 = "7 fc9 fc5", "7 fc20 fc7 fc3"
    # triangle and rectangle with their half width
    family = "surrogates"
    for s, c in (("fast_sigmoid", 4.), ("arctan", 2.5), ("triangle", .7), ("rectangle", .4)):
        add(f"surrogate_{s}", f"ANTLR with the surrogate {s}", C(N3, 35, target_type="train", rule="antlr", surrogate=s, surr_alpha=.8, surr_beta=c))
        add(f"surrogate_{s}_reset", f"activation rule, RNN style, full reset path, latency loss, surrogate {s}",
            C(N2, 35, target_type="latency", rule="activation", act_style="RNN", reset_act="full", surrogate=s, surr_beta=c), image=(0, 15), rate=.03, silent_target=True)
    family = "layer-weights"
    add("weights_by_layer_antlr", "ANTLR, weights by layer", C(N3, 30, target_type="train", rule="antlr", lambda_act=[.5, 1., 0.], lambda_tim=[1., 0., 2.]))
    add("weights_by_layer_trivial", "final gradients added with weights by layer", C(N3, 30, target_type="latency", rule="trivial", lambda_act=[.5, 2., 1.], lambda_tim=[1., 0., .3]), image=(0, 15), rate=.03)
    family = "blocked-units"
    for rule in ("activation", "timing", "antlr", "trivial"):
        add(f"refractory_{rule}", f"three refractory steps, {rule} rule", C(N3, 40, target_type="train", rule=rule, refractory=3, penalty_scope="off"), rate=.12)
        add(f"single_spike_{rule}", f"units fire at most once, {rule} rule", C(N3, 40, target_type="latency", rule=rule, single_spike=True, penalty_scope="off"), image=(0, 15), rate=.02, silent_target=(rule != "timing"))
    add("single_spike_train", "units fire at most once, ANTLR, spike-train loss", C(N2, 40, target_type="train", rule="antlr", single_spike=True), rate=.02)
    add("refractory_slayer", "two refractory steps, SLAYER style", C(N2, 40, target_type="count", rule="activation", act_style="SLAYER", refractory=2), rate=.12)
    family = "activity"
    some = lambda part: lambda cfg, layers, r: r["loss"][part] > 0
    for rule in ("activation", "antlr", "trivial"):
        add(f"rate_upper_{rule}", f"more spikes than the upper bound, {rule} rule", C(N3, 30, target_type="train", rule=rule, rate_upper=.5, rate_strength=.2), require=some("rate"))
    add("rate_lower", "fewer spikes than the lower bound, ANTLR, latency loss", C(N3, 30, target_type="latency", rule="antlr", rate_lower=2., rate_upper=3., rate_strength=.05), image=(0, 15), rate=.03, require=some("rate"))
    add("spike_penalty", "every hidden spike costs, ANTLR, latency loss that stops early", C(N3, 40, target_type="latency", rule="antlr", spike_penalty=.03), p_in=.5, rate=.2, mean=.8, require=some("spikes"))
    add("spike_penalty_timing", "every hidden spike costs: no gradient for the timing rule", C(N2, 30, target_type="train", rule="timing", spike_penalty=.03, penalty_scope="off"), require=some("spikes"))
    return o


def recurrent(k):
    o = []
    add = lambda name, desc, cfg, **kw: o.append(build(name, desc, k, cfg, **{"require": listens_to_itself, **kw}))
    hidden, deep = "7 rfc9 fc5", "6 rfc20 rfc7 fc3"
    for rule in ("activation", "timing", "antlr", "trivial"):
        add(f"recurrent_{rule}_train", f"recurrent hidden layer, {rule} rule, spike-train loss", C(hidden, 35, target_type="train", rule=rule, penalty_scope="off"))
        add(f"recurrent_{rule}_latency", f"two recurrent layers, {rule} rule, latency loss", C(deep, 35, target_type="latency", rule=rule, penalty_scope="off"), image=(0, 15), rate=.05, silent_target=(rule != "timing"))
    add("recurrent_output", "recurrent output of two tiles, ANTLR", C("9 fc12 rfc70", 20, target_type="train", rule="antlr"), B=2)
    add("recurrent_output_count", "every layer recurrent, two tiles, activation rule, count loss", C("5 rfc66 rfc4", 20, target_type="count", rule="activation"), B=2)
    add("recurrent_slayer", "recurrent layers, SLAYER style", C(deep, 30, target_type="count", rule="activation", act_style="SLAYER"))
    add("recurrent_reset_full", "recurrent layers, full reset paths of both parts", C(deep, 30, target_type="train", rule="antlr", act_style="RNN", reset_act="full", reset_tim="full"))
    add("recurrent_reset_window", "recurrent layers, windowed reset paths", C(deep, 30, target_type="train", rule="antlr", act_style="RNN", reset_act="window", reset_tim="window"))
    add("recurrent_refractory", "recurrent layers with refractory units, a price on spikes", C(deep, 35, target_type="train", rule="antlr", refractory=2, spike_penalty=.02))
    add("recurrent_single_spike", "recurrent layers whose units fire once", C(deep, 35, target_type="latency", rule="antlr", single_spike=True, penalty_scope="off"), p_in=.3, rate=.03)
    add("recurrent_silent_update", "silent units of recurrent layers, timing rule", C(deep, 30, target_type="latency", rule="timing", timing_penalty=.5), rate=.02)
    add("recurrent_after_pool", "recurrent layer above a convolution and a pool", C("1x5x6 conv3c3 mpool2 flatten rfc8 fc3", 25, target_type="train", rule="antlr"))
    return o


def schedules():
    """rates of every update of short runs."""
    plain = dict(constant={}, step=dict(every=2, factor=.3), exponential=dict(factor=.7), cosine=dict(final=.05),
                 oneCycle=dict(rise=.35, initial=.1, final=.001))
    cases = []
    for name, own in plain.items():
        for by, warmup in (("update", 0), ("epoch", 0), ("update", 1.5), ("epoch", 2)):
            epochs, updates = 6, 4
            schedule = dict(name=name, by=by, warmup=warmup, **own)
            rates = [R.scheduled_lr(.01, schedule, e, b, updates, epochs) for e in range(epochs) for b in range(updates)]
            cases.append(dict(lr0=.01, schedule=schedule, epochs=epochs, updates=updates, lr=rates))
    return dict(format=FMT, type="schedules", name="schedules", description="learning rate of every update", cases=cases)


def optimisers_adamw(k):
    rng = np.random.default_rng(k + 300)
    opt = []
    for kw in (dict(lr=.01, weight_decay=.1), dict(lr=.05, weight_decay=0), dict(lr=.002, weight_decay=2.)):
        w = np.round(rng.normal(size=7), 4); gs = np.round(rng.normal(size=(5, 7)) * 10. ** rng.integers(-4, 1, (5, 1)), 6); st = {}; ws = []
        v = w.copy()
        for g in gs:
            v = R.adamw_step(v, g, st, **kw); ws.append(v.copy())
        opt.append(dict(optimiser="adamw", **kw, beta1=.9, beta2=.999, eps=1e-8, w0=w, gradients=gs, weights_after_each_step=ws))
    return dict(format=FMT, type="optimisers", name="optimisers_adamw", description="decoupled weight decay", cases=opt)


def training(k):
    o = []
    N2 = "7 fc9 fc5"
    clips = lambda cfg, layers, r: np.sqrt(sum((a ** 2).sum() for g in r["grads"] if g is not None for a in g)) > .999 * cfg.grad_norm_clip
    o.append(build("clip_norm", "gradients scaled to a norm of 0.01", k, C(N2, 30, target_type="train", rule="antlr", grad_norm_clip=.01), require=clips))
    o.append(build("clip_norm_after_value", "a convolution, element-wise clipping at 0.01, then a norm of 0.03", k,
                   C("2x5x6 conv3c3 flatten fc3", 20, target_type="train", rule="antlr", grad_clip=.01, grad_norm_clip=.03), require=clips))
    o.append(adam_trajectory("traj_adamw_clip_norm", "40 AdamW steps, ANTLR, latency loss, norm 0.05", k,
                             C("6 fc7 fc3", 30, target_type="latency", rule="antlr", grad_norm_clip=.05), .005, steps=40, adam="adamw", weight_decay=.2, fall=.9, image=(0, 12), rate=.05))
    o.append(adam_trajectory("traj_adam_ema", "30 Adam steps, ANTLR, spike-train loss; the final parameters are averages", k,
                             C("6 fc7 fc3", 30, target_type="train", rule="antlr", grad_clip=1.0), .005, steps=30, ema=.9))
    weights = dict(class_weights=[2., .5, 1., 3., .25])
    o.append(build("label_smoothing", "a third of the target goes to all classes alike", k, C(N2, 30, target_type="latency", rule="antlr", label_smoothing=1 / 3), image=(0, 15), rate=.03, silent_target=True))
    o.append(build("class_weights", "weights of the classes, with a count term", k, C(N2, 30, target_type="latency", rule="antlr", count_weight=.3, **weights), image=(0, 15), rate=.03, silent_target=True))
    o.append(build("class_weights_smoothing", "weights of the classes and smoothed labels", k, C(N2, 30, target_type="latency", rule="timing", label_smoothing=.1, **weights), image=(0, 15), rate=.06))
    return o


def listens_to_itself(cfg, layers, r):
    """spikes of every recurrent layer come back to it, and its recurrent weights have gradients."""
    return all(sum(s.sum() for s in r["trace"].S[l][:-1]) > 2 and np.abs(r["grads"][l][0][:, L.in_shape[0]:]).max() > 0
               for l, L in enumerate(layers) if L.recurrent)


def write(folder, families=(), tables=()):
    """families of cases, a line each, and tables, a file each."""
    os.makedirs(folder, exist_ok=True)
    files = {f"{family}.ndjson": cases for family, cases in dict(families).items()}
    files.update({t["name"].replace("_", "-") + ".json": [t] for t in tables})
    for name, lines in files.items():
        text = "".join(dumps(c) + "\n" for c in lines)
        for line in text.splitlines():
            json.loads(line)
        open(os.path.join(folder, name), "w").write(text)
        print(os.path.join(folder, name), len(lines), "lines", round(len(text) / 1e6, 2), "MB")


def cases_in(folder):
    """every case of this format, with its place."""
    for f in sorted(glob.glob(os.path.join(folder, "*.ndjson")) + glob.glob(os.path.join(folder, "*.json"))):
        for n, line in enumerate(open(f), 1):
            c = json.loads(line)
            if c.get("format") == FMT:
                yield f"{os.path.basename(f)}:{n}", c


def check_trajectory(f, c):
    cfg, layers, P, x, y = draw_of(c)
    a, e = run_trajectory(cfg, layers, P, x, y, c["optimiser"], "float64"), c["expected"]
    assert a is not None, f
    assert totals(a) == e["spike_totals_each_step"], f
    want = [None] * len(layers)
    for p in e["final_params"]:
        want[p["layer"]] = (np.array(p["W"], float).reshape(a[2][p["layer"]][0].shape), np.array(p["b"], float))
    return dict(parameters=parameter_error(layers, a, (None, None, want)), losses=nrel(np.array(a[0]), np.array(e["loss_before_each_step"])))


def check(folder):
    worst = {}
    worst32 = ("", 0)
    n = m = 0
    for f, c in cases_in(folder):
        if c["type"] == "trajectory":
            m += 1
            for k, d in check_trajectory(f, c).items():
                worst[k] = max(worst.get(k, 0), d)
        if c["type"] != "network":
            continue
        n += 1
        cfg, layers, P, x, y = draw_of(c)
        r = R.run_case(cfg, layers, P, x, y)
        e = c["expected"]; tr = r["trace"]
        assert e["term_length"] == tr.TL, f
        for s in e["spikes"]:
            assert events_of(tr.S[s["layer"]]) == s["events"], f
        for g in e["grads"]:
            a = r["grads"][g["layer"]]
            for k, v in (("dW", a[0].ravel()), ("db", a[1])):
                d = nrel(v, np.array(g[k], float))
                worst[k] = max(worst.get(k, 0), d)
        worst["loss"] = max(worst.get("loss", 0), abs(e["loss"]["total"] - r["loss"]["total"]) / max(1e-30, abs(r["loss"]["total"])))
        assert c["threshold_margin"] >= MARGIN
        assert R.metrics(layers, tr)["num_spike_nec"] == e["num_spike_nec"]
        if c["float32_reference_error"]["grad"] > worst32[1]:
            worst32 = (c["name"], c["float32_reference_error"]["grad"])
    print(folder, n, "networks and", m, "trajectories re-verified, worst relative differences", {k: "%.1e" % v for k, v in worst.items()}, "float32 worst", worst32)


# ------------------------------------------------------ signals and sound ---
def signals_and_sound(k):
    rng = np.random.default_rng([k, 400])
    o = []

    def signal(times, channels, step):
        """Random walks of three decimals."""
        x = np.round(np.cumsum(rng.normal(0, step, (times, channels)), axis=0), 3)
        x[rng.random(x.shape) < .1] *= -1
        return x.astype(np.float32)

    def table(name, description, draw, count):
        cases = []
        while len(cases) < count:
            case = draw(len(cases))
            if case is not None:
                cases.append(case)
        o.append(dict(format=FMT, type=name, name=name, description=description, cases=cases))

    def events(counts):
        return [[int(t), int(u), int(counts[t, u])] for t, u in zip(*np.nonzero(counts))]

    def delta(n):
        x = signal(int(rng.integers(1, 60)), int(rng.integers(1, 5)), .2)
        options = dict(threshold=float(np.round(rng.uniform(.05, .6), 2)), max_spikes=int([1, 1, 3, 255][n % 4]))
        if n % 3 == 1:
            options["start"] = float(np.round(rng.normal(), 2))
        return dict(options=options, x=x, events_t_u_count=events(G.encode_delta(x, **options)))

    def levels(n):
        x = signal(int(rng.integers(1, 60)), int(rng.integers(1, 5)), .3)
        if n % 2:
            x = np.round(x * 4) / 4                      # many values on a level
        low, high, count = (-1., 1., 7) if n % 2 else (float(np.round(rng.uniform(-2, 0), 2)), 1.5, int(rng.integers(1, 12)))
        return dict(options=dict(min=low, max=high, count=count), x=x, events_t_u_count=events(G.encode_levels(x, low, high, count)))

    def current(n):
        x = signal(int(rng.integers(20, 80)), int(rng.integers(1, 4)), .3)
        options = dict(neurons=int(rng.integers(1, 5)), gain=float(np.round(rng.uniform(1, 4), 2)), bias=float(np.round(rng.uniform(-.5, 1.5), 2)),
                       time_constant=float(np.round(rng.uniform(1, 15), 1)), spread=[0., .3][n % 2], seed=int(rng.integers(1000)))
        counts, margin = G.encode_current(x, **options)
        return None if margin < 1e-7 else dict(options=options, x=x, events_t_u_count=events(counts))

    def sound(n):
        """Chirps in noise."""
        rate = [8000., 16000., 44100.][n % 3]
        t = np.arange(int(rng.integers(600, 1500))) / rate
        x = .5 * np.sin(2 * np.pi * (300 + 9000 * rng.random() * t) * t) + .05 * rng.normal(size=len(t))
        x = np.round(x, 4).astype(np.float32)[:, None]
        options = dict(sample_rate=rate, window=int([200, 256, 301][n % 3]), hop=int([80, 100, 350][n % 3]), mels=int([10, 20, 33][n % 3]),
                       min_frequency=[0., 50., 100.][n % 3], max_frequency=[None, 4000., 20000.][n % 3], floor=1e-3)
        f = G.log_mel(x[:, 0], rate, options["window"], options["hop"], options["mels"], options["min_frequency"],
                      options["max_frequency"] or rate / 2, options["floor"])
        f32 = f.astype(np.float32)
        moved = (f32 - f32[:1]) / .5
        if np.abs(moved - np.round(moved))[1:].min() < 1e-5:
            return None
        return dict(options=options, x=x, features=f, threshold=.5, max_spikes=3, events_t_u_count=events(G.encode_delta(f32, .5, max_spikes=3)))

    table("encode_delta", "x (time, channel); spikes (step, unit, count), units of falls first", delta, 10)
    table("encode_levels", "x (time, channel); spikes (step, unit, count), unit (direction, channel, level)", levels, 8)
    table("encode_current", "x (time, channel); spikes (step, unit, count), unit (channel, neuron); membranes stay 1e-7 from the threshold", current, 8)
    table("log_mel", "x (time, 1); features (step, mel); spikes (step, unit, count) of `delta` with the threshold, on features as float32", sound, 6)
    return o


if __name__ == "__main__":
    words = sys.argv[1:]
    mode = words.pop(0) if words and words[0] in ("check", "adam", "options", "images", "recurrent", "signals", "training") else "all"
    folder = words[0] if words else os.path.join(HERE, "..", "golden")
    if mode == "check":
        check(folder)
    elif mode == "adam":
        write(folder, {"adam-trajectories": adam_trajectories(SEED)})
    elif mode == "options":
        write(folder, options(SEED))
    elif mode == "images":
        write(folder, {"images": images(SEED)})
    elif mode == "training":
        write(folder, {"training": training(SEED)}, [optimisers_adamw(SEED), schedules()])
    elif mode == "recurrent":
        write(folder, {"recurrent": recurrent(SEED)})
    elif mode == "signals":
        write(folder, tables=signals_and_sound(SEED))
    else:
        write(folder, {**cases(False, SEED), "sgd-trajectories": trajectories(False, SEED)}, aux(False, SEED))
