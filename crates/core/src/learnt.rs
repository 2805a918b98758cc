//! What a layer can learn beside weights and biases (spec 12, 13).
//!
//! ```text
//! α = 1 / (1 + e^−u),   dL/du = α (1 − α) dL/dα         decays are kept and moved as u
//! threshold ≥ 0.01,   κ ≥ 0,   0 ≤ d ≤ max              after an update
//! ```

use crate::aligned::{Aligned, padded};

/// What an array of a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Learnable {
    CurrentDecay,
    MembraneDecay,
    Threshold,
    AdaptationStrength,
    /// Steps that spikes take, this many at most.
    Delays {
        max: u32,
    },
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

/// Lower bound of a learnt threshold.
pub(crate) const MIN_THRESHOLD: f32 = 0.01;

impl Learnable {
    /// Name in the configuration.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CurrentDecay => "currentDecay",
            Self::MembraneDecay => "membraneDecay",
            Self::Threshold => "threshold",
            Self::AdaptationStrength => "adaptationStrength",
            Self::Delays { .. } => "delays",
        }
    }

    fn is_decay(self) -> bool {
        matches!(self, Self::CurrentDecay | Self::MembraneDecay)
    }

    /// What the optimiser moves in place of a value.
    pub(crate) fn parameter(self, value: f32) -> f32 {
        let value64 = f64::from(value);
        if self.is_decay() { libm::log(value64 / (1.0 - value64)) as f32 } else { value }
    }

    /// The value that a parameter stands for.
    pub(crate) fn value(self, parameter: f32) -> f32 {
        // As a single float it rounds to 0 and 1, which no decay may be (spec 12).
        if self.is_decay() {
            (sigmoid(parameter) as f32).clamp(f32::MIN_POSITIVE, 1.0 - f32::EPSILON / 2.0)
        } else {
            parameter
        }
    }

    /// Derivative of the value by the parameter.
    pub(crate) fn slope(self, parameter: f32) -> f32 {
        if !self.is_decay() {
            return 1.0;
        }
        let value = sigmoid(parameter);
        (value * (1.0 - value)) as f32
    }

    /// Brings what an update or an average left back into range.
    // Not compiled into each caller, for size.
    #[inline(never)]
    pub(crate) fn hold(self, parameters: &mut [f32]) {
        let (min, max) = match self {
            Self::CurrentDecay | Self::MembraneDecay => return,
            Self::Threshold => (MIN_THRESHOLD, f32::INFINITY),
            Self::AdaptationStrength => (0.0, f32::INFINITY),
            Self::Delays { max } => (0.0, max as f32),
        };
        for parameter in parameters {
            if *parameter < min {
                *parameter = min;
            } else if *parameter > max {
                *parameter = max;
            }
        }
    }

    /// A value that neither an update nor an average leaves, if there is one.
    pub(crate) fn outside(self, values: &[f32]) -> Option<f32> {
        let mut held = values.to_vec();
        self.hold(&mut held);
        values.iter().zip(&held).find(|(value, held)| value != held).map(|(&value, _)| value)
    }

    /// Why a value cannot be one of these, if so.
    pub(crate) fn refusal(self, value: f32) -> Option<&'static str> {
        let (is_allowed, rule) = match self {
            Self::CurrentDecay | Self::MembraneDecay => {
                (0.0 < value && value < 1.0, "must be above 0 and below 1 where it is learnt")
            }
            Self::Threshold => (value >= MIN_THRESHOLD, "must be at least 0.01 where it is learnt"),
            Self::AdaptationStrength => (value >= 0.0, "must be at least 0"),
            Self::Delays { max } => ((0.0..=max as f32).contains(&value), "must be between 0 and delays.max"),
        };
        (!is_allowed).then_some(rule)
    }
}

fn sigmoid(parameter: f32) -> f64 {
    1.0 / (1.0 + libm::exp(-f64::from(parameter)))
}

/// An array of a layer, of a shape that follows from the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LearntShape {
    pub(crate) what: Learnable,
    /// `[1]` where the whole layer shares the value, else `[unit]` or `[channel]`; delays `[input]` or `[unit, input]`.
    pub(crate) shape: Vec<usize>,
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
pub(crate) struct LearntArray {
    pub(crate) what: Learnable,
    pub(crate) summed: Summed,
    /// Numbers in use.
    pub(crate) length: usize,
    /// What the optimiser moves, filled up to whole vectors.
    pub(crate) parameters: Aligned,
}

impl LearntShape {
    pub(crate) fn length(&self) -> usize {
        self.shape.iter().product()
    }

    /// Numbers that a sample leaves for the gradient.
    pub(crate) fn length_of_sample(&self) -> usize {
        if self.summed == Summed::BySample { self.length() } else { 0 }
    }

    pub(crate) fn is_fixed(&self) -> bool {
        self.summed == Summed::Never
    }

    /// Values, or gradients, of such an array.
    pub(crate) fn with(&self, values: Vec<f32>) -> LearntValues {
        LearntValues { name: self.what.name().to_owned(), shape: self.shape.clone(), values }
    }
}

impl LearntArray {
    /// Of the values that an array starts from.
    pub(crate) fn new(what: Learnable, summed: Summed, values: &[f32]) -> Self {
        let parameters = Aligned::zeros(padded(values.len()));
        let mut array = Self { what, summed, length: values.len(), parameters };
        array.set(values);
        array
    }

    /// Numbers of its gradient and of its moments, filled up to whole vectors.
    pub(crate) fn moved(&self) -> usize {
        if self.summed == Summed::Never { 0 } else { self.parameters.len() }
    }

    /// The values that the parameters stand for.
    pub(crate) fn values(&self) -> Vec<f32> {
        self.parameters[..self.length].iter().map(|&parameter| self.what.value(parameter)).collect()
    }

    /// The parameters themselves.
    pub(crate) fn raw(&self) -> Vec<f32> {
        self.used(&self.parameters)
    }

    pub(crate) fn set_raw(&mut self, parameters: &[f32]) {
        self.parameters[..self.length].copy_from_slice(parameters);
    }

    /// What such an array has of one that is filled up to whole vectors.
    pub(crate) fn used(&self, filled: &[f32]) -> Vec<f32> {
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
            let value = Learnable::MembraneDecay.value(parameter);
            assert_eq!(Learnable::MembraneDecay.refusal(value), None, "{value}");
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
        let array = LearntArray::new(Learnable::MembraneDecay, Summed::BySample, &decays);
        for (found, wanted) in array.values().into_iter().zip(decays) {
            assert!((found - wanted).abs() <= 1e-7, "{found} for {wanted}");
        }
    }

    #[test]
    fn updates_stay_in_range() {
        let mut thresholds = [1.0, 0.001, -3.0];
        Learnable::Threshold.hold(&mut thresholds);
        assert_eq!(thresholds, [1.0, 0.01, 0.01]);
        let mut strengths = [0.2, -0.1];
        Learnable::AdaptationStrength.hold(&mut strengths);
        assert_eq!(strengths, [0.2, 0.0]);
        let mut delays = [-0.1, 3.7, 9.0, 9.5];
        Learnable::Delays { max: 9 }.hold(&mut delays);
        assert_eq!(delays, [0.0, 3.7, 9.0, 9.0]);
    }
}
