//! A network: layers of a connection and a neuron, their parameters, and how spikes go through them.
//!
//! The way back is here layer by layer; what runs it, from a loss to an update, is the crate of training.
#![forbid(unsafe_code)]

pub mod aligned;
mod build;
pub mod connection;
mod derived;
pub mod eligibility;
pub mod events;
pub mod feedback;
pub mod gradient;
pub mod graph;
pub mod layer;
pub mod learnt;
pub mod model;
pub mod network;
pub mod neuron;
pub mod outline;
pub mod output_summary;
pub mod parameters;
pub mod pass;
pub mod plan;
mod pool_factors;
pub mod rounding;
pub mod shape;
pub mod state;

pub use build::further_inputs;
pub use pool_factors::input_factors;
pub use spikelet_config::{Error, ErrorCode, Result};
