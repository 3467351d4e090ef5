//! A question about somebody's access at a moment: with what of the rules, guardrails, rights and groups
//! it is answered. Of a past moment those of then, as far as they are known; else those of now.

use super::Referent;
use super::question;
use crate::date;
use crate::portal::Portal;
use crate::referent::rules::Circumstances;
use accounts::{Error, Past, PastMember};
use policies::{Guardrail, Member, MembershipId, Ruleset, Situation};
use std::sync::Arc;

/// What one is answered with.
pub(crate) struct Scene {
    pub(crate) ruleset: Arc<Ruleset>,
    pub(crate) situation: Situation,
    /// Of a past moment, what to know of the answer.
    pub(crate) caveat: &'static str,
}

/// Why a past moment cannot be shown.
pub(crate) const UNKNOWN: &str =
    "Rien n’est connu de votre collectivité à ce moment\u{a0}: l’historique commence plus tard.";

/// Said beside answers about the past.
const OF_THEN: &str = "Les règles, les droits et les services sont ceux de ce moment-là\u{a0}; les noms et les adresses des réseaux sont ceux d’aujourd’hui.";

/// Said beside answers about a time to come.
const OF_NOW: &str =
    "Avec les règles, les groupes et les services d’aujourd’hui, et les droits qui vaudront alors.";

/// A rule of then that cannot be read now closes everything.
const UNREADABLE: &str =
    "Une règle ou un garde-fou de ce moment-là ne peut plus être lu\u{a0}: tout est montré fermé.";

/// The past of a collectivité, and what judges it.
pub(crate) struct PastScene {
    pub(crate) scene: Scene,
    pub(crate) people: Vec<PastMember>,
    /// How many were there already, and nothing is known of them then.
    pub(crate) unknown: i64,
}

impl PastScene {
    /// The collectivité in circumstances of the past; `only` somebody of it, or everybody. `None` when
    /// nothing is known of it then.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn of(
        portal: &Portal,
        referent: &Referent,
        circumstances: &Circumstances,
        only: Option<&MembershipId>,
    ) -> Result<Option<Self>, Error> {
        let networks = &referent.entry.networks;
        let past = referent.within(portal).past(circumstances.at, only).await?;
        let Some((ruleset, caveat)) = judges(portal, &past)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            scene: Scene {
                ruleset: Arc::new(ruleset.with_networks(networks.clone())),
                situation: circumstances.situation(networks),
                caveat,
            },
            people: past.people,
            unknown: past.unknown,
        }))
    }
}

/// What judged then, and what to know of it. What cannot be read now closes.
fn judges(portal: &Portal, past: &Past) -> Result<Option<(Ruleset, &'static str)>, Error> {
    let vocabulary = portal.directory.vocabulary();
    let Some(tenant) = &past.tenant else {
        return Ok(None);
    };
    let (guardrails, unread) = Guardrail::read_all(vocabulary, &past.guardrails, &[])?;
    let (ruleset, caveat) = match Ruleset::build(vocabulary, tenant, &past.rules) {
        Ok(ruleset) if unread.is_empty() => (ruleset, OF_THEN),
        Ok(ruleset) => (ruleset, UNREADABLE),
        Err(_) => (Ruleset::closed(vocabulary, tenant)?, UNREADABLE),
    };
    Ok(Some((ruleset.under(&guardrails), caveat)))
}

/// Somebody by their id or mail address, and what judges them in circumstances that somebody chose. `None` when nothing is known of
/// them then.
///
/// # Errors
/// [`Error::NotFound`] for who is not here.
pub(crate) async fn of_person(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    circumstances: &Circumstances,
) -> Result<Option<(Member, Scene)>, Error> {
    let id = &*question::id_of(portal, referent, id).await?;
    let now = portal.store.clock().now();
    let (membership, at) = (referent.membership(id), circumstances.at);
    if at >= now {
        let member = question::agent(portal, referent, id, at).await?;
        let situation = circumstances.situation(&referent.entry.networks);
        let rulesets = portal.directory.rulesets();
        let ruleset = rulesets.get(referent.purview.collectivite()).cloned();
        let caveat = OF_NOW;
        return Ok(ruleset.map(|ruleset| {
            let scene = Scene {
                ruleset,
                situation,
                caveat,
            };
            (member, scene)
        }));
    }
    referent.within(portal).get(&membership).await?;
    let past = PastScene::of(portal, referent, circumstances, Some(&membership)).await?;
    Ok(past.and_then(|past| {
        let person = past.people.into_iter().next()?;
        Some((person.member, past.scene))
    }))
}

/// « le 24 novembre 2026 à 9 h 05 ».
pub(crate) fn said(circumstances: &Circumstances) -> String {
    format!("le {}", date::long(circumstances.at))
}
