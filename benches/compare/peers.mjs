// The libraries that we are compared with, and what has to be known about each.

/** How the figures of each come about; the configuration is the fastest on a CPU that we found. */
export const PEERS = {
  spikingjelly: "LIFNode (one decay, hard reset) in multi-step mode, PyTorch backend, ArcTan surrogate",
  snntorch:
    "Synaptic (current and membrane, reset by subtraction), matrix products over all steps at once, unbound currents, fast-sigmoid surrogate",
  norse: "LIFCell (current and membrane) over unbound currents, matrix products over all steps at once, SuperSpike surrogate",
  spyx: "CuBaLIF (current and membrane) layer by layer, jitted by JAX, matrix products over all steps at once, SuperSpike surrogate",
};

/** What is compared, and with whom. */
export const COMPARED = {
  mnist: { about: "784-800-10 on digits", peers: Object.keys(PEERS) },
  conv: { about: "2x34x34-conv8c5-apool2-10 on events in 1 % of units and steps", peers: ["spikingjelly"] },
};

/** What holds for all of them. */
export const INCLUDED =
  "Training is forward, backward and Adam on the same samples; inference is the forward pass. The others get dense spikes made beforehand, a cross-entropy over output spike counts and their own neuron; we get events encoded beforehand, a latency loss and ours. Their dense products cost the same however many units fire; initial weights let every layer fire. Loading, encoding, compilation and a first pass are left out for all.";
