//! Which documents are wanted, in which order, from where.

use jiff::civil::Date;
use policies::Nature;

/// Only these documents. What is empty filters nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filters {
    /// Of one of these kinds.
    pub kinds: Vec<Nature>,
    /// About one of these themes.
    pub themes: Vec<String>,
    /// Of this day or later.
    pub from: Option<Date>,
    /// Of this day or earlier.
    pub to: Option<Date>,
    /// In force, or not any more (or not yet). What is not known to be either is neither.
    pub in_force: Option<bool>,
}

/// The order of an answer. Ties are settled the same way everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    /// The best first; without words, the newest.
    #[default]
    Relevance,
    /// The newest first, undated documents last.
    Newest,
    /// The oldest first, undated documents last.
    Oldest,
}

/// Where a page begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// After so many hits.
    Offset(usize),
    /// After this hit.
    After(Cursor),
}

impl Default for Start {
    fn default() -> Self {
        Self::Offset(0)
    }
}

/// The place of a hit in its answer's order: pages that follow it neither repeat nor miss one when documents
/// come and go between them (by relevance, as far as scores stay: they move with how often words occur).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cursor {
    /// Greater is earlier.
    pub(crate) rank: i64,
    pub(crate) tie: u64,
}

impl Cursor {
    /// Reads what its `Display` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (rank, tie) = text.split_once('_')?;
        Some(Self {
            rank: i64::from_str_radix(rank, 16).ok()?,
            tie: u64::from_str_radix(tie, 16).ok()?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.rank < 0 { "-" } else { "" };
        write!(f, "{sign}{:x}_{:x}", self.rank.unsigned_abs(), self.tie)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for rank in [0, -1, i64::MIN, i64::MAX, 20_261_127] {
            let cursor = Cursor {
                rank,
                tie: u64::MAX,
            };
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for wrong in ["", "_", "1", "g_1", "1_-1", "1_2_3", "ffffffffffffffffff_0"] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
