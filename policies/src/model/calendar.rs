//! Days of the week, hours of the day, and days off in Paris.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// The week.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The French name, which is also the Cedar spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "lundi",
            Self::Tuesday => "mardi",
            Self::Wednesday => "mercredi",
            Self::Thursday => "jeudi",
            Self::Friday => "vendredi",
            Self::Saturday => "samedi",
            Self::Sunday => "dimanche",
        }
    }

    /// Reads that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == text)
    }
}

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// Minutes of a day.
pub(super) const DAY: u16 = 1440;

/// A part of every day, to the minute. It begins before it ends, and midnight is 0 or 24 h.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Hours {
    /// Minutes after midnight from which on it runs.
    pub from: u16,
    /// Minutes after midnight at which it is over; at most 1440.
    pub until: u16,
}

impl Hours {
    /// Whether it is a part of a day: neither empty nor the whole of it.
    pub(crate) fn is_part(self) -> bool {
        self.from < self.until && self.until <= DAY && self.until - self.from < DAY
    }
}

/// Days off that keep their date (Code du travail, art. L. 3133-1).
const FIXED: [(i8, i8); 8] = [
    (1, 1),
    (5, 1),
    (5, 8),
    (7, 14),
    (8, 15),
    (11, 1),
    (11, 11),
    (12, 25),
];

/// Days from Easter Sunday to the others: Easter Monday, Ascension, Whit Monday.
const MOVING: [i64; 3] = [1, 39, 50];

/// Whether it is a *jour férié* in France outside Alsace and Moselle.
pub(crate) fn is_day_off(date: Date) -> bool {
    FIXED.contains(&(date.month(), date.day()))
        || easter(date.year()).is_some_and(|easter| {
            let mut moving = MOVING.into_iter();
            moving.any(|days| easter.checked_add(days.days()).is_ok_and(|day| day == date))
        })
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let (cycle, century, rest) = (year % 19, year / 100, year % 100);
    let correction =
        (century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15 + 19 * cycle) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - correction - rest % 4) % 7;
    let shift = (cycle + 11 * correction + 22 * weekday) / 451;
    let day = correction + weekday - 7 * shift + 114;
    let narrow = |number: i32| i8::try_from(number).ok();
    Date::new(
        i16::try_from(year).ok()?,
        narrow(day / 31)?,
        narrow(day % 31 + 1)?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        for (year, month, day) in [
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn the_eleven_days_off_of_a_year_are_known() {
        let first = date(2026, 1, 1);
        let days = first.series(1.day()).take_while(|day| day.year() == 2026);
        let off: Vec<_> = days
            .filter(|day| is_day_off(*day))
            .map(|day| day.to_string())
            .collect();
        assert_eq!(
            off,
            [
                "2026-01-01",
                "2026-04-06",
                "2026-05-01",
                "2026-05-08",
                "2026-05-14",
                "2026-05-25",
                "2026-07-14",
                "2026-08-15",
                "2026-11-01",
                "2026-11-11",
                "2026-12-25"
            ]
        );
    }
}
