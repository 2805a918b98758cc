//! Decisions (spec 20.4).

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
}

/// The statistic of the steps so far.
#[derive(Clone, Debug)]
pub struct Scores {
    statistic: Statistic,
    values: Vec<i64>,
    is_first: bool,
}

impl Scores {
    /// Scores of so many outputs before the first step.
    #[must_use]
    pub fn new(statistic: Statistic, outputs: usize) -> Self {
        Self { statistic, values: vec![0; outputs], is_first: true }
    }

    /// Adds what the outputs did at the last step of a run.
    pub fn add(&mut self, run: &Run, model: &Model) {
        let output = model.output();
        match self.statistic {
            Statistic::Count => {
                for &Event { unit, count } in run.spikes(output) {
                    self.values[unit as usize] += i64::from(count);
                }
            }
            _ => self.add_membranes(run.membranes(output)),
        }
        self.is_first = false;
    }

    fn add_membranes(&mut self, membranes: &[i32]) {
        for (value, &membrane) in self.values.iter_mut().zip(membranes) {
            let membrane = i64::from(membrane);
            *value = match self.statistic {
                Statistic::Sum => *value + membrane,
                Statistic::Max if !self.is_first => membrane.max(*value),
                _ => membrane,
            };
        }
    }

    /// The statistic of each output.
    #[must_use]
    pub fn values(&self) -> &[i64] {
        &self.values
    }
}

/// The lowest index of the largest.
#[must_use]
pub fn decide(scores: &[i64]) -> usize {
    let better = |best: usize, (index, &score): (usize, &i64)| if score > scores[best] { index } else { best };
    scores.iter().enumerate().fold(0, better)
}
