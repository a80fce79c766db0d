//! Medians and percentiles.

use std::time::Duration;

/// The middle one; of an even count the lower middle. 0 of nothing.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// The value below which `percent` of the values lie, in milliseconds. 0 of nothing.
pub fn percentile_ms(times: &mut [Duration], percent: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() as f64 - 1.0) * percent / 100.0).round();
    times.get(at as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
