//! The pass forward: of whole samples, and step by step.

mod graph;
mod graph_state;
mod quiet;
mod simulate;
mod stream;
mod workspace;

pub use graph_state::{GraphState, PoolState};
pub use simulate::{End, Simulation};
pub use stream::{SpikeStream, StepOutput, stream_steps};
pub use workspace::ForwardWorkspace;
