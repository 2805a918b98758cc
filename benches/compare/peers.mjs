// The libraries that we are compared with, and what has to be known about each.

/** How the figures of each come about; the configuration is the fastest on a CPU that we found. */
export const PEERS = {
  spikingjelly: "LIFNode (one decay, hard reset) in multi-step mode, PyTorch backend, ArcTan surrogate",
  snntorch:
    "Synaptic (current and membrane, reset by subtraction), matrix products over all steps at once, unbound currents, fast-sigmoid surrogate",
  norse: "LIFCell (current and membrane) over unbound currents, matrix products over all steps at once, SuperSpike surrogate",
  spyx: "CuBaLIF (current and membrane) layer by layer, jitted by JAX, matrix products over all steps at once, SuperSpike surrogate",
  loops: "plain PyTorch: matrix products over all steps at once, loops over steps, fast-sigmoid surrogate",
};

/** One network of theirs beside each rule and surrogate of ours. */
const AS_LOOPS = {
  nmnist: "2312-800-10 on 6,900 events",
  deep: "784-2000-2000-10 on latency-coded digits",
  "deep-compact": "784-2000-2000-10 on 150 events, a compact surrogate",
  "deep-timing": "784-2000-2000-10 on 150 events, the rule timing",
  recurrent: "784-800R-10 on 150 events",
  "recurrent-compact": "784-800R-10 on 150 events, a compact surrogate",
  "recurrent-timing": "784-800R-10 on 150 events, the rule timing",
  "recurrent-events": "700-256R-20 on 8,000 events",
  "recurrent-events-compact": "700-256R-20 on 8,000 events, a compact surrogate",
  "recurrent-events-timing": "700-256R-20 on 8,000 events, the rule timing",
  "conv-strided": "2x34x34-conv16c3s2-conv32c3s2-10 on events in 1 % of units and steps",
  residual: "three residual blocks of 16 channels on latency-coded digits",
  wide: "1x28x28-conv128c3-conv128c3-10 on events in 10 % of units and steps, 4 steps",
  "wide-compact": "the same with a compact surrogate",
  "wide-dense": "1x28x28-conv128c3-mpool2-conv128c3-mpool2-2048-10, 4 steps",
  "wide-dense-compact": "the same with a compact surrogate",
};

/** Most samples of a batch that fit into 20 GB as dense activations of every step. */
const MOST_SAMPLES = { residual: 4, "conv-strided": 16 };

/** What is compared, as which network of theirs, and with whom. */
export const COMPARED = {
  mnist: { about: "784-800-10 on digits", network: "mnist", peers: Object.keys(PEERS) },
  conv: { about: "2x34x34-conv8c5-apool2-10 on events in 1 % of units and steps", network: "conv", peers: ["spikingjelly"] },
  ...Object.fromEntries(
    Object.entries(AS_LOOPS).map(([name, about]) => {
      return [name, { about, network: name.replace(/-(compact|timing)$/, ""), peers: ["loops"], most: MOST_SAMPLES[name] }];
    }),
  ),
};

/** What holds for all of them. */
export const INCLUDED =
  "Training is forward, backward and Adam on the same samples; inference is the forward pass. The others get dense spikes made beforehand, a cross-entropy over output spike counts and their own neuron; we get events encoded beforehand, a latency loss (networks of 4 steps: that cross-entropy) and ours. Their dense products cost the same however many units fire; initial weights or some updates let every layer fire. Loading, encoding, compilation and a first pass are left out for all.";
