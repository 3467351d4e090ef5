//! Where the requests of a service go. Addresses are literal: a name would be resolved while
//! requests wait, and could answer differently from one request to the next.

use super::mistakes::{Problem, problem};
use super::network;
use super::section::Section;
use super::{Program, Roles};
use gateway::{AssertionContent, Upstream};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// The longest path of a unix socket (`sun_path`, its final zero taken off).
const SOCKET_PATH: usize = 107;

/// The service id that `internal` knows besides the portal.
const BIP: &str = "bip";

const EXAMPLE: &str = "http://127.0.0.1:9001";

/// As written, before `upstream_name` completes it.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Written {
    Internal,
    Http(SocketAddr),
    Https(SocketAddr),
    Unix(PathBuf),
}

/// Reads `upstream` and `upstream_name`.
pub(super) fn read(
    service: &Section<'_>,
    id: Option<&str>,
    assertion: Option<AssertionContent>,
    program: &Program,
) -> Option<Upstream> {
    let written = service.required("upstream", EXAMPLE, parse);
    let name = service.text("upstream_name", network::host);
    let named = service.has("upstream_name");
    let tls = matches!(written, Some(Written::Https(_)));
    if named && written.is_some() && !tls {
        let message = "`upstream_name` is the name on a certificate, and this upstream has none";
        let remedy = "Take it out, or write `upstream = \"https://…\"`";
        service.wrong(service.at("upstream_name"), problem(message, remedy));
    }
    if tls && !named {
        let message = "an `https://` upstream needs the name on its certificate";
        let remedy = "Add `upstream_name = \"legacy.example.org\"`";
        service.wrong(service.at("upstream"), problem(message, remedy));
    }
    match written? {
        Written::Http(address) => Some(Upstream::Tcp(address)),
        Written::Https(address) => Some(Upstream::Tls {
            address,
            name: name?,
        }),
        Written::Unix(path) => Some(Upstream::Unix(path)),
        Written::Internal => internal(service, id?, assertion, program),
    }
}

/// A service that runs in this process; it knows people by the assertion alone.
fn internal(
    service: &Section<'_>,
    id: &str,
    assertion: Option<AssertionContent>,
    program: &Program,
) -> Option<Upstream> {
    let misspelt = assertion.is_none() && service.has("assertion");
    if !misspelt && assertion != Some(AssertionContent::Membership) {
        let message = "a service inside this program knows people by the whole assertion only";
        let remedy = "Write `assertion = \"membership\"`";
        service.wrong(service.at("assertion"), problem(message, remedy));
    }
    if id != BIP && program.portal.is_none() {
        return None; // It may well be the portal; that none is named has been told.
    }
    let path = internal_socket(id, program);
    path.map_err(|problem| service.wrong(service.at("upstream"), problem))
        .ok()
        .map(Upstream::Unix)
}

fn parse(text: &str) -> Result<Written, Problem> {
    if text == "internal" {
        return Ok(Written::Internal);
    }
    if let Some(path) = text.strip_prefix("unix:") {
        return socket(Path::new(path)).map(Written::Unix);
    }
    if let Some(rest) = text.strip_prefix("http://") {
        return tcp(rest, "http", 80).map(Written::Http);
    }
    if let Some(rest) = text.strip_prefix("https://") {
        return tcp(rest, "https", 443).map(Written::Https);
    }
    Err(problem(
        format!("`{text}` is not an upstream"),
        "Write `http://192.0.2.10:8080`, `https://192.0.2.10:443`, `unix:/run/x.sock` or `internal`",
    ))
}

fn socket(path: &Path) -> Result<PathBuf, Problem> {
    if !path.is_absolute() || path.as_os_str().len() > SOCKET_PATH {
        return Err(problem(
            format!("`{}` cannot be a socket's path", path.display()),
            format!(
                "Write it from the root, as in `unix:/run/x.sock`, in at most {SOCKET_PATH} bytes"
            ),
        ));
    }
    Ok(path.to_owned())
}

fn tcp(rest: &str, scheme: &str, port: u16) -> Result<SocketAddr, Problem> {
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let bare = authority.trim_start_matches('[').trim_end_matches(']');
    let with_port = authority.parse::<SocketAddr>().ok();
    let address = with_port.or_else(|| Some(SocketAddr::new(bare.parse::<IpAddr>().ok()?, port)));
    if let Some(address) = address.filter(|address| address.port() > 0) {
        return Ok(address);
    }
    let text = format!("{scheme}://{rest}");
    if authority.contains(['/', '?', '@']) {
        return Err(problem(
            format!("`{text}` says more than an address"),
            "Write scheme, address and port only; paths go upstream as they come",
        ));
    }
    let remedy = match scheme {
        "https" => {
            "A name would be resolved while requests wait; write `https://192.0.2.10:443`, and the name as `upstream_name = \"…\"`"
        }
        _ => {
            "A name would be resolved while requests wait; write an address and a port, as in `http://127.0.0.1:9001`"
        }
    };
    Err(problem(
        format!("`{text}` is not an IP address and a port"),
        remedy,
    ))
}

/// The socket it listens on.
fn internal_socket(id: &str, program: &Program) -> Result<PathBuf, Problem> {
    let portal = program.portal.as_deref() == Some(id);
    let Roles { admin, search, .. } = program.roles;
    let (role, on, file) = match id {
        _ if portal => ("admin", admin, "portail.sock"),
        BIP => ("search", search, "bip.sock"),
        _ => {
            return Err(problem(
                format!("`{id}` does not run inside this program; the portal and `{BIP}` do"),
                format!("Write where it listens, as in `{EXAMPLE}`"),
            ));
        }
    };
    if !on {
        return Err(problem(
            format!("`internal` needs the role `{role}`, which is off here"),
            format!(
                "Add \"{role}\" to `roles`, or write where it listens, as in `unix:/run/x.sock`"
            ),
        ));
    }
    socket(&program.run_dir.join(file))
}
