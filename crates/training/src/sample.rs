//! Results of a sample for the weight gradients, the metrics and the caller.

use spikelet_config::Result;
use spikelet_data::{EVENT_BYTES, SpikeTrains, memory};
use spikelet_network::gradient::LayerGradient;
use spikelet_network::network::Network;

use crate::loss::Loss;
use crate::metrics::SampleOutcome;
use crate::trace::LayerTrace;

/// Results of one sample.
#[derive(Debug, Default)]
pub(crate) struct SampleResult {
    pub(crate) layers: Vec<LayerGradient>,
    pub(crate) outcome: SampleOutcome,
    /// Spikes of each layer as `(step, unit)`; empty unless requested.
    pub(crate) spikes: Vec<Vec<(u16, u32)>>,
    /// Whether there was no memory to list them all.
    pub(crate) lacks_spikes: bool,
    /// Statistic of a readout, `[output]`; empty unless requested.
    pub(crate) scores: Vec<f64>,
    /// Membranes of a readout, `[step][output]`; empty unless requested.
    pub(crate) membranes: Vec<f32>,
    /// Traces of the layers; `None` unless requested.
    pub(crate) trace: Option<Vec<LayerTrace>>,
}

impl SampleResult {
    pub(crate) fn new(network: &Network) -> Self {
        let layers = network
            .layers
            .iter()
            .map(|layer| LayerGradient::new(layer.connection.gradient(), &layer.shape, &layer.learnt));
        Self { layers: layers.collect(), ..Self::default() }
    }

    /// Whether the arrays are as long and the numbers as large as those of a sample of this network.
    pub(crate) fn fits(&self, network: &Network) -> bool {
        let mut layers = self.layers.iter().zip(&network.layers);
        self.outcome.fits(network.shapes_with_neurons(), network.steps)
            && layers.all(|(gradient, layer)| gradient.fits(&layer.shape, &layer.learnt, network.steps))
    }
}

/// Predictions for samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// Decision by most spikes, one per sample; -1 where no output fired.
    pub by_count: Vec<i32>,
    /// Decision by the first spike, one per sample; -1 where no output fired.
    pub by_first_spike: Vec<i32>,
    /// Step of the first output spike, one per sample; the number of simulated steps if there is none.
    pub decision_step: Vec<u32>,
    /// Simulated steps TL, one per sample.
    pub steps: Vec<u32>,
    /// `[sample][output]`: spikes of the output; the largest decides by count.
    pub scores_by_count: Vec<u32>,
    /// `[sample][output]`: TL − step of the output's first spike, 0 without one; the largest decides by first spike.
    pub scores_by_first_spike: Vec<u32>,
    /// Decision by the membranes of a readout, one per sample; empty if the output fires or no statistic decides.
    pub by_membrane: Vec<i32>,
    /// `[sample][output]`: the statistic of a readout's membranes; the largest decides. Empty where `by_membrane` is.
    pub scores_by_membrane: Vec<f32>,
    /// `[sample][output]`: P of the softmax that the loss trains; empty for a loss without one.
    pub probabilities: Vec<f32>,
    /// `[sample][step][output]`: membranes of a readout; empty where the output fires.
    pub membranes: Vec<f32>,
    /// Spikes of each spiking layer.
    pub layers: Vec<SpikeTrains>,
}

impl Prediction {
    pub(crate) fn new(layers: usize) -> Self {
        Self { layers: vec![SpikeTrains::new(); layers], ..Self::default() }
    }

    /// Makes room for what `samples` samples of a network with so many outputs take, but for spikes and membranes.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] at `range` where there is no memory for it.
    pub(crate) fn reserve(&mut self, samples: usize, outputs: usize) -> Result<()> {
        let scores = samples.saturating_mul(outputs);
        let bytes = ((5 * samples).saturating_add(scores.saturating_mul(4)) as u64).saturating_mul(4);
        let by_sample = [&mut self.decision_step, &mut self.steps];
        let decisions = [&mut self.by_count, &mut self.by_first_spike, &mut self.by_membrane];
        let by_output = [&mut self.scores_by_count, &mut self.scores_by_first_spike];
        let is_there = by_sample.into_iter().all(|list| list.try_reserve(samples).is_ok())
            && decisions.into_iter().all(|list| list.try_reserve(samples).is_ok())
            && by_output.into_iter().all(|list| list.try_reserve(scores).is_ok())
            && [&mut self.scores_by_membrane, &mut self.probabilities]
                .into_iter()
                .all(|list| list.try_reserve(scores).is_ok())
            && self.layers.iter_mut().all(|trains| trains.try_reserve_samples(samples));
        if is_there {
            Ok(())
        } else {
            Err(memory::missing(bytes, "range", &format!("the scores of {samples} samples")))
        }
    }

    fn push_scores(&mut self, spikes: &[(u16, u32)], outputs: usize, steps: u32) {
        let start = self.scores_by_count.len();
        self.scores_by_count.resize(start + outputs, 0);
        self.scores_by_first_spike.resize(start + outputs, 0);
        for &(time, output) in spikes {
            let place = start + output as usize;
            if self.scores_by_count[place] == 0 {
                self.scores_by_first_spike[place] = steps - u32::from(time);
            }
            self.scores_by_count[place] += 1;
        }
    }

    /// Appends a sample of a network with so many outputs that was trained by `loss`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] at `range` where there is no memory for its spikes.
    pub(crate) fn push(&mut self, result: &SampleResult, outputs: usize, loss: &Loss) -> Result<()> {
        let outcome = &result.outcome;
        let [by_count, by_first_spike] = outcome.by_spikes().map_or([-1; 2], |outputs| outputs.map(u32::cast_signed));
        self.by_count.push(by_count);
        self.by_first_spike.push(by_first_spike);
        self.decision_step.push(outcome.decision_step);
        self.steps.push(outcome.steps);
        self.push_scores(result.spikes.last().map_or(&[], |spikes| spikes), outputs, outcome.steps);
        self.by_membrane.extend(outcome.by_membrane.map(u32::cast_signed));
        self.scores_by_membrane.extend(result.scores.iter().map(|&score| score as f32));
        let start = self.scores_by_count.len() - outputs;
        let (by_count, by_first_spike) = (&self.scores_by_count[start..], &self.scores_by_first_spike[start..]);
        let probabilities = loss.probabilities(by_count, by_first_spike, &result.scores);
        self.probabilities.extend(probabilities.iter().map(|&p| p as f32));
        if self.membranes.try_reserve(result.membranes.len()).is_err() {
            let what = format!("the membranes of the first {} samples", self.steps.len());
            return Err(memory::missing((self.membranes.len() + result.membranes.len()) as u64 * 4, "range", &what));
        }
        self.membranes.extend_from_slice(&result.membranes);
        let mut layers = self.layers.iter_mut().zip(&result.spikes);
        if !result.lacks_spikes && layers.all(|(trains, spikes)| trains.try_push_sample(spikes)) {
            return Ok(());
        }
        let before: usize = self.layers.iter().map(|trains| trains.times().len()).sum();
        let here: usize = result.spikes.iter().map(Vec::len).sum();
        let what = format!("the spikes of the first {} samples", self.by_count.len());
        Err(memory::missing((before + here) as u64 * EVENT_BYTES, "range", &what))
    }
}
