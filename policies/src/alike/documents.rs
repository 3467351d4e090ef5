//! Documents that no rule tells apart, and a few that stand for all others: one decision answers for
//! whatever is sorted alike.

use super::classes;
use crate::document::{Collection, DocumentClass, Nature, Theme};
use crate::model::{Documents, Effect, Target};
use crate::principal::ServiceId;
use crate::ruleset::Ruleset;
use std::collections::HashSet;

/// Most shelves that are looked at.
const MOST: usize = 400;

/// How finely rules look at kinds, themes and collections.
#[derive(Debug)]
pub struct Shelves {
    natures: Groups<Nature>,
    themes: Groups<Theme>,
    collections: Groups<Collection>,
}

/// Documents that are decided alike.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// One of them.
    pub class: DocumentClass,
    /// Of these kinds.
    pub natures: Vec<Nature>,
    /// About one of each of these themes; about none that a rule names when empty.
    pub themes: Vec<Vec<Theme>>,
    /// In one of these collections; in none that a rule names when empty.
    pub collections: Vec<Collection>,
}

impl Shelf {
    /// Whether it is called as another, and less narrowly.
    pub fn is_wider_than(&self, other: &Self) -> bool {
        let mut themes = self.themes.iter();
        self.natures == other.natures
            && themes.all(|group| other.themes.contains(group))
            && (self.collections.is_empty() || self.collections == other.collections)
    }
}

impl Shelves {
    /// As finely as any of these rulesets.
    pub fn of(rulesets: &[&Ruleset]) -> Self {
        let vocabulary = rulesets.first().map(|ruleset| ruleset.vocabulary());
        let read = rulesets.iter();
        let read = read.map(|ruleset| (*ruleset, ruleset.named_by_texts()));
        let rulesets: &[_] = &read.collect::<Vec<_>>();
        let classification = vocabulary.map(|vocabulary| vocabulary.classification().clone());
        let classification = classification.unwrap_or_default();
        let is_about = |documents: &Documents, theme: &Theme| documents.themes.contains(theme);
        let is_in = |documents: &Documents, one: &Collection| documents.collections.contains(one);
        let is_kind = |documents: &Documents, one: &Nature| documents.natures.contains(one);
        Self {
            natures: Groups::of(rulesets, (&Nature::ALL, Nature::Fiche), is_kind, |nature| {
                nature.as_str()
            }),
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
            nature: *self.natures.example(&class.nature),
            themes: themes.cloned().collect(),
            collection: self.collections.example(&class.collection).clone(),
            ..class.clone()
        }
    }

    /// Documents of a service, given to all who have the service, that stand for the others: where rules of
    /// forms decide otherwise after a change than before, they do so about one of these. « Texte expert » may
    /// ask for more than two themes at a time. At most [`MOST`], and whether there are more.
    pub fn all(&self, service: &ServiceId) -> (Vec<Shelf>, bool) {
        let about = self.themes.alone_and_in_pairs();
        let mut all = Vec::new();
        for (nature, natures) in self.natures.each_with_names() {
            for (collection, named) in self.collections.each() {
                all.extend(about.iter().map(|about| {
                    Shelf {
                        class: DocumentClass {
                            themes: about.iter().map(|(theme, _)| (*theme).clone()).collect(),
                            collection: collection.clone(),
                            ..DocumentClass::of(service.clone(), *nature)
                        },
                        natures: natures.to_vec(),
                        themes: about
                            .iter()
                            .filter_map(|(_, named)| Some((*named)?.names.clone()))
                            .collect(),
                        collections: named.map_or_else(Vec::new, |named| named.names.clone()),
                    }
                }));
            }
        }
        let cut = all.len() > MOST;
        if cut {
            // Of each kind and collection what is most: two themes at a time come last.
            all.sort_by_key(|shelf| shelf.themes.len());
            all.truncate(MOST);
        }
        (all, cut)
    }
}

/// Names that make no difference to each other.
#[derive(Debug)]
struct Groups<T> {
    /// Those that no rule names, the one of documents without any first; there may be none.
    unnamed: Vec<T>,
    named: Vec<Group<T>>,
    /// What a name counts as that is none of all.
    other: T,
}

#[derive(Debug)]
struct Group<T> {
    names: Vec<T>,
    /// Whether a rule that names them may open something, or close something.
    opens: bool,
    closes: bool,
    /// Whether such a rule is not the same in all rulesets.
    changes: bool,
}

impl<T> Group<T> {
    /// Whether what lies in both may fare otherwise than in each: a rule on the one opens it, and one on the
    /// other closes it; or what changes in the one is so already by the other.
    fn meets(&self, other: &Self) -> bool {
        let crossed = (self.opens && other.closes) || (self.closes && other.opens);
        crossed || self.changes || other.changes
    }
}

/// One of a group, and the group where rules name it.
type One<'a, T> = (&'a T, Option<&'a Group<T>>);

/// A rule that names something, of which ruleset, and what it does; none for a text, which may do anything.
type Naming = (usize, String, Option<Effect>);

impl<T: Clone + Eq> Groups<T> {
    fn of(
        rulesets: &[Texts<'_>],
        (all, other): (&[T], T),
        is_among: impl Fn(&Documents, &T) -> bool,
        id: impl Fn(&T) -> &str,
    ) -> Self {
        let naming = |name: &T| naming(rulesets, id(name), |documents| is_among(documents, name));
        let mut groups = Self {
            unnamed: Vec::new(),
            named: Vec::new(),
            other,
        };
        for class in classes(all, naming) {
            let names = class.iter().filter_map(|place| all.get(*place).cloned());
            let names: Vec<T> = names.collect();
            let by = names.first().map(naming).unwrap_or_default();
            let does = |wanted: fn(Effect) -> bool| {
                let mut by = by.iter();
                by.any(|(.., does)| does.is_none_or(wanted))
            };
            if by.is_empty() {
                groups.unnamed = names;
                groups.unnamed.sort_by_key(|name| *name != groups.other);
            } else {
                groups.named.push(Group {
                    changes: by.iter().any(|(_, rule, _)| differs(rulesets, rule)),
                    opens: does(|effect| effect == Effect::Allow),
                    closes: does(|effect| effect != Effect::Allow),
                    names,
                });
            }
        }
        groups
    }

    /// What stands for a name.
    fn example(&self, name: &T) -> &T {
        let first = |name: &T| {
            let named = self.named.iter().map(|group| &group.names);
            let mut groups = std::iter::once(&self.unnamed).chain(named);
            groups.find(|group| group.contains(name))?.first()
        };
        first(name)
            .or_else(|| first(&self.other))
            .unwrap_or(&self.other)
    }

    /// One of each group, and all of it.
    fn each_with_names(&self) -> impl Iterator<Item = (&T, &[T])> {
        let named = self.named.iter().map(|group| &*group.names);
        let groups = std::iter::once(&*self.unnamed).chain(named);
        groups.filter_map(|group| Some((group.first()?, group)))
    }

    fn each(&self) -> impl Iterator<Item = One<'_, T>> {
        let unnamed = self.unnamed.first().map(|one| (one, None));
        unnamed.into_iter().chain(self.each_named())
    }

    fn each_named(&self) -> impl Iterator<Item = One<'_, T>> {
        let named = self.named.iter();
        named.filter_map(|group| Some((group.names.first()?, Some(group))))
    }

    /// One of each group, and of each two that meet.
    fn alone_and_in_pairs(&self) -> Vec<Vec<One<'_, T>>> {
        let alone = self.each().map(|one| vec![one]);
        let pairs = self.each_named().enumerate().flat_map(|(place, one)| {
            let others = self.each_named().skip(place + 1);
            let meets = move |other: &One<'_, T>| {
                let groups = one.1.zip(other.1);
                groups.is_some_and(|(one, other)| one.meets(other))
            };
            others.filter(meets).map(move |other| vec![one, other])
        });
        alone.chain(pairs).collect()
    }
}

/// Whether a rule is not the same in all of them.
fn differs(rulesets: &[Texts<'_>], rule: &str) -> bool {
    let mut models = rulesets.iter().map(|(ruleset, _)| ruleset.model(rule));
    let first = models.next();
    models.any(|model| Some(model) != first)
}

/// A ruleset, and what its texts name.
type Texts<'a> = (&'a Ruleset, HashSet<Box<str>>);

/// The rules that name something of documents.
fn naming(rulesets: &[Texts<'_>], id: &str, is_among: impl Fn(&Documents) -> bool) -> Vec<Naming> {
    let mut found = Vec::new();
    for (place, (ruleset, texts)) in rulesets.iter().enumerate() {
        let models = ruleset.models().filter(|(_, model)| match &model.target {
            Target::Documents(documents) => is_among(documents),
            Target::Service(_) | Target::Area(_) => false,
        });
        found.extend(models.map(|(rule, model)| (place, rule.to_owned(), Some(model.effect))));
        // What a text does with a name is not known: none other is like it.
        if texts.contains(id) {
            found.push((place, id.to_owned(), None));
        }
    }
    found
}
