//! One target under libFuzzer: the one that `CREEL_FUZZ_TARGET` names. `cargo xtask fuzz` builds and runs it.
#![no_main]
// The fuzzer calls in from C++: its macro exports a function.
#![allow(unsafe_code)]

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;

/// No input may take longer. The fuzzer's own limit looks only once a second, and so sees only what takes two.
const AN_INPUT: Duration = Duration::from_secs(1);

/// In microseconds.
static SLOWEST: AtomicU64 = AtomicU64::new(0);

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("CREEL_FUZZ_TARGET").unwrap_or_default();
    creel_fuzz::find(&name).unwrap_or_else(|| panic!("CREEL_FUZZ_TARGET names no target: {name:?}"))
});

fuzz_target!(|data: &[u8]| {
    let took = timed(data);
    // The machine may have been busy with something else: only what is slow twice is slow.
    assert!(took < AN_INPUT || timed(data) < AN_INPUT, "slow: {took:?}");
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if SLOWEST.fetch_max(micros, Ordering::Relaxed) < micros {
        eprintln!("slowest input so far, in microseconds: {micros}");
    }
});

fn timed(data: &[u8]) -> Duration {
    let begun = Instant::now();
    TARGET(data);
    begun.elapsed()
}
