//! When and from where a request comes. Cedar knows no time zone, so the hour and the day of
//! Europe/Paris are computed here, to the minute: a decision holds until the next one.

use crate::model::Day;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::net::IpAddr;
use std::sync::LazyLock;

static PARIS: LazyLock<Option<TimeZone>> = LazyLock::new(|| TimeZone::get("Europe/Paris").ok());

/// The circumstances rules may ask about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Situation {
    /// Minutes since the Unix epoch.
    pub(crate) minute: i64,
    /// Whether a second factor was used at login.
    pub second_factor: bool,
    /// Where the request comes from, when that is known.
    pub address: Option<IpAddr>,
}

impl Situation {
    /// The circumstances at `now` (Unix seconds).
    pub fn at(now: i64, address: Option<IpAddr>, second_factor: bool) -> Self {
        Self {
            minute: now.div_euclid(60),
            second_factor,
            address: address.map(|ip| ip.to_canonical()),
        }
    }

    /// The minute, as RFC 3339 writes it in UTC.
    pub(crate) fn instant(&self) -> Option<String> {
        Some(
            Timestamp::from_second(self.minute.checked_mul(60)?)
                .ok()?
                .to_string(),
        )
    }

    /// The date, the minutes since midnight and the day in Paris; `None` beyond the calendar.
    pub(crate) fn in_paris(&self) -> Option<(Date, u16, Day)> {
        let zoned = Timestamp::from_second(self.minute.checked_mul(60)?)
            .ok()?
            .to_zoned(paris()?);
        let clock = |part: i8| u16::try_from(part).ok();
        let minutes = clock(zoned.hour())? * 60 + clock(zoned.minute())?;
        Some((zoned.date(), minutes, zoned.weekday().into()))
    }
}

/// The time zone of the whole country, unless the system has none.
pub(crate) fn paris() -> Option<TimeZone> {
    PARIS.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter_hours_are_those_of_paris() {
        let clock =
            |situation: Situation| situation.in_paris().map(|(_, minutes, day)| (minutes, day));
        let winter = Situation::at(1_768_470_300, None, false); // 2026-01-15 09:45 UTC
        assert_eq!(clock(winter), Some((10 * 60 + 45, Day::Thursday)));
        let summer = Situation::at(1_784_410_200, None, false); // 2026-07-18 21:30 UTC
        assert_eq!(clock(summer), Some((23 * 60 + 30, Day::Saturday)));
    }

    #[test]
    fn a_mapped_address_is_read_as_the_address_it_maps() {
        let mapped = Situation::at(0, "::ffff:10.0.0.1".parse().ok(), false);
        assert_eq!(mapped.address, "10.0.0.1".parse().ok());
    }
}
