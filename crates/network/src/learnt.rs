//! What a layer can learn beside weights and biases (spec 12, 13).
//!
//! ```text
//! α = 1 / (1 + e^−u),   dL/du = α (1 − α) dL/dα         decays are kept and moved as u
//! threshold ≥ 0.01,   κ ≥ 0,   0 ≤ d ≤ max              after an update
//! ```

use spikelet_config::LearntConstant;
use spikelet_kernels::padded;

use crate::aligned::Aligned;

/// What an array of a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learnable {
    /// A constant of the neuron.
    Constant(LearntConstant),
    /// Steps that spikes take, this many at most.
    Delays {
        /// The most steps.
        max: u32,
    },
    /// Fixed weights of e-prop from the errors at the output, `[unit, output]`.
    Feedback,
}

/// Where the gradient of an array is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Summed {
    /// Nowhere: the array stays as it is.
    Never,
    /// In each sample.
    BySample,
    /// With that of the weights, tile by tile for a whole batch.
    ByTile,
}

impl Learnable {
    /// Name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant(constant) => constant.name(),
            Self::Delays { .. } => "delays",
            Self::Feedback => "feedback",
        }
    }

    fn is_decay(self) -> bool {
        matches!(self, Self::Constant(constant) if constant.is_decay())
    }

    /// What the optimiser moves in place of a value.
    pub(crate) fn parameter(self, value: f32) -> f32 {
        let value64 = f64::from(value);
        if self.is_decay() { libm::log(value64 / (1.0 - value64)) as f32 } else { value }
    }

    /// The value that a parameter stands for.
    pub fn value(self, parameter: f32) -> f32 {
        // As a single float it rounds to 0 and 1, which no decay may be (spec 12).
        if self.is_decay() {
            (sigmoid(parameter) as f32).clamp(f32::MIN_POSITIVE, 1.0 - f32::EPSILON / 2.0)
        } else {
            parameter
        }
    }

    /// Derivative of the value by the parameter.
    pub fn slope(self, parameter: f32) -> f32 {
        if !self.is_decay() {
            return 1.0;
        }
        let value = sigmoid(parameter);
        (value * (1.0 - value)) as f32
    }

    /// Brings what an update or an average left back into range.
    // Not compiled into each caller, for size.
    #[inline(never)]
    pub fn hold(self, parameters: &mut [f32]) {
        let [min, max] = match self {
            Self::Constant(constant) => constant.range(),
            Self::Delays { max } => [0.0, max as f32],
            Self::Feedback => return,
        };
        for parameter in parameters {
            if *parameter < min {
                *parameter = min;
            } else if *parameter > max {
                *parameter = max;
            }
        }
    }

    /// The first of an array's parameters that stands for a value out of range.
    pub fn outside(self, parameters: &[f32]) -> Option<f32> {
        parameters.iter().copied().find(|&parameter| self.refusal(self.value(parameter)).is_some())
    }

    /// Why a value cannot be one of these, if so.
    pub(crate) fn refusal(self, value: f32) -> Option<&'static str> {
        match self {
            Self::Constant(constant) => constant.refusal(value),
            Self::Delays { max } => {
                (!(0.0..=max as f32).contains(&value)).then_some("must be between 0 and delays.max")
            }
            Self::Feedback => None,
        }
    }
}

fn sigmoid(parameter: f32) -> f64 {
    1.0 / (1.0 + libm::exp(-f64::from(parameter)))
}

/// An array of a layer, of a shape that follows from the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearntShape {
    /// Kind of the array.
    pub what: Learnable,
    /// `[1]` where the whole layer shares the value, else `[unit]` or `[channel]`; delays `[input]` or `[unit, input]`.
    pub shape: Vec<usize>,
    pub(crate) summed: Summed,
}

/// An array that a layer learns beside weights and biases, or its gradient.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearntValues {
    /// Name in the configuration, for example `membraneDecay`.
    pub name: String,
    /// `[1]` where the whole layer shares the value, else `[unit]` or `[channel]`; delays `[input]` or `[unit, input]`.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

/// The array.
#[derive(Clone, Debug)]
pub struct LearntArray {
    /// Kind of the array.
    pub what: Learnable,
    pub(crate) summed: Summed,
    /// Numbers in use.
    pub length: usize,
    /// What the optimiser moves, filled up to whole vectors.
    pub parameters: Aligned,
}

impl LearntShape {
    /// Number of values.
    pub fn length(&self) -> usize {
        self.shape.iter().product()
    }

    /// Numbers that a sample leaves for the gradient.
    pub(crate) fn length_of_sample(&self) -> usize {
        if self.summed == Summed::BySample { self.length() } else { 0 }
    }

    /// Whether the array is not learnt.
    pub fn is_fixed(&self) -> bool {
        self.summed == Summed::Never
    }

    /// Values, or gradients, of such an array.
    pub fn with(&self, values: Vec<f32>) -> LearntValues {
        LearntValues { name: self.what.name().to_owned(), shape: self.shape.clone(), values }
    }
}

impl LearntArray {
    /// An array with the values that it starts from.
    pub(crate) fn new(what: Learnable, summed: Summed, values: &[f32]) -> Self {
        let parameters = Aligned::zeros(padded(values.len()));
        let mut array = Self { what, summed, length: values.len(), parameters };
        array.set(values);
        array
    }

    /// Numbers of its gradient and of its moments, filled up to whole vectors.
    pub fn moved(&self) -> usize {
        if self.summed == Summed::Never { 0 } else { self.parameters.len() }
    }

    /// The values that the parameters stand for.
    pub(crate) fn values(&self) -> Vec<f32> {
        self.parameters[..self.length].iter().map(|&parameter| self.what.value(parameter)).collect()
    }

    /// The parameters themselves.
    pub fn raw(&self) -> Vec<f32> {
        self.used(&self.parameters)
    }

    /// Replaces the parameters.
    pub fn set_raw(&mut self, parameters: &[f32]) {
        self.parameters[..self.length].copy_from_slice(parameters);
    }

    /// What such an array has of one that is filled up to whole vectors.
    pub fn used(&self, filled: &[f32]) -> Vec<f32> {
        filled[..self.length].to_vec()
    }

    pub(crate) fn set(&mut self, values: &[f32]) {
        for (parameter, &value) in self.parameters.iter_mut().zip(values) {
            *parameter = self.what.parameter(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decay_stays_one_whatever_is_learnt() {
        for parameter in [-200.0, -90.0, 16.7, 17.5, 200.0] {
            let value = Learnable::Constant(LearntConstant::MembraneDecay).value(parameter);
            assert_eq!(Learnable::Constant(LearntConstant::MembraneDecay).refusal(value), None, "{value}");
        }
    }

    #[test]
    fn a_delay_beyond_its_maximum_is_outside() {
        let delays = Learnable::Delays { max: 20_000 };
        assert_eq!(delays.outside(&[0.0, 20_000.0]), None);
        assert_eq!(delays.outside(&[0.0, 20_000.002]), Some(20_000.002));
    }

    #[test]
    fn a_decay_comes_back_from_its_parameter() {
        let decays = [1e-6, 0.2, 0.5, 0.99, 0.999_99];
        let array = LearntArray::new(Learnable::Constant(LearntConstant::MembraneDecay), Summed::BySample, &decays);
        for (found, wanted) in array.values().into_iter().zip(decays) {
            assert!((found - wanted).abs() <= 1e-7, "{found} for {wanted}");
        }
    }

    #[test]
    fn updates_stay_in_range() {
        let mut thresholds = [1.0, 0.001, -3.0];
        Learnable::Constant(LearntConstant::Threshold).hold(&mut thresholds);
        assert_eq!(thresholds, [1.0, 0.01, 0.01]);
        let mut strengths = [0.2, -0.1];
        Learnable::Constant(LearntConstant::AdaptationStrength).hold(&mut strengths);
        assert_eq!(strengths, [0.2, 0.0]);
        let mut delays = [-0.1, 3.7, 9.0, 9.5];
        Learnable::Delays { max: 9 }.hold(&mut delays);
        assert_eq!(delays, [0.0, 3.7, 9.0, 9.0]);
    }
}
