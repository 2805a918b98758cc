//! What a sample adds to the metrics of a pass.

use spikelet_network::events::LayerSpikes;
use spikelet_network::output_summary::OutputSummary;
use spikelet_network::shape::LayerShape;

use super::Regression;
use crate::loss_parts::LossParts;

/// What one sample adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct SampleOutcome {
    pub(crate) loss: LossParts,
    pub(crate) by_count: u32,
    pub(crate) by_first_spike: u32,
    /// Decision of a readout, if it decides.
    pub(crate) by_membrane: Option<u32>,
    pub(crate) regression: Regression,
    pub(crate) label: Option<u32>,
    pub(crate) decision_step: u32,
    pub(crate) steps: u32,
    pub(crate) spikes: Vec<u64>,
    pub(crate) until_decision: Vec<u64>,
    pub(crate) silent: Vec<u64>,
    pub(crate) saturated: Vec<u64>,
    /// Synaptic operations, by layer.
    pub(crate) operations: Vec<u64>,
    /// Whether an adjoint or the loss is not finite.
    pub(crate) is_finite: bool,
}

impl SampleOutcome {
    /// Whether the numbers can be those of a sample of such a network.
    pub(crate) fn fits(&self, shapes: &[LayerShape], steps: usize) -> bool {
        let holds = |values: &[u64], max: u64| {
            values.len() == shapes.len()
                && values.iter().zip(shapes).all(|(&value, shape)| value <= shape.units as u64 * max)
        };
        let steps = steps as u64;
        holds(&self.spikes, steps)
            && holds(&self.until_decision, steps)
            && holds(&self.silent, 1)
            && holds(&self.saturated, 1)
            && self.decision_step <= self.steps
            && u64::from(self.steps) <= steps
            && self.operations.len() == shapes.len()
            && self.operations.iter().all(|&operations| operations <= u64::MAX >> 32)
            && shapes.last().is_none_or(|shape| self.regression.fits(shape.units))
    }

    /// Outputs by most spikes and by the first spike; `None` where no output fired (spec 25.1).
    pub(crate) fn by_spikes(&self) -> Option<[u32; 2]> {
        (self.decision_step < self.steps).then_some([self.by_count, self.by_first_spike])
    }

    pub(crate) fn start(&mut self, summary: &OutputSummary, label: Option<u32>) {
        self.loss = LossParts::default();
        self.by_count = summary.by_count();
        self.by_first_spike = summary.by_first_spike();
        self.by_membrane = (!summary.scores.is_empty()).then(|| summary.by_membrane());
        self.regression = Regression::default();
        self.label = label;
        self.decision_step = summary.decision_step();
        self.steps = summary.steps as u32;
        self.spikes.clear();
        self.until_decision.clear();
        self.silent.clear();
        self.saturated.clear();
        self.operations.clear();
        self.is_finite = true;
    }

    /// Adds a layer; `counts` is scratch and holds zeros before and after.
    pub(crate) fn add_layer(&mut self, spikes: &LayerSpikes<'_>, units: usize, counts: &mut Vec<u32>) {
        counts.resize(counts.len().max(units), 0);
        let total = spikes.count_before(spikes.steps);
        let fired = &spikes.units[..total as usize];
        let half = (spikes.steps as u32).div_ceil(2);
        let (mut silent, mut saturated) = (units as u64, 0);
        for &unit in fired {
            let count = &mut counts[unit as usize];
            *count += 1;
            silent -= u64::from(*count == 1);
            saturated += u64::from(*count == half);
        }
        for &unit in fired {
            counts[unit as usize] = 0;
        }
        self.spikes.push(total);
        self.until_decision.push(spikes.count_before(self.decision_step as usize + 1));
        self.silent.push(silent);
        self.saturated.push(saturated);
        self.operations.push(0);
    }
}
