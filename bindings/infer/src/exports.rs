//! What a host calls.
#![allow(unsafe_code, reason = "exports take and return addresses in the memory that the host shares")]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::panic::PanicInfo;

use spikelet_infer::{Engine, Network};

#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Memory for so many bytes of the host.
#[unsafe(no_mangle)]
extern "C" fn allocate(bytes: usize) -> *mut u8 {
    Vec::with_capacity(bytes).leak().as_mut_ptr()
}

/// Reads the section of a network that the host wrote to memory of [`allocate`].
///
/// # Safety
/// `bytes` bytes from `section` on are those.
#[unsafe(no_mangle)]
unsafe extern "C" fn network(section: *const u8, bytes: usize) -> *const Network {
    // SAFETY: as the caller promises.
    let section = unsafe { core::slice::from_raw_parts(section, bytes) };
    Box::leak(Box::new(Network::parse(section)))
}

/// An engine of a network, before the first step.
///
/// # Safety
/// `of` comes from [`network`].
#[unsafe(no_mangle)]
unsafe extern "C" fn engine(of: *const Network) -> *mut Engine<'static> {
    // SAFETY: networks are never freed.
    Box::leak(Box::new(Engine::new(unsafe { &*of })))
}

/// Address of the units of the events of the next step, of which there are so many.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn units(engine: *mut Engine<'static>, events: usize) -> *mut u32 {
    // SAFETY: engines are never freed, and the module has one thread.
    unsafe { &mut *engine }.input(events).0.as_mut_ptr()
}

/// Address of their values, which are 1.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn values(engine: *mut Engine<'static>, events: usize) -> *mut f32 {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.input(events).1.as_mut_ptr()
}

/// Takes a step, and returns how many outputs fire; without values, those of all events are 1.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn step(engine: *mut Engine<'static>, has_values: usize) -> usize {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.step(has_values != 0).len()
}

/// Address of the outputs that fired at the last step, in order.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn fired(engine: *const Engine<'static>) -> *const u32 {
    // SAFETY: as in `units`.
    unsafe { &*engine }.fired().as_ptr()
}

/// Address of V of each output after the last step.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn membranes(engine: *const Engine<'static>) -> *const f32 {
    // SAFETY: as in `units`.
    unsafe { &*engine }.membranes().as_ptr()
}

/// Goes back to before the first step.
///
/// # Safety
/// `engine` comes from [`engine`].
#[unsafe(no_mangle)]
unsafe extern "C" fn restart(engine: *mut Engine<'static>) {
    // SAFETY: as in `units`.
    unsafe { &mut *engine }.restart();
}
