//! When and from where a request comes. Cedar knows no time zone, so the hour and the day of
//! Europe/Paris are computed here, to the minute: a decision holds until the next one.

use jiff::Timestamp;
use jiff::civil::Weekday;
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

    /// Milliseconds since midnight in Paris, and the day there; `None` beyond the calendar.
    pub(crate) fn paris(&self) -> Option<(i64, &'static str)> {
        let zoned = Timestamp::from_second(self.minute.checked_mul(60)?)
            .ok()?
            .to_zoned(PARIS.clone()?);
        let minutes = i64::from(zoned.hour()) * 60 + i64::from(zoned.minute());
        Some((minutes * 60_000, day(zoned.weekday())))
    }
}

fn day(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter_hours_are_those_of_paris() {
        let hour = 3_600_000;
        let winter = Situation::at(1_768_470_300, None, false); // 2026-01-15 09:45 UTC, a Thursday
        assert_eq!(winter.paris(), Some((10 * hour + 45 * 60_000, "jeudi")));
        let summer = Situation::at(1_784_410_200, None, false); // 2026-07-18 21:30 UTC
        assert_eq!(summer.paris(), Some((23 * hour + 30 * 60_000, "samedi")));
    }

    #[test]
    fn a_mapped_address_is_read_as_the_address_it_maps() {
        let mapped = Situation::at(0, "::ffff:10.0.0.1".parse().ok(), false);
        assert_eq!(mapped.address, "10.0.0.1".parse().ok());
    }
}
