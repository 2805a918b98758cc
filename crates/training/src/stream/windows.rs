//! Decisions over the last steps of a stream, again and again.

use std::num::NonZeroU16;

use spikelet_config::Result;
use spikelet_data::{Archive, memory};

use super::decision::{StepDecision, StreamDecision};

/// How often a stream decides, and over how many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionWindow {
    /// Steps that a decision is over; the first decisions are over fewer, until there are as many.
    pub window: NonZeroU16,
    /// Steps from one decision to the next, and from the start to the first.
    pub hop: NonZeroU16,
}

/// The steps of the current window.
#[derive(Debug)]
pub(super) struct WindowDecisions {
    size: DecisionWindow,
    /// First step.
    start: u64,
    /// Steps since then.
    steps: u64,
    /// What the outputs did at the last steps, `[step mod window][output]`.
    rows: Vec<f32>,
    /// Decision over a window.
    decision: StepDecision,
}

impl WindowDecisions {
    /// Windows whose decisions are made as `decision` is, which has no steps.
    pub(super) fn new(size: DecisionWindow, decision: StepDecision) -> Result<Self> {
        let length = usize::from(size.window.get()) * decision.outputs();
        let mut rows = memory::reserved(length, "window", "the steps of a window")?;
        rows.resize(length, 0.0);
        Ok(Self { size, start: 0, steps: 0, rows, decision })
    }

    /// Forgets all steps; the next one is `step`.
    pub(super) fn restart(&mut self, step: u64) {
        (self.start, self.steps) = (step, 0);
    }

    /// Writes or reads the steps of the current window.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.same(u32::from(self.size.window.get()));
        archive.same(u32::from(self.size.hop.get()));
        archive.number(&mut self.start);
        archive.number(&mut self.steps);
        archive.array(&mut self.rows);
    }

    /// Fails if there is no memory for the decisions of as many steps to come.
    pub(super) fn require_memory_for(&self, steps: usize) -> Result<()> {
        let decisions = 1 + steps / usize::from(self.size.hop.get());
        let each = size_of::<StreamDecision>() + self.decision.outputs() * (size_of::<u32>() + size_of::<f64>());
        memory::require((decisions * each) as u64, "hop", || "the decisions of these steps".to_owned())
    }

    /// Adds what the outputs did at the next step, and decides where it is time to.
    pub(super) fn add(&mut self, row: &[f32]) -> Option<StreamDecision> {
        let window = u64::from(self.size.window.get());
        let place = |step: u64| (step % window) as usize * row.len();
        self.rows[place(self.steps)..][..row.len()].copy_from_slice(row);
        self.steps += 1;
        if !self.steps.is_multiple_of(u64::from(self.size.hop.get())) {
            return None;
        }
        let first = self.steps.saturating_sub(window);
        self.decision.restart(self.start + first);
        (first..self.steps).for_each(|step| self.decision.add(&self.rows[place(step)..][..row.len()]));
        Some(self.decision.decision())
    }
}
