//! Moments as people read them in France.

use jiff::Timestamp;
use jiff::civil::Weekday;

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// « mardi 1er décembre 2026 à 9 h 30 », Europe/Paris, of a moment in Unix seconds; the spaces of the
/// hour do not break. `None` beyond the year 9999.
pub(super) fn in_words(moment: i64) -> Option<String> {
    let there = Timestamp::from_second(moment)
        .ok()?
        .in_tz("Europe/Paris")
        .ok()?;
    let weekday = match there.weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    };
    let day = match there.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    let month = MONTHS.get(usize::try_from(there.month()).ok()?.checked_sub(1)?)?;
    let (year, hour) = (there.year(), there.hour());
    let minute = match there.minute() {
        0 => String::new(),
        minute => format!("\u{a0}{minute:02}"),
    };
    Some(format!(
        "{weekday} {day} {month} {year} à {hour}\u{a0}h{minute}"
    ))
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn moments_read_as_in_france() {
        for (moment, read) in [
            (
                "2026-12-01T08:30:00Z",
                "mardi 1er décembre 2026 à 9\u{a0}h\u{a0}30",
            ),
            (
                "2026-07-14T22:05:00Z",
                "mercredi 15 juillet 2026 à 0\u{a0}h\u{a0}05",
            ),
            ("2027-03-28T01:00:00Z", "dimanche 28 mars 2027 à 3\u{a0}h"),
            (
                "2026-08-31T21:59:59Z",
                "lundi 31 août 2026 à 23\u{a0}h\u{a0}59",
            ),
        ] {
            let moment: jiff::Timestamp = moment.parse().unwrap();
            assert_eq!(in_words(moment.as_second()).unwrap(), read);
        }
        assert_eq!(in_words(i64::MAX), None);
    }
}
