//! The official numbers of a body, read and checked: SIRET and code INSEE.

use std::fmt;

/// The number of an établissement: fourteen digits whose Luhn sum holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Siret(String);

impl Siret {
    /// Reads it; spaces do not count.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let digits: Option<Vec<u32>> = plain.chars().map(|c| c.to_digit(10)).collect();
        let digits = digits.filter(|digits| digits.len() == 14)?;
        luhn(&digits).is_multiple_of(10).then_some(Self(plain))
    }

    /// The fourteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first nine digits, the number of the body.
    pub fn siren(&self) -> &str {
        self.0.get(..9).unwrap_or_default()
    }

    /// The last five digits, the number within the body.
    pub fn nic(&self) -> &str {
        self.0.get(9..).unwrap_or_default()
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every second digit counts double, from the right; a double digit counts as its sum.
fn luhn(digits: &[u32]) -> u32 {
    let counted = digits.iter().rev().enumerate().map(|(place, digit)| {
        if place.is_multiple_of(2) {
            *digit
        } else {
            let double = digit * 2;
            double / 10 + double % 10
        }
    });
    counted.sum()
}

/// The number of a commune: five characters, `2A` and `2B` for Corsica.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CodeInsee(String);

impl CodeInsee {
    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_uppercase();
        let rest = text
            .strip_prefix("2A")
            .or_else(|| text.strip_prefix("2B"))
            .unwrap_or(&text);
        let right = text.len() == 5 && rest.chars().all(|c| c.is_ascii_digit());
        right.then_some(Self(text))
    }

    /// The number of its département: `93`, `2A`, `974`.
    pub fn department(&self) -> &str {
        let overseas = self.0.starts_with("97") || self.0.starts_with("98");
        self.0
            .get(..if overseas { 3 } else { 2 })
            .unwrap_or_default()
    }

    /// The five characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeInsee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siret_has_fourteen_digits_and_a_sum_that_holds() {
        let siret = Siret::parse(" 732 829 320 00074 ").unwrap();
        assert_eq!((siret.siren(), siret.nic()), ("732829320", "00074"));
        for wrong in [
            "",
            "73282932000075",
            "7328293200007",
            "732829320000740",
            "7328293200007A",
        ] {
            assert_eq!(Siret::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_insee_has_five_characters_and_knows_corsica() {
        for (right, department) in [
            ("93055", "93"),
            ("2A004", "2A"),
            ("2b033", "2B"),
            ("97411", "974"),
        ] {
            let insee = CodeInsee::parse(right).unwrap();
            assert_eq!(insee.department(), department);
        }
        for wrong in ["", "9305", "930555", "2C004", "A2004", "2A04", "9305é"] {
            assert_eq!(CodeInsee::parse(wrong), None, "{wrong}");
        }
    }
}
