//! Where one is in a sentence.

use super::SentenceError;
use crate::model::Labels;

/// How many names are listed to who wrote none of them.
const FEW: usize = 20;

/// A text and how much of it is read.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(whole: &'a str) -> Self {
        Self { whole, rest: whole }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn is_before(&self, text: &str) -> bool {
        self.rest.starts_with(text)
    }

    /// Goes past a text if it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The same, only if another text follows, which is not read.
    pub(super) fn eat_before(&mut self, text: &str, next: &str) -> bool {
        let rest = self
            .rest
            .strip_prefix(text)
            .filter(|rest| rest.starts_with(next));
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// `« … »`, without the marks.
    pub(super) fn quoted(&mut self) -> Result<&'a str, SentenceError> {
        let inside = self
            .rest
            .strip_prefix('«')
            .and_then(|rest| rest.split_once('»'));
        let (inside, rest) = inside.ok_or_else(|| self.wants("un nom entre « »"))?;
        self.rest = rest;
        Ok(inside.trim())
    }

    /// The id of what is called so; `none` is what to say when nothing is.
    pub(super) fn named<'l>(
        &mut self,
        labels: &'l Labels,
        none: &str,
    ) -> Result<&'l str, SentenceError> {
        let before = *self;
        let label = self.quoted()?;
        let unknown = || {
            let known: Vec<_> = labels.iter().map(|(_, known)| known).collect();
            let few = (1..=FEW).contains(&known.len());
            let known = if few {
                format!(" (il y a {})", known.join(", "))
            } else {
                String::new()
            };
            before.wants(&format!(
                "un nom connu : {none} ne s’appelle «\u{a0}{label}\u{a0}»{known}"
            ))
        };
        labels.find(label).ok_or_else(unknown)
    }

    /// The ids of `« A », « B » ou « C »`.
    pub(super) fn any_named<'l>(
        &mut self,
        labels: &'l Labels,
        none: &str,
    ) -> Result<Vec<&'l str>, SentenceError> {
        let mut ids = vec![self.named(labels, none)?];
        while self.eat(" ou ") || self.eat_before(", ", "«") {
            ids.push(self.named(labels, none)?);
        }
        Ok(ids)
    }

    /// A number.
    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end)?;
        let number = digits.parse().ok()?;
        self.rest = rest;
        Some(number)
    }

    /// Says what would be understood here.
    pub(super) fn wants(&self, expected: &str) -> SentenceError {
        let read = self.whole.strip_suffix(self.rest).unwrap_or_default();
        SentenceError {
            read: read.trim().to_owned(),
            expected: expected.to_owned(),
        }
    }
}
