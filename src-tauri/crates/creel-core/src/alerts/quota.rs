//! The monthly quota: which month a time is in, and how long until the next one. UTC.

use crate::clock::UnixMs;

/// The month of `now`: `2026-11`. Times outside the calendar count as one month.
pub(crate) fn month_of(now: UnixMs) -> String {
    let date = civil(now).map(|at| (at.year(), at.month()));
    date.map_or_else(|| "none".to_owned(), |(year, month)| format!("{year:04}-{month:02}"))
}

/// Seconds until the month of `now` is over, at least 1.
pub(crate) fn month_left(now: UnixMs) -> u32 {
    let whole = || {
        let at = civil(now)?;
        let next = at.first_of_month().ok()?.start_of_day().ok()?.checked_add(jiff::Span::new().months(1)).ok()?;
        let left = next.timestamp().as_second().saturating_sub(at.timestamp().as_second()).max(1);
        u32::try_from(left).ok()
    };
    whole().unwrap_or(u32::MAX)
}

fn civil(now: UnixMs) -> Option<jiff::Zoned> {
    Some(jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(jiff::tz::TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_at_midnight_utc() {
        let month = |ms| (month_of(UnixMs(ms)), month_left(UnixMs(ms)));
        assert_eq!(month(1_795_219_200_000), ("2026-11".to_owned(), 10 * 86_400), "21 November, midnight");
        assert_eq!(month(1_796_083_199_000), ("2026-11".to_owned(), 1), "the last second");
        assert_eq!(month(1_796_083_200_000), ("2026-12".to_owned(), 31 * 86_400));
    }
}
