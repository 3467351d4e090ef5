//! `[bip]`: where the index of BIP is, and by what its documents are sorted.

use super::Roles;
use super::mistakes::{Problem, problem};
use super::once::Once;
use super::section::Section;
use super::values;
use policies::Classification;
use std::path::PathBuf;

/// The data folder, which the role `search` cannot do without; and what rules may name of documents.
pub(super) fn read(root: &Section<'_>, roles: Roles) -> (Option<PathBuf>, Option<Classification>) {
    let Some(section) = root.section("bip") else {
        if roles.search && !root.has("bip") {
            let message = "the role `search` needs `[bip]`";
            let remedy = "Add `[bip]` and below it `data = \"/var/lib/convergences/bip\"`, or leave \"search\" out of `roles`";
            root.wrong(root.at("roles"), problem(message, remedy));
        }
        return (None, Some(Classification::default()));
    };
    let data = if roles.search {
        section.required("data", "/var/lib/convergences/bip", values::file)
    } else {
        section.text("data", values::file)
    };
    let (themes, collections) = (names(&section, "themes"), names(&section, "collections"));
    section.finish();
    let classification = themes.zip(collections);
    let classification = classification
        .and_then(|(themes, collections)| Classification::new(themes, collections).ok());
    (data, classification)
}

fn names(section: &Section<'_>, key: &'static str) -> Option<Vec<String>> {
    let mut seen = Once::default();
    let names = section.texts(key, name)?;
    for (name, at) in &names {
        seen.check(section, *at, "name", &Classification::as_read(name));
    }
    Some(names.into_iter().map(|(name, _)| name).collect())
}

fn name(text: &str) -> Result<String, Problem> {
    let fits = Classification::is_name(text).then(|| text.to_owned());
    fits.ok_or_else(|| {
        problem(
            format!("`{}` is no name that a rule can say", text.escape_debug()),
            "Write 1 to 60 characters without quotes, semicolons and double spaces, as in \"Temps de travail\"",
        )
    })
}
