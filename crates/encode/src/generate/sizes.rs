//! Bounds on the sizes of drawn data sets.

use spikelet_config::{Error, Result};

/// Numbers that a whole data set may hold, so that a small request cannot ask for all memory.
const MAX_NUMBERS: u64 = 1 << 26;

/// Checks that every size is at least 1 and that their product stays within bounds.
pub(super) fn check_sizes(sizes: &[(&str, u32)]) -> Result<()> {
    let mut product = 1u64;
    for &(path, size) in sizes {
        if size == 0 {
            return Err(Error::config(path, "must be at least 1, got 0"));
        }
        product = product.saturating_mul(u64::from(size));
        if product > MAX_NUMBERS {
            let names: Vec<&str> = sizes.iter().map(|&(name, _)| name).collect();
            return Err(Error::config(path, format!("{} multiply to more than {MAX_NUMBERS}", names.join(", "))));
        }
    }
    Ok(())
}

pub(super) fn check_steps(steps: u32) -> Result<()> {
    if (1..=u32::from(u16::MAX)).contains(&steps) {
        return Ok(());
    }
    Err(Error::config("steps", format!("must be 1 to {}, got {steps}", u16::MAX)))
}
