//! What the fields of a document may name: themes, collections, collectivités.

use crate::content::document::Document;
use crate::index::analyzer::fold;
use crate::paris;
use crate::web::App;
use jiff::civil::Date;
use policies::{Classification, Collection, CollectiviteId, Diffusion, Theme};
use std::collections::HashMap;

/// What the fields may name.
pub(super) struct Known {
    pub(super) classification: Classification,
    pub(super) collectivites: Vec<(CollectiviteId, String)>,
    pub(super) today: Date,
}

impl Known {
    /// What this installation knows.
    pub(super) fn of(app: &App) -> Self {
        Self {
            classification: app.gate.classification(),
            collectivites: app.gate.collectivites(),
            today: paris::day(app.gate.now()),
        }
    }

    /// The collectivités by their folded names and ids; of two that are called alike the name says neither.
    pub(super) fn by_name(&self) -> HashMap<String, Option<CollectiviteId>> {
        let mut by_name = HashMap::new();
        for (id, name) in &self.collectivites {
            let one = by_name.entry(fold(name));
            one.and_modify(|known| *known = None)
                .or_insert_with(|| Some(id.clone()));
        }
        let ids = self.collectivites.iter().map(|(id, _)| id);
        by_name.extend(ids.map(|id| (fold(id.as_str()), Some(id.clone()))));
        by_name
    }

    /// Who reads a document once it is published.
    pub(super) fn readers(&self, document: &Document) -> String {
        let readers = match document.diffusion {
            Diffusion::Public => "tous, quels que soient leurs droits".to_owned(),
            Diffusion::Adherents => {
                "les agents qui ont accès à BIP, selon les règles de leur collectivité".to_owned()
            }
            Diffusion::Restreint => {
                let names = document.reserve_a.iter().map(|id| self.name(id));
                format!(
                    "les seuls agents de {}",
                    names.collect::<Vec<_>>().join(", ")
                )
            }
        };
        if document.announced {
            return format!("{readers}\u{a0}; son titre est dit à qui ouvre son adresse");
        }
        readers
    }

    /// The themes to choose from; that of documents without one is no choice.
    pub(super) fn themes(&self) -> Vec<String> {
        let all = self.classification.themes().iter().map(Theme::as_str);
        let chosen = all.filter(|name| *name != Theme::OTHER);
        chosen.map(str::to_owned).collect()
    }

    /// The collections to choose from, in the same way.
    pub(super) fn collections(&self) -> Vec<String> {
        let all = self.classification.collections().iter();
        let chosen = all
            .map(Collection::as_str)
            .filter(|name| *name != Collection::GENERAL);
        chosen.map(str::to_owned).collect()
    }

    /// The names of the collectivités, in their order.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.collectivites.iter().map(|(_, name)| name.clone());
        let mut names: Vec<_> = names.collect();
        names.sort_by_key(|name| fold(name));
        names
    }

    pub(super) fn name<'a>(&'a self, id: &'a CollectiviteId) -> &'a str {
        let known = self.collectivites.iter().find(|(known, _)| known == id);
        known.map_or(id.as_str(), |(_, name)| name)
    }
}
