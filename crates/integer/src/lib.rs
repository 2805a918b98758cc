//! Inference with whole numbers (spec 20): a network whose weights have 8 bits and whose states have 16 or 32, and its step. Every result
//! is exact, so all languages and machines agree on each bit.
//!
//! The crate needs an allocator and nothing else: no standard library, no floats.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod arithmetic;
mod connection;
mod decision;
mod model;
mod pool;
mod run;
mod units;

pub use arithmetic::{ONE, StateBits};
pub use decision::{Scores, Statistic};
pub use model::{
    Adaptation, Axis, Connection, Convolution, Delays, Event, Firing, Input, Layer, MAX_WEIGHT, Model, Neurons, Pool,
    PoolKind, Reset, Source, Window,
};
pub use run::Run;

#[cfg(test)]
mod tests;
