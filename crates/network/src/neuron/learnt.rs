//! Learnt constants of a neuron: their place among the constants of the units, and their gradient in a sample.

use spikelet_config::{LearntConstant, NeuronConfig};

use super::alif::UnitConstants;
use crate::learnt::{Learnable, LearntArray, LearntShape, Summed};

/// The constants that a layer of `filters` units or channels learns: shared or one each, as they are given.
pub fn learnt_shapes(config: &NeuronConfig, filters: usize) -> Vec<LearntShape> {
    let shape = |constant: LearntConstant| LearntShape {
        what: Learnable::Constant(constant),
        shape: vec![if config.constant(constant).is_list() { filters } else { 1 }],
        summed: Summed::BySample,
    };
    config.learnt().map(shape).collect()
}

impl UnitConstants {
    /// The constants that learnt ones replace, where a layer starts.
    pub(crate) fn start(&self, shape: &LearntShape) -> LearntArray {
        let values: Vec<f32> = self.units[..shape.length()]
            .iter()
            .map(|unit| match shape.what {
                Learnable::Constant(LearntConstant::CurrentDecay) => unit.lif.current_decay,
                Learnable::Constant(LearntConstant::MembraneDecay) => unit.lif.membrane_decay,
                Learnable::Constant(LearntConstant::Threshold) => unit.lif.threshold,
                Learnable::Constant(LearntConstant::AdaptationStrength) => unit.adaptation_strength,
                Learnable::Delays { .. } => unreachable!("a neuron has none"),
            })
            .collect();
        LearntArray::new(shape.what, shape.summed, &values)
    }

    /// The constants as they were learnt so far.
    pub(crate) fn with(&self, learnt: &[LearntArray]) -> Self {
        let mut constants = self.clone();
        for array in learnt.iter().filter(|array| !matches!(array.what, Learnable::Delays { .. })) {
            let values = array.values();
            for (unit, &value) in constants.units.iter_mut().zip(values.iter().cycle()) {
                match array.what {
                    Learnable::Constant(LearntConstant::CurrentDecay) => unit.lif.current_decay = value,
                    Learnable::Constant(LearntConstant::MembraneDecay) => unit.lif.membrane_decay = value,
                    Learnable::Constant(LearntConstant::Threshold) => unit.lif.threshold = value,
                    Learnable::Constant(LearntConstant::AdaptationStrength) => unit.adaptation_strength = value,
                    Learnable::Delays { .. } => {}
                }
            }
        }
        constants
    }
}
