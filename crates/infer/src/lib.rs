//! Runs a trained network from a model file, with the bits of the library that wrote it: `docs/reference/model-file.md` says what is
//! in the file, and in which order a step computes it. Any bytes are either refused, by the panic `refused` while they are read, or run
//! without one.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod checks;
mod connection;
mod engine;
mod events;
mod file;
mod geometry;
mod network;
mod neuron;
mod order;
mod pool;
mod reader;
mod reset;
mod rest;
mod runner;
mod sources;
mod whole;

pub use engine::Engine;
pub use file::{Sections, sections};
pub use network::{Network, Numbers};
pub use reader::MAX_STATES;
pub use runner::{Run, Runner};
