//! Raw exports of the cases of `spikelet-kernel-bench`, for a host that passes addresses in the module's memory. A panic is a trap, after
//! which the host drops the module.

#[cfg(target_arch = "wasm32")]
mod exports;
