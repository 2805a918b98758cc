//! What a sample keeps for the gradient of one layer, in arrays of declared lengths.

use spikelet_kernels::{NO_ROW, StepEvents, TILE, WINDOW, padded};

use crate::aligned::Aligned;
use crate::events::{LayerSpikes, append};
use crate::learnt::{LearntShape, LearntValues};
use crate::shape::LayerShape;

/// Parameters of one layer, or their gradients.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerParameters {
    /// `[unit][input]`; in a convolution `[channel][channel of the previous layer][y][x]`.
    pub weights: Vec<f32>,
    /// `[unit]`, or `[channel]`.
    pub biases: Vec<f32>,
    /// What the layer learns beside these, in the order of `Trainer::learnt`; gradients of a decay α are by u, with
    /// `α = 1 / (1 + e^−u)`.
    pub learnt: Vec<LearntValues>,
    /// Further inputs: that of the layer's own spikes in a recurrent layer of a graph, then those of the configuration.
    pub inputs: Vec<InputParameters>,
}

/// Parameters of a further input of a layer, or their gradients.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputParameters {
    /// `[unit][input]`; in a convolution `[channel][channel of the source][y][x]`, one-to-one `[unit]` or `[channel]`.
    pub weights: Vec<f32>,
    /// Delays, learnt or not; gradients where they are learnt.
    pub learnt: Vec<LearntValues>,
}

/// What one input of a layer has of [`LayerParameters`].
#[derive(Clone, Copy, Debug)]
pub struct ConnectionParameters<'a> {
    /// Weights.
    pub weights: &'a [f32],
    /// Biases, where it is the first input.
    pub biases: &'a [f32],
    /// What is learnt beside these.
    pub learnt: &'a [LearntValues],
}

impl LayerParameters {
    /// What each input has.
    pub fn by_connection(&self) -> impl Iterator<Item = ConnectionParameters<'_>> {
        let own = ConnectionParameters { weights: &self.weights, biases: &self.biases, learnt: &self.learnt };
        let further = self.inputs.iter();
        let further =
            further.map(|InputParameters { weights, learnt }| ConnectionParameters { weights, biases: &[], learnt });
        std::iter::once(own).chain(further)
    }
}

/// A layer's part of a sample's gradient.
#[derive(Debug)]
pub struct LayerGradient {
    /// How the gradient of the weights is kept.
    pub form: GradientForm,
    /// Gradient of the weights, unless it is a sum.
    pub rows: GradientRows,
    /// Gradient of the weights, if it is a sum.
    pub sums: GradientSums,
    /// Σ_t p, `[lane]` of all tiles; also over units that share a bias.
    pub bias: Aligned,
    /// dL/dvalue of each array that the layer learns.
    pub learnt: Vec<Vec<f32>>,
}

/// How a sample keeps its gradient of the weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GradientForm {
    /// As q at the steps at which an input fired; the sum over them is taken for all samples at once.
    #[default]
    Rows,
    /// As q at every step, of which each connection reads another one.
    Steps {
        /// Whether r is kept too.
        has_r: bool,
    },
    /// As a sum over steps and places.
    Sums,
}

/// Rows of q by step, with the inputs that fired there.
#[derive(Debug, Default)]
pub struct GradientRows {
    /// Row of each step, or [`NO_ROW`].
    pub row_of_step: Vec<u32>,
    /// Inputs of each row.
    pub inputs: RowInputs,
    /// q at those rows: tile by tile `[row][lane]`.
    pub q: Aligned,
    /// r at those rows, tile by tile `[row][lane]`, where connections learn their delays.
    pub r: Aligned,
    /// Lanes that fired, a word for each tile.
    pub fired: Vec<u64>,
}

/// Input spikes that have a gradient, by row.
#[derive(Debug, Default)]
pub struct RowInputs {
    /// End of each row.
    pub ends: Vec<u32>,
    /// Input unit of each spike, in order of time.
    pub units: Vec<u32>,
    /// Value of each; empty: all are 1.
    pub values: Vec<f32>,
}

/// Sums over steps and places, `[input][lane]`.
#[derive(Debug, Default)]
pub struct GradientSums {
    /// Σ q: tile by tile `[input][lane]`.
    pub weights: Aligned,
    /// Places at which each filter stayed silent.
    pub silent_places: Vec<u32>,
}

impl LayerGradient {
    /// Empty arrays for a layer.
    pub fn new(form: GradientForm, shape: &LayerShape, learnt: &[LearntShape]) -> Self {
        Self {
            form,
            rows: GradientRows::default(),
            sums: GradientSums::default(),
            bias: Aligned::zeros(padded(shape.filters)),
            learnt: learnt.iter().map(|array| vec![0.0; array.length_of_sample()]).collect(),
        }
    }

    /// Prepares for the spikes `inputs` that the weights got before `end`, and that were under way for `longest` steps at most.
    pub fn start(&mut self, shape: &LayerShape, inputs: &LayerSpikes<'_>, longest: usize, steps: usize, end: usize) {
        let lanes = padded(shape.filters);
        match self.form {
            GradientForm::Rows => self.rows.plan(inputs, steps, end, lanes),
            GradientForm::Steps { has_r } => self.rows.plan_all(inputs, longest, steps, end, lanes, has_r),
            GradientForm::Sums => self.sums.weights.resize(shape.inputs * lanes),
        }
        self.bias.clear();
        self.bias.resize(lanes);
    }

    /// Whether the arrays are as long and the numbers as large as those of a sample of such a layer.
    pub fn fits(&self, shape: &LayerShape, learnt: &[LearntShape], steps: usize) -> bool {
        let lanes = padded(shape.filters);
        let lengths = self.learnt.iter().map(Vec::len);
        self.bias.len() == lanes
            && lengths.eq(learnt.iter().map(LearntShape::length_of_sample))
            && match self.form {
                GradientForm::Rows => self.rows.fits(shape, steps, lanes, false) && self.sums.is_empty(),
                GradientForm::Steps { has_r } => self.rows.fits(shape, steps, lanes, has_r) && self.sums.is_empty(),
                GradientForm::Sums => self.sums.fits(shape, lanes) && self.rows.is_empty(),
            }
    }

    /// Adds, for each unit of a tile, how often it stayed silent.
    pub fn add_silent(&self, first: usize, units: usize, silent: &mut [u32]) {
        if self.form == GradientForm::Sums {
            let places = &self.sums.silent_places[first..first + units];
            silent.iter_mut().zip(places).for_each(|(sum, places)| *sum += places);
        } else {
            let fired = self.rows.fired[first / TILE];
            silent.iter_mut().enumerate().for_each(|(lane, count)| *count += (!fired >> lane & 1) as u32);
        }
    }
}

impl GradientSums {
    fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    fn fits(&self, shape: &LayerShape, lanes: usize) -> bool {
        self.weights.len() == shape.inputs * lanes
            && self.silent_places.len() == shape.filters
            && self.silent_places.iter().all(|&silent| silent as usize <= shape.units)
    }
}

impl RowInputs {
    fn clear(&mut self) {
        self.ends.clear();
        self.units.clear();
        self.values.clear();
    }

    /// Adds a row, whose number it returns.
    fn push(&mut self, inputs: &LayerSpikes<'_>, t: usize) -> u32 {
        let events = StepEvents::from(*inputs);
        append((&mut self.units, &mut self.values), (events.at(t), events.values_at(t)));
        self.ends.push(self.units.len() as u32);
        self.ends.len() as u32 - 1
    }

    /// Number of rows.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Input units of each row.
    pub fn rows(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let units = &self.units[start..end as usize];
            start = end as usize;
            units
        })
    }

    fn fits(&self, inputs: usize) -> bool {
        self.ends.is_sorted()
            && self.ends.last().map_or(0, |&end| end as usize) == self.units.len()
            && self.units.iter().all(|&unit| (unit as usize) < inputs)
            && (self.values.is_empty() || self.values.len() == self.units.len())
    }
}

impl GradientRows {
    /// Assigns a row to each step before `end` at which an input fires.
    fn plan(&mut self, inputs: &LayerSpikes<'_>, steps: usize, end: usize, lanes: usize) {
        self.row_of_step.clear();
        self.row_of_step.resize(steps, NO_ROW);
        self.inputs.clear();
        for t in 0..end {
            if !inputs.at(t).is_empty() {
                self.row_of_step[t] = self.inputs.push(inputs, t);
            }
        }
        self.q.resize(self.inputs.count() * lanes);
    }

    /// Assigns a row to every step before `end` from the first spike to the last arrival, or to the end of its window, in order of time;
    /// the row of an input is that of the step at which it fires.
    fn plan_all(
        &mut self,
        inputs: &LayerSpikes<'_>,
        longest: usize,
        steps: usize,
        end: usize,
        lanes: usize,
        has_r: bool,
    ) {
        self.row_of_step.clear();
        self.row_of_step.resize(steps, NO_ROW);
        self.inputs.clear();
        let mut fired = (0..end).filter(|&t| !inputs.at(t).is_empty());
        let first = fired.next().unwrap_or(end);
        let last = fired.next_back().unwrap_or(first);
        let arrivals = first..end.min(last + WINDOW.max(longest + 1));
        for t in arrivals {
            self.row_of_step[t] = self.inputs.push(inputs, t);
        }
        self.q.resize(self.inputs.count() * lanes);
        self.r.resize(if has_r { self.q.len() } else { 0 });
    }

    fn is_empty(&self) -> bool {
        self.inputs.count() == 0 && self.q.is_empty()
    }

    fn fits(&self, shape: &LayerShape, steps: usize, lanes: usize, has_r: bool) -> bool {
        self.inputs.count() <= steps
            && self.inputs.fits(shape.inputs)
            && self.q.len() == self.inputs.count() * lanes
            && self.r.len() == if has_r { self.q.len() } else { 0 }
            && self.fired.len() == lanes.div_ceil(TILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_fit_if_each_is_in_a_row() {
        let fits = |ends: &[u32], units: &[u32]| {
            RowInputs { ends: ends.to_vec(), units: units.to_vec(), values: Vec::new() }.fits(5)
        };
        assert!(fits(&[1, 3], &[0, 4, 2]) && fits(&[0, 0], &[]));
        for (ends, units) in [(&[1, 2][..], &[0, 4, 2][..]), (&[2, 1], &[0]), (&[1, 2], &[0, 5]), (&[], &[1])] {
            assert!(!fits(ends, units), "{ends:?} {units:?}");
        }
    }
}
