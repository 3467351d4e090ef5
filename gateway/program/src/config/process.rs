//! What this process does and with what: its roles, its database, BIP's data, sessions, limits.

use super::mistakes::problem;
use super::section::Section;
use super::{Roles, StoreSettings, values};
use accounts::{SecondFactorRequirement, SessionLimits};
use gateway::ConnectionLimits;
use policies::Role;
use std::path::PathBuf;
use std::time::Duration;

const GRACE: Duration = Duration::from_secs(5);
const LONGEST_GRACE: Duration = Duration::from_secs(30);

/// What this process does; everything unless said.
pub(super) fn roles(root: &Section<'_>) -> Roles {
    const WORDS: [(&str, &str); 3] = [
        ("gateway", "gateway"),
        ("admin", "admin"),
        ("search", "search"),
    ];
    let all = Roles {
        gateway: true,
        admin: true,
        search: true,
    };
    let named = root.texts("roles", values::word(&WORDS));
    let Some(named) = named.filter(|_| root.has("roles")) else {
        return all;
    };
    if named.is_empty() {
        let remedy =
            "Name some of \"gateway\", \"admin\" and \"search\", or leave `roles` out for all";
        root.wrong(
            root.at("roles"),
            problem("no role: the program would do nothing", remedy),
        );
        return all;
    }
    let has = |role| named.iter().any(|(name, _)| *name == role);
    Roles {
        gateway: has("gateway"),
        admin: has("admin"),
        search: has("search"),
    }
}

/// The database, and how long open sessions go on without it.
pub(super) fn store(root: &Section<'_>) -> Option<(StoreSettings, Duration)> {
    const URL: &str = "sqlite:///var/lib/convergences/convergences.db";
    let Some(section) = root.section("store") else {
        if !root.has("store") {
            let remedy = format!("Add `[store]` and below it `url = \"{URL}\"`");
            root.wrong(root.at("store"), problem("`[store]` is missing", remedy));
        }
        return None;
    };
    let url = section.required("url", URL, values::store_url);
    let grace = section.text("grace", values::duration).unwrap_or(GRACE);
    if grace > LONGEST_GRACE {
        let message = "`grace` is longer than 30s: what was withdrawn would go on for too long";
        section.wrong(
            section.at("grace"),
            problem(message, "Write at most \"30s\""),
        );
    }
    section.finish();
    Some((StoreSettings { url: url? }, grace))
}

/// What proves rules.
pub(super) fn prover(root: &Section<'_>) -> Option<PathBuf> {
    let section = root.section("rules")?;
    let prover = section.required("prover", "/usr/bin/cvc5", values::file);
    section.finish();
    prover
}

/// The folder of the operator's own texts.
pub(super) fn texts(root: &Section<'_>) -> Option<PathBuf> {
    let section = root.section("texts")?;
    let folder = section.required("folder", "/etc/convergences/texts", values::file);
    section.finish();
    folder
}

/// How long sessions live.
pub(super) fn sessions(root: &Section<'_>) -> SessionLimits {
    let mut limits = SessionLimits {
        absolute: Duration::from_hours(10),
        idle: Duration::from_hours(1),
    };
    let Some(section) = root.section("sessions") else {
        return limits;
    };
    let absolute = section.text("absolute", values::some_duration);
    let idle = section.text("idle", values::some_duration);
    limits.absolute = absolute.unwrap_or(limits.absolute);
    limits.idle = idle.unwrap_or(limits.idle);
    if limits.idle > limits.absolute {
        let key = if idle.is_some() { "idle" } else { "absolute" };
        let message = "`idle` is longer than `absolute`, which ends sessions first";
        let remedy = "Write an `idle` (1h unless said) of at most `absolute` (10h unless said)";
        section.wrong(section.at(key), problem(message, remedy));
    }
    section.finish();
    limits
}

/// Who must have a second factor; unless said, whoever administers anything.
pub(super) fn second_factor(root: &Section<'_>) -> Option<SecondFactorRequirement> {
    const WORDS: [(&str, Role); 4] = [
        ("agent", Role::Agent),
        ("referent", Role::Referent),
        ("correspondant", Role::Correspondant),
        ("partenaire", Role::Partenaire),
    ];
    let administering = [Role::Referent, Role::Correspondant, Role::Partenaire];
    let unless_said = SecondFactorRequirement::of(administering);
    let Some(section) = root.section("second_factor") else {
        return Some(unless_said);
    };
    let said = section.has("required_for");
    let roles = section.texts("required_for", values::word(&WORDS));
    section.finish();
    let roles = roles?.into_iter().map(|(role, _)| role);
    Some(if said {
        SecondFactorRequirement::of(roles)
    } else {
        unless_said
    })
}

/// Connections at the same time, and threads of the gateway.
pub(super) fn limits(root: &Section<'_>) -> (ConnectionLimits, Option<usize>) {
    let mut limits = ConnectionLimits::default();
    let Some(section) = root.section("limits") else {
        return (limits, None);
    };
    if let Some(connections) = section.number("connections", 1..=1_000_000) {
        limits = ConnectionLimits::of(connections);
    }
    if let Some(connections) = section.number("connections_per_address", 1..=1_000_000) {
        limits.per_address = connections;
    }
    let threads = section.number("edge_threads", 1..=1024);
    section.finish();
    (limits, threads)
}
