//! The pass forward: of whole samples, and step by step.

mod quiet;
mod simulate;
mod stream;
mod workspace;

pub use simulate::{End, Simulation};
pub use stream::{SpikeStream, StepOutput, stream_steps};
pub use workspace::ForwardWorkspace;
