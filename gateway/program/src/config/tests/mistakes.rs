//! Each way to go wrong: what replaces what in the minimal file, and all that is said of it.
//! The expected texts are whole, so that what is *not* said is tested too.

use super::{changed, parse, said};

/// Replaced, replacement, said.
type Case = (&'static str, &'static str, &'static str);

fn check(cases: &[Case]) {
    for (from, to, expected) in cases {
        assert_eq!(said(&changed(from, to)), *expected, "{from} -> {to}");
    }
}

const WHAT_IS_NOT_TOML_IS_TOLD_ALONE: &[Case] = &[
    (
        "[listen]",
        "[listen",
        r#"c.toml:3: not TOML: unclosed table, expected `]`. Write `key = "text"`, `[table]` or `[[list of tables]]`, each on its line."#,
    ),
    (
        r#"portal = "portail""#,
        r#"portal = "portail"
portal = "portail""#,
        "c.toml:2: not TOML: duplicate key. Keep one of the two.",
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        "http = 127.0.0.1:8080
https = oops",
        r#"c.toml:4: not TOML: invalid float, expected nothing. Write `key = "text"`, `[table]` or `[[list of tables]]`, each on its line."#,
    ),
];

#[test]
fn what_is_not_toml_is_told_alone() {
    check(WHAT_IS_NOT_TOML_IS_TOLD_ALONE);
}

const EVERY_UNKNOWN_KEY_IS_NAMED_WITH_THE_NEAREST_KNOWN_ONE: &[Case] = &[
    (
        "[listen]",
        "[lisen]",
        r#"c.toml:1: the gateway listens nowhere: `[listen]` is missing. Add `[listen]` and below it `https = ["0.0.0.0:443"]`.
c.toml:3: unknown key `lisen`. Did you mean `listen`?"#,
    ),
    (
        r#"description = "Une application.""#,
        r#"decription = "Une application."
colour = "red""#,
        r#"c.toml:19: `description` is missing in `[[service]]`. Add `description = "Déclarer les cotisations."`.
c.toml:22: unknown key `decription` in `[[service]]`. Did you mean `description`?
c.toml:23: unknown key `colour` in `[[service]]`. Known here: `access`, `area`, `assertion`, `description`, `entry`, `form`, `headers`, `host`, `id`, `listed`, `max_body`, `name`, `role`, `timeouts`, `upstream`, `upstream_host`, `upstream_name` and `websocket`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
acess = "public"
websockets = true"#,
        "c.toml:25: unknown key `acess` in `[[service]]`. Did you mean `access`?
c.toml:26: unknown key `websockets` in `[[service]]`. Did you mean `websocket`?",
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"http = ["127.0.0.1:8080"]
access_log = true"#,
        "c.toml:5: unknown key `access_log` in `[listen]`. Move `access_log` above the first `[table]` of the file.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.timeouts]
read = "1s"
raed = "2s""#,
        "c.toml:27: unknown key `raed` in `[service.timeouts]`. Did you mean `read`?",
    ),
    (
        r#"master_key_env = "CONVERGENCES_MASTER_KEY""#,
        r#"master_key_env = "CONVERGENCES_MASTER_KEY"
"a\nb" = 1"#,
        r"c.toml:9: unknown key `a\nb` in `[secrets]`. Known here: `master_key_env` and `master_key_file`.",
    ),
];

#[test]
fn every_unknown_key_is_named_with_the_nearest_known_one() {
    check(EVERY_UNKNOWN_KEY_IS_NAMED_WITH_THE_NEAREST_KNOWN_ONE);
}

const MISSING_KEYS_AND_TABLES_ARE_NAMED_WITH_THE_LINE_OF_THEIR_TABLE: &[Case] = &[
    (
        r#"portal = "portail""#,
        "",
        r#"c.toml:1: `portal` is missing. Add `portal = "portail"`."#,
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        "",
        r#"c.toml:5: `url` is missing in `[store]`. Add `url = "sqlite:///var/lib/convergences/convergences.db"`."#,
    ),
    (
        r#"[store]
url = "sqlite:///srv/c.db""#,
        "",
        r#"c.toml:1: `[store]` is missing. Add `[store]` and below it `url = "sqlite:///var/lib/convergences/convergences.db"`."#,
    ),
    (
        r#"[secrets]
master_key_env = "CONVERGENCES_MASTER_KEY""#,
        "",
        r#"c.toml:1: `[secrets]` is missing. Add `master_key_file = "/etc/convergences/master.key"` below a `[secrets]`."#,
    ),
    (
        r#"[bip]
data = "/srv/bip""#,
        "",
        r#"c.toml:1: the role `search` needs `[bip]`. Add `[bip]` and below it `data = "/var/lib/convergences/bip"`, or leave "search" out of `roles`."#,
    ),
    (
        r#"data = "/srv/bip""#,
        "",
        r#"c.toml:9: `data` is missing in `[bip]`. Add `data = "/var/lib/convergences/bip"`."#,
    ),
    (
        r#"[listen]
http = ["127.0.0.1:8080"]"#,
        "",
        r#"c.toml:1: the gateway listens nowhere: `[listen]` is missing. Add `[listen]` and below it `https = ["0.0.0.0:443"]`."#,
    ),
    (
        r#"id = "app"
name = "Application"
description = "Une application."
host = "app.localhost"
upstream = "http://127.0.0.1:9001""#,
        "",
        r#"c.toml:19: `id` is missing in `[[service]]`. Add `id = "net-cotisations"`.
c.toml:19: `name` is missing in `[[service]]`. Add `name = "Net Cotisations"`.
c.toml:19: `description` is missing in `[[service]]`. Add `description = "Déclarer les cotisations."`.
c.toml:19: `host` is missing in `[[service]]`. Add `host = "cotisations.example.org"`.
c.toml:19: `upstream` is missing in `[[service]]`. Add `upstream = "http://127.0.0.1:9001"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]"#,
        r#"c.toml:25: `id` is missing in `[[service.area]]`. Add `id = "espace-reserve"`.
c.toml:25: `path` is missing in `[[service.area]]`. Add `path = "/espace-reserve"`.
c.toml:25: `access` is missing in `[[service.area]]`. Add `access = "granted"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]"#,
        r#"c.toml:25: `page` is missing in `[service.form]`. Add `page = "/login.php"`.
c.toml:25: `login_field` is missing in `[service.form]`. Add `login_field = "user"`.
c.toml:25: `password_field` is missing in `[service.form]`. Add `password_field = "pass"`.
c.toml:25: `session_cookie` is missing in `[service.form]`. Add `session_cookie = "PHPSESSID"`.
c.toml:25: `failure` is missing in `[service.form]`. Add `failure = "Mot de passe incorrect"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.headers]"#,
        r#"c.toml:25: `[service.headers]` names no header. Add `user = "Remote-User"`, or take the table out."#,
    ),
];

#[test]
fn missing_keys_and_tables_are_named_with_the_line_of_their_table() {
    check(MISSING_KEYS_AND_TABLES_ARE_NAMED_WITH_THE_LINE_OF_THEIR_TABLE);
}

const VALUES_OF_ANOTHER_TYPE_ARE_TOLD_APART: &[Case] = &[
    (
        r#"name = "Application""#,
        "name = 12",
        r#"c.toml:21: `name` must be a text, not a number. Put it between quotes: `"…"`."#,
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"http = "127.0.0.1:8080""#,
        r#"c.toml:4: `http` must be a list, not a text. Put it between brackets: `["…"]`."#,
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"http = ["127.0.0.1:8080", 8081, true]"#,
        r#"c.toml:4: `http` must be a text, not a number. Put it between quotes: `"…"`.
c.toml:4: `http` must be a text, not `true` or `false`. Put it between quotes: `"…"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
websocket = "yes"
max_body = 10"#,
        r#"c.toml:25: `websocket` must be `true` or `false`, not a text. Write it without quotes.
c.toml:26: `max_body` must be a text, not a number. Put it between quotes: `"…"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
timeouts = "60s""#,
        "c.toml:25: `timeouts` must be a table, not a text. Write `[service.timeouts]` on a line of its own, and its keys below.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
area = { id = "a" }"#,
        "c.toml:25: `area` must be a list of tables, not a table. Write each as `[[service.area]]`, with double brackets.",
    ),
    (
        r#"[bip]
data = "/srv/bip""#,
        "bip = 2026-01-01",
        r#"c.toml:1: the role `search` needs `[bip]`. Add `[bip]` and below it `data = "/var/lib/convergences/bip"`, or leave "search" out of `roles`.
c.toml:9: unknown key `bip` in `[secrets]`. Known here: `master_key_env` and `master_key_file`."#,
    ),
    (
        r#"portal = "portail""#,
        r#"portal = "portail"
access_log = 1
limits = []"#,
        "c.toml:2: `access_log` must be `true` or `false`, not a number. Write it without quotes.
c.toml:3: `limits` must be a table, not a list. Write `[limits]` on a line of its own, and its keys below.",
    ),
    (
        "[bip]",
        r#"[limits]
connections = "many"
edge_threads = 1.5
[bip]"#,
        "c.toml:10: `connections` must be a whole number, not a text. Write it without quotes.
c.toml:11: `edge_threads` must be a whole number, not a fraction. Write it without quotes.",
    ),
    (
        r#"[[service]]
id = "portail"
name"#,
        r#"[certificate]
chain = "/c"
key = "/k"
[[service]]
id = "portail"
name"#,
        "c.toml:11: `certificate` must be a list of tables, not a table. Write each as `[[certificate]]`, with double brackets.",
    ),
];

#[test]
fn values_of_another_type_are_told_apart() {
    check(VALUES_OF_ANOTHER_TYPE_ARE_TOLD_APART);
}

const DURATIONS_SIZES_NUMBERS_AND_WORDS_ARE_CHECKED: &[Case] = &[
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.timeouts]
connect = "2"
read = "1m"
write = "0s"
idle = "99999d""#,
        r#"c.toml:26: `connect`: `2` is not a duration of at most 400d. Write a whole number and its unit (ms, s, min, h, d), as in "90s".
c.toml:27: `read`: `1m` is not a duration of at most 400d. Write a whole number and its unit (ms, s, min, h, d), as in "90s".
c.toml:28: `write`: no time at all would always fail. Write how long it may take, as in "30s".
c.toml:29: `idle`: `99999d` is not a duration of at most 400d. Write a whole number and its unit (ms, s, min, h, d), as in "90s"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
max_body = "10MB""#,
        r#"c.toml:25: `max_body`: `10MB` is not a size from 1B to 64GiB. Write a whole number and its unit (B, KiB, MiB, GiB), as in "10MiB"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
max_body = "0B""#,
        r#"c.toml:25: `max_body`: `0B` is not a size from 1B to 64GiB. Write a whole number and its unit (B, KiB, MiB, GiB), as in "10MiB"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
max_body = "99999999999999999999GiB""#,
        r#"c.toml:25: `max_body`: `99999999999999999999GiB` is not a size from 1B to 64GiB. Write a whole number and its unit (B, KiB, MiB, GiB), as in "10MiB"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
access = "publik"
assertion = "everything""#,
        "c.toml:25: `access`: `publik` is none of the choices. Did you mean `public`?
c.toml:26: `assertion`: `everything` is none of the choices. The choices are `none`, `identity` and `membership`.",
    ),
    (
        r#"portal = "portail""#,
        r#"portal = "portail"
log = "xml"
roles = ["gatway"]"#,
        "c.toml:2: `log`: `xml` is none of the choices. The choices are `json` and `text`.
c.toml:3: `roles`: `gatway` is none of the choices. Did you mean `gateway`?",
    ),
    (
        r#"portal = "portail""#,
        r#"portal = "portail"
roles = []"#,
        r#"c.toml:2: no role: the program would do nothing. Name some of "gateway", "admin" and "search", or leave `roles` out for all."#,
    ),
    (
        "[bip]",
        "[limits]
connections = 0
edge_threads = 99999999999999999999
[bip]",
        "c.toml:10: `connections`: 0 is out of bounds. Write a number from 1 to 1000000.
c.toml:11: `edge_threads`: 99999999999999999999 is out of bounds. Write a number from 1 to 1024.",
    ),
    (
        "[bip]",
        "[limits]
connections = -1
[bip]",
        "c.toml:10: `connections`: -1 is out of bounds. Write a number from 1 to 1000000.",
    ),
    (
        "[bip]",
        r#"[sessions]
absolute = "10h"
idle = "11h"
[bip]"#,
        "c.toml:11: `idle` is longer than `absolute`, which ends sessions first. Write an `idle` (1h unless said) of at most `absolute` (10h unless said).",
    ),
    (
        "[bip]",
        r#"[sessions]
absolute = "30min"
[bip]"#,
        "c.toml:10: `idle` is longer than `absolute`, which ends sessions first. Write an `idle` (1h unless said) of at most `absolute` (10h unless said).",
    ),
    (
        "[bip]",
        r#"[sessions]
absolute = "ten hours"
[bip]"#,
        r#"c.toml:10: `absolute`: `ten hours` is not a duration of at most 400d. Write a whole number and its unit (ms, s, min, h, d), as in "90s"."#,
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        r#"url = "sqlite:///srv/c.db"
grace = "31s""#,
        r#"c.toml:7: `grace` is longer than 30s: what was withdrawn would go on for too long. Write at most "30s"."#,
    ),
    (
        r#"name = "Application""#,
        r#"name = "  ""#,
        "c.toml:21: `name`: the text is empty or holds control characters. Write one line of text.",
    ),
    (
        r#""/run/c""#,
        r#""run/c""#,
        r#"c.toml:2: `run_dir`: `run/c` is not a whole path. Write it from the root, as in "/etc/convergences/…"."#,
    ),
];

#[test]
fn durations_sizes_numbers_and_words_are_checked() {
    check(DURATIONS_SIZES_NUMBERS_AND_WORDS_ARE_CHECKED);
}

const LISTENERS_CERTIFICATES_AND_THE_PUBLIC_ADDRESS_FIT_TOGETHER: &[Case] = &[
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"http = ["localhost:80", "127.0.0.1", "127.0.0.1:0"]"#,
        r#"c.toml:4: `http`: `localhost:80` is not an address and a port. Write an IP address and a port, as in "0.0.0.0:443" or "[::]:443".
c.toml:4: `http`: `127.0.0.1` is not an address and a port. Write an IP address and a port, as in "0.0.0.0:443" or "[::]:443".
c.toml:4: `http`: `127.0.0.1:0` is not an address and a port. Write an IP address and a port, as in "0.0.0.0:443" or "[::]:443"."#,
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        "http = []",
        r#"c.toml:3: the gateway listens nowhere: `http` and `https` are empty. Add `https = ["0.0.0.0:443"]`."#,
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"http = ["127.0.0.1:8080"]
ops = "127.0.0.1:8080""#,
        "c.toml:5: the address `127.0.0.1:8080` is already used on line 4. Write another one, or remove one of the two.",
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"https = ["0.0.0.0:443"]"#,
        r#"c.toml:3: an https listener needs a certificate. Add `[[certificate]]` with `chain = "…"` and `key = "…"`."#,
    ),
    (
        "[bip]",
        r#"[[certificate]]
chain = "/etc/chain.pem"
key = "/etc/key.pem"
[bip]"#,
        r#"c.toml:9: a certificate without an https listener. Add `https = ["0.0.0.0:443"]` to `[listen]`, or take the certificate out."#,
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"https = ["0.0.0.0:443"]
[[certificate]]
chain = "chain.pem""#,
        r#"c.toml:5: `key` is missing in `[[certificate]]`. Add `key = "/etc/convergences/key.pem"`.
c.toml:6: `chain`: `chain.pem` is not a whole path. Write it from the root, as in "/etc/convergences/…"."#,
    ),
    (
        r#"http = ["127.0.0.1:8080"]"#,
        r#"https = ["0.0.0.0:443"]
[[certificate]]
chain = "/c"
key = "/k"
[public]
scheme = "http""#,
        r#"c.toml:9: people would be sent to http although there is an https listener. Write `scheme = "https"`, or leave it out."#,
    ),
    (
        "[bip]",
        r#"[public]
scheme = "htps"
port = 70000
[bip]"#,
        "c.toml:10: `scheme`: `htps` is none of the choices. Did you mean `https`?
c.toml:11: `port`: 70000 is out of bounds. Write a number from 1 to 65535.",
    ),
    (
        r#"portal = "portail"
run_dir = "/run/c"
[listen]
http = ["127.0.0.1:8080"]"#,
        r#"portal = "portail"
roles = ["admin", "search"]"#,
        r#"c.toml:1: without a listener here, nothing says how people reach the gateway. Add `[public]` with `scheme = "https"`."#,
    ),
    (
        r#"portal = "portail""#,
        r#"portal = "portail"
trusted_proxies = ["10.0.0.1", "10.0.0.1/8", "0.0.0.0/0", "2001:db8::1/32", "10.0.0.0/33", "proxy/8"]"#,
        r#"c.toml:2: `trusted_proxies`: `10.0.0.1` is not an address range. Write its first address and its length, as in "10.0.0.0/8" or "192.0.2.7/32".
c.toml:2: `trusted_proxies`: `10.0.0.1/8` does not begin at its first address. Write "10.0.0.0/8" for the range.
c.toml:2: `trusted_proxies`: it would believe whatever anybody says about their address. Name the proxies in front of the gateway.
c.toml:2: `trusted_proxies`: `2001:db8::1/32` does not begin at its first address. Write "2001:db8::/32" for the range.
c.toml:2: `trusted_proxies`: `10.0.0.0/33` is not an address range. Write its first address and its length, as in "10.0.0.0/8" or "192.0.2.7/32".
c.toml:2: `trusted_proxies`: `proxy/8` is not an address range. Write its first address and its length, as in "10.0.0.0/8" or "192.0.2.7/32"."#,
    ),
];

#[test]
fn listeners_certificates_and_the_public_address_fit_together() {
    check(LISTENERS_CERTIFICATES_AND_THE_PUBLIC_ADDRESS_FIT_TOGETHER);
}

const IDS_AND_HOSTS_ARE_PLAIN_AND_USED_ONCE: &[Case] = &[
    (
        r#"id = "app""#,
        r#"id = "App_1""#,
        "c.toml:20: `id`: `App_1` is not an identifier. Write at most 63 lower-case letters, digits and hyphens, a letter first, as in `net-cotisations`.",
    ),
    (
        r#"id = "app""#,
        r#"id = "portail""#,
        r#"c.toml:19: nobody could sign in: `/connexion` of the portal is not public. Write `access = "public"`: the portal's pages ask for a session themselves.
c.toml:20: the id `portail` is already used on line 12. Write another one, or remove one of the two."#,
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "portail.localhost""#,
        "c.toml:23: the host `portail.localhost` is already used on line 15. Write another one, or remove one of the two.",
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "App.localhost""#,
        "c.toml:23: `host`: `App.localhost` is not a host name. Write it in lower case.",
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "app.localhost:8080""#,
        "c.toml:23: `host`: `app.localhost:8080` is not a host name. Leave the port out; `[public] port` says it.",
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "https://app.localhost""#,
        "c.toml:23: `host`: `https://app.localhost` is not a host name. Leave the scheme out.",
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "192.0.2.1""#,
        "c.toml:23: `host`: `192.0.2.1` is not a host name. Write a name: cookies and certificates go by names.",
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "fiché.fr""#,
        "c.toml:23: `host`: `fiché.fr` is not a host name. Write the name in its ASCII form, which starts with `xn--`.",
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "app_1.fr""#,
        r#"c.toml:23: `host`: `app_1.fr` is not a host name. Write letters, digits, hyphens and points, as in "www.example.org"."#,
    ),
    (
        r#"host = "app.localhost""#,
        r#"host = "app..fr""#,
        r#"c.toml:23: `host`: `app..fr` is not a host name. Write letters, digits, hyphens and points, as in "www.example.org"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
upstream_host = "http://x""#,
        r#"c.toml:25: `upstream_host`: `http://x` is not a host. Write a lower-case name, perhaps with a port, as in "legacy.example.org:8080"."#,
    ),
];

#[test]
fn ids_and_hosts_are_plain_and_used_once() {
    check(IDS_AND_HOSTS_ARE_PLAIN_AND_USED_ONCE);
}

const THE_PORTAL_IS_A_SERVICE_WHERE_PEOPLE_CAN_LOG_IN: &[Case] = &[
    (
        r#"access = "public"
assertion = "membership""#,
        r#"access = "signed-in"
assertion = "membership"
[[service.area]]
id = "a"
path = "/connexion"
access = "public""#,
        r#"c.toml:17: nobody could sign in: `/second-facteur` of the portal is not public. Add the area `{ id = "second-facteur", path = "/second-facteur", access = "public" }`."#,
    ),
    (
        r#"portal = "portail""#,
        r#"portal = "portal""#,
        "c.toml:1: the portal `portal` is not a service. Write one of `app` and `portail`.
c.toml:16: `portail` does not run inside this program; the portal and `bip` do. Write where it listens, as in `http://127.0.0.1:9001`.",
    ),
    (
        r#"access = "public"
"#,
        r#"access = "signed-in"
"#,
        r#"c.toml:17: nobody could sign in: `/connexion` of the portal is not public. Write `access = "public"`: the portal's pages ask for a session themselves."#,
    ),
    (
        r#"access = "public"
"#,
        "",
        r#"c.toml:11: nobody could sign in: `/connexion` of the portal is not public. Write `access = "public"`: the portal's pages ask for a session themselves."#,
    ),
    (
        r#"assertion = "membership""#,
        r#"assertion = "membership"
[[service.area]]
id = "a"
path = "/connexion"
access = "granted""#,
        r#"c.toml:17: nobody could sign in: `/connexion` of the portal is not public. Write `access = "public"`: the portal's pages ask for a session themselves."#,
    ),
];

#[test]
fn the_portal_is_a_service_where_people_can_log_in() {
    check(THE_PORTAL_IS_A_SERVICE_WHERE_PEOPLE_CAN_LOG_IN);
}

const AREAS_ARE_PLAIN_PATHS_USED_ONCE: &[Case] = &[
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "reserve"
access = "granted""#,
        "c.toml:27: `path`: `reserve` does not start with `/`. Start it with `/`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "/"
access = "granted""#,
        "c.toml:27: `path`: `/` is the whole service. Say it with the `access` of the service itself.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "/a/../b"
access = "granted""#,
        "c.toml:27: `path`: `/a/../b` can be read in two ways. Write it without `//`, `.` and `..`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "/a//b"
access = "granted""#,
        "c.toml:27: `path`: `/a//b` can be read in two ways. Write it without `//`, `.` and `..`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "/a%2fb"
access = "granted""#,
        "c.toml:27: `path`: `/a%2fb` holds `%`. Write the path as people read it, decoded, in letters.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "/a?b"
access = "granted""#,
        "c.toml:27: `path`: `/a?b` holds `?`. Write the path as people read it, decoded, in letters.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "/a"
access = "granted"
[[service.area]]
id = "a"
path = "/b"
access = "granted""#,
        "c.toml:30: the area id `a` is already used on line 26. Write another one, or remove one of the two.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.area]]
id = "a"
path = "/a"
access = "granted"
[[service.area]]
id = "b"
path = "/A/"
access = "granted""#,
        "c.toml:31: the path `/a` is already used on line 27. Write another one, or remove one of the two.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
entry = "a?b""#,
        "c.toml:25: `entry`: `a?b` does not start with `/`. Start it with `/`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
entry = "/RH/"
[[service.area]]
id = "rh"
path = "/rh"
access = "granted""#,
        "c.toml:25: `entry`: `/RH/` is in the area `rh` but for its capitals. Write it as the area does: `/rh`.",
    ),
];

#[test]
fn areas_are_plain_paths_used_once() {
    check(AREAS_ARE_PLAIN_PATHS_USED_ONCE);
}

const UPSTREAMS_ARE_LITERAL_ADDRESSES: &[Case] = &[
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "app.example.org:80""#,
        "c.toml:24: `upstream`: `app.example.org:80` is not an upstream. Write `http://192.0.2.10:8080`, `https://192.0.2.10:443`, `unix:/run/x.sock` or `internal`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://app.example.org:80""#,
        "c.toml:24: `upstream`: `http://app.example.org:80` is not an IP address and a port. A name would be resolved while requests wait; write an address and a port, as in `http://127.0.0.1:9001`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "https://app.example.org:443"
upstream_name = "app.example.org""#,
        r#"c.toml:24: `upstream`: `https://app.example.org:443` is not an IP address and a port. A name would be resolved while requests wait; write `https://192.0.2.10:443`, and the name as `upstream_name = "…"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "https://192.0.2.1:443""#,
        r#"c.toml:24: an `https://` upstream needs the name on its certificate. Add `upstream_name = "legacy.example.org"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "https://192.0.2.1:443"
upstream_name = """#,
        r#"c.toml:25: `upstream_name`: `` is not a host name. Write letters, digits, hyphens and points, as in "www.example.org"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "https://192.0.2.1:443"
upstream_name = "192.0.2.1""#,
        "c.toml:25: `upstream_name`: `192.0.2.1` is not a host name. Write a name: cookies and certificates go by names.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
upstream_name = "app.example.org""#,
        r#"c.toml:25: `upstream_name` is the name on a certificate, and this upstream has none. Take it out, or write `upstream = "https://…"`."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001/app""#,
        "c.toml:24: `upstream`: `http://127.0.0.1:9001/app` says more than an address. Write scheme, address and port only; paths go upstream as they come.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:0""#,
        "c.toml:24: `upstream`: `http://127.0.0.1:0` is not an IP address and a port. A name would be resolved while requests wait; write an address and a port, as in `http://127.0.0.1:9001`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "unix:run/x.sock""#,
        "c.toml:24: `upstream`: `run/x.sock` cannot be a socket's path. Write it from the root, as in `unix:/run/x.sock`, in at most 107 bytes.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "unix:/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#,
        "c.toml:24: `upstream`: `/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` cannot be a socket's path. Write it from the root, as in `unix:/run/x.sock`, in at most 107 bytes.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "internal"
assertion = "membership""#,
        "c.toml:24: `app` does not run inside this program; the portal and `bip` do. Write where it listens, as in `http://127.0.0.1:9001`.",
    ),
    (
        r#"portal = "portail""#,
        r#"portal = "portail"
roles = ["gateway", "search"]"#,
        r#"c.toml:17: `internal` needs the role `admin`, which is off here. Add "admin" to `roles`, or write where it listens, as in `unix:/run/x.sock`."#,
    ),
    (
        r#"upstream = "internal"
access = "public"
assertion = "membership""#,
        r#"upstream = "internal"
access = "public""#,
        r#"c.toml:11: a service inside this program knows people by the whole assertion only. Write `assertion = "membership"`."#,
    ),
    (
        r#"upstream = "internal"
access = "public"
assertion = "membership""#,
        r#"upstream = "internal"
access = "public"
assertion = "membershp""#,
        "c.toml:18: `assertion`: `membershp` is none of the choices. Did you mean `membership`?",
    ),
    (
        r#""/run/c""#,
        r#""/rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr""#,
        "c.toml:16: `/rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr/portail.sock` cannot be a socket's path. Write it from the root, as in `unix:/run/x.sock`, in at most 107 bytes.",
    ),
];

#[test]
fn upstreams_are_literal_addresses() {
    check(UPSTREAMS_ARE_LITERAL_ADDRESSES);
}

const IDENTITY_HEADERS_ARE_NAMES_OF_THEIR_OWN: &[Case] = &[
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.headers]
user = "Remote_User"
name = "Remote Name"
email = ""
groups = "é""#,
        r#"c.toml:26: `user`: `Remote_User` is not a header's name. Write letters, digits and hyphens (`_` and `-` are one to many programs), as in "Remote-User".
c.toml:27: `name`: `Remote Name` is not a header's name. Write letters, digits and hyphens (`_` and `-` are one to many programs), as in "Remote-User".
c.toml:28: `email`: `` is not a header's name. Write letters, digits and hyphens (`_` and `-` are one to many programs), as in "Remote-User".
c.toml:29: `groups`: `é` is not a header's name. Write letters, digits and hyphens (`_` and `-` are one to many programs), as in "Remote-User"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.headers]
user = "host"
name = "Cookie"
email = "content-length"
groups = "Transfer-Encoding""#,
        r#"c.toml:26: `user`: `host` has another meaning. Choose a header of its own, as in "Remote-User".
c.toml:27: `name`: `Cookie` has another meaning. Choose a header of its own, as in "Remote-User".
c.toml:28: `email`: `content-length` has another meaning. Choose a header of its own, as in "Remote-User".
c.toml:29: `groups`: `Transfer-Encoding` has another meaning. Choose a header of its own, as in "Remote-User"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.headers]
user = "Connection"
name = "X-Forwarded-User"
email = "X-Convergences-Email""#,
        r#"c.toml:26: `user`: `Connection` has another meaning. Choose a header of its own, as in "Remote-User".
c.toml:27: `name`: `X-Forwarded-User` has another meaning. Choose a header of its own, as in "Remote-User".
c.toml:28: `email`: `X-Convergences-Email` has another meaning. Choose a header of its own, as in "Remote-User"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.headers]
user = "Remote-User"
name = "remote-user""#,
        "c.toml:27: the header `remote-user` is already used on line 26. Write another one, or remove one of the two.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.headers]
user = "Remote-User"
[service.form]
page = "/login.php"
login_field = "user"
password_field = "pass"
session_cookie = "PHPSESSID"
failure = "incorrect""#,
        "c.toml:27: the service has both `[service.headers]` and `[service.form]`. Keep the one it understands.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.headers]
roles = "Remote-Roles""#,
        "c.toml:25: `[service.headers]` names a header for roles, and the service declares none. Add a `[[service.role]]`, or take `roles` out.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[[service.role]]
id = "lecture"
name = "Lecteur"
access = "all"
[[service.role]]
id = "valideur"
name = "Lecteur"
access = "read""#,
        r"c.toml:26: `id`: `lecture` already has a meaning for every service. Choose another name.
c.toml:28: `access`: `all` is none of the choices. The choices are `read` and `write`.
c.toml:31: the role name `Lecteur` is already used on line 27. Write another one, or remove one of the two.",
    ),
];

#[test]
fn identity_headers_are_names_of_their_own() {
    check(IDENTITY_HEADERS_ARE_NAMES_OF_THEIR_OWN);
}

const LOGIN_FORMS_ARE_COMPLETE: &[Case] = &[
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "/"
login_field = "user"
password_field = "pass"
session_cookie = "PHPSESSID"
failure = "incorrect""#,
        r#"c.toml:26: `page`: every page begins with `/`. Write the path of the login page, as in "/login.php"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "login.php"
login_field = "user"
password_field = "pass"
session_cookie = "PHPSESSID"
failure = "incorrect""#,
        "c.toml:26: `page`: `login.php` does not start with `/`. Start it with `/`.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "/login.php"
login_field = "user"
password_field = "user"
session_cookie = "PHPSESSID"
failure = "incorrect""#,
        "c.toml:28: `login_field` and `password_field` are the same field. Write the `name` of each `<input>` of the login page.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "/login.php"
login_field = "user"
password_field = "pass"
session_cookie = "convergences"
failure = "incorrect""#,
        "c.toml:29: `session_cookie`: `convergences` is a cookie of the gateway. Name the application's own cookie.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "/login.php"
login_field = "user"
password_field = "pass"
session_cookie = "a b"
failure = "incorrect""#,
        r#"c.toml:29: `session_cookie`: `a b` is not a cookie's name. Write it as the application sets it, as in "PHPSESSID"."#,
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "/login.php"
login_field = "user"
password_field = "pass"
session_cookie = "PHPSESSID"
failure = """#,
        "c.toml:30: `failure`: the text is empty or holds control characters. Write one line of text.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "/login.php"
login_field = "user"
password_field = "pass"
session_cookie = "PHPSESSID"
failure = "incorrect"
attempts = 5"#,
        "c.toml:31: `attempts`: 5 is out of bounds. Write a number from 1 to 4.",
    ),
    (
        r#"upstream = "http://127.0.0.1:9001""#,
        r#"upstream = "http://127.0.0.1:9001"
[service.form]
page = "/login.php"
login_field = "user"
password_field = "pass"
session_cookie = "PHPSESSID"
failure = "incorrect"
attempts = 0"#,
        "c.toml:31: `attempts`: 0 is out of bounds. Write a number from 1 to 4.",
    ),
];

#[test]
fn login_forms_are_complete() {
    check(LOGIN_FORMS_ARE_COMPLETE);
}

const SECRETS_ARE_NEITHER_DEFAULTED_NOR_WRITTEN_INLINE: &[Case] = &[
    (
        r#"master_key_env = "CONVERGENCES_MASTER_KEY""#,
        "",
        r#"c.toml:7: `[secrets]` names no master key. Add `master_key_file = "/etc/convergences/master.key"`."#,
    ),
    (
        r#"master_key_env = "CONVERGENCES_MASTER_KEY""#,
        r#"master_key_env = "CONVERGENCES_MASTER_KEY"
master_key_file = "/etc/master.key""#,
        "c.toml:8: both `master_key_file` and `master_key_env`. Keep one of them.",
    ),
    (
        r#"master_key_env = "CONVERGENCES_MASTER_KEY""#,
        r#"master_key = "00112233""#,
        r#"c.toml:8: a secret does not belong in this file. Put the key in a file of its own and name that: `master_key_file = "…"`."#,
    ),
    (
        r#"master_key_env = "CONVERGENCES_MASTER_KEY""#,
        r#"master_key_file = "00112233""#,
        r#"c.toml:8: `master_key_file`: not the whole path of a file. Write it from the root, as in "/etc/convergences/master.key"."#,
    ),
    (
        r#"master_key_env = "CONVERGENCES_MASTER_KEY""#,
        r#"master_key_env = "00112233""#,
        r#"c.toml:8: `master_key_env`: not the name of a variable. Write its name in capitals, as in "CONVERGENCES_MASTER_KEY"."#,
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        r#"url = "postgres://app:Cerise@db.example.org/app""#,
        "c.toml:6: `url`: a password does not belong in this file. Take it out of the address and give it in the file that PGPASSFILE names, or in PGPASSWORD.",
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        r#"url = "postgres://db.example.org/app?password=Cerise""#,
        "c.toml:6: `url`: a password does not belong in this file. Take it out of the address and give it in the file that PGPASSFILE names, or in PGPASSWORD.",
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        r#"url = "postgresql://app:Cer/ise@db.example.org/app""#,
        "c.toml:6: `url`: a password does not belong in this file. Take it out of the address and give it in the file that PGPASSFILE names, or in PGPASSWORD.",
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        r#"url = "mysql://app:Cerise@db/app""#,
        "c.toml:6: `url`: no such kind of database. Write `sqlite:///…` with a file, or `postgres://user@host/database`.",
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        r#"url = "sqlite://relative.db""#,
        "c.toml:6: `url`: SQLite needs a file by its whole path. Write `sqlite:///var/lib/convergences/convergences.db`, with three slashes.",
    ),
    (
        r#"url = "sqlite:///srv/c.db""#,
        r#"url = "sqlite::memory:""#,
        "c.toml:6: `url`: SQLite needs a file by its whole path. Write `sqlite:///var/lib/convergences/convergences.db`, with three slashes.",
    ),
];

#[test]
fn secrets_are_neither_defaulted_nor_written_inline() {
    check(SECRETS_ARE_NEITHER_DEFAULTED_NOR_WRITTEN_INLINE);
}

#[test]
fn bip_runs_inside_with_its_role_only() {
    let text = changed("run_dir", "roles = [\"gateway\", \"admin\"]\nrun_dir");
    let text = text.replace("id = \"app\"", "id = \"bip\"\nassertion = \"membership\"");
    let text = text.replace("http://127.0.0.1:9001", "internal");
    let expected = "c.toml:26: `internal` needs the role `search`, which is off here. Add \"search\" to `roles`, or write where it listens, as in `unix:/run/x.sock`.";
    assert_eq!(said(&text), expected);
}

#[test]
fn lists_without_anything_in_them_are_nothing() {
    let text = changed("127.0.0.1:8080", "0.0.0.0:443");
    let (head, _) = text.split_once("[[service]]").unwrap();
    let without = "c.toml:1: there is no service. Add at least the portal, as a `[[service]]`.";
    assert_eq!(said(head), without);
    let text = format!(
        "certificate = []\nservice = []\n{}",
        head.replace("http =", "https =")
    );
    let expected = "c.toml:2: there is no service. Add at least the portal, as a `[[service]]`.\n\
        c.toml:5: an https listener needs a certificate. Add `[[certificate]]` with `chain = \"…\"` and `key = \"…\"`.";
    assert_eq!(said(&text), expected);
}

#[test]
fn no_secret_is_repeated() {
    for (from, to) in [
        (
            "sqlite:///srv/c.db",
            "postgres://app:Cerise7@db.example.org/app",
        ),
        (
            "sqlite:///srv/c.db",
            "mysql://app:Cerise7@db.example.org/app",
        ),
        (
            "master_key_env = \"CONVERGENCES_MASTER_KEY\"",
            "master_key = \"Cerise7\"",
        ),
        ("CONVERGENCES_MASTER_KEY", "Cerise7"),
        (
            "master_key_env = \"CONVERGENCES_MASTER_KEY\"",
            "master_key_file = \"Cerise7\"",
        ),
        (
            "master_key_env = \"CONVERGENCES_MASTER_KEY\"",
            "master_key = Cerise7",
        ),
    ] {
        let said = said(&changed(from, to));
        assert!(
            said.starts_with("c.toml:") && !said.contains("Cerise7"),
            "{said}"
        );
    }
}

const EVERYTHING: &str = r#"portal = "portal"
log = "josn"
[listen]
http = [8080]
[store]
url = "sqlite://c.db"
grace = "1min"
[secrets]
[sessions]
idle = "1 h"
[[service]]
id = "portail"
name = ""
host = "Portail.example.org"
upstream = "http://portail:80"
acces = "public"
"#;

const EVERYTHING_SAID: &str = r#"/etc/convergences.toml:1: the role `search` needs `[bip]`. Add `[bip]` and below it `data = "/var/lib/convergences/bip"`, or leave "search" out of `roles`.
/etc/convergences.toml:1: the portal `portal` is not a service. Write one of `portail`.
/etc/convergences.toml:2: `log`: `josn` is none of the choices. Did you mean `json`?
/etc/convergences.toml:4: `http` must be a text, not a number. Put it between quotes: `"…"`.
/etc/convergences.toml:6: `url`: SQLite needs a file by its whole path. Write `sqlite:///var/lib/convergences/convergences.db`, with three slashes.
/etc/convergences.toml:7: `grace` is longer than 30s: what was withdrawn would go on for too long. Write at most "30s".
/etc/convergences.toml:8: `[secrets]` names no master key. Add `master_key_file = "/etc/convergences/master.key"`.
/etc/convergences.toml:10: `idle`: `1 h` is not a duration of at most 400d. Write a whole number and its unit (ms, s, min, h, d), as in "90s".
/etc/convergences.toml:11: `description` is missing in `[[service]]`. Add `description = "Déclarer les cotisations."`.
/etc/convergences.toml:13: `name`: the text is empty or holds control characters. Write one line of text.
/etc/convergences.toml:14: `host`: `Portail.example.org` is not a host name. Write it in lower case.
/etc/convergences.toml:15: `upstream`: `http://portail:80` is not an IP address and a port. A name would be resolved while requests wait; write an address and a port, as in `http://127.0.0.1:9001`.
/etc/convergences.toml:16: unknown key `acces` in `[[service]]`. Did you mean `access`?"#;

#[test]
fn a_dozen_mistakes_are_told_at_once_in_the_order_of_their_lines() {
    let said = parse("/etc/convergences.toml", EVERYTHING)
        .unwrap_err()
        .to_string();
    assert_eq!(said, EVERYTHING_SAID);
}
