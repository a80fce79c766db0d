//! Quiet hours, by the clock on the wall of this machine.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::error::ApiError;

const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// From when to when nothing is sent, in minutes since midnight; over midnight where the end is before the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Quiet {
    /// The first quiet minute: 1320 is 22:00.
    pub from: u32,
    /// The first minute that is not quiet any more: 420 is 07:00.
    pub to: u32,
}

impl Quiet {
    /// What is wrong with it.
    pub fn validate(&self) -> Result<(), ApiError> {
        if self.from >= MINUTES_OF_A_DAY || self.to >= MINUTES_OF_A_DAY || self.from == self.to {
            let words = format!("{} to {} are no two different minutes of a day", self.from, self.to);
            return Err(ApiError::invalid("quiet", words));
        }
        Ok(())
    }

    /// When the quiet ends, if it is quiet at `now` in `zone`.
    pub fn until(&self, now: UnixMs, zone: &TimeZone) -> Option<UnixMs> {
        let local = Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone());
        let minute = u32::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).ok()?;
        let within = match self.from < self.to {
            true => (self.from..self.to).contains(&minute),
            false => minute >= self.from || minute < self.to,
        };
        let left = (MINUTES_OF_A_DAY + self.to - minute) % MINUTES_OF_A_DAY;
        let end =
            local.checked_add(i64::from(left).minutes()).ok()?.with().second(0).subsec_nanosecond(0).build().ok()?;
        within.then(|| UnixMs(end.timestamp().as_millisecond()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_reach_over_midnight_and_end_on_the_minute() {
        let at = |text: &str| UnixMs(text.parse::<Timestamp>().unwrap().as_millisecond());
        let night = Quiet { from: 22 * 60, to: 7 * 60 };
        let end = |now: &str| night.until(at(now), &TimeZone::UTC).map(UnixMs::rfc3339);
        assert_eq!(end("2026-11-21T21:59:59Z"), None);
        assert_eq!(end("2026-11-21T22:00:00Z").as_deref(), Some("2026-11-22T07:00:00Z"));
        assert_eq!(end("2026-11-22T03:04:05Z").as_deref(), Some("2026-11-22T07:00:00Z"));
        assert_eq!(end("2026-11-22T07:00:00Z"), None);
        let lunch = Quiet { from: 12 * 60, to: 13 * 60 };
        assert_eq!(lunch.until(at("2026-11-21T12:30:00Z"), &TimeZone::UTC), Some(at("2026-11-21T13:00:00Z")));
        assert_eq!(lunch.until(at("2026-11-21T11:00:00Z"), &TimeZone::UTC), None);
    }
}
