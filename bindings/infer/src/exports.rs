//! What a host calls.
#![allow(unsafe_code, reason = "exports take and return addresses in the memory that the host shares")]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::panic::PanicInfo;

use spikelet_infer::{MAX_STATES, Network, Numbers, Run, Runner};

/// An engine, and what [`view`] found.
struct Running {
    runner: Runner<'static>,
    view: [usize; 2],
}

#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Memory for so many bytes of the host.
#[unsafe(no_mangle)]
extern "C" fn allocate(bytes: usize) -> *mut u8 {
    Vec::with_capacity(bytes).leak().as_mut_ptr()
}

/// Reads the section of a network that the host wrote to memory of [`allocate`]; a trap where its contents do not fit each other. `is_whole`
/// says whether its numbers are whole.
///
/// # Safety
/// `bytes` bytes from `section` on are those.
#[unsafe(no_mangle)]
unsafe extern "C" fn network(section: *const u8, bytes: usize, is_whole: usize) -> *const Network {
    // SAFETY: as the caller promises.
    let section = unsafe { core::slice::from_raw_parts(section, bytes) };
    let numbers = if is_whole == 0 { Numbers::Floats } else { Numbers::Whole };
    Box::leak(Box::new(Network::parse(section, numbers, MAX_STATES)))
}

/// An engine of a network, before the first step.
///
/// # Safety
/// `of` comes from [`network`].
#[unsafe(no_mangle)]
unsafe extern "C" fn engine(of: *const Network) -> *mut Running {
    // SAFETY: networks are never freed.
    Box::leak(Box::new(Running { runner: Runner::new(unsafe { &*of }), view: [0; 2] }))
}

/// Address of the units of the events of the next step, of which there are so many.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn units(engine: *mut Running, events: usize) -> *mut u32 {
    // SAFETY: engines are never freed, and the module has one thread.
    unsafe { &mut *engine }.runner.engine.input(events).0.as_mut_ptr()
}

/// Address of their values, which are 1.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn values(engine: *mut Running, events: usize) -> *mut f32 {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.runner.engine.input(events).1.as_mut_ptr()
}

/// Takes a step, and returns how many outputs fire; without values, those of all events are 1.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn step(engine: *mut Running, has_values: usize) -> usize {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.runner.engine.step(has_values != 0).len()
}

/// Address of the outputs that fired at the last step, in order.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn fired(engine: *const Running) -> *const u32 {
    // SAFETY: as in `units`.
    unsafe { &*engine }.runner.engine.fired().as_ptr()
}

/// Address of V of each output after the last step, of 4 bytes each.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn membranes(engine: *const Running) -> *const u8 {
    // SAFETY: as in `units`.
    let engine = &unsafe { &*engine }.runner.engine;
    match engine.whole_membranes() {
        [] => engine.membranes().as_ptr().cast(),
        membranes => membranes.as_ptr().cast(),
    }
}

/// How often a state of whole numbers was held within its range since the start.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn clamped(engine: *const Running) -> f64 {
    // SAFETY: as in `units`.
    unsafe { &*engine }.runner.engine.clamped() as f64
}

/// Goes back to before the first step.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn restart(engine: *mut Running) {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.runner.engine.restart();
}

/// Address of the steps of the events of the next run, which their units and the bits of their values follow.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn events(engine: *mut Running, count: usize) -> *mut u32 {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.runner.events(count).as_mut_ptr()
}

/// Takes up to so many steps with the events of [`events`], and returns how many: it ends after the step at which `awaited` outputs have
/// fired. Units rest in a whole sample, which [`restart`] follows.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn run(
    engine: *mut Running,
    has_values: usize,
    steps: usize,
    awaited: usize,
    is_whole: usize,
) -> usize {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.runner.run(Run { has_values: has_values != 0, steps, awaited, is_whole: is_whole != 0 })
}

/// Address and number of the words of what the last run left behind: 0 step and unit of each output spike, 1 the membranes of a readout at
/// each step, and from 2 on the units of each layer that fired at the last step.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn view(engine: *mut Running, what: usize) -> *const [usize; 2] {
    // SAFETY: as in `units`.
    let Running { runner, view } = unsafe { &mut *engine };
    *view = match what {
        0 => [runner.spikes().as_ptr().addr(), runner.spikes().len()],
        1 => [runner.membranes().as_ptr().addr(), runner.membranes().len()],
        _ => {
            let fired = runner.engine.fired_in(what - 2);
            [fired.as_ptr().addr(), fired.len()]
        }
    };
    view
}
