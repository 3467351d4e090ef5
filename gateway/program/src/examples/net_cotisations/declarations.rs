//! Monthly declarations of each employer and the contributions due on them. Amounts are in cents.
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Label and rate, in hundredths of a percent of the base.
const RATES: [(&str, u64); 3] = [
    ("Cotisation obligatoire", 80),
    ("Cotisation additionnelle", 35),
    ("Médecine préventive", 32),
];
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
const BAD_MONTH: &str = "Mois : saisissez le mois au format AAAA-MM, par exemple 2026-11.";
const BAD_BASE: &str = "Assiette : saisissez un montant en euros, par exemple 125 430,50.";
const BAD_HEADCOUNT: &str = "Effectif : saisissez un nombre d’agents entre 1 et 100 000.";
const DECLARED: &str = "Mois : ce mois est déjà déclaré. Choisissez-en un autre.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// Reads `2026-11`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.trim().split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let (year, month) = (digits(year)?, digits(month)?);
        let in_range = (2000..=2099).contains(&year) && (1..=12).contains(&month);
        in_range.then_some(Self {
            year: year.try_into().ok()?,
            month: month.try_into().ok()?,
        })
    }

    /// Month and year in words.
    pub(super) fn label(self) -> String {
        let index = usize::from(self.month).saturating_sub(1);
        let name = MONTHS.get(index).copied().unwrap_or_default();
        format!("{name} {}", self.year)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) month: Month,
    pub(super) base: u64,
    pub(super) headcount: u64,
}

impl Declaration {
    /// Label, rate in hundredths of a percent and amount of each contribution, rounded to the cent.
    pub(super) fn contributions(&self) -> impl Iterator<Item = (&'static str, u64, u64)> {
        let base = self.base;
        RATES
            .into_iter()
            .map(move |(label, rate)| (label, rate, (base * rate + 5_000) / 10_000))
    }

    pub(super) fn total(&self) -> u64 {
        self.contributions().map(|(_, _, amount)| amount).sum()
    }
}

#[derive(Debug)]
pub(super) struct Declarations(HashMap<String, BTreeMap<Month, Declaration>>);

impl Declarations {
    /// Three months already declared for each employer.
    pub(super) fn new<'a>(employers: impl Iterator<Item = &'a str>) -> Self {
        let tables = employers.zip(0u64..).map(|(employer, rank)| {
            let headcount = 42 + 17 * rank;
            let months = (8u8..=10).map(|month| {
                let month = Month { year: 2026, month };
                let base = headcount * (268_450 + 1_200 * u64::from(month.month));
                let declaration = Declaration {
                    month,
                    base,
                    headcount,
                };
                (month, declaration)
            });
            (employer.to_owned(), months.collect())
        });
        Self(tables.collect())
    }

    /// The employer's declarations, the latest month first.
    pub(super) fn of(&self, employer: &str) -> Vec<Declaration> {
        let declared = self.0.get(employer).into_iter();
        declared
            .flat_map(|months| months.values().rev())
            .copied()
            .collect()
    }

    /// Adds one declaration from the form's texts, or says all that is wrong with them.
    pub(super) fn add(
        &mut self,
        employer: &str,
        month: &str,
        base: &str,
        headcount: &str,
    ) -> Result<(), Vec<&'static str>> {
        let months = self.0.entry(employer.to_owned()).or_default();
        let month = Month::parse(month).ok_or(BAD_MONTH);
        let month = month.and_then(|month| {
            let free = !months.contains_key(&month);
            free.then_some(month).ok_or(DECLARED)
        });
        let base = parse_cents(base).filter(|cents| *cents > 0).ok_or(BAD_BASE);
        let headcount = digits(headcount.trim())
            .filter(|count| (1..=100_000).contains(count))
            .ok_or(BAD_HEADCOUNT);
        match (month, base, headcount) {
            (Ok(month), Ok(base), Ok(headcount)) => {
                let declaration = Declaration {
                    month,
                    base,
                    headcount,
                };
                months.insert(month, declaration);
                Ok(())
            }
            (month, base, headcount) => Err([month.err(), base.err(), headcount.err()]
                .into_iter()
                .flatten()
                .collect()),
        }
    }
}

/// Reads « 125 430,50 », with any kind of space, up to a billion euros.
fn parse_cents(text: &str) -> Option<u64> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (euros, cents) = compact.split_once([',', '.']).unwrap_or((&compact, "0"));
    if euros.len() > 9 || cents.len() > 2 {
        return None;
    }
    Some(digits(euros)? * 100 + digits(&format!("{cents:0<2}"))?)
}

/// A number of up to nine digits, without sign.
fn digits(text: &str) -> Option<u64> {
    let only_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (only_digits && text.len() <= 9)
        .then(|| text.parse().ok())
        .flatten()
}

/// « 125 430,50 € ».
pub(super) fn euros(cents: u64) -> String {
    let digits = (cents / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    format!("{grouped},{:02}\u{a0}€", cents % 100)
}

#[cfg(test)]
mod tests {
    use super::{Declaration, Month, euros, parse_cents};

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, cents) in [
            ("125430", Some(12_543_000)),
            ("125 430,5", Some(12_543_050)),
            ("125\u{202f}430,50", Some(12_543_050)),
            ("0.07", Some(7)),
            ("12,345", None),
            ("-3", None),
            ("", None),
            ("1e3", None),
            ("1234567890", None),
        ] {
            assert_eq!(parse_cents(text), cents, "{text}");
        }
        assert_eq!(euros(12_543_050), "125\u{a0}430,50\u{a0}€");
        assert_eq!(euros(7), "0,07\u{a0}€");
    }

    #[test]
    fn months_are_read_strictly() {
        let month = Month::parse("2026-08").unwrap();
        assert_eq!(
            (month.to_string().as_str(), month.label().as_str()),
            ("2026-08", "août 2026")
        );
        for text in [
            "2026-13", "2026-00", "26-08", "2026-8", "+026-08", "août", "",
        ] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contributions_are_rounded_to_the_cent() {
        let declaration = Declaration {
            month: Month::parse("2026-08").unwrap(),
            base: 100_099,
            headcount: 1,
        };
        let amounts: Vec<u64> = declaration.contributions().map(|(_, _, a)| a).collect();
        assert_eq!(amounts, [801, 350, 320]);
        assert_eq!(declaration.total(), 1_471);
    }
}
