//! What somebody begins to write on: a new document, a draft, or what is published. Its id is made of its title
//! when it is first saved.

use super::author::Author;
use crate::content::document::{Document, Format};
use crate::content::drafts::{Draft, Outcome, Seen};
use crate::error::Error;
use crate::index::analyzer::fold;
use crate::web::App;
use crate::web::pages::{failed, frame, not_found};
use axum::response::Response;
use jiff::civil::Date;
use policies::{Diffusion, Nature};

/// How many ids are tried for a new document.
const TRIES: usize = 20;
/// Of the title in an id.
const LONGEST_SLUG: usize = 60;

/// What is to be written on.
pub(super) struct Begun {
    pub(super) document: Document,
    /// What its author sees of it.
    pub(super) seen: Seen,
    pub(super) draft: Option<Draft>,
    /// The write that brought what is published now, or withdrew it; 0 where there never was a document.
    pub(super) base: i64,
    /// As everybody reads it; none when it is new or withdrawn.
    pub(super) published: Option<Document>,
    /// The date of what is published, or was.
    pub(super) dated: Option<Date>,
}

/// What is to be written on: the draft, else what is published, else what was before it was withdrawn.
pub(super) async fn begun(app: &App, author: &Author, id: &str) -> Result<Begun, Response> {
    let frame = || frame(app, &author.visitor);
    let found = async {
        let (draft, held) = (
            app.library.find_draft(id).await?,
            app.library.find(id).await?,
        );
        let is_gone = held.as_ref().is_some_and(|held| held.document.is_none());
        let last = match &draft {
            None if is_gone => app.library.versions(id).await?.into_iter().next(),
            _ => None,
        };
        Ok::<_, Error>((draft, held, last))
    };
    let (draft, held, last) = found.await.map_err(|error| failed(frame(), error))?;
    let was_ours = last.as_ref().is_none_or(|version| version.author.is_some());
    let (base, published, is_authored) = match held {
        Some(held) => (held.change, held.document, held.is_authored && was_ours),
        None => (0, None, true),
    };
    let seen = match &draft {
        Some(draft) => draft.seen,
        None => Seen { base, revision: 0 },
    };
    let written = draft.as_ref().map(|draft| draft.document.clone());
    let last = last.map(|version| version.document);
    let document = written.or_else(|| published.clone()).or(last);
    let document = document.ok_or_else(|| not_found(frame()))?;
    // What an import brought is written on by those who may read it; what was written here, by those who may write.
    let may_read = |one: &Document| is_authored || author.reads(one);
    let all = || published.iter().chain([&document]);
    if !all().all(|one| is_written(one) && may_read(one)) {
        return Err(not_found(frame()));
    }
    author.check(app, all())?;
    Ok(Begun {
        dated: published.as_ref().unwrap_or(&document).updated,
        document,
        seen,
        draft,
        base,
        published,
    })
}

/// Texts and decisions come from those who make them.
pub(super) fn is_written(document: &Document) -> bool {
    matches!(document.kind, Nature::Fiche | Nature::Actualite)
}

/// A document of which nothing is written yet.
pub(super) fn fresh(author: &Author, kind: Nature) -> Document {
    let date = (kind == Nature::Actualite).then_some(author.visitor.today);
    Document {
        id: String::new(),
        kind,
        title: String::new(),
        themes: Vec::new(),
        collection: None,
        section: None,
        reference: None,
        summary: String::new(),
        body: String::new(),
        format: Format::Markdown,
        date,
        updated: None,
        state: None,
        audience: Vec::new(),
        history: Vec::new(),
        references: Vec::new(),
        source_url: String::new(),
        source: author.visitor.collectivite.clone(),
        licence: String::new(),
        diffusion: Diffusion::default(),
        reserve_a: Vec::new(),
        announced: false,
    }
}

/// Saves a new document under the first id of its title that is free.
pub(super) async fn save_new(
    app: &App,
    author: &Author,
    mut document: Document,
) -> Result<String, Error> {
    let (slug, now) = (slug(&document.title), app.gate.now());
    let numbered = (2..=TRIES).map(|n| format!("{slug}-{n}"));
    // A title that comes back every week has many: the moment tells the next ones apart.
    for id in std::iter::once(slug.clone())
        .chain(numbered)
        .chain([format!("{slug}-{now}")])
    {
        if app.library.find(&id).await?.is_some() {
            continue;
        }
        document.id = id;
        let saved = app
            .library
            .save_draft(&document, Seen::default(), author.by(), now);
        if saved.await? == Outcome::Done {
            return Ok(document.id);
        }
    }
    Err(Error::Crowded(slug))
}

/// « Congé de longue maladie » becomes `cig-conge-de-longue-maladie`.
fn slug(title: &str) -> String {
    let mut slug = "cig".to_owned();
    let folded = fold(title);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= LONGEST_SLUG {
            break;
        }
        slug.push('-');
        slug.push_str(word);
    }
    slug
}
