//! `[bip]`: where BIP's content and index are, and by what its documents are sorted.

use super::Roles;
use super::mistakes::{Problem, problem};
use super::once::Once;
use super::section::Section;
use super::values;
use policies::Classification;
use std::path::PathBuf;

/// Where BIP is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BipSettings {
    /// The folder of this node's index.
    pub data: PathBuf,
    /// The database of the content.
    pub content: String,
    /// The operator's own synonyms.
    pub synonyms: Option<PathBuf>,
}

impl BipSettings {
    /// In a folder, with the content where it belongs beside the program's own database: in the same one of
    /// PostgreSQL, which every node reads; in a file of its own in the folder for SQLite, where an import would
    /// keep log-ins waiting otherwise.
    pub fn beside(store: &str, data: PathBuf) -> Self {
        let content = if store.starts_with("sqlite:") {
            format!("sqlite://{}", data.join("content.db").display())
        } else {
            store.to_owned()
        };
        Self {
            data,
            content,
            synonyms: None,
        }
    }
}

/// Where BIP is kept, which the role `search` cannot do without; and what rules may name of documents.
pub(super) fn read(
    root: &Section<'_>,
    roles: Roles,
    store: Option<&str>,
) -> (Option<BipSettings>, Option<Classification>) {
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
    let content = section.text("content", values::store_url);
    let synonyms = section.text("synonyms", values::file);
    let (themes, collections) = (names(&section, "themes"), names(&section, "collections"));
    section.finish();
    let classification = themes.zip(collections);
    let classification = classification
        .and_then(|(themes, collections)| Classification::new(themes, collections).ok());
    let settings = data.zip(store).map(|(data, store)| {
        let beside = BipSettings::beside(store, data);
        BipSettings {
            content: content.unwrap_or(beside.content),
            synonyms,
            data: beside.data,
        }
    });
    (settings, classification)
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
