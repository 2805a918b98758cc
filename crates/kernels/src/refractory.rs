//! Lanes that may not fire because they fired a short while ago (spec 1.4).
//!
//! With `n` refractory steps a lane is blocked at t when it fired in `t − n .. t − 1`. It cannot fire while it is blocked, so that
//! of its spikes only one lies in such a window and the set of blocked lanes follows from that of the neighbouring step.

/// Steps that outlast every simulation: a unit fires once.
pub const FIRES_ONCE: u32 = u32::MAX;

/// Lanes that fired in the `n` steps before `t`.
pub(crate) fn blocked_at(spikes: &[u64], n: u32, t: usize) -> u64 {
    spikes[t.saturating_sub(n as usize)..t].iter().fold(0, |all, bits| all | bits)
}

/// [`blocked_at`] `t + 1`, from that at `t`.
#[inline(always)]
pub(crate) fn blocked_after(blocked: u64, spikes: &[u64], n: u32, t: usize) -> u64 {
    let expired = t.checked_sub(n as usize).map_or(0, |fired| spikes[fired]);
    if n == 0 { 0 } else { (blocked & !expired) | spikes[t] }
}

/// [`blocked_at`] `t`, from that at `t + 1`.
#[inline(always)]
pub(crate) fn blocked_before(blocked: u64, spikes: &[u64], n: u32, t: usize) -> u64 {
    let expiring = t.checked_sub(n as usize).map_or(0, |fired| spikes[fired]);
    if n == 0 { 0 } else { (blocked & !spikes[t]) | expiring }
}
