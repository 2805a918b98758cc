//! Reading the output: first spikes, counts and the two decisions (spec 3.4).

use crate::events::LayerSpikes;

/// Spikes and membranes of the output units.
#[derive(Clone, Debug, Default)]
pub struct OutputSummary {
    /// Spikes of each output.
    pub counts: Vec<u32>,
    /// Step of the first spike of each output, the number of simulated steps where there is none.
    pub first: Vec<u32>,
    /// Simulated steps.
    pub steps: usize,
    /// y of a readout, `[step][output]`; empty where the outputs fire.
    pub membranes: Vec<f32>,
    /// Statistic of the membranes, `[output]`; empty where nothing is decided by it.
    pub scores: Vec<f64>,
}

impl OutputSummary {
    /// Reads counts and first spikes of `outputs` units.
    pub fn read(&mut self, spikes: &LayerSpikes<'_>, outputs: usize) {
        self.steps = spikes.steps;
        self.membranes.clear();
        self.scores.clear();
        self.counts.clear();
        self.counts.resize(outputs, 0);
        self.first.clear();
        self.first.resize(outputs, spikes.steps as u32);
        for (t, unit) in spikes.iter() {
            if self.counts[unit] == 0 {
                self.first[unit] = t as u32;
            }
            self.counts[unit] += 1;
        }
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.counts.len()
    }

    /// The output with the largest statistic, the lowest on ties.
    pub fn by_membrane(&self) -> u32 {
        lowest_best(&self.scores, |challenger, best| challenger > best)
    }

    /// Whether an output has not fired.
    pub fn is_silent(&self, output: usize) -> bool {
        self.counts[output] == 0
    }

    /// The output with most spikes, the lowest on ties, 0 when all are silent.
    pub fn by_count(&self) -> u32 {
        lowest_best(&self.counts, |challenger, best| challenger > best)
    }

    /// The output that fires first, the lowest on ties, 0 when all are silent.
    pub fn by_first_spike(&self) -> u32 {
        lowest_best(&self.first, |challenger, best| challenger < best)
    }

    /// Step of the earliest output spike, the number of simulated steps when there is none.
    pub fn decision_step(&self) -> u32 {
        self.first.iter().copied().min().unwrap_or(self.steps as u32)
    }
}

/// Index of the best value, the lowest on ties, 0 without values.
pub fn lowest_best<T: Copy>(values: &[T], is_better: impl Fn(T, T) -> bool) -> u32 {
    let mut best = 0;
    for (index, &value) in values.iter().enumerate() {
        if is_better(value, values[best]) {
            best = index;
        }
    }
    best as u32
}
