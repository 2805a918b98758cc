//! Scratch of a recurrent layer on a sample's way.

use spikelet_config::{Delays, DelaysBy};
use spikelet_data::Archive;
use spikelet_kernels::StepEvents;

use super::backward_state::BackwardState;
use super::few_units::FewUnits;
use super::received::Received;
use crate::aligned::Aligned;
use crate::connection::delayed_connections::DelayedErrors;
use crate::connection::drive::Drive;
use crate::connection::layout::Layout;
use crate::connection::underway::Underway;

/// What the weights got, and scratch of backward passes.
#[derive(Debug, Default)]
pub(in crate::connection) struct RecurrentState {
    /// By step, as far as the layer was run: inputs of the previous layer, then its own units of the previous step, numbered
    /// behind those. Where inputs have delays, by the step of their arrival.
    pub(super) offsets: Vec<u32>,
    pub(super) inputs: Vec<u32>,
    /// Value of each input spike; empty: all are 1.
    pub(super) values: Vec<f32>,
    /// Sums of a step whose events have values.
    pub(super) summed: SummedStep,
    pub(super) received: Received,
    pub(super) delayed: Delayed,
    pub(super) backward: Box<BackwardState>,
    pub(super) few_units: Box<FewUnits>,
}

/// Sums of one step over events with values, for a kernel that takes a row of weights for each event.
#[derive(Debug, Default)]
pub(super) struct SummedStep {
    /// `[lane]` of a tile.
    pub(super) sums: Aligned,
    /// The step has one row, number 0; the others have none.
    pub(super) offsets: Vec<u32>,
}

/// What delays need of a sample.
#[derive(Debug, Default)]
pub(super) enum Delayed {
    #[default]
    None,
    ByInput(Underway),
    ByConnection(Drive, DelayedErrors),
}

impl RecurrentState {
    pub(super) fn new(delays: Option<&Delays>, layout: &Layout, steps: usize) -> Self {
        Self {
            delayed: match delays {
                None => Delayed::None,
                Some(Delays { by: DelaysBy::Input, max, .. }) => Delayed::ByInput(Underway::new(*max as usize)),
                Some(_) => Delayed::ByConnection(Drive::new(layout, steps), DelayedErrors::default()),
            },
            offsets: vec![0; steps + 1],
            inputs: Vec::new(),
            values: Vec::new(),
            summed: SummedStep::default(),
            received: Received::default(),
            backward: Box::default(),
            few_units: Box::default(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.forget_inputs();
        match &mut self.delayed {
            Delayed::None => {}
            Delayed::ByInput(underway) => underway.clear(),
            Delayed::ByConnection(drive, _) => drive.clear(),
        }
    }

    /// Starts again at step 0, where the first `kept` steps are the last ones so far.
    pub(super) fn start_window(&mut self, kept: usize) {
        self.forget_inputs();
        if let Delayed::ByConnection(drive, _) = &mut self.delayed {
            drive.start_window(kept);
        }
    }

    /// Writes or reads what has arrived and what is under way; connections with delays of their own are not in streams that learn.
    pub(in crate::connection) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.array(&mut self.offsets);
        archive.list(&mut self.inputs);
        archive.list(&mut self.values);
        match &mut self.delayed {
            Delayed::ByInput(underway) => underway.archive(archive),
            Delayed::None | Delayed::ByConnection(..) => {}
        }
    }

    fn forget_inputs(&mut self) {
        self.offsets.fill(0);
        self.inputs.clear();
        self.values.clear();
    }

    /// Input spikes by step.
    pub(super) fn events(&self) -> StepEvents<'_> {
        StepEvents { offsets: &self.offsets, units: &self.inputs, values: &self.values }
    }
}
