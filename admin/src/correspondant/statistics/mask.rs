//! Small numbers of people are not told (« moins de 5 »), nor anything from which they could be
//! computed: where a total would give one away, another number of its row or column is hidden too.

/// Numbers of people below this, and above none, are not told.
const LEAST: i64 = 5;

/// A number as it may be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Figure {
    Number(i64),
    Percent(i64),
    /// One to four.
    Few,
    /// It would tell another one.
    Hidden,
    /// There is nothing to count.
    Nothing,
}

impl Figure {
    /// A number that stands alone: nothing beside it adds up with it.
    pub(crate) fn alone(number: i64) -> Self {
        if is_few(number) {
            Self::Few
        } else {
            Self::Number(number)
        }
    }

    /// The part of `whole` that is not `rest`, where both may be told.
    pub(crate) fn share(rest: Self, whole: Self) -> Self {
        match (rest, whole) {
            (_, Self::Number(0)) => Self::Nothing,
            // Never rounded up to all of them.
            (Self::Number(rest), Self::Number(whole)) => {
                Self::Percent((whole - rest).max(0) * 100 / whole)
            }
            _ => Self::Hidden,
        }
    }

    /// To the nearest five: a part, compared with the whole, must not tell the rest.
    pub(crate) fn rounded(self) -> Self {
        match self {
            Self::Number(number) => Self::Number((number + 2) / 5 * 5),
            other => other,
        }
    }

    /// As tables and files show it.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Percent(number) => format!("{number}\u{a0}%"),
            Self::Few => format!("moins de {LEAST}"),
            Self::Hidden => "masqué".to_owned(),
            Self::Nothing => "sans objet".to_owned(),
        }
    }

    /// The number, if it is told.
    pub(crate) fn number(self) -> Option<i64> {
        match self {
            Self::Number(number) | Self::Percent(number) => Some(number),
            Self::Few | Self::Hidden | Self::Nothing => None,
        }
    }

    fn is_told(self) -> bool {
        self.number().is_some()
    }
}

fn is_few(number: i64) -> bool {
    (1..LEAST).contains(&number)
}

/// These rows with their sums at the end of each, and a last row of sums, as they may be told.
pub(crate) fn with_sums(rows: &[Vec<i64>]) -> Vec<Vec<Figure>> {
    let mut cells: Vec<Vec<i64>> = rows
        .iter()
        .map(|row| row.iter().copied().chain([row.iter().sum()]).collect())
        .collect();
    let width = cells.first().map_or(0, Vec::len);
    let sum = |column: usize| cells.iter().filter_map(|row| row.get(column)).sum();
    cells.push((0..width).map(sum).collect());
    let mut told: Vec<Vec<Figure>> = cells
        .iter()
        .map(|row| row.iter().copied().map(Figure::alone).collect())
        .collect();
    while hide_one(&mut told) {}
    told
}

/// Hides one more number where a row or a column gives one away; false when none does.
fn hide_one(told: &mut [Vec<Figure>]) -> bool {
    let (height, width) = (told.len(), told.first().map_or(0, Vec::len));
    let rows = (0..height).map(|y| (0..width).map(|x| (y, x)).collect::<Vec<_>>());
    let columns = (0..width).map(|x| (0..height).map(|y| (y, x)).collect());
    for places in rows.chain(columns) {
        let line: Vec<Figure> = places
            .iter()
            .filter_map(|(y, x)| told.get(*y)?.get(*x).copied())
            .collect();
        if !gives_away(&line) {
            continue;
        }
        let smallest = line.iter().zip(&places).filter_map(|(figure, (y, x))| {
            let number = figure.number().filter(|number| *number > 0)?;
            // A sum goes last: it is what people look for.
            let sum = y + 1 == height || x + 1 == width;
            Some((sum, number, *y, *x))
        });
        let Some((.., y, x)) = smallest.min() else {
            continue;
        };
        if let Some(figure) = told.get_mut(y).and_then(|row| row.get_mut(x)) {
            *figure = Figure::Hidden;
            return true;
        }
    }
    false
}

/// Whether the numbers that are told of a line, whose last is the sum of the others, tell another.
fn gives_away(line: &[Figure]) -> bool {
    let untold = line.iter().filter(|figure| !figure.is_told()).count();
    let few = line.iter().filter(|figure| **figure == Figure::Few).count();
    let count = i64::try_from(few).unwrap_or(i64::MAX);
    if untold <= 1 || few < untold {
        return untold == 1;
    }
    let Some((sum, parts)) = line.split_last() else {
        return false;
    };
    match sum.number() {
        // All of them least, or all of them most.
        Some(sum) => {
            let told: i64 = parts.iter().filter_map(|part| part.number()).sum();
            [count, count * (LEAST - 1)].contains(&(sum - told))
        }
        // As many as the most that their sum can be: each is one.
        None => count == LEAST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rows: &[Vec<i64>]) -> Vec<Vec<String>> {
        let told = with_sums(rows);
        told.iter()
            .map(|row| row.iter().map(|figure| figure.text()).collect())
            .collect()
    }

    #[test]
    fn large_numbers_are_told_with_their_sums() {
        assert_eq!(
            shown(&[vec![10, 20], vec![0, 7]]),
            [["10", "20", "30"], ["0", "7", "7"], ["10", "27", "37"]]
        );
    }

    #[test]
    fn a_small_number_hides_what_would_tell_it() {
        // Neither its row nor its column adds up any more.
        assert_eq!(
            shown(&[vec![3, 20], vec![30, 40]]),
            [
                ["moins de 5", "masqué", "23"],
                ["masqué", "masqué", "70"],
                ["33", "60", "93"]
            ]
        );
        assert_eq!(
            shown(&[vec![3, 20, 30]]),
            [
                ["moins de 5", "masqué", "30", "53"],
                ["moins de 5", "masqué", "30", "53"]
            ]
        );
    }

    #[test]
    fn small_numbers_that_can_only_be_the_least_or_the_most_hide_their_sum() {
        for row in [vec![4, 4, 0], vec![4, 4, 9]] {
            let shown = shown(&[row]);
            assert_eq!(&shown[0][..2], ["moins de 5", "moins de 5"]);
            assert!(shown[0].contains(&"masqué".to_owned()), "{shown:?}");
        }
        assert_eq!(shown(&[vec![1, 1, 1, 1]])[0], ["moins de 5"; 5]);
    }

    #[test]
    fn nothing_told_can_be_subtracted_whatever_the_numbers() {
        // A fixed sequence of numbers, small ones often among them.
        let mut seed = 7_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from(seed >> 28)
        };
        for _ in 0..2000 {
            let rows: Vec<Vec<i64>> = (0..3).map(|_| (0..3).map(|_| next()).collect()).collect();
            let told = with_sums(&rows);
            let columns = (0..4).map(|x| told.iter().map(|row| row[x]).collect::<Vec<_>>());
            for line in told.iter().cloned().chain(columns) {
                let nothing_left = line.iter().all(|f| f.number().is_none_or(|n| n == 0));
                assert!(nothing_left || !gives_away(&line), "{rows:?} {told:?}");
            }
        }
    }

    #[test]
    fn a_share_is_told_when_both_numbers_are() {
        let share = |rest, whole| Figure::share(Figure::alone(rest), Figure::alone(whole)).text();
        assert_eq!(share(5, 1000), "99\u{a0}%");
        assert_eq!(share(0, 10), "100\u{a0}%");
        assert_eq!(share(3, 10), "masqué");
        assert_eq!(share(0, 0), "sans objet");
        assert_eq!(Figure::Number(13).rounded(), Figure::Number(15));
    }
}
