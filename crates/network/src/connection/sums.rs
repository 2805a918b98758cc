//! Currents of a layer that has several inputs.

use crate::aligned::Aligned;

/// Currents that several inputs of a layer add up.
pub struct DriveSums<'a> {
    /// Site by site `[step][lane]`.
    pub(crate) values: &'a mut [f32],
    /// What arrives of a spike.
    pub(crate) scale: f32,
    /// Sums of one input at a site, `[row][lane]`.
    pub(crate) scratch: &'a mut Aligned,
}
