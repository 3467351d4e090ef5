//! Civil time in Paris, which is that of everybody who reads and writes here.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC)
}

/// The wall clock at a moment, Unix seconds.
pub(crate) fn wall_clock(moment: i64) -> DateTime {
    let instant = Timestamp::from_second(moment).unwrap_or_default();
    instant.to_zoned(zone()).datetime()
}

/// The day of a moment, Unix seconds.
pub(crate) fn day(moment: i64) -> Date {
    wall_clock(moment).date()
}

/// The moment, Unix seconds, at which the wall clock says this; none beyond the calendar.
pub(crate) fn moment(said: DateTime) -> Option<i64> {
    Some(zone().to_zoned(said).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_wall_clock_says_is_a_moment_and_back() {
        for said in ["2026-07-01T00:30:00", "2026-12-01T23:59:00"] {
            let said: DateTime = said.parse().unwrap();
            assert_eq!(moment(said).map(wall_clock), Some(said));
        }
        assert_eq!(day(1_782_858_600).to_string(), "2026-07-01");
    }
}
