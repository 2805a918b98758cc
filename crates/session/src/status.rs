//! State of a session as JSON.

use serde::Serialize;
use spikelet_config::Image;
use spikelet_training::{Gains, Kernel, LayerShape, Metrics, PlanSummary, Trainer};

use crate::trained_on::TrainedOn;
use crate::version::version;

/// Structure and progress of a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Info<'a> {
    simd: &'static str,
    threads: usize,
    gains: Gains,
    /// By spiking layer.
    layer_gains: Vec<Gains>,
    layers: Vec<LayerInfo>,
    version: &'static str,
    finished: bool,
    /// Epochs done.
    epoch: u32,
    /// Updates done.
    step: u64,
    /// On the validation data, counted from 1.
    best_epoch: Option<u32>,
    /// Name of the checkpoint that it was restored from.
    origin: Option<&'a str>,
    trained_on: Option<&'a TrainedOn>,
}

/// Size of a spiking layer, and how the rule's backward passes take it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayerInfo {
    inputs: usize,
    units: usize,
    filters: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recurrent: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    readout: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kernel: Option<Vec<usize>>,
    /// Further inputs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further: Vec<InputInfo>,
    /// By pass.
    plan: Vec<PlanSummary>,
}

/// Size of a further input of a layer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InputInfo {
    inputs: usize,
    filters: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    kernel: Option<Vec<usize>>,
}

impl LayerInfo {
    fn of(shape: LayerShape, further: &[LayerShape], plan: Vec<PlanSummary>) -> Self {
        let LayerShape { inputs, units, filters, recurrent, fires, image, kernel } = shape;
        let further = further.iter().map(|&LayerShape { inputs, filters, kernel, .. }| InputInfo {
            inputs,
            filters,
            kernel: kernel.map(Kernel::sizes),
        });
        Self {
            inputs,
            units,
            filters,
            recurrent,
            readout: !fires,
            image,
            kernel: kernel.map(Kernel::sizes),
            further: further.collect(),
            plan,
        }
    }
}

impl<'a> Info<'a> {
    pub(crate) fn of(
        trainer: &'a Trainer,
        threads: usize,
        origin: Option<&'a str>,
        trained_on: Option<&'a TrainedOn>,
    ) -> Self {
        let layers = trainer.shapes().iter().zip(trainer.plans()).enumerate();
        let layers = layers.map(|(layer, (&shape, plan))| LayerInfo::of(shape, &trainer.further_shapes(layer), plan));
        Self {
            simd: trainer.level().name(),
            threads,
            gains: trainer.gains(),
            layer_gains: trainer.layer_gains(),
            layers: layers.collect(),
            version: version(),
            finished: trainer.is_finished(),
            epoch: trainer.epoch(),
            step: trainer.updates(),
            best_epoch: trainer.best_epoch(),
            origin,
            trained_on,
        }
    }
}

/// Where a pass over a data set stands.
#[derive(Serialize)]
pub(crate) struct EvaluationStatus {
    pub(crate) done: bool,
    /// Samples so far.
    pub(crate) samples: usize,
    /// The metrics, once done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<Metrics>,
}

pub(crate) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what crosses has only string keys and finite numbers")
}
