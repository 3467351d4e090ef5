//! Documents that no rule tells apart, and a few that stand for all others: one decision answers for
//! whatever is sorted alike.

use super::classes;
use crate::document::{Collection, DocumentClass, Nature, Theme};
use crate::model::{Documents, Target};
use crate::principal::ServiceId;
use crate::ruleset::Ruleset;

/// How finely rules look at themes and collections.
#[derive(Debug)]
pub struct Shelves {
    themes: Groups<Theme>,
    collections: Groups<Collection>,
}

/// Documents of one kind that are decided alike.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// One of them.
    pub class: DocumentClass,
    /// About one of each of these themes; about none that a rule names when empty.
    pub themes: Vec<Vec<Theme>>,
    /// In one of these collections; in none that a rule names when empty.
    pub collections: Vec<Collection>,
}

impl Shelves {
    /// As finely as any of these rulesets.
    pub fn of(rulesets: &[&Ruleset]) -> Self {
        let vocabulary = rulesets.first().map(|ruleset| ruleset.vocabulary());
        let classification = vocabulary.map(|vocabulary| vocabulary.classification().clone());
        let classification = classification.unwrap_or_default();
        let is_about = |documents: &Documents, theme: &Theme| documents.themes.contains(theme);
        let is_in = |documents: &Documents, one: &Collection| documents.collections.contains(one);
        Self {
            themes: Groups::of(
                rulesets,
                (classification.themes(), Theme::OTHER.into()),
                is_about,
                Theme::as_str,
            ),
            collections: Groups::of(
                rulesets,
                (classification.collections(), Collection::GENERAL.into()),
                is_in,
                Collection::as_str,
            ),
        }
    }

    /// The class that stands for this one: it is decided alike. What the installation does not know counts as
    /// nothing in particular.
    pub fn example(&self, class: &DocumentClass) -> DocumentClass {
        let themes = class.themes.iter().map(|theme| self.themes.example(theme));
        DocumentClass {
            themes: themes.cloned().collect(),
            collection: self.collections.example(&class.collection).clone(),
            ..class.clone()
        }
    }

    /// Documents of a service, given to all who have the service, that stand for the others: where rules of
    /// forms decide otherwise after a change than before, they do so about one of these. « Texte expert » may
    /// ask for more than two themes at a time.
    pub fn all(&self, service: &ServiceId) -> Vec<Shelf> {
        let about = self.themes.alone_and_in_pairs();
        let mut all = Vec::new();
        for nature in Nature::ALL {
            for (collection, collections) in self.collections.each() {
                all.extend(about.iter().map(|about| {
                    Shelf {
                        class: DocumentClass {
                            themes: about.iter().map(|(theme, _)| (*theme).clone()).collect(),
                            collection: collection.clone(),
                            ..DocumentClass::of(service.clone(), nature)
                        },
                        themes: about
                            .iter()
                            .filter_map(|(_, named)| Some((*named)?.to_vec()))
                            .collect(),
                        collections: collections.unwrap_or_default().to_vec(),
                    }
                }));
            }
        }
        all
    }
}

/// Names that make no difference to each other.
#[derive(Debug)]
struct Groups<T> {
    /// Those that no rule names; there may be none.
    unnamed: Vec<T>,
    named: Vec<Vec<T>>,
    /// What a name counts as that is none of all.
    other: T,
}

/// One of a group, and the group where rules name it.
type One<'a, T> = (&'a T, Option<&'a [T]>);

impl<T: Clone + Eq> Groups<T> {
    fn of(
        rulesets: &[&Ruleset],
        (all, other): (&[T], T),
        is_among: impl Fn(&Documents, &T) -> bool,
        id: impl Fn(&T) -> &str,
    ) -> Self {
        let naming = |name: &T| {
            let rulesets = rulesets.iter().enumerate();
            let naming = rulesets.flat_map(|(place, ruleset)| {
                let models = ruleset.models().filter(|(_, model)| match &model.target {
                    Target::Documents(documents) => is_among(documents, name),
                    Target::Service(_) | Target::Area(_) => false,
                });
                let models = models.map(move |(rule, _)| (place, rule.to_owned()));
                // What a text does with a name is not known: none other is like it.
                let alone = ruleset.is_expert() && ruleset.mentions(id(name));
                models.chain(alone.then(|| (place, format!("\"{}\"", id(name)))))
            });
            naming.collect::<Vec<_>>()
        };
        let mut groups = Self {
            unnamed: Vec::new(),
            named: Vec::new(),
            other,
        };
        for class in classes(all, naming) {
            let group: Vec<T> = class
                .iter()
                .filter_map(|place| all.get(*place).cloned())
                .collect();
            if group.first().is_some_and(|one| naming(one).is_empty()) {
                groups.unnamed = group;
            } else {
                groups.named.push(group);
            }
        }
        groups
    }

    /// What stands for a name.
    fn example(&self, name: &T) -> &T {
        let first = |name: &T| {
            let mut groups = std::iter::once(&self.unnamed).chain(&self.named);
            groups.find(|group| group.contains(name))?.first()
        };
        first(name)
            .or_else(|| first(&self.other))
            .unwrap_or(&self.other)
    }

    fn each(&self) -> impl Iterator<Item = One<'_, T>> {
        let unnamed = self.unnamed.first().map(|one| (one, None));
        unnamed.into_iter().chain(self.each_named())
    }

    fn each_named(&self) -> impl Iterator<Item = One<'_, T>> {
        let named = self.named.iter();
        named.filter_map(|group| Some((group.first()?, Some(&**group))))
    }

    fn alone_and_in_pairs(&self) -> Vec<Vec<One<'_, T>>> {
        let alone = self.each().map(|one| vec![one]);
        let pairs = self.each_named().enumerate().flat_map(|(place, one)| {
            let others = self.each_named().skip(place + 1);
            others.map(move |other| vec![one, other])
        });
        alone.chain(pairs).collect()
    }
}
