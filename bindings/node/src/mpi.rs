//! The processes that `mpirun` started.

use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;
use spikelet_session::{Peers, World, copied};

use crate::error::thrown;
use crate::job;
use crate::session::NativeSession;

/// Which of the processes this one is.
#[napi(object)]
pub struct Rank {
    /// From 0.
    pub rank: u32,
    /// Number of processes.
    pub size: u32,
}

/// Starts MPI, unless it was started before.
#[napi]
pub fn mpi_start(env: Env) -> napi::Result<Rank> {
    let local = World::start().map_err(|error| thrown(env, error))?.local_batch();
    Ok(Rank { rank: local.rank as u32, size: local.size as u32 })
}

/// Hands over bytes and resolves to those of all processes, in order of rank.
#[napi(ts_return_type = "Promise<Uint8Array[]>")]
pub fn mpi_exchange<'env>(env: &'env Env, bytes: &[u8]) -> napi::Result<Object<'env>> {
    job::start(
        env,
        copied(bytes, "bytes"),
        |bytes| World::start()?.exchange(&bytes)?.into_iter().map(|part| copied(part, "bytes")).collect(),
        |all: Vec<Vec<u8>>| all.into_iter().map(Uint8Array::new).collect::<Vec<_>>(),
    )
}

/// Names the sources that this addon was compiled from; empty if the build did not say.
#[napi]
pub fn mpi_sources() -> &'static str {
    option_env!("SPIKELET_SOURCES").unwrap_or_default()
}

/// Ends MPI once every process has come here.
#[napi]
pub fn mpi_end() {
    World::end();
}

/// Ends all processes immediately.
#[napi]
pub fn mpi_abort(code: i32) {
    World::abort(code);
}

#[napi]
impl NativeSession {
    /// From now on every batch is learned together with the other processes.
    #[napi]
    pub fn join(&self, env: Env) -> napi::Result<()> {
        let world = World::start().map_err(|error| thrown(env, error))?;
        self.now(env, |session| session.join(Box::new(world)))
    }
}
