//! What a sample of a group leaves behind for the weight gradients, the metrics and the caller.

use spikelet_kernels::{NO_ROW, TILE};

use crate::aligned::Aligned;
use crate::error::Result;
use crate::memory;
use crate::metrics::SampleOutcome;
use crate::network::{Network, padded};
use crate::readout::LayerSpikes;
use crate::rule::SampleTrace;
use crate::spikes::{EVENT_BYTES, SpikeTrains};
use crate::wiring::Wiring;

/// Results of one sample.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub(crate) layers: Vec<SlotLayer>,
    pub(crate) outcome: SampleOutcome,
    /// Only when wanted: spikes of each layer as `(step, unit)`.
    pub(crate) spikes: Vec<Vec<(u16, u32)>>,
    /// Only when wanted.
    pub(crate) trace: Option<SampleTrace>,
}

/// What one layer's weight gradient needs of a sample.
#[derive(Debug, Default)]
pub(crate) struct SlotLayer {
    /// Row of each step, or [`NO_ROW`].
    pub(crate) row_of_step: Vec<u32>,
    pub(crate) rows: usize,
    /// Input unit and row of each input spike that has a gradient, in order of time.
    pub(crate) inputs: Vec<(u32, u32)>,
    /// q of a dense layer at those rows: tile by tile `[row][lane]`.
    pub(crate) q: Aligned,
    /// Σ q over the sample in a convolution: tile by tile `[input][lane]`.
    pub(crate) shared_weights: Aligned,
    /// Σ_t p, `[lane]` of all tiles; in a convolution also over places.
    pub(crate) bias: Aligned,
    /// Lanes that fired, a word for each tile of a dense layer.
    pub(crate) fired: Vec<u64>,
    /// Places at which each channel of a convolution stayed silent.
    pub(crate) silent_places: Vec<u32>,
}

impl SlotLayer {
    /// Prepares a layer for the spikes that arrive before `end`.
    pub(crate) fn start(&mut self, wiring: &Wiring, arriving: &LayerSpikes<'_>, steps: usize, end: usize) {
        let lanes = padded(wiring.shape.filters);
        if wiring.convolution.is_none() {
            self.plan_rows(arriving, steps, end, lanes);
        } else {
            self.shared_weights.resize(wiring.shape.inputs * lanes);
        }
        self.bias.clear();
        self.bias.resize(lanes);
    }

    /// Assigns a row to each step before `end` at which the input fires.
    fn plan_rows(&mut self, inputs: &LayerSpikes<'_>, steps: usize, end: usize, lanes: usize) {
        self.row_of_step.clear();
        self.row_of_step.resize(steps, NO_ROW);
        self.inputs.clear();
        self.rows = 0;
        for t in 0..end {
            let units = inputs.at(t);
            if !units.is_empty() {
                self.row_of_step[t] = self.rows as u32;
                self.inputs.extend(units.iter().map(|&unit| (unit, self.rows as u32)));
                self.rows += 1;
            }
        }
        self.q.resize(self.rows * lanes);
    }
}

impl Slot {
    pub(crate) fn new(network: &Network) -> Self {
        let layers = network
            .shapes
            .iter()
            .map(|shape| SlotLayer { bias: Aligned::zeros(padded(shape.filters)), ..SlotLayer::default() })
            .collect();
        Self { layers, ..Self::default() }
    }
}

impl Slot {
    /// Whether the arrays are as long and the numbers as large as those of a sample of this network.
    pub(crate) fn fits(&self, network: &Network) -> bool {
        let mut layers = self.layers.iter().zip(&network.wirings);
        self.outcome.fits(&network.shapes, network.steps)
            && layers.all(|(layer, wiring)| layer.fits(wiring, network.steps))
    }
}

impl SlotLayer {
    fn fits(&self, wiring: &Wiring, steps: usize) -> bool {
        let (shape, lanes) = (&wiring.shape, padded(wiring.shape.filters));
        let is_rowed = self.rows <= steps
            && self.inputs.iter().all(|&(unit, row)| (unit as usize) < shape.inputs && (row as usize) < self.rows);
        let (q, shared, tiles, places) = match wiring.convolution {
            None => (self.rows * lanes, 0, lanes.div_ceil(TILE), 0),
            Some(_) => (0, shape.inputs * lanes, 0, shape.filters),
        };
        is_rowed
            && self.bias.len() == lanes
            && self.q.len() == q
            && self.shared_weights.len() == shared
            && self.fired.len() == tiles
            && self.silent_places.len() == places
            && self.silent_places.iter().all(|&silent| silent as usize <= shape.units)
    }
}

/// What the network did with samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prediction {
    /// Decision by most spikes, one a sample.
    pub by_count: Vec<u32>,
    /// Decision by the first spike, one a sample.
    pub by_first_spike: Vec<u32>,
    /// Step of the first output spike, one a sample; the number of simulated steps where there is none.
    pub decision_step: Vec<u32>,
    /// Simulated steps, one a sample.
    pub steps: Vec<u32>,
    /// Spikes of each spiking layer.
    pub layers: Vec<SpikeTrains>,
}

impl Prediction {
    pub(crate) fn new(layers: usize) -> Self {
        Self { layers: vec![SpikeTrains::new(); layers], ..Self::default() }
    }

    /// Appends a sample.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] at `range` where there is no memory for its spikes.
    pub(crate) fn push(&mut self, slot: &Slot) -> Result<()> {
        let outcome = &slot.outcome;
        self.by_count.push(outcome.by_count);
        self.by_first_spike.push(outcome.by_first_spike);
        self.decision_step.push(outcome.decision_step);
        self.steps.push(outcome.steps);
        let is_there = self.layers.iter_mut().zip(&slot.spikes).all(|(trains, spikes)| trains.try_push_sample(spikes));
        if is_there {
            return Ok(());
        }
        let before: usize = self.layers.iter().map(|trains| trains.times().len()).sum();
        let here: usize = slot.spikes.iter().map(Vec::len).sum();
        let what = format!("the spikes of the first {} samples", self.by_count.len());
        Err(memory::missing((before + here) as u64 * EVENT_BYTES, "range", &what))
    }
}
