//! Runs a trained network from a model file, with the bits of the library that wrote it: `docs/reference/model-file.md` says what is
//! in the file, and in which order a step computes it. A host reads header and sections; this crate reads the section of a network.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod connection;
mod engine;
mod events;
mod geometry;
mod network;
mod neuron;
mod order;
mod pool;
mod reader;
mod rest;
mod runner;

pub use engine::Engine;
pub use network::Network;
pub use runner::{Run, Runner};
