//! A document of BIP as the import format spells it (JSON Lines, one document a line).
//! Unknown fields are errors, so that a misspelt `diffusion` never opens a document.

use crate::content::markdown;
use crate::error::Error;
use crate::index::has_class;
use jiff::civil::Date;
use policies::{Classification, CollectiviteId, Diffusion, Nature};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Stable and unique, part of its address.
    pub id: String,
    /// Fiche, texte, jurisprudence or actualité.
    pub kind: Nature,
    /// Shown as it is.
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// Where it stands among the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
    /// Thread or place in a code, parts joined by ` > `.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The reference by which a text or a decision is known.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<TextReference>,
    /// May be empty.
    #[serde(default)]
    pub summary: String,
    /// What it says; may be empty.
    pub body: String,
    /// How `body` is written.
    #[serde(default, skip_serializing_if = "Format::is_plain")]
    pub format: Format,
    /// Signature or entry into force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Last check or change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Date>,
    /// `en vigueur`, `abrogation différée`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// For fiches: `fonction publique` or `secteur privé`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// Last changes of an article.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Change>,
    /// Links to other documents and texts.
    #[serde(default)]
    pub references: Vec<Citation>,
    /// Where it was published.
    pub source_url: String,
    /// Who published it.
    #[serde(default)]
    pub source: String,
    /// Under which licence.
    pub licence: String,
    /// How widely it is given.
    #[serde(default)]
    pub diffusion: Diffusion,
    /// Who may read it when its diffusion is restricted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserve_a: Vec<CollectiviteId>,
    /// Who may not read it is told its title, and how to get access; else it is as if it did not exist.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub announced: bool,
}

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Plain text with `## ` headings, `- ` lists and tables; a line is a paragraph.
    #[default]
    Plain,
    /// `CommonMark` with tables.
    Markdown,
}

impl Format {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

/// How a text or a decision is cited.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextReference {
    /// `article`, `loi`, `decret`, `arret`…
    pub nature: String,
    /// `CGFP`, `CT`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// `L133-1`, `88-145`, `20-60.214`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub num: Option<String>,
    /// Date of signature or judgment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The court.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// The European case law identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecli: Option<String>,
    /// What the court decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solution: Option<String>,
}

/// One change of an article.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// By which text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
}

/// How a document is linked to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Relation {
    /// Rests on it.
    #[serde(rename = "cite")]
    Cites,
    /// See also.
    #[serde(rename = "voir")]
    SeeAlso,
    /// Changes it.
    #[serde(rename = "modifie")]
    Modifies,
    /// Is cited by it.
    #[serde(rename = "cité par")]
    CitedBy,
}

/// A link to another document or text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// How they are linked.
    #[serde(rename = "rel")]
    pub relation: Relation,
    /// A document of the corpus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How this document names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// An address outside BIP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Document {
    /// Reads one line of an import; `line` is its number, counted from 1.
    pub(crate) fn parse(
        text: &str,
        line: usize,
        classification: &Classification,
    ) -> Result<Self, Error> {
        let document: Self =
            serde_json::from_str(text).map_err(|source| Error::Malformed { line, source })?;
        let unknown = {
            let themes = document.themes.iter().map(String::as_str);
            classification.unknown(themes, document.collection.as_deref())
        };
        let unknown = unknown.map(|name| {
            format!("`{name}` is none of the `themes` and `collections` of the configuration")
        });
        match document.fault().map(str::to_owned).or(unknown) {
            Some(reason) => Err(Error::Rejected { line, reason }),
            None => Ok(document),
        }
    }

    /// An empty `reserve_a` under a restricted diffusion is allowed: nobody reads the document yet.
    fn fault(&self) -> Option<&'static str> {
        if self.id.is_empty()
            || self.id.len() > 200
            || self.id.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            return Some("`id` must have 1 to 200 characters and no space");
        }
        if self.title.trim().is_empty() {
            return Some("`title` is empty");
        }
        if !has_class(self) {
            return Some("`themes` and `reserve_a` together are longer than 60,000 characters");
        }
        (!self.reserve_a.is_empty() && self.diffusion != Diffusion::Restreint)
            .then_some("`reserve_a` needs `diffusion` to be `restreint`")
    }

    /// As the store has it.
    pub(crate) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|_| Error::Corrupt(self.id.clone()))
    }

    /// Reads what the store has.
    pub(crate) fn from_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|_| Error::Corrupt("a document".to_owned()))
    }

    /// Its body without what only says how it looks.
    pub(crate) fn plain_body(&self) -> Cow<'_, str> {
        match self.format {
            Format::Plain => Cow::Borrowed(&self.body),
            Format::Markdown => Cow::Owned(markdown::plain(&self.body)),
        }
    }

    /// True for an article of a code, whose title is only its address.
    pub(crate) fn is_article(&self) -> bool {
        self.reference
            .as_ref()
            .is_some_and(|reference| reference.nature == "article")
    }

    /// The date to show: of signature, else of the last check.
    pub(crate) fn shown_date(&self) -> Option<Date> {
        self.date.or(self.updated)
    }
}
