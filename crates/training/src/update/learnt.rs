//! Sums and update of learnt constants and delays (spec 12), without weight decay.

use spikelet_config::Frozen;
use spikelet_kernels::{LANES, Level, RowGradient, TileParameters as ParameterArrays, update_rows};
use spikelet_network::aligned::Aligned;
use spikelet_network::learnt::LearntArray;
use spikelet_network::network::Network;

use super::clip::Clip;
use super::step::LayerStep;
use crate::optim::LearntMoments;
use crate::sample::SampleResult;

/// Sums of an array over a batch.
#[derive(Debug)]
pub(crate) struct LearntSums {
    /// dL/dvalue, then the gradient of the parameters; filled up to whole vectors.
    pub(crate) values: Aligned,
    /// Σ g² of the last update; not a number where it left something that is not finite.
    pub(super) squared_norm: f32,
}

impl LearntSums {
    pub(super) fn new(array: &LearntArray) -> Self {
        Self { values: Aligned::zeros(array.moved()), squared_norm: 0.0 }
    }

    /// Puts gradients of the parameters in the place of the sums.
    pub(super) fn put(&mut self, given: &[f32]) {
        self.values[..given.len()].copy_from_slice(given);
        self.squared_norm = 0.0;
    }

    fn add(&mut self, gradient: &[f32]) {
        self.values.iter_mut().zip(gradient).for_each(|(sum, value)| *sum += value);
    }

    /// Makes gradients of the sums and returns Σ g² of what clipping leaves.
    fn finish(&mut self, array: &LearntArray, clip: &Clip) -> f32 {
        let (mut before, mut after) = (0.0, 0.0);
        for (sum, &parameter) in self.values.iter_mut().zip(array.parameters.iter()).take(array.length) {
            let g = *sum * array.what.slope(parameter);
            let clipped = g.min(clip.element).max(-clip.element);
            before += g * g + g * 0.0;
            after += clipped * clipped;
            *sum = clipped;
        }
        self.squared_norm = if clip.is_lost(after) { f32::NAN } else { before };
        after
    }

    pub(super) fn scale(&mut self, factor: f32) {
        self.values.iter_mut().for_each(|g| *g *= factor);
    }
}

/// Adds a group of samples.
pub(super) fn add(sums: &mut [Vec<LearntSums>], results: &[SampleResult]) {
    for result in results {
        for (sums, layer) in sums.iter_mut().zip(&result.layers) {
            sums.iter_mut().zip(&layer.learnt).for_each(|(sums, gradient)| sums.add(gradient));
        }
    }
}

/// Makes gradients of all sums, 0 where a layer is frozen, and returns Σ g² of what clipping leaves.
pub(super) fn finish(sums: &mut [Vec<LearntSums>], network: &Network, frozen: &[Frozen], clip: &Clip) -> f64 {
    let mut squared = 0.0;
    for ((sums, arrays), frozen) in sums.iter_mut().zip(&network.learnt).zip(frozen) {
        for (sums, array) in sums.iter_mut().zip(arrays) {
            if frozen.learnt {
                sums.values.fill(0.0);
            }
            squared += f64::from(sums.finish(array, clip));
        }
    }
    squared
}

/// Updates every array by gradients that stand in the place of the sums.
pub(super) fn apply(
    sums: &mut [Vec<LearntSums>],
    level: Level,
    steps: &[LayerStep],
    network: &mut Network,
    moments: &mut [Vec<LearntMoments>],
) {
    let gradient = RowGradient { gain: 1.0, silent: &[0.0; LANES], clip: f32::INFINITY };
    let layers = sums.iter_mut().zip(steps).zip(network.learnt.iter_mut().zip(moments)).zip(&network.layers);
    for (((sums, step), (arrays, moments)), layer) in layers.filter(|(((_, step), _), _)| !step.frozen.learnt) {
        for ((sums, array), moments) in sums.iter_mut().zip(&mut *arrays).zip(moments) {
            let mut to = ParameterArrays {
                values: &mut array.parameters,
                first: &mut moments.first,
                second: &mut moments.second,
            };
            let norm = update_rows(level, LANES, &sums.values, &gradient, &step.learnt, &mut to);
            sums.squared_norm += norm * 0.0;
        }
        layer.neuron.hold(arrays);
    }
}
