//! What the benchmarks have in common: a fixed generator, synthetic digits and the networks that learn them.

mod cases;
mod digits;
mod network;

pub use cases::Case;
pub use digits::{CLASSES, DIGIT_STEPS, Digits, INPUTS};
pub use network::{STEPS, UNITS, WEIGHT_SCALE, configuration};
