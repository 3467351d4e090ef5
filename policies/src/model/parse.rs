//! A French sentence as a model: what [`Model::sentence`] writes, with any spaces and apostrophes,
//! and conditions in any order.

mod conditions;
mod cursor;

use super::names::plain;
use super::sentence::{COLLECTIONS, Introductions, THEMES, capitalised};
use super::{Documents, Effect, Labels, Model, Names, Party, Reach, Target, Who};
use crate::document::Nature;
use cursor::Cursor;
use std::collections::BTreeSet;

/// Where a sentence is not understood, and what is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}, on attend {expected}.", place(read))]
pub struct SentenceError {
    /// What was understood before it.
    pub read: String,
    /// What would be understood there, in French.
    pub expected: String,
}

/// « Après « Les agents » ».
fn place(read: &str) -> String {
    if read.is_empty() {
        "Au début de la phrase".to_owned()
    } else {
        format!("Après «\u{a0}{read}\u{a0}»")
    }
}

impl Model {
    /// Reads a sentence.
    ///
    /// # Errors
    /// The first place that is not understood, or a name that is not known.
    pub fn parse(sentence: &str, names: &Names) -> Result<Self, SentenceError> {
        let sentence = plain(sentence);
        // A service is written without marks, and its name may have some.
        let mut written = names.services.iter();
        let plain = written.any(|(_, label)| label.contains(['"', '“', '”']));
        let sentence = capitalised(&if plain { sentence } else { marked(&sentence) });
        let mut cursor = Cursor::new(&sentence);
        let model = read(&mut cursor, names)?;
        let _ = cursor.eat(".");
        if cursor.is_at_end() {
            Ok(model)
        } else {
            Err(cursor.wants("la fin de la phrase"))
        }
    }
}

/// A sentence with its names between « », also those between other quotes: "RH", “RH”.
fn marked(sentence: &str) -> String {
    let (mut marked, mut inside, mut straight) = (String::new(), false, false);
    for c in sentence.chars() {
        straight ^= c == '"' && !inside;
        match c {
            '“' if !inside => marked.push_str("« "),
            '”' if !inside => marked.push_str(" »"),
            '"' if !inside => marked.push_str(if straight { "« " } else { " »" }),
            _ => marked.push(c),
        }
        inside = (inside || c == '«') && c != '»';
    }
    marked
}

fn read(cursor: &mut Cursor<'_>, names: &Names) -> Result<Model, SentenceError> {
    let (who, nobody) = subject(cursor, names)?;
    let start = *cursor;
    let negated = cursor.eat(" n’");
    let _ = negated || cursor.eat(" ");
    if !cursor.eat("accèdent ") && !cursor.eat("accède ") {
        return Err(cursor.wants("«\u{a0}accèdent à\u{a0}», «\u{a0}n’accèdent pas à\u{a0}» ou «\u{a0}n’accèdent à … que\u{a0}»"));
    }
    if nobody && !negated {
        return Err(start.wants("«\u{a0}n’accède à\u{a0}»"));
    }
    let closed = nobody || (negated && cursor.eat("pas "));
    // « Tous … ne … pas » is read in two ways.
    if closed && !nobody && who.any_of.is_empty() {
        return Err(start.wants("un autre début («\u{a0}Aucun agent n’accède à\u{a0}»)"));
    }
    let target = target(cursor, names)?;
    let modifies = cursor.eat(" (modification)");
    let _ = modifies || cursor.eat(" (lecture)");
    let effect = match (negated, closed) {
        (false, _) => Effect::Allow,
        (true, true) => Effect::Restrict,
        (true, false) => Effect::Require,
    };
    if effect == Effect::Require && !cursor.eat(" que ") && !cursor.eat(" qu’") {
        return Err(cursor.wants("«\u{a0}que\u{a0}» et une condition"));
    }
    Ok(Model {
        effect,
        who,
        target,
        reach: if modifies {
            Reach::Modify
        } else {
            Reach::Consult
        },
        conditions: conditions::read(cursor, names, effect == Effect::Require)?,
    })
}

/// Who, and whether it is said that nobody does.
fn subject(cursor: &mut Cursor<'_>, names: &Names) -> Result<(Who, bool), SentenceError> {
    let mut who = Who::default();
    let nobody = cursor.eat("Aucun agent");
    let everybody = nobody || cursor.eat("Tous les agents");
    if !everybody {
        match party(cursor, names)? {
            Some(first) => {
                who.any_of.insert(first);
                other_parties(cursor, names, &mut who.any_of)?;
            }
            None if cursor.eat("Les agents") => {}
            None => return Err(cursor.wants("«\u{a0}Tous les agents\u{a0}», «\u{a0}Les agents du service …\u{a0}» ou le nom d’une personne entre « »")),
        }
    }
    if cursor.eat(", sauf ") {
        loop {
            who.except
                .insert(cursor.named(&names.agents, "aucune personne")?.into());
            if !cursor.eat(" et ") && !cursor.eat_before(", ", "« ") {
                break;
            }
        }
        let _ = cursor.eat(",");
    }
    Ok((who, nobody))
}

fn other_parties(
    cursor: &mut Cursor<'_>,
    names: &Names,
    parties: &mut BTreeSet<Party>,
) -> Result<(), SentenceError> {
    while cursor.eat(" et ")
        || cursor.eat_before(", ", "les agents du ")
        || cursor.eat_before(", ", "« ")
    {
        let next = party(cursor, names)?;
        parties.insert(next.ok_or_else(|| {
            cursor.wants("«\u{a0}les agents du service …\u{a0}» ou le nom d’une personne")
        })?);
    }
    Ok(())
}

fn party(cursor: &mut Cursor<'_>, names: &Names) -> Result<Option<Party>, SentenceError> {
    let either = |cursor: &mut Cursor<'_>, rest: &str| {
        cursor.eat(&format!("Les {rest}")) || cursor.eat(&format!("les {rest}"))
    };
    Ok(if either(cursor, "agents du service ") {
        let id = cursor.named(&names.groups, "aucun service de la collectivité")?;
        Some(Party::Group(id.into()))
    } else if either(cursor, "agents du profil ") {
        let id = cursor.named(&names.profiles, "aucun profil")?;
        Some(Party::Profile(id.into()))
    } else if cursor.is_before("«") {
        let id = cursor.named(&names.agents, "aucune personne")?;
        Some(Party::Agent(id.into()))
    } else {
        None
    })
}

fn target(cursor: &mut Cursor<'_>, names: &Names) -> Result<Target, SentenceError> {
    if cursor.eat("à la rubrique ") {
        let label = cursor.quoted();
        let label = label.ok_or_else(|| cursor.wants("un nom entre « »"))?;
        if !cursor.eat(" de ") {
            return Err(cursor.wants("«\u{a0}de\u{a0}» et un service"));
        }
        let service = service(cursor, names)?;
        let areas = names.areas.get(&service);
        let area = areas.and_then(|areas| areas.find(label));
        let unknown = || {
            cursor.wants(&format!(
                "une rubrique de ce service (aucune ne s’appelle «\u{a0}{label}\u{a0}»)"
            ))
        };
        return Ok(Target::Area(area.ok_or_else(unknown)?.into()));
    }
    if cursor.eat("à ") {
        return Ok(Target::Service(service(cursor, names)?.into()));
    }
    if !cursor.eat("aux ") {
        return Err(
            cursor.wants("«\u{a0}à\u{a0}» et un service, ou «\u{a0}aux documents de\u{a0}»")
        );
    }
    let natures = natures(cursor)?;
    if !cursor.eat(" de ") {
        return Err(cursor.wants("«\u{a0}de\u{a0}» et un service"));
    }
    let mut documents = Documents {
        natures,
        ..Documents::of(service(cursor, names)?.into())
    };
    // In either order.
    for _ in 0..2 {
        let themes = among(cursor, &names.themes, THEMES, "aucun thème")?;
        documents.themes.extend(themes);
        let collections = among(cursor, &names.collections, COLLECTIONS, "aucune collection")?;
        documents.collections.extend(collections);
    }
    if [" sur ", " dans ", " et "]
        .iter()
        .any(|word| cursor.is_before(word))
    {
        return Err(cursor.wants(NARROWED));
    }
    Ok(Target::Documents(documents))
}

const NARROWED: &str = "«\u{a0}sur le thème « … »\u{a0}», «\u{a0}sur l’un des thèmes « … » ou « … »\u{a0}», \
    «\u{a0}dans la collection « … »\u{a0}» ou «\u{a0}dans l’une des collections « … » ou « … »\u{a0}», chacun une fois";

/// `sur l’un des thèmes « A » ou « B »`; `none` is what to say when nothing is called so.
fn among<T: Ord + for<'a> From<&'a str>>(
    cursor: &mut Cursor<'_>,
    labels: &Labels,
    (one, several): Introductions,
    none: &str,
) -> Result<BTreeSet<T>, SentenceError> {
    if !cursor.eat(one) && !cursor.eat(several) {
        return Ok(BTreeSet::new());
    }
    let named = cursor.any_named(labels, none)?;
    Ok(named.into_iter().map(T::from).collect())
}

fn natures(cursor: &mut Cursor<'_>) -> Result<BTreeSet<Nature>, SentenceError> {
    let mut natures = BTreeSet::new();
    if cursor.eat("documents") {
        return Ok(natures);
    }
    loop {
        let found = Nature::ALL
            .into_iter()
            .find(|nature| cursor.eat(nature.plural()));
        natures
            .insert(found.ok_or_else(|| {
                cursor.wants("«\u{a0}documents\u{a0}» ou une sorte de documents")
            })?);
        if !cursor.eat(" et aux ") && !cursor.eat(" et ") && !cursor.eat(", ") {
            return Ok(natures);
        }
    }
}

fn service(cursor: &mut Cursor<'_>, names: &Names) -> Result<String, SentenceError> {
    let found = names.services.at_start_of(cursor.rest());
    let (label, id) = found.ok_or_else(|| cursor.wants("un service en ligne"))?;
    let _ = cursor.eat(label);
    Ok(id.to_owned())
}
