//! Every kernel, at every level of this machine, against its plain-loop twin, bit for bit.

mod case;
mod draw;
mod eligibility;
mod exp2;
mod layer;
mod quiet;
mod sparse;
mod sums;
mod surrogate_table;
mod units;
