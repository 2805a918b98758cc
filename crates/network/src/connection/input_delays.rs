//! Delays by input as a stage (spec 13).
//!
//! ```text
//! arriving: s_i[t − n_i]      S̄_i[t], T̄_i[t]: those of the arrival at t + n_i
//! ```
//!
//! Behind the stage the layer is one without delays.

use spikelet_config::{Delays, DelaysBy};
use spikelet_kernels::{Level, StepEvents};

use super::backward::BackwardRun;
use super::delays::{DelaySteps, write_input_gradient};
use super::sent::SourceSite;
use super::underway::Underway;

/// A delay for each input of the weights.
#[derive(Clone, Debug)]
pub(super) struct InputDelays {
    /// As the configuration has them.
    pub(super) delays: Delays,
    steps: DelaySteps,
}

impl InputDelays {
    pub(super) fn new(delays: Delays) -> Self {
        Self { delays, steps: DelaySteps::default() }
    }

    /// Whole steps of the delay of each input.
    pub(super) fn steps(&self) -> &[u16] {
        &self.steps.by_input
    }

    /// Takes new delays of the inputs.
    pub(super) fn refresh(&mut self, delays: &[f32]) {
        self.steps.refresh(DelaysBy::Input, &[], delays);
    }

    /// Sends the spikes of a step on their way, and appends those that arrive at it to a list.
    pub(super) fn pass(
        &self,
        underway: &mut Underway,
        spikes: (&[u32], &[f32]),
        arrived: (&mut Vec<u32>, &mut Vec<f32>),
    ) {
        underway.send(spikes, &self.steps.by_input);
        underway.arrive(arrived);
    }

    /// Steps from a spike of an input to its arrival.
    pub(super) fn of(&self, input: u32) -> usize {
        self.steps.by_input[input as usize].into()
    }

    /// Moves errors, `[step][lane]`, from the steps of arrival back to those of the spikes.
    pub(super) fn send_back(&self, level: Level, source: &SourceSite<'_>, error: &mut [f32]) {
        self.steps.shift_back(level, source, error);
    }

    /// Writes dL/dd of each input after a backward pass, if delays are learnt; `arrivals` has spikes by the step of their arrival.
    pub(super) fn write_gradient(&self, run: &mut BackwardRun<'_>, arrivals: StepEvents<'_>) {
        if self.delays.learn {
            write_input_gradient(run, arrivals);
        }
    }
}
