//! The online services: each `[[service]]`, its areas and timeouts, and what must be unique.

use super::mistakes::problem;
use super::once::Once;
use super::section::Section;
use super::{Program, network, paths, roles, sign_on, suggest, upstream, values};
use gateway::{AreaSettings, AssertionContent, OnlineService, Timeouts};
use policies::{Access, ServiceId};
use std::time::Duration;

const ACCESS: [(&str, Access); 3] = [
    ("public", Access::Public),
    ("signed-in", Access::SignedIn),
    ("granted", Access::Granted),
];
const ASSERTION: [(&str, AssertionContent); 3] = [
    ("none", AssertionContent::None),
    ("identity", AssertionContent::Identity),
    ("membership", AssertionContent::Membership),
];
const MAX_BODY: u64 = 10 << 20;

/// Where the portal signs people in; nobody has signed in before.
const LOGIN: &str = "/connexion";
const SECOND_FACTOR: &str = "/second-facteur";

/// Every service; `None` when one is badly written.
pub(super) fn read(root: &Section<'_>, program: &Program) -> Option<Vec<OnlineService>> {
    let sections = root.sections("service");
    if sections.is_empty() {
        let message = "there is no service";
        let remedy = "Add at least the portal, as a `[[service]]`";
        root.wrong(root.at("service"), problem(message, remedy));
    }
    let (mut ids, mut hosts) = (Once::default(), Once::default());
    let services: Vec<Option<OnlineService>> = sections
        .into_iter()
        .map(|section| service(section, program, &mut ids, &mut hosts))
        .collect();
    if let Some(portal) = &program.portal
        && ids.values().next().is_some()
        && ids.values().all(|id| id != portal)
    {
        let message = format!("the portal `{portal}` is not a service");
        let remedy = format!("Write one of {}", suggest::list(ids.values()));
        root.wrong(root.at("portal"), problem(message, remedy));
    }
    services.into_iter().collect()
}

fn service(
    section: Section<'_>,
    program: &Program,
    ids: &mut Once,
    hosts: &mut Once,
) -> Option<OnlineService> {
    let id = section.required("id", "net-cotisations", values::id);
    let name = section.required("name", "Net Cotisations", values::line);
    let description = section.required("description", "Déclarer les cotisations.", values::line);
    let listed = section.flag("listed");
    let entry = section.text("entry", paths::entry);
    let host = section.required("host", "cotisations.example.org", network::host);
    let assertion = section.text("assertion", values::word(&ASSERTION));
    let upstream = upstream::read(&section, id.as_deref(), assertion, program);
    let upstream_host = section.text("upstream_host", network::authority);
    let access = section.text("access", values::word(&ACCESS));
    let areas = areas(&section);
    let roles = roles::read(&section);
    let sign_on = sign_on::read(&section);
    let max_body = section.text("max_body", values::size);
    let websocket = section.flag("websocket");
    let timeouts = timeouts(section.section("timeouts"));
    for (key, value, once) in [("id", &id, ids), ("host", &host, hosts)] {
        if let Some(value) = value {
            once.check(&section, section.at(key), key, value);
        }
    }
    if let Some(entry) = &entry {
        check_entry(&section, entry, &areas);
    }
    let misspelt = access.is_none() && section.has("access");
    let access = access.unwrap_or(Access::Granted);
    if !misspelt && id.is_some() && id == program.portal {
        check_portal(&section, access, &areas);
    }
    section.finish();
    Some(OnlineService {
        id: ServiceId::from(id?),
        name: name?,
        description: description?,
        listed: listed.unwrap_or(true),
        entry: entry.unwrap_or_else(|| "/".to_owned()),
        host: host?,
        upstream: upstream?,
        upstream_host,
        access,
        areas: areas.into_iter().collect::<Option<_>>()?,
        roles: roles.into_iter().collect::<Option<_>>()?,
        sign_on: sign_on?,
        assertion: assertion.unwrap_or(AssertionContent::None),
        max_body: max_body.unwrap_or(MAX_BODY),
        websocket: websocket.unwrap_or(false),
        timeouts,
    })
}

fn areas(service: &Section<'_>) -> Vec<Option<AreaSettings>> {
    let (mut ids, mut seen) = (Once::default(), Once::default());
    let area = |section: Section<'_>| {
        let id = section.required("id", "espace-reserve", values::id);
        let name = section.text("name", values::line);
        let path = section.required("path", "/espace-reserve", paths::area);
        let access = section.required("access", "granted", values::word(&ACCESS));
        if let Some(id) = &id {
            ids.check(&section, section.at("id"), "area id", id);
        }
        if let Some(path) = &path {
            // Two areas that differ in capitals only: the gateway would refuse both.
            let path = path.to_ascii_lowercase();
            seen.check(&section, section.at("path"), "path", &path);
        }
        section.finish();
        let path = path?;
        Some(AreaSettings {
            id: id?,
            name: name.unwrap_or_else(|| path.clone()),
            path,
            access: access?,
        })
    };
    service.sections("area").into_iter().map(area).collect()
}

/// Were its login page not public, it would lead to itself for ever; so would the page that asks
/// for the second factor.
fn check_portal(section: &Section<'_>, access: Access, areas: &[Option<AreaSettings>]) {
    const EVERYTHING: &str =
        "Write `access = \"public\"`: the portal's pages ask for a session themselves";
    const BESIDE: &str = "Add the area `{ id = \"second-facteur\", path = \"/second-facteur\", access = \"public\" }`";
    let closed = |path: &str| {
        let area = around(path, areas, str::to_owned);
        area.map_or(access, |area| area.access) != Access::Public
    };
    let pages = [(LOGIN, EVERYTHING), (SECOND_FACTOR, BESIDE)];
    if let Some((path, remedy)) = pages.iter().find(|(path, _)| closed(path)) {
        let message = format!("nobody could sign in: `{path}` of the portal is not public");
        section.wrong(section.at("access"), problem(message, *remedy));
    }
}

/// The gateway finds no area for a path that another spelling would put elsewhere.
fn check_entry(section: &Section<'_>, entry: &str, areas: &[Option<AreaSettings>]) {
    let exact = around(entry, areas, str::to_owned);
    let folded = around(entry, areas, str::to_ascii_lowercase);
    if let (Some(area), true) = (folded, exact != folded) {
        let message = format!(
            "`entry`: `{entry}` is in the area `{}` but for its capitals",
            area.id
        );
        let remedy = format!("Write it as the area does: `{}`", area.path);
        section.wrong(section.at("entry"), problem(message, remedy));
    }
}

/// The area of a path: the longest around it, in whole segments.
fn around<'a>(
    path: &str,
    areas: &'a [Option<AreaSettings>],
    spell: impl Fn(&str) -> String,
) -> Option<&'a AreaSettings> {
    let path = spell(path);
    let covers = |area: &&AreaSettings| {
        let rest = path.strip_prefix(&spell(&area.path));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let areas = areas.iter().flatten().filter(covers);
    areas.max_by_key(|area| area.path.len())
}

fn timeouts(section: Option<Section<'_>>) -> Timeouts {
    let mut timeouts = Timeouts {
        connect: Duration::from_secs(2),
        read: Duration::from_mins(1),
        write: Duration::from_secs(30),
        idle: Duration::from_secs(50),
    };
    let Some(section) = section else {
        return timeouts;
    };
    for (key, timeout) in [
        ("connect", &mut timeouts.connect),
        ("read", &mut timeouts.read),
        ("write", &mut timeouts.write),
        ("idle", &mut timeouts.idle),
    ] {
        *timeout = section.text(key, values::some_duration).unwrap_or(*timeout);
    }
    section.finish();
    timeouts
}
