//! Optimiser steps on the sums of a tile.

use spikelet_kernels::{
    AdamStep, Level, Optimizer, RowGradient, SgdStep, TILE, TileParameters, reference, update_rows,
};

use crate::case::{floats, resident};
use crate::{Buffer, Case, Cost, Draw, Values};

const ADAM: AdamStep = AdamStep {
    beta1: 0.9,
    first_share: 0.1,
    beta2: 0.999,
    second_share: 0.001,
    rate: 1e-3,
    second_scale: 1.0,
    epsilon: 1e-8,
    weight_decay: 0.0,
    keep: 1.0,
};
const SGD: SgdStep = SgdStep { rate: 1e-3, momentum: 0.9, weight_decay: 0.0 };
const SILENT: [f32; TILE] = [0.0; TILE];
const SHAPE: RowGradient<'static> = RowGradient { gain: 0.027, silent: &SILENT, clip: 1.0 };

/// Operations of a parameter: gain, silent units, two bounds, and the sum of squares; then those of the step, its check included.
const OF_GRADIENT: usize = 6;
const OF_ADAM: usize = 20;
const OF_SGD: usize = 8;

struct Update {
    optimizer: Optimizer,
    sums: Vec<f32>,
    start: Vec<f32>,
    values: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    norm: [f32; 1],
    lanes: usize,
}

pub(crate) fn adam(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Update::new(values, Optimizer::Adam(ADAM)))
}

pub(crate) fn sgd(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Update::new(values, Optimizer::Sgd(SGD)))
}

impl Update {
    fn new(values: &Values<'_>, optimizer: Optimizer) -> Self {
        let lanes = values.size("lanes");
        let count = values.size("inputs") * lanes;
        let mut draw = Draw::new(10);
        let start = draw.vector(count, 0.04);
        let seconds = if matches!(optimizer, Optimizer::Adam(_)) { count } else { 0 };
        Self {
            optimizer,
            sums: draw.vector(count, 0.01),
            values: start.clone(),
            start,
            first: vec![0.0; count],
            second: vec![1e-6; seconds],
            norm: [0.0],
            lanes,
        }
    }

    fn with(&mut self, run: impl FnOnce(usize, &[f32], &Optimizer, &mut TileParameters<'_>) -> f32) {
        let Self { values, first, second, .. } = self;
        let mut parameters = TileParameters { values, first, second };
        self.norm[0] = run(self.lanes, &self.sums, &self.optimizer, &mut parameters);
    }
}

impl Case for Update {
    fn run(&mut self, level: Level) {
        self.with(|lanes, sums, optimizer, parameters| update_rows(level, lanes, sums, &SHAPE, optimizer, parameters));
    }

    fn run_plain(&mut self) {
        self.with(|lanes, sums, optimizer, parameters| {
            reference::update_rows(lanes, sums, &SHAPE, optimizer, parameters)
        });
    }

    fn restart(&mut self) {
        self.values.copy_from_slice(&self.start);
        self.first.fill(0.0);
        self.second.fill(1e-6);
        self.norm = [0.0];
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("sums", &self.sums)]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::f32("values", &self.values),
            Buffer::f32("first", &self.first),
            Buffer::f32("second", &self.second),
            Buffer::f32("norm", &self.norm),
        ]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        let named: Vec<(&'static str, f32)> = match self.optimizer {
            Optimizer::Adam(step) => {
                vec![("beta1", step.beta1), ("beta2", step.beta2), ("rate", step.rate), ("epsilon", step.epsilon)]
            }
            Optimizer::Sgd(step) => vec![("rate", step.rate), ("momentum", step.momentum)],
        };
        let shape = [("gain", SHAPE.gain), ("clip", SHAPE.clip)];
        named.into_iter().chain(shape).map(|(name, value)| (name, f64::from(value))).collect()
    }

    fn cost(&self) -> Cost {
        let of_step = if self.second.is_empty() { OF_SGD } else { OF_ADAM };
        let moved = self.sums.len() + 2 * (self.values.len() + self.first.len() + self.second.len());
        Cost {
            operations: self.sums.len() * (OF_GRADIENT + of_step),
            bytes: floats(moved),
            resident: resident(self),
            spikes: 0,
        }
    }
}
