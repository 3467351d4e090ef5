//! What a change of guardrails would do, collectivité by collectivité, and the button that makes it.
//! Nothing counts that was not shown.

use super::form::again;
use super::hits::{self, Hit};
use super::proven;
use crate::correspondant::{Correspondant, failed};
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::preview::{Pairs, prove};
use crate::referent::rules::proven::Proven;
use crate::referent::rules::services;
use accounts::{Announced, Error, RuleVersion};
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
    /// What counts until then; empty for nothing.
    before: String,
    hits: Vec<Hit>,
    /// Whether circumstances were left out.
    cut: bool,
    /// Whether one that nobody can read closes everything until then.
    broken: bool,
    proven: Proven,
    /// Whether somebody was shown something else before.
    stale: bool,
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
    for obstacle in &page.proven.obstacles {
        page.errors.add("preuve", obstacle);
    }
    let reason = fields::reason(fields.one("motif"));
    if reason.is_none() {
        page.errors.add(
            "motif",
            "Dites en quelques mots pourquoi\u{a0}: ce motif reste dans l’historique.",
        );
    }
    if !page.hits.is_empty() && fields.one("confirme") != "oui" {
        page.errors.add(
            "confirme",
            "Lisez qui est touché, et cochez la case si vous le voulez vraiment.",
        );
    }
    let Some(reason) = reason.filter(|_| page.errors.is_empty()) else {
        return page::answer(page.errors.status(), &page);
    };
    let overseen = someone.overseen(portal);
    let why = Announced {
        by: someone.account(),
        reason: &reason,
        said: &page.sentence,
        before: &page.before,
    };
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
    let (former, others): (Vec<_>, Vec<_>) =
        in_force.partition(|version| version.rule.id == change.rule.id);
    let former = former.into_iter().next().map(|version| version.rule);
    let others: Vec<_> = others.into_iter().map(|version| version.rule).collect();
    let counting = (!change.ends).then_some(&change.rule);
    let rulesets = portal.directory.rulesets();
    let before = rulesets.guardrails();
    let then: Vec<_> = others.iter().chain(counting).cloned().collect();
    let (after, _) = Guardrail::read_all(vocabulary, &then, before)?;
    let replaces = former.is_some();
    let proven = proven::of(portal, (change, replaces), before, &after).await?;
    // What it said until then opens again, what it says now closes.
    let said = former.iter().chain(counting);
    let said = said.filter_map(|rule| Some((rule.model()?, Guardrail::only_of(rule))));
    let said: Vec<_> = said.collect();
    let (hits, cut) = hits::of(portal, someone, &said, &after).await?;
    let told: Vec<_> = hits.iter().map(|hit| hit.id.as_str()).collect();
    let said = shown(change, &others, &told);
    let person = someone.person(portal).await?;
    let only = Guardrail::only_of(&change.rule);
    let entry = only.and_then(|id| portal.directory.find(&id));
    let proof = prove(portal, someone, &change.address, &said);
    let names = services(portal);
    let sentence = |rule: &Rule| rule.model().map(|model| model.sentence(&names));
    let own = |name: &str| OWN.contains(&name);
    Ok(PreviewPage {
        token: person.token.clone(),
        person: Some(person),
        here: "garde-fous",
        errors: FieldErrors::default(),
        change,
        sentence: sentence(&change.rule).unwrap_or_default(),
        before: former
            .iter()
            .find_map(sentence)
            .filter(|_| !change.ends)
            .unwrap_or_default(),
        cut,
        broken: before.iter().any(|one| one.model().is_none()),
        proven,
        stale: !fields.one("apercu").is_empty() && fields.one("apercu") != proof,
        only: entry.map_or_else(String::new, |entry| entry.collectivite.name.clone()),
        cedar: &change.rule.text,
        losers: hits.iter().map(|hit| hit.losers).sum(),
        gainers: hits.iter().map(|hit| hit.gainers).sum(),
        hits,
        proof,
        reason: fields.one("motif").to_owned(),
        fields: fields
            .pairs()
            .filter(|(name, _)| !own(name))
            .cloned()
            .collect(),
    })
}

/// All that the page shows and the button is for: the change, what counts beside it, and whom it hits.
fn shown(change: &Change, others: &[Rule], hits: &[&str]) -> String {
    let known: Vec<_> = others.iter().map(|rule| rule.text.as_str()).collect();
    let (ends, over, text) = (change.ends, change.based_on, &change.rule.text);
    format!(
        "{ends} {over} {text} {} {}",
        known.join(" "),
        hits.join(" ")
    )
}
