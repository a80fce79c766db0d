//! The monthly quota: which month a time is in, and how long until the next one. UTC.

use crate::clock::UnixMs;

/// A month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Month {
    /// `2026-11`
    pub name: String,
    /// Seconds until it is over, at least 1.
    pub seconds_left: u32,
}

/// The month of `now`. Times outside the calendar count as one month.
pub(crate) fn month_of(now: UnixMs) -> Month {
    let whole = || {
        let at = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
        let next = at.first_of_month().ok()?.start_of_day().ok()?.checked_add(jiff::Span::new().months(1)).ok()?;
        let left = next.timestamp().as_second().saturating_sub(at.timestamp().as_second()).max(1);
        Some(Month { name: at.strftime("%Y-%m").to_string(), seconds_left: u32::try_from(left).ok()? })
    };
    whole().unwrap_or(Month { name: "none".to_owned(), seconds_left: u32::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_at_midnight_utc() {
        let month = |ms| (month_of(UnixMs(ms)).name, month_of(UnixMs(ms)).seconds_left);
        assert_eq!(month(1_795_219_200_000), ("2026-11".to_owned(), 10 * 86_400), "21 November, midnight");
        assert_eq!(month(1_796_083_199_000), ("2026-11".to_owned(), 1), "the last second");
        assert_eq!(month(1_796_083_200_000), ("2026-12".to_owned(), 31 * 86_400));
    }
}
