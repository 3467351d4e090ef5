//! One table of the file. It hands out typed values, reports what is missing or of another type,
//! and at the end the keys that nobody asked for. So every key is asked for before [`Section::finish`].

use super::mistakes::{Problem, Report, problem};
use super::suggest;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys that stand above the first table; below one they would belong to it.
const TOP: [&str; 6] = [
    "roles",
    "run_dir",
    "log",
    "access_log",
    "portal",
    "trusted_proxies",
];

/// A table that is being read.
#[derive(Debug)]
pub(super) struct Section<'t> {
    report: &'t Report,
    /// `[listen]` as in the file; empty for the top.
    title: String,
    at: usize,
    table: &'t DeTable<'t>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'t> Section<'t> {
    /// The whole file.
    pub(super) fn root(report: &'t Report, table: &'t DeTable<'t>) -> Self {
        Self::new(report, String::new(), 0, table)
    }

    fn new(report: &'t Report, title: String, at: usize, table: &'t DeTable<'t>) -> Self {
        Self {
            report,
            title,
            at,
            table,
            asked: RefCell::default(),
        }
    }

    /// Whether a key is there, well or badly written.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.table.contains_key(key) && self.find(key).is_some()
    }

    /// Where a key's value is; the table itself when there is none.
    pub(super) fn at(&self, key: &'static str) -> usize {
        self.find(key).map_or(self.at, |value| value.span().start)
    }

    /// The line of a place.
    pub(super) fn line(&self, at: usize) -> usize {
        self.report.line(at)
    }

    /// Reports what is wrong at a place.
    pub(super) fn wrong(&self, at: usize, problem: Problem) {
        self.report.add(at, problem);
    }

    /// A text, understood by `read`.
    pub(super) fn text<T>(
        &self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        self.one_text(key, self.find(key)?, &read)
    }

    /// A text that cannot be left out; `example` is what the remedy shows.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        example: &str,
        read: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        if !self.has(key) {
            self.wrong(
                self.at,
                problem(
                    format!("`{key}` is missing{}", self.place()),
                    format!("Add `{key} = \"{example}\"`"),
                ),
            );
        }
        self.text(key, read)
    }

    /// A list of texts, each with its place: empty when left out, `None` when badly written.
    pub(super) fn texts<T>(
        &self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<Vec<(T, usize)>> {
        let Some(value) = self.find(key) else {
            return Some(Vec::new());
        };
        let Some(items) = value.get_ref().as_array() else {
            self.other_type(key, value, "a list", "Put it between brackets: `[\"…\"]`");
            return None;
        };
        // All of them first: each mistake counts.
        let items: Vec<_> = items
            .iter()
            .map(|item| Some((self.one_text(key, item, &read)?, item.span().start)))
            .collect();
        items.into_iter().collect()
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.find(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.other_type(key, value, "`true` or `false`", "Write it without quotes");
        }
        flag
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&self, key: &'static str, bounds: RangeInclusive<u64>) -> Option<T>
    where
        T: TryFrom<u64>,
    {
        let value = self.find(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.other_type(key, value, "a whole number", "Write it without quotes");
            return None;
        };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| bounds.contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        if number.is_none() {
            let (least, most) = bounds.into_inner();
            self.wrong(
                value.span().start,
                problem(
                    format!("`{key}`: {integer} is out of bounds"),
                    format!("Write a number from {least} to {most}"),
                ),
            );
        }
        number
    }

    /// A table inside this one.
    pub(super) fn section(&self, key: &'static str) -> Option<Section<'t>> {
        let value = self.find(key)?;
        let title = match self.title.trim_matches(['[', ']']) {
            "" => format!("[{key}]"),
            parent => format!("[{parent}.{key}]"),
        };
        self.table(key, value, title)
    }

    /// Tables of the same name, `[[key]]`.
    pub(super) fn sections(&self, key: &'static str) -> Vec<Section<'t>> {
        let Some(value) = self.find(key) else {
            return Vec::new();
        };
        let title = match self.title.trim_matches(['[', ']']) {
            "" => format!("[[{key}]]"),
            parent => format!("[[{parent}.{key}]]"),
        };
        let Some(items) = value.get_ref().as_array() else {
            let remedy = format!("Write each as `{title}`, with double brackets");
            self.other_type(key, value, "a list of tables", &remedy);
            return Vec::new();
        };
        let section = |item| self.table(key, item, title.clone());
        items.iter().filter_map(section).collect()
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self) {
        let known = self.asked.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let remedy = if TOP.contains(&name) {
                format!("Move `{name}` above the first `[table]` of the file")
            } else if let Some(near) = suggest::nearest(name, known.iter().copied()) {
                format!("Did you mean `{near}`?")
            } else {
                let known: BTreeSet<&str> = known.iter().copied().collect();
                format!("Known here: {}", suggest::list(known))
            };
            let message = format!("unknown key `{}`{}", name.escape_debug(), self.place());
            self.report.add(key.span().start, problem(message, remedy));
        }
    }

    fn place(&self) -> String {
        match self.title.as_str() {
            "" => String::new(),
            title => format!(" in `{title}`"),
        }
    }

    fn find(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    fn one_text<T>(
        &self,
        key: &'static str,
        value: &Spanned<DeValue<'_>>,
        read: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let Some(text) = value.get_ref().as_str() else {
            self.other_type(key, value, "a text", "Put it between quotes: `\"…\"`");
            return None;
        };
        let told = |Problem { message, remedy }| problem(format!("`{key}`: {message}"), remedy);
        read(text)
            .map_err(|problem| self.wrong(value.span().start, told(problem)))
            .ok()
    }

    fn table(
        &self,
        key: &'static str,
        value: &'t Spanned<DeValue<'t>>,
        title: String,
    ) -> Option<Section<'t>> {
        let Some(table) = value.get_ref().as_table() else {
            let remedy = format!("Write `{title}` on a line of its own, and its keys below");
            self.other_type(key, value, "a table", &remedy);
            return None;
        };
        Some(Self::new(self.report, title, value.span().start, table))
    }

    fn other_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str, remedy: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a fraction",
            DeValue::Boolean(_) => "`true` or `false`",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.wrong(
            value.span().start,
            problem(format!("`{key}` must be {wanted}, not {found}"), remedy),
        );
    }
}
