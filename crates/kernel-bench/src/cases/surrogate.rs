//! Surrogate derivatives of a layer at one step, most of whose work is a power of two.
//!
//! ```text
//! direct = 2^(−sharpness |V − threshold|) · error
//! ```

use spikelet_kernels::{Level, Surrogate, activation_parts, reference};

use super::forward::CONSTANTS;
use crate::case::{floats, resident};
use crate::{Buffer, Case, Cost, Draw, Values};

const SHARPNESS: f32 = 14.4;
const SHAPE: Surrogate<'static> = Surrogate::Exponential { sharpness: SHARPNESS };

/// Distance to the threshold, bound and rounding of the exponent, polynomial of degree 4, square, product, two sums of errors.
const OF_UNIT: usize = 20;

struct SurrogateCase {
    membrane: Vec<f32>,
    error: Vec<f32>,
    none: Vec<f32>,
    direct: Vec<f32>,
}

pub(crate) fn surrogate(values: &Values<'_>) -> Box<dyn Case> {
    let units = values.size("units");
    let mut draw = Draw::new(17);
    Box::new(SurrogateCase {
        membrane: draw.vector(units, 1.5),
        error: draw.vector(units, 0.01),
        none: vec![0.0; units],
        direct: vec![0.0; units],
    })
}

impl Case for SurrogateCase {
    fn run(&mut self, level: Level) {
        let errors = [&self.error[..], &self.none, &self.none];
        activation_parts(level, SHAPE, CONSTANTS.threshold, &self.membrane, errors, &mut self.direct);
    }

    fn run_plain(&mut self) {
        let errors = [&self.error[..], &self.none, &self.none];
        reference::activation_parts(SHAPE, CONSTANTS.threshold, &self.membrane, errors, &mut self.direct);
    }

    fn restart(&mut self) {
        self.direct.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("membrane", &self.membrane), Buffer::f32("error", &self.error)]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("direct", &self.direct)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        vec![("threshold", f64::from(CONSTANTS.threshold)), ("sharpness", f64::from(SHARPNESS))]
    }

    fn cost(&self) -> Cost {
        let units = self.membrane.len();
        Cost { operations: OF_UNIT * units, bytes: floats(5 * units), resident: resident(self), spikes: 0 }
    }
}
