//! The configuration read as an operator writes it: the documented example, what is left out, and
//! every mistake with its line and its remedy.

use super::*;
use gateway::{AssertionContent, SignOn, Upstream};
use policies::{Access, Role};

mod mail;
mod mistakes;

/// What a file needs at least, with all three roles.
const MINIMAL: &str = r#"portal = "portail"
run_dir = "/run/c"
[listen]
http = ["127.0.0.1:8080"]
[store]
url = "sqlite:///srv/c.db"
[secrets]
master_key_env = "CONVERGENCES_MASTER_KEY"
[bip]
data = "/srv/bip"
[[service]]
id = "portail"
name = "Portail"
description = "Se connecter."
host = "portail.localhost"
upstream = "internal"
access = "public"
assertion = "membership"
[[service]]
id = "app"
name = "Application"
description = "Une application."
host = "app.localhost"
upstream = "http://127.0.0.1:9001"
"#;

const EXAMPLE: &str = include_str!("example.toml");

fn changed(from: &str, to: &str) -> String {
    assert!(MINIMAL.contains(from), "not in the minimal file: {from}");
    MINIMAL.replacen(from, to, 1)
}

fn parsed(text: &str) -> Config {
    parse("c.toml", text).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// What is said of a text, a line for each mistake.
fn said(text: &str) -> String {
    match parse("c.toml", text) {
        Ok(_) => "nothing".to_owned(),
        Err(mistakes) => mistakes.to_string(),
    }
}

#[test]
fn the_example_says_what_it_documents() {
    let config = parsed(EXAMPLE);
    assert_eq!(config.listen.https, ["0.0.0.0:443".parse().unwrap()]);
    let bip = config.bip.clone().unwrap();
    assert_eq!(bip.data, std::path::Path::new("/var/lib/convergences/bip"));
    assert_eq!(bip.content, "sqlite:///var/lib/convergences/bip/content.db");
    assert_eq!(bip.synonyms, None);
    let sorted = &config.classification;
    assert_eq!(sorted.themes().len(), 1 + search::EMBEDDED_THEMES.len());
    for theme in search::EMBEDDED_THEMES {
        assert!(sorted.themes().contains(&theme.into()), "{theme}");
    }
    let general = "Fonds général".into();
    assert_eq!(sorted.collections(), [general, "Secteur privé".into()]);
    assert_eq!(config.texts, Some("/etc/convergences/texts".into()));
    assert_eq!(config.edge_threads, Some(2));
    let master_key = MasterKeySource::File("/etc/convergences/master.key".into());
    assert_eq!(config.master_key, master_key);
    let settings = &config.gateway;
    assert!(settings.public.tls && settings.public.port == 443);
    assert_eq!(settings.portal.as_str(), "portail");
    let ids: Vec<_> = settings
        .services
        .iter()
        .map(|service| service.id.as_str())
        .collect();
    assert_eq!(ids, ["portail", "bip", "site", "net-cotisations"]);
    let [portal, bip, site, cotisations] = settings.services.as_slice() else {
        panic!("four services");
    };
    assert_eq!(
        portal.upstream,
        Upstream::Unix("/run/convergences/portail.sock".into())
    );
    assert_eq!(portal.access, Access::SignedIn);
    assert_eq!(portal.areas.len(), 13);
    assert_eq!(
        bip.upstream,
        Upstream::Unix("/run/convergences/bip.sock".into())
    );
    let tls = Upstream::Tls {
        address: "192.0.2.20:8443".parse().unwrap(),
        name: "site.internal.example.org".to_owned(),
    };
    assert_eq!(site.upstream, tls);
    assert_eq!(site.entry, "/espace-reserve/");
    assert_eq!((site.max_body, site.areas.len()), (2 << 20, 1));
    assert!(
        matches!(&site.sign_on, SignOn::Headers(names) if names.groups.as_ref().is_some_and(|name| name == "remote-groups"))
    );
    assert!(
        matches!(&cotisations.sign_on, SignOn::Form(form) if form.attempts == 2 && form.page == "/login.php")
    );
}

#[test]
fn the_example_shows_the_defaults_where_it_says_so() {
    let (example, minimal) = (parsed(EXAMPLE), parsed(MINIMAL));
    assert_eq!(example.roles, minimal.roles);
    assert_eq!(example.listen.ops, minimal.listen.ops);
    assert_eq!(example.log, minimal.log);
    assert_eq!(example.gateway.access_log, minimal.gateway.access_log);
    assert_eq!(example.gateway.sessions, minimal.gateway.sessions);
    assert_eq!(example.gateway.second_factor, minimal.gateway.second_factor);
    assert_eq!(example.gateway.grace, minimal.gateway.grace);
    assert_eq!(example.gateway.connections, minimal.gateway.connections);
    assert!(
        example.gateway.trusted_proxies.is_empty() && minimal.gateway.trusted_proxies.is_empty()
    );
    let timeouts = |config: &Config| config.gateway.services.last().unwrap().timeouts;
    let written = example.gateway.services[2].timeouts;
    assert_eq!(timeouts(&minimal), written);
    assert_eq!(
        parsed(&changed("run_dir = \"/run/c\"", "")).run_dir,
        example.run_dir
    );
}

#[test]
fn a_second_factor_is_required_as_said_and_unless_said_of_whoever_administers() {
    let requires = |text: &str| {
        let required = parsed(text).gateway.second_factor;
        Role::ALL.map(|role| required.concerns([role]))
    };
    let with = |list: &str| changed("[bip]", &format!("[second_factor]\n{list}\n[bip]"));
    assert_eq!(requires(MINIMAL), [false, true, true, true]);
    assert_eq!(requires(&with("")), [false, true, true, true]);
    assert_eq!(requires(&with("required_for = []")), [false; 4]);
    let agents = with(r#"required_for = ["agent", "referent"]"#);
    assert_eq!(requires(&agents), [true, true, false, false]);
    let mistake = said(&with(r#"required_for = ["référent"]"#));
    assert!(
        mistake.contains("`référent` is none of the choices"),
        "{mistake}"
    );
}

#[test]
fn what_is_left_out_closes_rather_than_opens() {
    let config = parsed(MINIMAL);
    let app = &config.gateway.services[1];
    assert_eq!(app.access, Access::Granted);
    assert_eq!(
        (app.sign_on.clone(), app.assertion),
        (SignOn::None, AssertionContent::None)
    );
    assert_eq!(
        (app.websocket, app.max_body, app.entry.as_str()),
        (false, 10 << 20, "/")
    );
    assert_eq!(
        app.upstream,
        Upstream::Tcp("127.0.0.1:9001".parse().unwrap())
    );
    assert_eq!((app.upstream_host.as_ref(), app.areas.len()), (None, 0));
    assert_eq!(config.edge_threads, None);
}

#[test]
fn the_public_address_is_the_first_listeners_unless_said() {
    let address = |from: &str, to: &str| {
        let public = parsed(&changed(from, to)).gateway.public;
        (public.tls, public.port)
    };
    let http = "http = [\"127.0.0.1:8080\"]";
    let certificate = "[[certificate]]\nchain = \"/c\"\nkey = \"/k\"\n";
    let both =
        format!("http = [\"[::]:80\"]\nhttps = [\"[::]:8443\", \"[::1]:443\"]\n{certificate}");
    assert_eq!(address(http, http), (false, 8080));
    assert_eq!(address(http, &both), (true, 8443));
    let proxied = "[public]\nscheme = \"https\"\n[bip]";
    assert_eq!(address("[bip]", proxied), (true, 443));
    let ported = "[public]\nport = 8000\n[bip]";
    assert_eq!(address("[bip]", ported), (false, 8000));
}

#[test]
fn roles_say_what_runs_and_what_is_needed() {
    let text = changed(
        "portal = \"portail\"",
        "portal = \"portail\"\nroles = [\"gateway\"]",
    );
    let text = text.replace("\"internal\"", "\"unix:/run/elsewhere.sock\"");
    let text = text.replace("[bip]\ndata = \"/srv/bip\"\n", "");
    let config = parsed(&text);
    let only = Roles {
        gateway: true,
        admin: false,
        search: false,
    };
    assert_eq!((config.roles, config.bip), (only, None));
    let upstream = &config.gateway.services[0].upstream;
    assert_eq!(*upstream, Upstream::Unix("/run/elsewhere.sock".into()));
}

#[test]
fn areas_lose_their_trailing_slash_and_keep_their_accents() {
    let app = "upstream = \"http://127.0.0.1:9001\"";
    let areas = "[[service.area]]\nid = \"a\"\npath = \"/Actualités/Été/\"\naccess = \"public\"";
    let config = parsed(&changed(app, &format!("{app}\n{areas}")));
    assert_eq!(config.gateway.services[1].areas[0].path, "/Actualités/Été");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let mistakes = read(Path::new("/nonexistent/c.toml"))
        .unwrap_err()
        .to_string();
    assert!(mistakes.starts_with("/nonexistent/c.toml: the configuration cannot be read: No such"));
    assert!(
        mistakes.ends_with(". Name another file with `--config FILE`, or let this one be read.")
    );
}

#[test]
fn numbers_may_be_written_as_toml_allows() {
    let limits = "[limits]\nconnections = 20_000\nedge_threads = 0x10\n[bip]";
    let config = parsed(&changed("[bip]", limits));
    let read = (config.gateway.connections.in_all, config.edge_threads);
    assert_eq!(read, (20_000, Some(16)));
}

#[test]
fn lines_are_counted_alike_with_dos_line_ends() {
    let text = changed("[listen]", "[listen]\nfoo = 1");
    assert_eq!(said(&text.replace('\n', "\r\n")), said(&text));
    assert!(said(&text).starts_with("c.toml:4: unknown key `foo`"));
}
