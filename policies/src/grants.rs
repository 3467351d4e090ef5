//! The few permits that turn data into access: an area's openness, and the rights of a member.
//! Two a service and one a role of its own, whatever the number of people. The consoles' permits are bounded by guardrails.

use crate::error::Error;
use crate::guardrails::invalid;
use crate::level::DeclaredService;
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
            "droit/document-public".to_owned(),
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
