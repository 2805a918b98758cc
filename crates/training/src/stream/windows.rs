//! Decisions over the last steps of a stream, again and again.

use std::collections::VecDeque;
use std::num::NonZeroU16;

use spikelet_config::Result;
use spikelet_config::loss::Statistic;
use spikelet_data::memory;
use spikelet_network::pass::StepOutput;

use super::decision::StreamDecision;
use crate::loss::MembraneStatistic;

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
    /// Steps until the next decision.
    left: u16,
    /// Step after the last.
    to: u64,
    /// Number of spikes at each step of the window.
    fired: VecDeque<u32>,
    /// Outputs that fired, by step.
    units: VecDeque<u32>,
    /// Spikes of each output within the window.
    counts: Vec<u32>,
    /// Membranes of a readout, `[step][output]`.
    membranes: VecDeque<f32>,
    /// Membranes at each step: none where the outputs fire.
    width: usize,
    /// Statistic of a decision.
    statistic: Option<MembraneStatistic>,
}

impl WindowDecisions {
    pub(super) fn new(
        size: DecisionWindow,
        statistic: Option<Statistic>,
        outputs: usize,
        is_readout: bool,
    ) -> Result<Self> {
        let steps = usize::from(size.window.get());
        let width = if is_readout { outputs } else { 0 };
        Ok(Self {
            size,
            left: size.hop.get(),
            to: 0,
            fired: memory::reserved(steps, "window", "the steps of a window")?.into(),
            units: VecDeque::new(),
            counts: vec![0; outputs],
            membranes: memory::reserved(steps * width, "window", "the membranes of a window")?.into(),
            width,
            statistic: statistic.map(|kind| MembraneStatistic::new(kind, outputs)),
        })
    }

    /// Forgets all steps; the next one is `step`.
    pub(super) fn restart(&mut self, step: u64) {
        (self.left, self.to) = (self.size.hop.get(), step);
        self.fired.clear();
        self.units.clear();
        self.counts.fill(0);
        self.membranes.clear();
    }

    /// Fails if there is no memory for the decisions of as many steps to come.
    pub(super) fn require_memory_for(&self, steps: usize) -> Result<()> {
        let (left, hop) = (usize::from(self.left), usize::from(self.size.hop.get()));
        let decisions = if steps < left { 0 } else { 1 + (steps - left) / hop };
        let each = size_of::<StreamDecision>() + self.counts.len() * (size_of::<u32>() + size_of::<f64>());
        memory::require((decisions * each) as u64, "hop", || "the decisions of these steps".to_owned())
    }

    /// Adds the next step, and decides where it is time to.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the spikes of the window.
    pub(super) fn add(&mut self, StepOutput { spikes, membranes }: StepOutput<'_>) -> Result<Option<StreamDecision>> {
        if self.fired.len() == usize::from(self.size.window.get()) {
            self.drop_oldest();
        }
        if self.units.try_reserve(spikes.len()).is_err() {
            let bytes = (self.units.len() + spikes.len()) * size_of::<u32>();
            return Err(memory::missing(bytes as u64, "window", "the output spikes of a window"));
        }
        self.fired.push_back(spikes.len() as u32);
        self.units.extend(spikes);
        spikes.iter().for_each(|&unit| self.counts[unit as usize] += 1);
        self.membranes.extend(membranes);
        self.to += 1;
        self.left -= 1;
        if self.left > 0 {
            return Ok(None);
        }
        self.left = self.size.hop.get();
        Ok(Some(self.decision()))
    }

    fn drop_oldest(&mut self) {
        let fired = self.fired.pop_front().unwrap_or_default();
        self.units.drain(..fired as usize).for_each(|unit| self.counts[unit as usize] -= 1);
        self.membranes.drain(..self.width);
    }

    fn decision(&mut self) -> StreamDecision {
        let from = self.to - self.fired.len() as u64;
        let step = self.fired.iter().position(|&fired| fired > 0);
        let first = step.map(|step| from + step as u64).zip(self.units.front().copied());
        let membranes = self.membranes.make_contiguous();
        let scores = self.statistic.iter_mut().flat_map(|statistic| {
            statistic.clear();
            membranes.chunks_exact(self.width).for_each(|step| statistic.add(step));
            statistic.scores()
        });
        StreamDecision { from, to: self.to, scores: scores.collect(), counts: self.counts.clone(), first }
    }
}
