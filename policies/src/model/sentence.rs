//! A model in French. The sentence says all that the model says: it can be read back (`parse`).

use super::phrase::{joined, only, quoted};
use super::{Documents, Effect, Labels, Model, Names, Party, Reach, Target, Who};
use crate::alike::Shelf;
use crate::document::{Collection, Nature, Theme};
use crate::principal::MembershipId;

impl Model {
    /// « Les agents du service « RH » accèdent à Net Cotisations (modification), du lundi au
    /// vendredi de 7 h à 20 h. »
    pub fn sentence(&self, names: &Names) -> String {
        let (subject, one) = self.subject(names);
        let verb = if one { "accède" } else { "accèdent" };
        let what = self.target.phrase(names) + self.depth();
        let conditions = self.conditions.phrases().join(", ");
        let separated = if conditions.is_empty() { "" } else { ", " };
        match self.effect {
            Effect::Allow => format!("{subject} {verb} {what}{separated}{conditions}."),
            Effect::Require => {
                format!("{subject} n’{verb} {what} {}.", only(&self.conditions))
            }
            Effect::Restrict if self.who.any_of.is_empty() => {
                format!("{subject} n’{verb} {what}{separated}{conditions}.")
            }
            Effect::Restrict => format!("{subject} n’{verb} pas {what}{separated}{conditions}."),
        }
    }

    /// Who, and whether the verb is in the singular.
    fn subject(&self, names: &Names) -> (String, bool) {
        let (subject, one) = match (self.effect, self.who.parties(names)) {
            (_, Some(parties)) => (parties, self.who.is_one_person()),
            (Effect::Allow, None) => ("tous les agents".to_owned(), false),
            (Effect::Require, None) => ("les agents".to_owned(), false),
            (Effect::Restrict, None) => ("aucun agent".to_owned(), true),
        };
        let except = self.who.except.iter().map(MembershipId::as_str);
        let except = except.map(|id| quoted(names.agents.of(id)));
        let except = joined(except.collect(), " et ");
        let except = except
            .map(|people| format!(", sauf {people},"))
            .unwrap_or_default();
        (capitalised(&subject) + &except, one)
    }

    fn depth(&self) -> &'static str {
        match (&self.target, self.effect, self.reach) {
            (Target::Documents(_), ..) => "",
            (_, _, Reach::Modify) => " (modification)",
            (_, Effect::Allow, Reach::Consult) => " (lecture)",
            (_, _, Reach::Consult) => "",
        }
    }
}

impl Who {
    fn parties(&self, names: &Names) -> Option<String> {
        let parties = self.any_of.iter().map(|party| match party {
            Party::Group(id) => format!(
                "les agents du service {}",
                quoted(names.groups.of(id.as_str()))
            ),
            Party::Profile(id) => {
                format!(
                    "les agents du profil {}",
                    quoted(names.profiles.of(id.as_str()))
                )
            }
            Party::Agent(id) => quoted(names.agents.of(id.as_str())),
        });
        joined(parties.collect(), " et ")
    }
}

impl Target {
    fn phrase(&self, names: &Names) -> String {
        let service = self.service();
        let service = names.services.of(service.as_str());
        match self {
            Self::Service(_) => format!("à {service}"),
            Self::Area(area) => {
                let areas = names.areas.get(self.service().as_str());
                let area = areas.map_or(&**area, |areas| areas.of(area));
                format!("à la rubrique {} de {service}", quoted(area))
            }
            Self::Documents(documents) => documents.phrase(service, names),
        }
    }
}

impl Documents {
    /// « aux fiches pratiques de BIP sur le thème « Santé » dans la collection « Annales » ».
    fn phrase(&self, service: &str, names: &Names) -> String {
        let themes = self.themes.iter().map(Theme::as_str);
        let collections = self.collections.iter().map(Collection::as_str);
        format!(
            "aux {} de {service}{}{}",
            kinds(self.natures.iter()),
            among(themes, &names.themes, THEMES),
            among(collections, &names.collections, COLLECTIONS),
        )
    }
}

impl Shelf {
    /// « documents », « fiches pratiques et actualités ».
    pub fn kinds(&self) -> String {
        let is_all = self.natures.len() == Nature::ALL.len();
        let natures = if is_all { &[] } else { &*self.natures };
        kinds(natures.iter())
    }

    /// « sur le thème « Santé » dans la collection « Annales » », « à la fois sur le thème « Santé » et sur le
    /// thème « Retraite » »; empty for what no rule names.
    pub fn narrowing(&self, names: &Names) -> String {
        let themes = self.themes.iter().map(|group| {
            let group = group.iter().map(Theme::as_str);
            among(group, &names.themes, THEMES)
        });
        let themes: Vec<_> = themes.collect();
        let both = if themes.len() > 1 { "à la fois" } else { "" };
        let collections = self.collections.iter().map(Collection::as_str);
        let collections = among(collections, &names.collections, COLLECTIONS);
        let themes = joined(themes, " et").unwrap_or_default();
        format!("{both}{themes}{collections}")
            .trim_start()
            .to_owned()
    }
}

/// Those of no kind in particular are documents.
fn kinds<'a>(natures: impl Iterator<Item = &'a Nature>) -> String {
    let kinds = natures.map(|nature| nature.plural().to_owned());
    let kinds = joined(kinds.collect(), " et ");
    kinds.unwrap_or_else(|| "documents".to_owned())
}

/// What is written before the name of one, and before those of several.
pub(super) type Introductions = (&'static str, &'static str);

pub(super) const THEMES: Introductions = (" sur le thème ", " sur l’un des thèmes ");
pub(super) const COLLECTIONS: Introductions =
    (" dans la collection ", " dans l’une des collections ");

/// « sur le thème « Santé » »; nothing of nothing.
fn among<'a>(
    ids: impl Iterator<Item = &'a str>,
    labels: &Labels,
    (one, several): Introductions,
) -> String {
    let said: Vec<_> = ids.map(|id| quoted(labels.of(id))).collect();
    let introduction = if said.len() == 1 { one } else { several };
    let said = joined(said, " ou ");
    said.map_or_else(String::new, |said| format!("{introduction}{said}"))
}

impl Nature {
    /// Several of them, in French.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Fiche => "fiches pratiques",
            Self::Texte => "textes officiels",
            Self::Jurisprudence => "décisions de justice",
            Self::Actualite => "actualités",
        }
    }
}

pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
