"""Golden files of networks drawn at random, to look for what no file was written for (numpy + reference2.py only).

    python make_random.py FIRST COUNT FOLDER    -> FOLDER/200.. : the draws from seed FIRST on

A draw combines what the specification lets be combined: kinds of layers, neurons with their constants, delays, losses, rules, reset
paths, surrogates, terms for the activity. One seed is one file. Then: npm run test:golden -- FOLDER
"""
import os, random, sys
import make_golden2 as G
import reference2 as R

# a gradient that float32 has to this share of its largest value, that has not exploded, and adjoints that are no remainder of terms
# which cancel
MAX_FLOAT32_ERROR = 1e-5
MAX_GRADIENT = 1e4
MIN_ADJOINT = 1e-9
ADJOINTS = ("G", "p", "q", "dLdS", "dLdT")
ATTEMPTS = 8


class Draw:
    """Choices by one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.either, self.integer = self.random.choice, self.random.randint

    def happens(self, share):
        return self.random.random() < share

    def number(self, low, high):
        return round(self.random.uniform(low, high), 3)

    def constant(self, units, low, high):
        """one for the layer, or one for each unit."""
        return self.number(low, high) if self.happens(.5) else [self.number(low, high) for _ in range(units)]


def draw_network(draw):
    """words of a network, and the units or channels of its layers with weights."""
    units = [draw.either([1, 2, 3, 5, 8, 16, 17, 31, 33, 40, 65]) for _ in range(draw.integer(1, 3))]
    if draw.happens(.8):
        kinds = [draw.either(["fc", "fc", "fc", "rfc"]) for _ in units]
        return [str(draw.either([1, 3, 7, 20, 33]))] + [f"{kind}{n}" for kind, n in zip(kinds, units)], units
    height, width = draw.either([1, 2, 4, 5, 6, 8]), draw.integer(4, 8)
    words, channels, units = [f"{draw.integer(1, 2)}x{height}x{width}"], [], units[:2]

    def pool(share):
        nonlocal height, width
        if height > 1 and draw.happens(share):
            words.append(draw.either(["mpool2", "apool2"]))
            height, width = height // 2, width // 2

    pool(.3)
    for share, counts, kernels in [(.85, [1, 3, 5, 17], [1, 3, 5]), (.4, [2, 3, 4], [1, 3])]:
        if draw.happens(share):
            channels.append(draw.either(counts))
            words.append(f"conv{channels[-1]}c{draw.either([kernel for kernel in kernels if kernel < 2 * max(height, width)])}")
            pool(.5)
    return words + ["flatten"] + [f"{draw.either(['fc', 'fc', 'rfc'])}{n}" for n in units], channels + units


def draw_rule(draw):
    out = dict(rule=draw.either(["activation", "timing", "antlr", "antlr", "trivial", "eventProp"]))
    mixes, has_activation = out["rule"] in ("antlr", "trivial"), out["rule"] in ("activation", "antlr", "trivial")
    if out["rule"] == "activation" and draw.happens(.15):
        out["act_style"] = "SLAYER"
    elif has_activation and draw.happens(.6):
        out.update(act_style="RNN", reset_act=draw.either(["none", "full", "window", "lag"]))
    if mixes or out["rule"] == "timing":
        out["reset_tim"] = draw.either(["none", "none", "full", "window", "lag"])
    if mixes:
        out.update(lambda_act=draw.number(0, 2), lambda_tim=draw.number(0, 2))
    out.update(reset_window=draw.number(.1, .6), reset_lag=draw.integer(1, 8))
    if has_activation and draw.happens(.4):
        out.update(surrogate=draw.either(["exponential", "fast_sigmoid", "arctan", "triangle", "rectangle"]))
        out.update(surr_alpha=draw.number(.5, 1.5), surr_beta=draw.number(.5, 3))
    if draw.happens(.2):
        out["adaptationPath"] = False
    return out


def draw_loss(draw, steps, outputs, has_readout):
    out = dict(target_type=draw.either(["membrane", "trace"] if has_readout else ["train", "count", "latency"]))
    kind = out["target_type"]
    if kind == "membrane":
        out.update(statistic=draw.either(["mean", "max", "last", "softmaxSum"]), inverseTemperature=draw.number(.2, 2))
        if draw.happens(.3):
            out["labelSmoothing"] = draw.number(.05, .3)
        if draw.happens(.3):
            out["classWeights"] = [draw.number(.2, 3) for _ in range(outputs)]
    if kind == "trace" and draw.happens(.4):
        out["step_weights"] = [draw.number(0, 2) if draw.happens(.8) else 0. for _ in range(steps)]
    if kind == "latency":
        out.update(softmax_beta=draw.number(.05, .6), lambda_nospike=draw.either([0, .1, .5]), early_stop=draw.happens(.7))
        if draw.happens(.3):
            out.update(count_weight=.2, count_goal=2., count_scope=draw.either(["silent", "all"]))
    return out


def draw_activity(draw):
    out = {}
    if draw.happens(.3):
        out.update(rate_strength=.1, **draw.either([dict(rate_upper=1.5), dict(rate_lower=1.), dict(rate_lower=.5, rate_upper=1.)]))
    if draw.happens(.15):
        out["spike_penalty"] = .01
    if draw.happens(.2):
        out["grad_clip"] = .05
    if draw.happens(.3):
        out.update(penalty_scope=draw.either(["timing", "all"]), timing_penalty=draw.number(.1, 5))
    return out


def draw_neuron(draw, units, kind, may_be_blocked, resets):
    out, learnt = dict(type=kind), ["currentDecay", "membraneDecay"]
    if draw.happens(.5):
        out["currentDecay"] = draw.constant(units, .4, .97)
    if draw.happens(.5):
        out["membraneDecay"] = draw.constant(units, .6, .98)
    if kind != "leaky":
        out["reset"] = draw.either(resets)
        learnt.append("threshold")
        if draw.happens(.5):
            out["threshold"] = draw.constant(units, .5, 1.8)
        if may_be_blocked and draw.happens(.25):
            out.update(draw.either([dict(refractory=draw.integer(1, 3)), dict(singleSpike=True)]))
    if kind == "alif":
        learnt.append("adaptationStrength")
        out.update(adaptationDecay=draw.constant(units, .3, .97), adaptationStrength=draw.constant(units, .02, .5))
    if draw.happens(.15):
        gains = dict(currentGain=(.5, 1.3), membraneGain=(.3, .8), biasGain=(.2, .6))
        return dict(out, gain="manual", **{name: draw.constant(units, *ends) for name, ends in gains.items()})
    learnt = [name for name in learnt if draw.happens(.3)]
    return dict(out, learn=learnt) if learnt else out


def draw_delays(draw, word):
    if word.startswith("conv") or draw.happens(.4):
        return None
    return dict(by=draw.either(["input", "connection"]), most=draw.integer(0, 9), learn=draw.happens(.7))


def draw_config(draw):
    steps, (words, units), has_readout = draw.either([1, 2, 7, 15, 25, 33, 50, 90]), draw_network(draw), draw.happens(.35)
    weighted = [word for word in words[1:] if word.startswith(("fc", "rfc", "conv"))]
    if has_readout:
        words[-1] = weighted[-1] = f"fc{units[-1]}"
    rule = draw_rule(draw)
    paths = [rule.get(path, "none") for path in ("reset_act", "reset_tim")]
    # EventProp goes through every reset; the others of the specification have no path with these.
    may_be_blocked = paths == ["none", "none"] and rule["rule"] != "eventProp"
    if "rfc" in " ".join(words):
        rule.update({path: "full" for path in ("reset_act", "reset_tim") if rule.get(path) == "lag"})
    resets = ["all"] if "lag" in (rule.get("reset_act"), rule.get("reset_tim")) else ["all", "membrane", "subtract"]
    kinds = [draw.either(["lif", "lif", "alif"]) for _ in weighted]
    if has_readout:
        kinds[-1] = "leaky"
    neurons = [draw_neuron(draw, n, kind, may_be_blocked, resets) for n, kind in zip(units, kinds)]
    delays = [draw_delays(draw, word) for word in weighted] if draw.happens(.3) else None
    decays = dict(alpha_i=draw.number(.4, .97), alpha_v=draw.number(.6, .98))
    rest = dict(dict(penalty_scope="off"), **draw_activity(draw))
    return R.Config(network=words, T=steps, neurons=neurons, delays=delays, **decays, **rule, **draw_loss(draw, steps, units[-1], has_readout), **rest)


def is_clear(case):
    gradients = [abs(v) for g in case["expected"]["grads"] for v in g["dW"]]
    largest = {}
    for probe in case["expected"]["probes"]:
        for name in ADJOINTS:
            key = probe["layer"], name
            largest[key] = max(largest.get(key, 0), abs(probe.get(name, 0)))
    has_remainders = any(0 < value < MIN_ADJOINT for value in largest.values())
    return case["float32_reference_error"]["grad"] <= MAX_FLOAT32_ERROR and max(gradients, default=0) <= MAX_GRADIENT and not has_remainders


def case_of(seed):
    """the case of a seed, or None where no weights of it were clear enough to tell right from wrong."""
    draw = Draw(seed)
    cfg = draw_config(draw)
    name = f"random_{seed}"
    inputs = dict(B=draw.integer(1, 5), p_in=draw.either([.05, .15, .3]), count_in=draw.either([1, 1, 1, 3]))
    spikes = dict(rate=draw.either([.05, .1, .3]), mean=draw.either([.3, .8]))
    try:
        case = G.build(name, f"{' '.join(cfg.network)}, {cfg.rule}, {cfg.target_type}", seed, cfg, need_grad=draw.happens(.7), attempts=ATTEMPTS, **inputs, **spikes)
    except RuntimeError:
        return None
    return case if is_clear(case) else None


if __name__ == "__main__":
    first, count, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    os.makedirs(folder, exist_ok=True)
    written = 0
    for seed in range(first, first + count):
        case = case_of(seed)
        if case is not None:
            with open(os.path.join(folder, f"{200 + written:03d}_random_{seed}.json"), "w") as file:
                file.write(G.dumps(case) + "\n")
            written += 1
    print(folder, written, "files of", count, "draws")
