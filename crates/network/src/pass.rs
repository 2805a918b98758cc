//! The pass forward: of whole samples, and step by step.

mod graph;
mod graph_state;
mod quiet;
mod simulate;
mod stepwise;
mod stream;
mod workspace;

pub use graph_state::{GraphState, PoolState};
pub use simulate::{End, Simulation};
pub use stepwise::{Stepwise, stream_steps, window_steps};
pub use stream::{SpikeStream, StepOutput};
pub use workspace::ForwardWorkspace;
