//! Dates as French people write them, in the time of Paris. An end date includes its day.

use accounts::Month;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::sync::LazyLock;

static PARIS: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC));

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

/// « 11/2026 ».
pub(crate) fn month(month: Month) -> String {
    format!("{:02}/{}", month.place() + 1, month.year())
}

fn paris(at: i64) -> Option<jiff::Zoned> {
    Some(Timestamp::from_second(at).ok()?.to_zoned(PARIS.clone()))
}

/// « 24/11/2026 ».
pub(crate) fn short(at: i64) -> String {
    accounts::day(at)
}

/// « 24 novembre 2026 à 9 h 05 ».
pub(crate) fn long(at: i64) -> String {
    let Some(at) = paris(at) else {
        return String::new();
    };
    let month = usize::try_from(at.month() - 1).ok();
    let month = month.and_then(|month| MONTHS.get(month)).unwrap_or(&"");
    let day = match at.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    let (year, hour, minute) = (at.year(), at.hour(), at.minute());
    format!("{day} {month} {year} à {hour} h {minute:02}")
}

/// « mardi 24/11/2026 à 9 h 05 ».
pub(crate) fn with_weekday(at: i64) -> String {
    let (day, minutes) = day_and_minutes(at);
    let weekday = paris(at).map(|at| policies::Day::from(at.weekday()));
    let weekday = weekday.map_or("", policies::Day::as_str);
    format!("{weekday} {day} à {} h {:02}", minutes / 60, minutes % 60)
}

/// « 24/11/2026 », and the minutes since midnight.
pub(crate) fn day_and_minutes(at: i64) -> (String, u16) {
    let clock = |part: i8| u16::try_from(part).unwrap_or_default();
    let minutes = paris(at).map(|at| clock(at.hour()) * 60 + clock(at.minute()));
    (short(at), minutes.unwrap_or_default())
}

/// « 24/11/2026 09:05:00 », which spreadsheets sort.
pub(crate) fn in_table(at: i64) -> String {
    let at = paris(at);
    at.map_or_else(String::new, |at| {
        at.strftime("%d/%m/%Y %H:%M:%S").to_string()
    })
}

/// `2026-11-24T08:05:00Z`, for programs.
pub(crate) fn rfc3339(at: i64) -> String {
    Timestamp::from_second(at).map_or_else(|_| String::new(), |at| at.to_string())
}

/// Reads what programs write so, with any offset.
pub(crate) fn parse_rfc3339(text: &str) -> Option<i64> {
    text.parse().ok().map(Timestamp::as_second)
}

/// Reads « 24/11/2026 », « 24-11-2026 », « 24.11.2026 » or « 2026-11-24 ».
pub(crate) fn parse(text: &str) -> Option<Date> {
    let text = text.trim();
    ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
        .iter()
        .find_map(|format| Date::strptime(format, text).ok())
        .filter(|date| (1900..=2200).contains(&date.year()))
}

/// The first second of a day in Paris.
pub(crate) fn start_of(date: Date) -> Option<i64> {
    let moment = date.to_datetime(Time::midnight());
    Some(moment.to_zoned(PARIS.clone()).ok()?.timestamp().as_second())
}

/// The first second after a day in Paris.
pub(crate) fn end_of(date: Date) -> Option<i64> {
    start_of(date.tomorrow().ok()?)
}

/// The last day before a moment: what an end date was written as.
pub(crate) fn last_day(ends_at: i64) -> String {
    short(ends_at - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for text in ["24/11/2026", " 24-11-2026 ", "24.11.2026", "2026-11-24"] {
            assert_eq!(parse(text), Date::new(2026, 11, 24).ok(), "{text}");
        }
        for text in ["31/02/2026", "11/24/2026", "24/11/26", "demain", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_end_date_includes_its_day() {
        let end = end_of(parse("31/12/2026").unwrap()).unwrap();
        assert_eq!(long(end - 1), "31 décembre 2026 à 23 h 59");
        assert_eq!(last_day(end), "31/12/2026");
        assert_eq!(in_table(end - 1), "31/12/2026 23:59:59");
        let start = start_of(parse("01/07/2026").unwrap()).unwrap();
        assert_eq!(long(start), "1er juillet 2026 à 0 h 00");
    }
}
