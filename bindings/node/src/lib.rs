//! The Node addon: glue between N-API and `spikelet-session`, without logic of its own.
//!
//! Arrays are copied in and handed out without a copy. Long work runs on threads of the addon, off the event loop.
#![expect(clippy::needless_pass_by_value, reason = "napi hands over what it made of a JavaScript value")]
#![expect(unreachable_pub, reason = "the macros of napi want public items; JavaScript reaches them, Rust does not")]
#![cfg_attr(test, allow(dead_code, reason = "the macros of napi register nothing in a test build"))]

mod arrays;
mod error;
mod functions;
mod handle;
mod job;
mod kernels;
#[cfg(feature = "mpi")]
mod mpi;
mod session;
mod threads;
