//! A model in French. The sentence says all that the model says: it can be read back (`parse`).

use super::phrase::{joined, only, quoted};
use super::{Effect, Model, Names, Party, Reach, Target, Who};
use crate::principal::MembershipId;
use crate::resource::Nature;

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
            (Target::Documents { .. }, ..) => "",
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
            Self::Documents { natures, .. } => {
                let kinds = natures.iter().map(|nature| nature.plural().to_owned());
                let kinds = joined(kinds.collect(), " et ");
                format!(
                    "aux {} de {service}",
                    kinds.as_deref().unwrap_or("documents")
                )
            }
        }
    }
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

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
