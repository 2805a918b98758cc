//! The kernels as cases of a benchmark, for every host.
//!
//! A [`Kernel`] of the [`catalogue`] makes a [`Case`] for each choice of its parameters: drawn inputs, the kernel, its plain twin, and
//! counts of the bytes and operations of a run. A [`Bench`] runs a case on one or more threads, at a SIMD level or by the twin, and the
//! host takes the time. What the machine could do at best is measured by cases too: [`Kernel::is_ceiling`].
#![forbid(unsafe_code)]

mod bench;
mod buffer;
mod case;
mod cases;
mod catalogue;
mod draw;
mod events;
mod json;
mod kernel;
mod level;

pub use bench::{Bench, Way};
pub use buffer::{Buffer, Numbers};
pub use case::{Case, Cost};
pub use catalogue::{catalogue, kernel};
pub use draw::Draw;
pub use json::{catalogue_json, describe};
pub use kernel::{Kernel, Parameter, Values};
