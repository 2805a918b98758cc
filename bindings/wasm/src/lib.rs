//! The WebAssembly module: glue between JavaScript and `spikelet-session`, without logic of its own.
//!
//! Arrays are copied in and out; every call runs to its end on the thread of the caller and, with the feature `threads`, on those that
//! were lent.
#![expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands over what it made of a JavaScript value")]
#![expect(
    unreachable_pub,
    reason = "the macros of wasm-bindgen want public items; JavaScript reaches them, Rust does not"
)]

mod arrays;
mod error;
mod functions;
mod session;
#[cfg(feature = "threads")]
mod threads;
