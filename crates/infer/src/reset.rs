//! Numbers of the resets in a file; any other leaves the current and sets the membrane to 0.

pub(crate) const RESET_ALL: usize = 0;
pub(crate) const RESET_SUBTRACT: usize = 2;
/// A reset of whole numbers that leaves everything.
pub(crate) const RESET_NONE: usize = 3;
