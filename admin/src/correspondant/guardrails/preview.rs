//! What a change of guardrails would do, collectivité by collectivité, and the button that makes it.
//! Nothing counts that was not shown.

use super::form::again;
use super::hits::{self, Hit};
use crate::correspondant::{Correspondant, failed};
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::preview::{Pairs, prove};
use crate::referent::rules::services;
use accounts::{Error, RuleVersion};
use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Guardrail, Rule};

/// A guardrail that is to count, or to end.
pub(super) struct Change {
    pub(super) rule: Rule,
    /// The version that counts, or was last; 0 for none.
    pub(super) based_on: i64,
    pub(super) ends: bool,
    /// Where it is posted.
    pub(super) address: String,
}

#[derive(Template)]
#[template(path = "cig/guardrail_preview.html")]
struct PreviewPage<'a> {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    change: &'a Change,
    sentence: String,
    only: String,
    cedar: &'a str,
    hits: Vec<Hit>,
    /// People of all of them.
    losers: usize,
    gainers: usize,
    proof: String,
    reason: String,
    /// The form's own fields, to be sent again.
    fields: Vec<(String, String)>,
}

/// The fields of this page, not of the form behind it.
const OWN: [&str; 5] = ["jeton", "apercu", "motif", "confirme", "pas"];

/// Shows it, or makes it. Fields: `pas` (`publier`), `apercu`, `motif`, `confirme`, and those of the form.
pub(super) async fn take(
    portal: &Portal,
    someone: &Correspondant,
    change: &Change,
    fields: &Pairs,
) -> Response {
    let mut page = match read(portal, someone, change, fields).await {
        Ok(page) => page,
        Err(error) => return failed(&error),
    };
    let shown = fields.one("apercu") == page.proof;
    if fields.one("pas") != "publier" || !shown {
        return page::answer(page.errors.status(), &page);
    }
    let Some(reason) = fields::reason(fields.one("motif")) else {
        page.errors.add(
            "motif",
            "Dites en quelques mots pourquoi\u{a0}: ce motif reste dans l’historique.",
        );
        return page::answer(page.errors.status(), &page);
    };
    if !page.hits.is_empty() && fields.one("confirme") != "oui" {
        page.errors.add(
            "confirme",
            "Lisez qui est touché, et cochez la case si vous le voulez vraiment.",
        );
        return page::answer(page.errors.status(), &page);
    }
    let (overseen, why) = (someone.overseen(portal), (&*reason, someone.account()));
    let made = if change.ends {
        let which = (&*change.rule.id, change.based_on);
        overseen.withdraw_guardrail(which, why).await
    } else {
        let vocabulary = portal.directory.vocabulary();
        let published =
            overseen.publish_guardrail(vocabulary, (&change.rule, change.based_on), why);
        published.await.map(drop)
    };
    let done = if change.ends {
        "retrait"
    } else {
        "publication"
    };
    match made {
        Ok(()) => Redirect::to(&format!("/cig/garde-fous?fait={done}")).into_response(),
        Err(Error::Stale { .. }) => again(change),
        Err(error) => failed(&error),
    }
}

async fn read<'a>(
    portal: &Portal,
    someone: &Correspondant,
    change: &'a Change,
    fields: &Pairs,
) -> Result<PreviewPage<'a>, Error> {
    let vocabulary = portal.directory.vocabulary();
    let overseen = someone.overseen(portal);
    let in_force = overseen.list_guardrails().await?.into_iter();
    let in_force = in_force.filter(RuleVersion::is_in_force);
    let others = in_force.filter(|version| version.rule.id != change.rule.id);
    let others: Vec<_> = others.map(|version| version.rule).collect();
    let counting = (!change.ends).then_some(&change.rule);
    // One that does not hold is no matter of this change.
    let after = others.iter().chain(counting);
    let after = after.filter_map(|rule| Guardrail::read(vocabulary, rule).ok());
    let after: Vec<_> = after.collect();
    let model = change.rule.model();
    let only = Guardrail::only_of(&change.rule);
    let hits = match &model {
        Some(model) => hits::of(portal, someone, (model, only.as_ref()), &after).await?,
        None => Vec::new(),
    };
    let shown = |hit: &Hit| format!("{} {} {}", hit.id, hit.losers, hit.gainers);
    let told: Vec<_> = hits.iter().map(shown).collect();
    let known = others.iter().map(|rule| rule.text.as_str());
    let known: Vec<_> = known.collect();
    let said = format!(
        "{} {} {} {} {}",
        change.ends,
        change.based_on,
        change.rule.text,
        known.join(" "),
        told.join(" ")
    );
    let person = someone.person(portal).await?;
    let entry = only.and_then(|id| portal.directory.find(&id));
    let own = |name: &str| OWN.contains(&name);
    Ok(PreviewPage {
        token: person.token.clone(),
        person: Some(person),
        here: "garde-fous",
        errors: FieldErrors::default(),
        change,
        sentence: model.map_or_else(String::new, |model| model.sentence(&services(portal))),
        only: entry.map_or_else(String::new, |entry| entry.collectivite.name.clone()),
        cedar: &change.rule.text,
        losers: hits.iter().map(|hit| hit.losers).sum(),
        gainers: hits.iter().map(|hit| hit.gainers).sum(),
        hits,
        proof: prove(portal, someone, &change.address, &said),
        reason: fields.one("motif").to_owned(),
        fields: fields
            .pairs()
            .filter(|(name, _)| !own(name))
            .cloned()
            .collect(),
    })
}
