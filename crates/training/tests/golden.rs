//! The core against the golden vectors in `test/golden`, which come from the float64 oracle in `test/oracle`.

#[path = "golden/compare.rs"]
mod compare;
#[path = "golden/end_simulation.rs"]
mod end_simulation;
#[path = "golden/files.rs"]
mod files;
#[path = "golden/format.rs"]
mod format;
#[path = "golden/integers.rs"]
mod integers;
#[path = "golden/network.rs"]
mod network;
#[path = "golden/online.rs"]
mod online;
#[path = "golden/setup.rs"]
mod setup;
#[path = "golden/tables.rs"]
mod tables;
#[path = "golden/trajectory.rs"]
mod trajectory;
