//! The place of an article in its code: those of one series follow each other by their numbers, part by part.

/// Where an article stands. Those of one series, and no others, are compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct ArticlePlace {
    /// `CGFP`.
    pub(crate) code: String,
    /// `L`; articles R and D are one series.
    pub(crate) series: String,
    /// `822-6 bis` as its parts.
    number: Vec<Part>,
}

/// `6BIS`: its number, which Latin word follows, and what else.
type Part = (u64, usize, String);

/// In the order in which codes use them.
const LATIN: [&str; 7] = [
    "BIS",
    "TER",
    "QUATER",
    "QUINQUIES",
    "SEXIES",
    "SEPTIES",
    "OCTIES",
];

impl ArticlePlace {
    /// Of an article's key: `CGFP:L822-6`.
    pub(crate) fn of(key: &str) -> Option<Self> {
        let (code, article) = key.split_once(':')?;
        let digits = article.find(|c: char| c.is_ascii_digit())?;
        let (letters, number) = article.split_at_checked(digits)?;
        let series = match letters {
            "D" => "R",
            letters if letters.contains('-') => return None,
            letters => letters,
        };
        Some(Self {
            code: code.to_owned(),
            series: series.to_owned(),
            number: number.split('-').map(part).collect(),
        })
    }

    /// They stand in one order.
    pub(crate) fn is_alongside(&self, other: &Self) -> bool {
        (&self.code, &self.series) == (&other.code, &other.series)
    }
}

fn part(text: &str) -> Part {
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.strip_suffix(letters).unwrap_or_default();
    let latin = LATIN.iter().position(|latin| *latin == letters);
    (
        digits.parse().unwrap_or_default(),
        latin.map_or(0, |at| at + 1),
        if latin.is_some() { "" } else { letters }.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_stand_by_their_numbers() {
        let in_order = [
            "CGFP:L9-1",
            "CGFP:L10-1",
            "CGFP:L10-1-1",
            "CGFP:L10-1A",
            "CGFP:L10-1BIS",
            "CGFP:L10-1TER",
            "CGFP:L10-1QUATER",
            "CGFP:L10-2",
        ];
        let places: Vec<_> = in_order.map(|key| ArticlePlace::of(key).unwrap()).into();
        assert!(places.is_sorted());
    }

    #[test]
    fn articles_r_and_d_are_one_series_and_l_another() {
        let place = |key: &str| ArticlePlace::of(key).unwrap();
        assert!(place("CT:R1-1").is_alongside(&place("CT:D1-2")));
        assert!(!place("CT:R1-1").is_alongside(&place("CT:L1-2")));
        assert!(!place("CT:R1-1").is_alongside(&place("CGFP:R1-2")));
        assert_eq!(ArticlePlace::of("CT:L"), None);
    }
}
