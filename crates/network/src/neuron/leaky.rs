//! Leaky integration (spec 10.4): a LIF that no membrane makes fire. It shares the instances of a LIF, which has no gate to close then.

use spikelet_kernels::{LifConstants, Reset};

/// The constants of a LIF, as those of a unit that never fires.
pub(super) fn silenced(lif: LifConstants) -> LifConstants {
    LifConstants { threshold: f32::INFINITY, reset: Reset::All, ..lif }
}
