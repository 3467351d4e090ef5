//! Where one is in a sentence.

use super::SentenceError;
use crate::model::Labels;

/// How many names are listed to who wrote none of them.
const FEW: usize = 20;

/// Longest name that is looked for without marks, in bytes.
const LONGEST: usize = 120;

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
    pub(super) fn quoted(&mut self) -> Option<&'a str> {
        let inside = self.rest.strip_prefix('«');
        let (inside, rest) = inside.and_then(|rest| rest.split_once('»'))?;
        self.rest = rest;
        Some(inside.trim())
    }

    /// The id of the known name that comes next without marks, unless more than one does.
    fn unmarked<'l>(&mut self, labels: &'l Labels) -> Option<&'l str> {
        let ends = self
            .rest
            .char_indices()
            .filter(|(_, c)| !c.is_alphanumeric());
        let ends = ends.map(|(end, _)| end).chain([self.rest.len()]);
        let mut read = ends.take_while(|end| *end <= LONGEST).filter_map(|end| {
            let (name, rest) = self.rest.split_at_checked(end)?;
            Some((labels.find(name)?, rest))
        });
        let (id, rest) = read.next().filter(|_| read.next().is_none())?;
        self.rest = rest;
        Some(id)
    }

    /// The id of what is called so, best between marks; `none` is what to say when nothing is.
    pub(super) fn named<'l>(
        &mut self,
        labels: &'l Labels,
        none: &str,
    ) -> Result<&'l str, SentenceError> {
        let before = *self;
        let known = || {
            let known: Vec<_> = labels.iter().map(|(_, known)| known).collect();
            if (1..=FEW).contains(&known.len()) {
                format!(" (il y a {})", known.join(", "))
            } else {
                String::new()
            }
        };
        match self.quoted() {
            Some(label) => labels.find(label).ok_or_else(|| {
                let known = known();
                before.wants(&format!(
                    "un nom connu : {none} ne s’appelle «\u{a0}{label}\u{a0}»{known}"
                ))
            }),
            None => self
                .unmarked(labels)
                .ok_or_else(|| before.wants(&format!("un nom entre « »{}", known()))),
        }
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
