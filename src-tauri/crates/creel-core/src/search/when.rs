//! Times as people type them: so long ago, a date, a date and time.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::clock::UnixMs;

/// The time meant by `30m`, `1h`, `2d` (before now), `today`, `yesterday`, `2026-11-20`, `2026-11-20T14:05` (in `zone`) or
/// an RFC 3339 time.
pub(super) fn parse(text: &str, now: UnixMs, zone: &TimeZone) -> Option<UnixMs> {
    if let Some(ms) = ago(text) {
        return now.0.checked_sub(ms).map(UnixMs);
    }
    let today = || Some(jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()).date());
    let date = match text {
        "today" => today(),
        "yesterday" => today().and_then(|date| date.yesterday().ok()),
        _ => text.parse::<Date>().ok().filter(|_| text.len() == "2026-11-20".len()),
    };
    let at = match date {
        Some(date) => date.to_zoned(zone.clone()).ok()?.timestamp(),
        None => text.parse::<jiff::Timestamp>().ok().or_else(|| local(text, zone))?,
    };
    Some(UnixMs(at.as_millisecond()))
}

fn local(text: &str, zone: &TimeZone) -> Option<jiff::Timestamp> {
    Some(text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()?.timestamp())
}

fn ago(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds: i64 = unit_seconds(unit)?;
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| number.parse::<i64>().ok()?.checked_mul(seconds)?.checked_mul(1000)).flatten()
}

fn unit_seconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    })
}

/// `1h` as `the last hour`, `30m` as `the last 30 minutes`; `None`: it is a date or a time.
pub(super) fn last(text: &str) -> Option<String> {
    ago(text)?;
    let (number, unit) = text.split_at(text.len() - 1);
    let unit = match unit {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        _ => "week",
    };
    let number: i64 = number.parse().ok()?;
    Some(if number == 1 { unit.to_owned() } else { format!("{number} {unit}s") })
}
