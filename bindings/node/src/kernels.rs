//! Kernels as cases of a benchmark. Calls block: the host takes their time.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use spikelet_kernel_bench::{Bench, Numbers, Way, catalogue_json, describe, kernel};
use spikelet_session::{Error, ErrorCode};

/// JSON of the kernels that can be measured.
#[napi]
pub fn kernel_catalogue() -> String {
    catalogue_json()
}

/// A kernel with drawn inputs, on some threads.
#[napi]
pub struct KernelCase {
    bench: Bench,
}

#[napi]
impl KernelCase {
    /// The case of a kernel's parameters, in their order.
    #[napi(factory)]
    pub fn open(env: napi::Env, name: String, values: Vec<f64>, threads: u32) -> napi::Result<Self> {
        let bench = kernel(&name).and_then(|kernel| Bench::open(kernel, &values, threads as usize));
        let bench = bench.ok_or_else(|| unknown(env, "kernel", &format!("{name} with {values:?}")))?;
        Ok(Self { bench })
    }

    /// JSON of the arrays, the constants and the cost of a run.
    #[napi]
    pub fn describe(&self) -> String {
        describe(&self.bench)
    }

    /// Runs the case on every thread, at a SIMD level or by its `plain` twin.
    #[napi]
    pub fn run(&mut self, env: napi::Env, way: String, times: u32) -> napi::Result<()> {
        self.bench.run(way_of(env, &way)?, times as usize);
        Ok(())
    }

    /// Numbers of the outputs whose bits differ from those of the plain twin.
    #[napi]
    pub fn differences(&mut self, env: napi::Env, level: String) -> napi::Result<u32> {
        match way_of(env, &level)? {
            Way::Kernel(level) => Ok(self.bench.differences(level) as u32),
            Way::Plain => Ok(0),
        }
    }

    /// Little-endian bytes of each input.
    #[napi]
    pub fn inputs(&self) -> Vec<Uint8Array> {
        self.bench.buffers().0.iter().map(|buffer| bytes_of(&buffer.numbers)).collect()
    }

    /// Little-endian bytes of each output before a run.
    #[napi]
    pub fn outputs(&self) -> Vec<Uint8Array> {
        self.bench.buffers().1.iter().map(|buffer| bytes_of(&buffer.numbers)).collect()
    }

    /// Little-endian bytes of each output after one run of the plain twin.
    #[napi]
    pub fn expected(&mut self) -> Vec<Uint8Array> {
        self.bench.once(Way::Plain).into_iter().map(|(_, bytes)| bytes.into()).collect()
    }
}

fn bytes_of(numbers: &Numbers<'_>) -> Uint8Array {
    numbers.bytes().into()
}

fn way_of(env: napi::Env, name: &str) -> napi::Result<Way> {
    Way::from_name(name).ok_or_else(|| unknown(env, "simd", name))
}

fn unknown(env: napi::Env, path: &str, what: &str) -> napi::Error {
    let message = format!("must name one that this machine has, got {what}");
    crate::error::thrown(env, Error { code: ErrorCode::ConfigInvalid, path: path.into(), message })
}
