//! Learnt constants of a neuron: their place among the constants of the units, and their gradient in a sample.

use spikelet_config::{LearntConstant, NeuronConfig};

use super::by_unit::{UnitConstants, number_of};
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
        let Learnable::Constant(constant) = shape.what else { unreachable!("a neuron has no delays") };
        LearntArray::new(shape.what, shape.summed, &self.first(number_of(constant), shape.length()))
    }

    /// The constants as they were learnt so far.
    pub(crate) fn with(&self, learnt: &[LearntArray]) -> Self {
        let mut constants = self.clone();
        for array in learnt {
            if let Learnable::Constant(constant) = array.what {
                constants.replace(number_of(constant), &array.values());
            }
        }
        constants
    }
}

/// Brings what an update or an average left back into range.
// Not compiled into each caller, for size.
#[inline(never)]
pub(super) fn hold(arrays: &mut [LearntArray]) {
    for array in arrays {
        array.what.hold(&mut array.parameters[..array.length]);
    }
}
