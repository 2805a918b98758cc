//! The processes that `mpirun` started, as peers.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use spikelet_config::{Error, ErrorCode, Result};
use spikelet_training::LocalBatch;

use crate::Peers;
use ::mpi::Threading;
use ::mpi::datatype::PartitionMut;
use ::mpi::environment::Universe;
use ::mpi::request::{self, Request, Scope};
use ::mpi::topology::{Communicator, SimpleCommunicator};
use ::mpi::traits::CommunicatorCollectives;

/// MPI lives once in a process, from its start to its end; whoever exchanges holds the lock.
static UNIVERSE: Mutex<Option<Universe>> = Mutex::new(None);

/// How often a process that waits for the others looks for them without a pause: those that have a core each are seldom further apart.
const EAGER_LOOKS: u32 = 2000;
/// Pause between two looks from then on, which leaves the core to whoever has something to compute.
const PAUSE: Duration = Duration::from_micros(50);

/// The processes that `mpirun` started, as one of them sees them.
#[derive(Debug)]
pub struct World {
    local: LocalBatch,
    /// Result of the last exchange, whose memory is reused.
    all: Vec<u8>,
}

impl World {
    /// Starts MPI, unless it was started before.
    ///
    /// # Errors
    /// `BACKEND_UNAVAILABLE` when MPI was ended, or lets no other thread than the first call it.
    pub fn start() -> Result<Self> {
        let mut universe = UNIVERSE.lock().unwrap_or_else(PoisonError::into_inner);
        if universe.is_none() {
            let (started, threading) = ::mpi::initialize_with_threading(Threading::Multiple)
                .ok_or_else(|| unavailable("MPI starts once in a process"))?;
            if !matches!(threading, Threading::Serialized | Threading::Multiple) {
                return Err(unavailable("this MPI can't be called from several threads"));
            }
            *universe = Some(started);
        }
        let world = SimpleCommunicator::world();
        let local = LocalBatch { rank: world.rank() as usize, size: world.size() as usize };
        Ok(Self { local, all: Vec::new() })
    }

    /// Ends MPI once every process has come to its end; later exchanges fail.
    pub fn end() {
        drop(UNIVERSE.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Ends all processes immediately; an exchange under way is not waited for.
    pub fn abort(code: i32) -> ! {
        SimpleCommunicator::world().abort(code)
    }
}

impl Peers for World {
    fn local_batch(&self) -> LocalBatch {
        self.local
    }

    fn exchange(&mut self, records: &[u8]) -> Result<Vec<&[u8]>> {
        let universe = UNIVERSE.lock().unwrap_or_else(PoisonError::into_inner);
        let world = universe.as_ref().ok_or_else(|| unavailable("MPI has ended"))?.world();
        let mut lengths = vec![0; self.local.size];
        let length = records.len() as u64;
        request::scope(|scope| wait(world.immediate_all_gather_into(scope, &length, &mut lengths[..])));
        let Places { counts, starts, total } = Places::of(&lengths)?;
        self.all.resize(total, 0);
        world.all_gather_varcount_into(records, &mut PartitionMut::new(&mut self.all[..], counts, starts));
        let mut rest = self.all.as_slice();
        Ok(lengths
            .iter()
            .map(|&length| {
                let (one, others) = rest.split_at(length as usize);
                rest = others;
                one
            })
            .collect())
    }
}

/// Waits until every process has come; MPI itself would keep the core at work meanwhile.
fn wait<'a, D: ?Sized, S: Scope<'a>>(mut request: Request<'a, D, S>) {
    let mut looks = 0;
    while let Err(unfinished) = request.test() {
        request = unfinished;
        looks += 1;
        if looks < EAGER_LOOKS { thread::yield_now() } else { thread::sleep(PAUSE) }
    }
}

/// Where the records of each process lie among those of all.
#[derive(Debug, PartialEq, Eq)]
struct Places {
    counts: Vec<i32>,
    starts: Vec<i32>,
    total: usize,
}

impl Places {
    /// MPI counts in signed words of 32 bits.
    fn of(lengths: &[u64]) -> Result<Self> {
        let total: u64 = lengths.iter().sum();
        let total = i32::try_from(total).map_err(|_| {
            Error::config(
                "training.batchSize",
                format!("its records take {total} bytes, and MPI moves less than 2 GiB at once"),
            )
        })?;
        let counts: Vec<i32> = lengths.iter().map(|&length| length as i32).collect();
        let starts = counts.iter().scan(0, |end, count| Some(std::mem::replace(end, *end + count))).collect();
        Ok(Self { counts, starts, total: total as usize })
    }
}

fn unavailable(what: &str) -> Error {
    Error::new(ErrorCode::BackendUnavailable, "mpi", what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_lie_one_after_the_other() {
        let places = Places::of(&[3, 0, 5]).expect("they are few");
        assert_eq!(places, Places { counts: vec![3, 0, 5], starts: vec![0, 3, 3], total: 8 });
    }

    #[test]
    fn more_than_mpi_can_count_is_an_error() {
        let error = Places::of(&[1 << 30, 1 << 30]).expect_err("they are 2 GiB");
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "training.batchSize"));
    }
}
