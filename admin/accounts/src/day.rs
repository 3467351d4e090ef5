//! Days as letters name them.

use jiff::Timestamp;

/// « 24/11/2026 », the day in Paris of a moment in Unix seconds; empty beyond the year 9999.
pub fn day(at: i64) -> String {
    let there = Timestamp::from_second(at).and_then(|at| at.in_tz("Europe/Paris"));
    there.map_or_else(
        |_| String::new(),
        |there| there.strftime("%d/%m/%Y").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_paris() {
        assert_eq!(day(1_795_129_199), "19/11/2026");
        assert_eq!(day(1_795_129_200), "20/11/2026");
        assert_eq!(day(i64::MAX), "");
    }
}
