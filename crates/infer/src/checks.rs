//! What ends the reading of a network.

/// Refuses what does not hold.
pub(crate) fn demand(holds: bool) {
    if !holds {
        refuse();
    }
}

/// Ends the reading of a network whose parts do not fit each other.
#[cold]
#[inline(never)]
pub(crate) fn refuse() -> ! {
    panic!("refused")
}

#[inline(never)]
pub(crate) fn product(sizes: &[usize]) -> usize {
    let mut product = 1_usize;
    for size in sizes {
        let Some(larger) = product.checked_mul(*size) else { refuse() };
        product = larger;
    }
    product
}
