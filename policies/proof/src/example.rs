//! A case that the solver made up, in French: who, what, when, and by which rule.

use cedar_policy::{
    AuthorizationError, Authorizer, Entities, EntityUid, EvalResult, PolicySet, Request,
};
use cedar_policy_symcc::Env;
use policies::{Cedar, Names};

/// A case. What the solver left open is left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The ids of the policies that decide it, or that fail in it.
    pub rules: Vec<String>,
    /// Whether whoever asks is of the collectivité; none for somebody who has not logged in.
    own: Option<bool>,
    /// What whoever asks belongs to: type and id.
    parents: Vec<(String, String)>,
    action: String,
    service: Option<String>,
    /// Minutes after midnight.
    hour: Option<i64>,
    day: Option<String>,
    networks: Vec<String>,
    second_factor: Option<bool>,
}

impl Example {
    pub(crate) fn of(env: &Env, cedar: &Cedar) -> Self {
        let (request, entities) = (&env.request, &env.entities);
        let context = |name| request.context().and_then(|context| context.get(name));
        let of_resource = |name| attribute(entities, request.resource(), name);
        let parents = request.principal().and_then(|who| entities.ancestors(who));
        let parents = parents.into_iter().flatten().map(parts);
        Self {
            rules: deciding(cedar, request, entities),
            own: request
                .principal()
                .filter(|who| who.type_name().basename() == "Agent")
                .map(|who| {
                    let mut parents = entities.ancestors(who).into_iter().flatten();
                    parents.any(|parent| *parent == cedar.owner)
                }),
            parents: parents.collect(),
            action: request
                .action()
                .map(|action| parts(action).1)
                .unwrap_or_default(),
            service: of_resource("service").and_then(id),
            hour: context("heure").and_then(minutes),
            day: context("jour").and_then(id),
            networks: context("reseaux").map(strings).unwrap_or_default(),
            second_factor: context("double_facteur").map(|given| given == EvalResult::Bool(true)),
        }
    }

    /// « un agent, du service « RH », le lundi à 9 h 05, depuis « mairie », sans second
    /// facteur : ouvrir « Net Cotisations » ».
    pub fn sentence(&self, names: &Names) -> String {
        let moment = match (&self.day, self.hour) {
            (Some(day), Some(hour)) => Some(format!(
                "le {day} à {}\u{a0}h\u{a0}{:02}",
                hour / 60,
                hour % 60
            )),
            (Some(day), None) => Some(format!("le {day}")),
            (None, _) => None,
        };
        let places = self.networks.iter();
        let places = places.map(|name| format!("depuis «\u{a0}{name}\u{a0}»"));
        let factor = self.second_factor.map(|given| {
            if given {
                "avec un second facteur"
            } else {
                "sans second facteur"
            }
            .to_owned()
        });
        let who = std::iter::once(self.who()).chain(self.belonging(names));
        let parts: Vec<_> = who.chain(moment).chain(places).chain(factor).collect();
        format!("{}\u{a0}: {}", parts.join(", "), self.what(names))
    }

    fn who(&self) -> String {
        let who = match self.own {
            Some(true) => "un agent",
            Some(false) => "un agent d’une autre collectivité",
            None => "une personne non connectée",
        };
        who.to_owned()
    }

    fn belonging(&self, names: &Names) -> impl Iterator<Item = String> {
        self.parents.iter().filter_map(|(kind, id)| match &**kind {
            "Groupe" => Some(format!("du service «\u{a0}{}\u{a0}»", names.groups.of(id))),
            "Profil" => Some(format!("du profil «\u{a0}{}\u{a0}»", names.profiles.of(id))),
            _ => None,
        })
    }

    fn what(&self, names: &Names) -> String {
        let what = match &*self.action {
            "ouvrir" => "ouvrir",
            "envoyer" => "modifier",
            "lire" => "lire un document de",
            "rediger" => "rédiger un document de",
            "administrer" => "administrer une collectivité",
            "attribuer" => "changer les droits d’un agent",
            "suivre" => "suivre une collectivité",
            other => other,
        };
        let service = self.service.as_deref().map(|id| names.services.of(id));
        service.map_or_else(
            || what.to_owned(),
            |service| format!("{what} «\u{a0}{service}\u{a0}»"),
        )
    }
}

/// The collectivité's rules that decide, or that fail; what else decides when there are none.
fn deciding(cedar: &Cedar, request: &Request, entities: &Entities) -> Vec<String> {
    let policies = cedar.policies.iter().cloned();
    let Ok(policies) = PolicySet::from_policies(policies) else {
        return Vec::new();
    };
    let response = Authorizer::new().is_authorized(request, &policies, entities);
    let diagnostics = response.diagnostics();
    let failing = diagnostics.errors().map(|error| match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
    });
    let ids = failing.chain(diagnostics.reason().map(ToString::to_string));
    let (own, others): (Vec<_>, Vec<_>) =
        ids.partition(|id| cedar.rules.iter().any(|rule| rule.id().to_string() == *id));
    if own.is_empty() { others } else { own }
}

fn parts(uid: &EntityUid) -> (String, String) {
    let id: &str = uid.id().unescaped();
    (uid.type_name().to_string(), id.to_owned())
}

fn attribute(entities: &Entities, uid: Option<&EntityUid>, name: &str) -> Option<EvalResult> {
    entities.get(uid?)?.attr(name)?.ok()
}

fn id(value: EvalResult) -> Option<String> {
    match value {
        EvalResult::EntityUid(uid) => Some(parts(&uid).1),
        _ => None,
    }
}

fn strings(value: EvalResult) -> Vec<String> {
    let EvalResult::Set(set) = value else {
        return Vec::new();
    };
    let texts = set.iter().filter_map(|item| match item {
        EvalResult::String(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// The minutes of `duration("32400000ms")`, which is how the solver writes every time of the day.
fn minutes(value: EvalResult) -> Option<i64> {
    let EvalResult::ExtensionValue(text) = value else {
        return None;
    };
    let milliseconds = text.split('"').nth(1)?.strip_suffix("ms")?;
    let minutes = milliseconds.parse::<i64>().ok()?.div_euclid(60_000);
    // Where nothing hangs on it, the solver takes any.
    (0..1440).contains(&minutes).then_some(minutes)
}
