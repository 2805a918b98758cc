//! Gradients and parameters, for those who learn by rules of their own.

use std::ops::Range;

use spikelet_config::Result;
use spikelet_training::{Executor, LayerParameters, OutsideGradient, Work};

use super::Session;
use crate::guard::guard;
use crate::status::to_json;
use crate::wire::{Gradients, Prediction};

fn range(start: u32, count: u32) -> Range<usize> {
    start as usize..(start as usize).saturating_add(count as usize)
}

impl Session {
    /// Decisions and spikes of `count` samples from `start` on, each over all steps, by the parameters that learn.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for samples that do not exist, `CONFIG_INVALID` where there is no memory for the spikes.
    pub fn outputs(&mut self, dataset: u32, start: u32, count: u32) -> Result<Prediction> {
        self.change(|session| {
            let Self { trainer, workers, datasets, .. } = session;
            let data = datasets.find("dataset", dataset)?;
            trainer.require_room(Work::Predict, workers.threads())?;
            Prediction::from_core(workers.run(|| trainer.outputs(data, range(start, count), &*workers))?)
        })
    }

    /// Loss and gradients of `count` samples from `start` on as one batch, by the loss or by a gradient from outside; nothing is
    /// learned.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for no samples, samples that do not exist, targets that do not fit the loss and arrays of another length,
    /// `NON_FINITE`, `DATA_FORMAT` for other classes than the network has learnt, `CONFIG_INVALID` where there is no memory for the
    /// trace.
    pub fn gradients(
        &mut self,
        dataset: u32,
        start: u32,
        count: u32,
        trace: bool,
        outside: Option<&OutsideGradient>,
    ) -> Result<Gradients> {
        self.change(|session| {
            session.check_classes(dataset)?;
            let Self { trainer, workers, datasets, .. } = session;
            let data = datasets.find("dataset", dataset)?;
            trainer.require_room(Work::Gradients, workers.threads())?;
            let found = workers.run(|| trainer.gradients_by(data, range(start, count), trace, outside, &*workers))?;
            Ok(Gradients {
                metrics: to_json(&found.metrics),
                layers: found.layers,
                prediction: Prediction::from_core(found.prediction)?,
                trace: found.trace,
            })
        })
    }

    /// One step of the optimiser with given gradients, one entry per spiking layer.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for wrong lengths, `NON_FINITE` for values that are not finite.
    pub fn apply_gradients(&mut self, layers: &[LayerParameters]) -> Result<()> {
        self.change(|session| {
            session.trainer.require_room(Work::Learn, 1)?;
            session.trainer.apply_gradients(layers)
        })
    }

    /// Parameters of a spiking layer.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for a layer that does not exist.
    pub fn parameters(&self, layer: u32) -> Result<LayerParameters> {
        self.check_whole()?;
        guard(|| self.trainer.layer_parameters(layer as usize))
    }

    /// Replaces the parameters of a spiking layer; its optimiser moments start again. What it learns beside weights and biases
    /// stays where it is not given.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for wrong lengths and for what the layer does not learn, `NON_FINITE` for values that are not finite,
    /// `CONFIG_INVALID` for a constant that it cannot have.
    pub fn set_parameters(&mut self, layer: u32, given: &LayerParameters) -> Result<()> {
        self.change(|session| session.trainer.replace_parameters(layer as usize, given))
    }
}
