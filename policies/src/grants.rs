//! The few permits that turn data into access: an area's openness, and the rights of a member.
//! Two a service and one a role of its own, whatever the number of people. The consoles' permits are bounded by guardrails.

use crate::error::Error;
use crate::guardrails::invalid;
use crate::level::{DeclaredService, Level};
use crate::model::Names;
use crate::resource::Access;
use cedar_policy::{Policy, PolicyId};

/// Whether a policy may open an area of this openness: two of the permits are for one kind only.
pub(crate) fn may_open(policy: &Policy, access: Option<Access>) -> bool {
    match AsRef::<str>::as_ref(policy.id()) {
        PUBLIC => access == Some(Access::Public),
        SIGNED_IN => access == Some(Access::SignedIn),
        _ => true,
    }
}

const PUBLIC: &str = "droit/public";
const SIGNED_IN: &str = "droit/connecte";
const PUBLIC_DOCUMENT: &str = "droit/document-public";

/// What a permit stands for, as a sentence; none for what is none of these.
pub fn say_right(id: &str, names: &Names) -> Option<String> {
    let said = match id {
        PUBLIC => "C’est ouvert à tous.".to_owned(),
        PUBLIC_DOCUMENT => "Ce document est public.".to_owned(),
        SIGNED_IN => "C’est ouvert à toute personne connectée.".to_owned(),
        right => {
            let (service, level) = right.strip_prefix("droit/")?.split_once('/')?;
            let level = match Level::parse(level)? {
                Level::Lecture => "consulter".to_owned(),
                Level::Ecriture => "modifier".to_owned(),
                Level::Role(role) => format!("rôle «\u{a0}{role}\u{a0}»"),
            };
            let service = names.services.of(service);
            format!("Un droit sur {service} le donne\u{a0}: {level}.")
        }
    };
    Some(said)
}

/// The permits for these services; ids are `droit/…`, never a collectivité's.
pub(crate) fn permits(services: &[DeclaredService]) -> Result<Vec<Policy>, Error> {
    let mut texts = vec![
        (
            PUBLIC.to_owned(),
            r#"permit (principal, action in [Action::"lecture", Action::"ecriture"], resource is Route)
               when { resource.acces == Acces::"public" };"#
                .to_owned(),
        ),
        (
            SIGNED_IN.to_owned(),
            r#"permit (principal is Agent, action in [Action::"lecture", Action::"ecriture"], resource is Route)
               when { resource.acces == Acces::"connecte" };"#
                .to_owned(),
        ),
        (
            PUBLIC_DOCUMENT.to_owned(),
            r#"permit (principal, action == Action::"lire", resource is Document)
               when { resource.diffusion == Diffusion::"public" };"#
                .to_owned(),
        ),
        (
            "droit/consoles".to_owned(),
            r#"permit (principal is Agent, action in [Action::"administrer", Action::"attribuer", Action::"suivre"], resource);"#
                .to_owned(),
        ),
    ];
    for service in services {
        let id = &service.id;
        for (level, modifies) in service.levels() {
            let actions = if modifies {
                r#"action in [Action::"lecture", Action::"ecriture"]"#
            } else {
                r#"action in Action::"lecture""#
            };
            texts.push((
                format!("droit/{id}/{level}"),
                format!(r#"permit (principal in Droit::"{id}/{level}", {actions}, resource in Service::"{id}");"#),
            ));
        }
    }
    texts
        .iter()
        .map(|(id, text)| {
            Policy::parse(Some(PolicyId::new(id)), text).map_err(|error| invalid(id, &error))
        })
        .collect()
}
