//! Listeners, certificates, and how people reach them: `[listen]`, `[[certificate]]`, `[public]`.

use super::mistakes::problem;
use super::once::Once;
use super::section::Section;
use super::{Listen, network, values};
use gateway::{CertificateFiles, PublicAddress};
use std::net::{Ipv4Addr, SocketAddr};

const SCHEMES: [(&str, bool); 2] = [("https", true), ("http", false)];
const OPS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9090);

/// Reads `[listen]`; with the role `gateway` there must be something in it.
pub(super) fn read(root: &Section<'_>, gateway: bool) -> Option<Listen> {
    let Some(section) = root.section("listen") else {
        if root.has("listen") {
            return None;
        }
        if gateway {
            let message = "the gateway listens nowhere: `[listen]` is missing";
            let remedy = "Add `[listen]` and below it `https = [\"0.0.0.0:443\"]`";
            root.wrong(root.at("listen"), problem(message, remedy));
        }
        return Some(Listen {
            http: Vec::new(),
            https: Vec::new(),
            ops: OPS,
        });
    };
    let http = section.texts("http", network::address);
    let https = section.texts("https", network::address);
    let ops = section.text("ops", network::address);
    let mut once = Once::default();
    let all = http.iter().chain(&https).flatten().copied();
    for (address, at) in all.chain(ops.map(|ops| (ops, section.at("ops")))) {
        once.check(&section, at, "address", &address.to_string());
    }
    let empty = |list: &Option<Vec<_>>| list.as_ref().is_some_and(Vec::is_empty);
    if gateway && empty(&http) && empty(&https) {
        let message = "the gateway listens nowhere: `http` and `https` are empty";
        let remedy = "Add `https = [\"0.0.0.0:443\"]`";
        section.wrong(section.at("https"), problem(message, remedy));
    }
    section.finish();
    let addresses = |list: Vec<(SocketAddr, usize)>| list.into_iter().map(|(one, _)| one).collect();
    Some(Listen {
        http: addresses(http?),
        https: addresses(https?),
        ops: ops.unwrap_or(OPS),
    })
}

/// Reads every `[[certificate]]`; there is one if and only if a listener speaks TLS.
pub(super) fn certificates(
    root: &Section<'_>,
    listen: Option<&Listen>,
) -> Option<Vec<CertificateFiles>> {
    let certificate = |section: Section<'_>| {
        let chain = section.required("chain", "/etc/convergences/chain.pem", values::file);
        let key = section.required("key", "/etc/convergences/key.pem", values::file);
        section.finish();
        Some(CertificateFiles {
            chain: chain?,
            key: key?,
        })
    };
    let all = root.sections("certificate").into_iter().map(certificate);
    let all: Vec<Option<CertificateFiles>> = all.collect();
    let tls = listen.map(|listen| !listen.https.is_empty());
    if tls == Some(true) && all.is_empty() {
        let message = "an https listener needs a certificate";
        let remedy = "Add `[[certificate]]` with `chain = \"…\"` and `key = \"…\"`";
        root.wrong(root.at("listen"), problem(message, remedy));
    }
    if tls == Some(false) && !all.is_empty() {
        let message = "a certificate without an https listener";
        let remedy = "Add `https = [\"0.0.0.0:443\"]` to `[listen]`, or take the certificate out";
        root.wrong(root.at("certificate"), problem(message, remedy));
    }
    all.into_iter().collect()
}

/// Reads `[public]`; what it leaves out comes from the first listener. The scheme may be https over
/// a plain listener: a proxy in front ends TLS.
pub(super) fn public(
    root: &Section<'_>,
    listen: Option<&Listen>,
    gateway: bool,
) -> Option<PublicAddress> {
    let section = root.section("public");
    let scheme = section
        .as_ref()
        .and_then(|section| section.text("scheme", values::word(&SCHEMES)));
    let port = section
        .as_ref()
        .and_then(|section| section.number("port", 1..=65_535));
    let stated = section
        .as_ref()
        .is_some_and(|section| section.has("scheme"));
    if let (Some(section), Some(false), Some(listen)) = (&section, scheme, listen)
        && !listen.https.is_empty()
    {
        let message = "people would be sent to http although there is an https listener";
        let remedy = "Write `scheme = \"https\"`, or leave it out";
        section.wrong(section.at("scheme"), problem(message, remedy));
    }
    if let Some(section) = section {
        section.finish();
    }
    let listen = listen?;
    let nowhere = listen.http.is_empty() && listen.https.is_empty();
    if nowhere && !stated && !gateway {
        let message = "without a listener here, nothing says how people reach the gateway";
        let remedy = "Add `[public]` with `scheme = \"https\"`";
        root.wrong(root.at("public"), problem(message, remedy));
    }
    let tls = scheme.unwrap_or(!listen.https.is_empty());
    let (own, usual) = if tls {
        (&listen.https, 443)
    } else {
        (&listen.http, 80)
    };
    let port = port.or_else(|| own.first().map(SocketAddr::port));
    Some(PublicAddress {
        tls,
        port: port.unwrap_or(usual),
    })
}
