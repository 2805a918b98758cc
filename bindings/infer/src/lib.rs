//! Raw exports of the engine of `spikelet-infer`, for a host that passes addresses in the module's memory. A module has one network and
//! any number of engines; a panic is a trap, after which the host drops the module.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod allocator;
#[cfg(target_arch = "wasm32")]
mod exports;
