//! Decisions (spec 20.4, 25.1, 25.2).

use alloc::vec;
use alloc::vec::Vec;

use crate::model::{Event, Model};
use crate::run::Run;

/// What the outputs are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Spikes of each output.
    Count,
    /// The sum of a readout's membrane over the steps, which decides as their mean.
    Sum,
    /// The largest membrane.
    Max,
    /// The last membrane.
    Last,
    /// The step of each output's first spike.
    FirstSpike,
}

/// The statistic of the steps so far.
#[derive(Clone, Debug)]
pub struct Scores {
    statistic: Statistic,
    values: Vec<i64>,
    /// The output that fired first.
    first: Option<u32>,
    /// Whether no step was added.
    is_empty: bool,
}

impl Scores {
    /// Scores of so many outputs before the first step.
    #[must_use]
    pub fn new(statistic: Statistic, outputs: usize) -> Self {
        Self { statistic, values: vec![0; outputs], first: None, is_empty: true }
    }

    /// Adds what the outputs did at the last step of a run.
    pub fn add(&mut self, run: &Run, model: &Model) {
        let output = model.output();
        match self.statistic {
            Statistic::Count | Statistic::FirstSpike => {
                let spikes = run.spikes(output);
                for &Event { unit, count } in spikes {
                    self.values[unit as usize] += i64::from(count);
                }
                self.first = self.first.or_else(|| spikes.iter().map(|event| event.unit).min());
            }
            Statistic::Sum | Statistic::Max | Statistic::Last => self.add_membranes(run.membranes(output)),
        }
        self.is_empty = false;
    }

    fn add_membranes(&mut self, membranes: &[i32]) {
        for (value, &membrane) in self.values.iter_mut().zip(membranes) {
            let membrane = i64::from(membrane);
            *value = match self.statistic {
                Statistic::Sum => *value + membrane,
                Statistic::Max if !self.is_empty => membrane.max(*value),
                _ => membrane,
            };
        }
    }

    /// The statistic of each output, of outputs that fire their spikes.
    #[must_use]
    pub fn values(&self) -> &[i64] {
        &self.values
    }

    /// The output that decides; `None` where no output has fired, and before the first step of a readout.
    #[must_use]
    pub fn decision(&self) -> Option<u32> {
        match self.statistic {
            Statistic::FirstSpike => self.first,
            Statistic::Count => self.first.map(|_| largest(&self.values)),
            Statistic::Sum | Statistic::Max | Statistic::Last => (!self.is_empty).then(|| largest(&self.values)),
        }
    }
}

/// The lowest index of the largest.
pub(crate) fn largest(scores: &[i64]) -> u32 {
    let better = |best: usize, (index, &score): (usize, &i64)| if score > scores[best] { index } else { best };
    scores.iter().enumerate().fold(0, better) as u32
}
