//! Counts of an answer by kind, theme, year and force. Each is counted as if nothing of its own sort had been
//! chosen, so that it says what another choice would find.

use crate::content::Force;
use crate::index::schema::{KINDS, column, kind_number};
use crate::question::Filters;
use policies::Nature;
use std::collections::BTreeMap;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

/// How many documents of each sort an answer has. Sorts without any are left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facets {
    /// By kind, all four of them.
    pub kinds: Vec<(Nature, usize)>,
    /// By theme, in alphabetical order.
    pub themes: BTreeMap<String, usize>,
    /// By year of the date shown.
    pub years: BTreeMap<i16, usize>,
    /// In force.
    pub in_force: usize,
    /// Repealed, replaced, or not yet in force.
    pub not_in_force: usize,
}

impl Facets {
    /// Without any document.
    pub(crate) fn none() -> Self {
        Self {
            kinds: KINDS.map(|kind| (kind, 0)).into(),
            ..Self::default()
        }
    }

    /// Adds those of another segment.
    pub(crate) fn add(&mut self, other: Self) {
        for ((_, sum), (_, count)) in self.kinds.iter_mut().zip(other.kinds) {
            *sum += count;
        }
        for (theme, count) in other.themes {
            *self.themes.entry(theme).or_default() += count;
        }
        for (year, count) in other.years {
            *self.years.entry(year).or_default() += count;
        }
        self.in_force += other.in_force;
        self.not_in_force += other.not_in_force;
    }
}

/// The filters and the counts of one segment.
pub(crate) struct Tally {
    filters: Filters,
    days: (i64, i64),
    kind: Column<u64>,
    force: Column<u64>,
    date: Column<i64>,
    themes: Option<StrColumn>,
    /// The wanted themes as the segment numbers them.
    wanted_themes: Vec<u64>,
    by_kind: [usize; KINDS.len()],
    by_force: [usize; Force::ALL.len()],
    by_theme: Vec<usize>,
    by_year: BTreeMap<i16, usize>,
}

impl Tally {
    pub(crate) fn new(filters: &Filters, segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let themes = columns.str(column::THEME)?;
        let mut wanted_themes = Vec::new();
        if let Some(column) = &themes {
            for theme in &filters.themes {
                wanted_themes.extend(column.dictionary().term_ord(theme.as_bytes())?);
            }
        }
        Ok(Self {
            days: (
                filters.from.map_or(i64::MIN, crate::index::day),
                filters.to.map_or(i64::MAX, crate::index::day),
            ),
            filters: filters.clone(),
            kind: columns.u64(column::KIND)?,
            force: columns.u64(column::FORCE)?,
            date: columns.i64(column::DATE)?,
            wanted_themes,
            by_kind: Default::default(),
            by_force: Default::default(),
            by_theme: vec![0; themes.as_ref().map_or(0, |column| column.num_terms())],
            by_year: BTreeMap::new(),
            themes,
        })
    }

    /// Counts a document that matches the question, and says whether the filters want it.
    pub(crate) fn count(&mut self, document: DocId) -> bool {
        let kind = self.kind.first(document).unwrap_or_default();
        let force = self.force.first(document).unwrap_or_default();
        let day = self.date.first(document).unwrap_or(i64::MIN);
        let is_kind = self.filters.kinds.is_empty()
            || self
                .filters
                .kinds
                .iter()
                .any(|wanted| kind_number(*wanted) == kind);
        let is_force = match self.filters.in_force {
            None => true,
            Some(true) => force == Force::InForce.number(),
            Some(false) => force == Force::NotInForce.number(),
        };
        let is_day = self.filters.from.is_none() && self.filters.to.is_none()
            || day != i64::MIN && (self.days.0..=self.days.1).contains(&day);
        let is_theme = self.filters.themes.is_empty() || self.has_wanted_theme(document);
        if is_force && is_day && is_theme {
            add_one(&mut self.by_kind, kind);
        }
        if is_kind && is_day && is_theme {
            add_one(&mut self.by_force, force);
        }
        if is_kind && is_force && is_theme && day != i64::MIN {
            let year = i16::try_from(day / 10_000).unwrap_or_default();
            *self.by_year.entry(year).or_default() += 1;
        }
        if let (true, Some(themes)) = (is_kind && is_force && is_day, &self.themes) {
            for ordinal in themes.term_ords(document) {
                add_one(&mut self.by_theme, ordinal);
            }
        }
        is_kind && is_force && is_day && is_theme
    }

    fn has_wanted_theme(&self, document: DocId) -> bool {
        let themes = self.themes.iter();
        let mut ordinals = themes.flat_map(|themes| themes.term_ords(document));
        ordinals.any(|ordinal| self.wanted_themes.contains(&ordinal))
    }

    pub(crate) fn facets(self) -> Facets {
        let mut themes = BTreeMap::new();
        let mut name = String::new();
        for (ordinal, count) in (0..).zip(&self.by_theme).filter(|(_, count)| **count > 0) {
            let column = self.themes.as_ref();
            // A name that cannot be read is left out of the counts, as the index itself would be broken.
            if column
                .is_some_and(|column| matches!(column.ord_to_str(ordinal, &mut name), Ok(true)))
            {
                themes.insert(name.clone(), *count);
            }
        }
        let [in_force, not_in_force, _] = self.by_force;
        Facets {
            kinds: KINDS.into_iter().zip(self.by_kind).collect(),
            themes,
            years: self.by_year,
            in_force,
            not_in_force,
        }
    }
}

fn add_one(counts: &mut [usize], position: u64) {
    let count = usize::try_from(position)
        .ok()
        .and_then(|position| counts.get_mut(position));
    if let Some(count) = count {
        *count += 1;
    }
}
