//! A sender's time: read strictly, and held against the receiver's clock.

use super::scheme::{Tolerance, Unit};
use super::words::{quoted, span};
use crate::clock::UnixMs;

/// Digits of the longest time that fits 64 bits; what is longer is no time.
const MOST_DIGITS: usize = 19;

/// The time that `text` stands for. Only ASCII digits, no sign, no spaces; the error says what is wrong.
pub(super) fn parse(text: &str, unit: Unit) -> Result<UnixMs, String> {
    let at = match unit {
        Unit::Seconds => number(text).and_then(|n| n.checked_mul(1000)),
        Unit::Milliseconds => number(text),
        Unit::AnyOfThree => match number(text) {
            Some(n) if n > LAST_MILLISECOND => None,
            Some(n) if n > MOST_SECONDS => Some(n),
            Some(n) => n.checked_mul(1000),
            None => return parse(text, Unit::Rfc3339).map_err(|_| not_a_time(text, unit)),
        },
        Unit::Rfc3339 => text.parse::<jiff::Timestamp>().ok().map(|at| at.as_millisecond()),
    };
    at.map(UnixMs).ok_or_else(|| not_a_time(text, unit))
}

/// Above it a number that may be either is milliseconds: seconds reach it in the year 33658.
const MOST_SECONDS: i64 = 1_000_000_000_000;

/// The end of the year 9999. What is beyond it is neither.
const LAST_MILLISECOND: i64 = 253_402_300_799_999;

fn not_a_time(text: &str, unit: Unit) -> String {
    format!("the timestamp {} is not {}", quoted(text), form(unit))
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= MOST_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn form(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "a number of seconds since 1970",
        Unit::Milliseconds => "a number of milliseconds since 1970",
        Unit::Rfc3339 => "an RFC 3339 time",
        Unit::AnyOfThree => "a number of seconds or milliseconds since 1970 or an RFC 3339 time",
    }
}

/// `at` as a sender writes it.
pub(super) fn written(at: UnixMs, unit: Unit) -> String {
    match unit {
        Unit::Seconds | Unit::AnyOfThree => at.seconds().to_string(),
        Unit::Milliseconds => at.0.to_string(),
        Unit::Rfc3339 => at.rfc3339(),
    }
}

/// Whether `at` is close enough to `now`; both counted in whole seconds, as the providers' own libraries do.
/// Either way a sentence with the distance.
pub(super) fn fresh(at: UnixMs, now: UnixMs, tolerance: Tolerance) -> Result<String, String> {
    // Both are quotients by 1000, so the difference cannot overflow.
    let age = now.seconds() - at.seconds();
    let allowed = if age < 0 { tolerance.future } else { tolerance.past };
    let side = if age < 0 { "ahead of" } else { "behind" };
    let distance = match age {
        0 => "the sender's time is the receiver's".to_owned(),
        _ => format!("the sender's time is {} {side} the receiver's clock", span(age)),
    };
    let words = format!("{distance}; {} are allowed", span(allowed));
    if age.abs() <= allowed { Ok(words) } else { Err(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_strictly() {
        let thirty = "9".repeat(30);
        for (text, unit, expected) in [
            ("1531420618", Unit::Seconds, Some(1_531_420_618_000)),
            ("1531420618123", Unit::Milliseconds, Some(1_531_420_618_123)),
            ("2018-07-12T18:36:58.5Z", Unit::Rfc3339, Some(1_531_420_618_500)),
            ("2018-07-12T20:36:58+02:00", Unit::Rfc3339, Some(1_531_420_618_000)),
            ("0", Unit::Seconds, Some(0)),
            ("9223372036854775807", Unit::Milliseconds, Some(i64::MAX)),
            ("9223372036854775807", Unit::Seconds, None),
            ("9223372036854775808", Unit::Milliseconds, None),
            ("-9223372036854775808", Unit::Seconds, None),
            (&thirty, Unit::Seconds, None),
            ("+1", Unit::Seconds, None),
            (" 1", Unit::Seconds, None),
            ("1.0", Unit::Seconds, None),
            ("١٥٣١٤٢٠٦١٨", Unit::Seconds, None),
            ("", Unit::Seconds, None),
            ("yesterday", Unit::Rfc3339, None),
            ("1531420618", Unit::AnyOfThree, Some(1_531_420_618_000)),
            ("1531420618123", Unit::AnyOfThree, Some(1_531_420_618_123)),
            ("2018-07-12T18:36:58Z", Unit::AnyOfThree, Some(1_531_420_618_000)),
            ("yesterday", Unit::AnyOfThree, None),
            ("-5", Unit::AnyOfThree, None),
        ] {
            assert_eq!(parse(text, unit).ok().map(|at| at.0), expected, "{text}");
        }
    }

    #[test]
    fn the_bound_itself_is_fresh_and_one_second_more_is_not() {
        let now = UnixMs(1_700_000_000_999);
        for (offset, expected) in [(0, true), (300, true), (301, false), (-300, true), (-301, false)] {
            let at = UnixMs((1_700_000_000 - offset) * 1000);
            assert_eq!(fresh(at, now, Tolerance::FIVE_MINUTES).is_ok(), expected, "{offset} s");
        }
        assert_eq!(
            fresh(UnixMs(1_699_999_280_000), now, Tolerance::FIVE_MINUTES).expect_err("twelve minutes"),
            "the sender's time is 12 minutes behind the receiver's clock; 5 minutes are allowed"
        );
    }

    #[test]
    fn no_two_times_are_too_far_apart_to_compare() {
        for at in [i64::MIN, 0, i64::MAX] {
            for now in [i64::MIN, i64::MAX] {
                assert_eq!(fresh(UnixMs(at), UnixMs(now), Tolerance::FIVE_MINUTES).is_ok(), at == now);
            }
        }
    }
}
