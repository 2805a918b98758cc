//! The passes of a sample: forward, loss, backward.

mod backpropagate;
mod broadcast;
mod graph;
mod graph_errors;
mod group;
mod injections;
mod job;
mod observe;
mod online;
mod output_errors;
mod sample;
mod workspace;

pub(crate) use group::{Engine, GROUP};
pub use job::Until;
pub(crate) use job::{Job, Want};
pub(crate) use online::{OnlineBatch, OnlineStates};
