//! Every kernel, at every level of this machine, against its plain-loop twin, bit for bit.

mod case;
mod draw;
mod eligibility;
mod layer;
mod quiet;
mod sparse;
mod sums;
mod units;
