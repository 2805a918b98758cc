//! What a unit does with what reaches it: from its configuration to the constants of the kernels. One file for each kind.

mod lif;

pub use lif::Gains;
pub(crate) use lif::Lif;
