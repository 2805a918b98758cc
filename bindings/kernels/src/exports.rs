//! What a host calls.
#![allow(unsafe_code, reason = "exports take and return addresses in the memory that the host shares")]

use spikelet_kernel_bench::{Bench, Buffer, Way, catalogue_json, describe, kernel};
use spikelet_kernels::Level;

/// Address and number of the bytes of a text or an array, which stay there until the next call that returns one.
static mut VIEW: [usize; 2] = [0; 2];

fn view(bytes: Vec<u8>) -> *const [usize; 2] {
    let view = &raw mut VIEW;
    // SAFETY: the module has one thread; what was shown before is of this function.
    unsafe {
        let [address, length] = *view;
        if address != 0 {
            drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(address as *mut u8, length)));
        }
        let length = bytes.len();
        *view = [Box::into_raw(bytes.into_boxed_slice()).cast::<u8>() as usize, length];
    }
    view
}

/// Memory for so many bytes of the host, which stays.
#[unsafe(no_mangle)]
extern "C" fn allocate(bytes: usize) -> *mut u64 {
    Vec::with_capacity(bytes.div_ceil(8)).leak().as_mut_ptr()
}

/// JSON of the kernels that can be measured.
#[unsafe(no_mangle)]
extern "C" fn catalogue() -> *const [usize; 2] {
    view(catalogue_json().into_bytes())
}

/// Name of the SIMD level.
#[unsafe(no_mangle)]
extern "C" fn level() -> *const [usize; 2] {
    view(Level::detect().name().as_bytes().to_vec())
}

/// A case, or 0 where there is no such kernel or a value is out of its range.
///
/// # Safety
/// `length` bytes from `name` and `count` numbers from `values` on are of [`allocate`].
#[unsafe(no_mangle)]
unsafe extern "C" fn open(name: *const u8, length: usize, values: *const f64, count: usize) -> *mut Bench {
    // SAFETY: as the caller promises.
    let (name, values) =
        unsafe { (std::slice::from_raw_parts(name, length), std::slice::from_raw_parts(values, count)) };
    let kernel = std::str::from_utf8(name).ok().and_then(kernel);
    let bench = kernel.and_then(|kernel| Bench::open(kernel, values, 1));
    bench.map_or(std::ptr::null_mut(), |bench| Box::into_raw(Box::new(bench)))
}

/// Frees a case.
///
/// # Safety
/// `case` comes from [`open`] and is not used again.
#[unsafe(no_mangle)]
unsafe extern "C" fn close(case: *mut Bench) {
    // SAFETY: as the caller promises.
    drop(unsafe { Box::from_raw(case) });
}

/// JSON of the arrays, the constants and the cost of a run.
///
/// # Safety
/// `case` comes from [`open`].
#[unsafe(no_mangle)]
unsafe extern "C" fn description(case: *mut Bench) -> *const [usize; 2] {
    // SAFETY: the module has one thread, and the host closes a case once.
    view(describe(unsafe { &*case }).into_bytes())
}

/// Runs a case so many times, by the kernel or by its plain twin.
///
/// # Safety
/// `case` comes from [`open`].
#[unsafe(no_mangle)]
unsafe extern "C" fn run(case: *mut Bench, is_plain: usize, times: usize) {
    let way = if is_plain == 0 { Way::Kernel(Level::detect()) } else { Way::Plain };
    // SAFETY: as in `description`.
    unsafe { &mut *case }.run(way, times);
}

/// Numbers of the outputs whose bits differ from those of the plain twin.
///
/// # Safety
/// `case` comes from [`open`].
#[unsafe(no_mangle)]
unsafe extern "C" fn differences(case: *mut Bench) -> usize {
    // SAFETY: as in `description`.
    unsafe { &mut *case }.differences(Level::detect())
}

/// Bytes of an array: 0 inputs, 1 outputs before a run, 2 outputs after one run of the plain twin.
///
/// # Safety
/// `case` comes from [`open`] and has an array of that number.
#[unsafe(no_mangle)]
unsafe extern "C" fn array(case: *mut Bench, which: usize, number: usize) -> *const [usize; 2] {
    // SAFETY: as in `description`.
    let case = unsafe { &mut *case };
    let bytes = |buffers: Vec<Buffer<'_>>| buffers[number].numbers.bytes();
    view(match which {
        0 => bytes(case.buffers().0),
        1 => bytes(case.buffers().1),
        _ => case.once(Way::Plain).swap_remove(number).1,
    })
}
