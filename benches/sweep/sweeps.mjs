// Each sweep varies one size of 784-800-10 with 150 input spikes in the first 25 of 300 steps.

const BASE = { steps: 300, hidden: [800], spikes: 150 };

/** What each sweep varies, and the sizes of the network at a value of it. */
export const SWEEPS = {
  steps: {
    axis: "simulated steps",
    values: [75, 150, 300, 450, 600],
    at: (steps) => ({ ...BASE, steps }),
  },
  units: {
    axis: "hidden units",
    values: [200, 400, 800, 1200, 1600],
    at: (units) => ({ ...BASE, hidden: [units] }),
  },
  spikes: {
    axis: "input spikes a sample",
    values: [75, 150, 300, 600, 1200, 2400],
    at: (spikes) => ({ ...BASE, spikes }),
  },
  depth: {
    axis: "hidden layers of 400 units",
    values: [1, 2, 3, 4],
    at: (layers) => ({ ...BASE, hidden: new Array(layers).fill(400) }),
  },
};
