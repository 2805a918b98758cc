/** Where health ends and a warning begins; docs/guides/troubleshooting.md says why. */
export const LIMITS = {
  /** Batches from the start of an epoch in which no unit fires. */
  silentBatches: 20,
  /** A hidden layer is silent with fewer spikes in a sample … */
  silentSpikes: 1,
  /** … and at least this fraction of (sample, unit) pairs without a spike. */
  silentFraction: 0.95,
  /** Fraction of (sample, unit) pairs that fire in half of the steps or more. */
  saturatedFraction: 0.25,
  /** Fraction of the input spikes that come too late, from which on that may be why units are silent. */
  lateInput: 0.1,
  /** A layer's spikes, as a fraction of the most it had in an epoch. */
  vanishingSpikes: 0.1,
  /** Root mean square over all parameters of the gradient before clipping. */
  vanishingGradient: 1e-8,
  explodingGradient: 100,
  /** The gradient's norm, as a multiple of the least in an epoch. */
  gradientGrowth: 100,
  /** With so few samples an epoch has few updates, and the defaults are slow to wake a network. */
  fewSamples: 500,
  /** In so many epochs the loss must have moved by this fraction of that of the first. */
  flatEpochs: 3,
  flatLoss: 0.02,
  /** From this fraction of correct decisions on, a loss may stand still. */
  learntAccuracy: 0.9,
  /** The loss, as a multiple of that of the first epoch. */
  risingLoss: 1.2,
} as const;
