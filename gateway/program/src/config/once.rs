//! What may stand only once in the file: ids, hosts, paths, addresses.

use super::mistakes::problem;
use super::section::Section;
use std::collections::BTreeMap;

/// Values seen, each with the place where it first stood.
#[derive(Debug, Default)]
pub(super) struct Once(BTreeMap<String, usize>);

impl Once {
    /// Every value, each once.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Reports a value seen before.
    pub(super) fn check(&mut self, section: &Section<'_>, at: usize, what: &str, value: &str) {
        let Some(first) = self.0.get(value) else {
            self.0.insert(value.to_owned(), at);
            return;
        };
        let line = section.line(*first);
        section.wrong(
            at,
            problem(
                format!("the {what} `{value}` is already used on line {line}"),
                "Write another one, or remove one of the two",
            ),
        );
    }
}
