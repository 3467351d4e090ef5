//! Charts as SVG: where bars, lines and words stand. Each has a title and a description, says its
//! numbers in words, tells nothing by colour alone, and stands beside the table of its numbers.

use crate::correspondant::statistics::Figure;
use std::fmt::Write as _;

/// Longest bar, of a drawing 400 units wide; what its number takes stands behind it.
const LONGEST: i64 = 290;
/// Height of a bar with its label.
const STEP: i64 = 46;

/// A bar under its label, its number behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: String,
    /// Where its label's words stand.
    pub(crate) top: i64,
    /// None when its number is not told.
    pub(crate) length: Option<i64>,
}

/// Horizontal bars.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Bars {
    /// The page's own name of it.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) drawn: Vec<Bar>,
    pub(crate) height: i64,
}

impl Bars {
    /// The longest bar stands for `most`, or for the largest number.
    pub(crate) fn new(
        id: &str,
        title: &str,
        figures: Vec<(String, Figure)>,
        most: Option<i64>,
    ) -> Self {
        let largest = figures
            .iter()
            .filter_map(|(_, figure)| figure.number())
            .max();
        let most = most.or(largest).unwrap_or_default().max(1);
        let told: Vec<String> = figures
            .iter()
            .map(|(label, figure)| format!("{label}\u{a0}: {}", figure.text()))
            .collect();
        let bars = figures
            .into_iter()
            .zip(0..)
            .map(|((label, figure), place)| Bar {
                label,
                value: figure.text(),
                top: place * STEP + 16,
                length: figure.number().map(|number| number * LONGEST / most),
            });
        let drawn: Vec<Bar> = bars.collect();
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description: format!("{}.", told.join("\u{a0}; ")),
            height: i64::try_from(drawn.len()).unwrap_or_default() * STEP,
            drawn,
        }
    }
}

/// Where its first and last values, its floor and its ceiling stand.
const LEFT: i64 = 60;
const RIGHT: i64 = 365;
const FLOOR: i64 = 150;
const CEILING: i64 = 20;
/// Every so many values has its name written below.
const NAMED: usize = 3;

/// A value over time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    /// The page's own name of it.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Points of each stretch of told values, as SVG writes them.
    pub(crate) stretches: Vec<String>,
    /// Where told values are.
    pub(crate) dots: Vec<(i64, i64)>,
    /// Where a value is not told.
    pub(crate) untold: Vec<(i64, i64)>,
    /// Names below.
    pub(crate) names: Vec<(i64, String)>,
    /// Heights with their numbers.
    pub(crate) scale: Vec<(i64, i64)>,
}

impl Line {
    /// Values in the order of time, with their names.
    pub(crate) fn new(id: &str, title: &str, values: &[(String, Figure)]) -> Self {
        let numbers = values.iter().filter_map(|(_, figure)| figure.number());
        let most = ceiling(numbers.max().unwrap_or_default());
        let last = i64::try_from(values.len()).unwrap_or_default() - 1;
        let across = |place: i64| LEFT + place * (RIGHT - LEFT) / last.max(1);
        let up = |number: i64| FLOOR - number * (FLOOR - CEILING) / most;
        let mut line = Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description: String::new(),
            stretches: Vec::new(),
            dots: Vec::new(),
            untold: Vec::new(),
            names: Vec::new(),
            scale: [0, most / 2, most]
                .map(|number| (up(number), number))
                .into(),
        };
        let (mut stretch, mut told) = (String::new(), Vec::new());
        for ((name, figure), place) in values.iter().zip(0..) {
            let x = across(place);
            if let Some(number) = figure.number() {
                line.dots.push((x, up(number)));
                // Writing to a String cannot fail.
                let _ = write!(stretch, "{x},{} ", up(number));
            } else {
                line.untold.push((x, FLOOR));
                line.stretches.push(std::mem::take(&mut stretch));
            }
            told.push(format!("{name}\u{a0}: {}", figure.text()));
        }
        line.stretches.push(stretch);
        line.stretches.retain(|stretch| !stretch.is_empty());
        // From the last one back: the newest is always named.
        let named = values.iter().rev().zip(0..).step_by(NAMED);
        line.names = named
            .map(|((name, _), back)| (across(last - back), name.clone()))
            .collect();
        line.description = format!("{}.", told.join("\u{a0}; "));
        line
    }
}

/// The next even round number: what the scale ends at.
fn ceiling(most: i64) -> i64 {
    let mut unit = 1;
    loop {
        for round in [2, 4, 6, 8, 10].map(|n| n * unit) {
            if round >= most {
                return round;
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        let figures = vec![
            ("BIP".to_owned(), Figure::Number(20)),
            ("Site".to_owned(), Figure::Number(10)),
            ("Autre".to_owned(), Figure::Few),
        ];
        let bars = Bars::new("essai", "Essai", figures, None);
        let lengths: Vec<_> = bars.drawn.iter().map(|bar| bar.length).collect();
        assert_eq!(lengths, [Some(LONGEST), Some(LONGEST / 2), None]);
        assert_eq!(
            bars.description,
            "BIP\u{a0}: 20\u{a0}; Site\u{a0}: 10\u{a0}; Autre\u{a0}: moins de 5."
        );
    }

    #[test]
    fn a_line_breaks_where_a_value_is_not_told() {
        let values = [
            Figure::Number(0),
            Figure::Number(10),
            Figure::Few,
            Figure::Number(7),
        ];
        let values: Vec<_> = values.map(|figure| ("11/26".to_owned(), figure)).into();
        let line = Line::new("bip", "BIP", &values);
        assert_eq!(
            (line.stretches.len(), line.dots.len(), line.untold.len()),
            (2, 3, 1)
        );
        assert_eq!(line.scale, [(FLOOR, 0), (85, 5), (CEILING, 10)]);
    }

    #[test]
    fn scales_end_at_round_numbers() {
        let ends = [0, 1, 9, 11, 75, 1234].map(ceiling);
        assert_eq!(ends, [2, 2, 10, 20, 80, 2000]);
    }
}
