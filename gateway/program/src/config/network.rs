//! Values of the network: listening addresses, ranges, host names.

use super::mistakes::{Problem, problem};
use gateway::Network;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where to listen.
pub(super) fn address(text: &str) -> Result<SocketAddr, Problem> {
    let address: Option<SocketAddr> = text.parse().ok();
    address.filter(|address| address.port() > 0).ok_or_else(|| {
        problem(
            format!("`{text}` is not an address and a port"),
            "Write an IP address and a port, as in \"0.0.0.0:443\" or \"[::]:443\"",
        )
    })
}

/// `10.0.0.0/8`.
pub(super) fn network(text: &str) -> Result<Network, Problem> {
    let not = || {
        problem(
            format!("`{text}` is not an address range"),
            "Write its first address and its length, as in \"10.0.0.0/8\" or \"192.0.2.7/32\"",
        )
    };
    let (address, prefix) = text.split_once('/').ok_or_else(not)?;
    let address: IpAddr = address.parse().map_err(|_| not())?;
    let prefix: u8 = prefix.parse().map_err(|_| not())?;
    let first = match address {
        IpAddr::V4(v4) if prefix <= 32 => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::from(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) if prefix <= 128 => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::from(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
        _ => return Err(not()),
    };
    if prefix == 0 {
        return Err(problem(
            "it would believe whatever anybody says about their address",
            "Name the proxies in front of the gateway",
        ));
    }
    if first != address {
        return Err(problem(
            format!("`{text}` does not begin at its first address"),
            format!("Write \"{first}/{prefix}\" for the range"),
        ));
    }
    Ok(Network { address, prefix })
}

/// A host name as the gateway compares it: lower-case, without port.
pub(super) fn host(text: &str) -> Result<String, Problem> {
    if is_name(text) {
        return Ok(text.to_owned());
    }
    let remedy = if is_name(&text.to_ascii_lowercase()) {
        "Write it in lower case"
    } else if text.contains("://") {
        "Leave the scheme out"
    } else if text.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok() {
        "Write a name: cookies and certificates go by names"
    } else if text.contains(':') {
        "Leave the port out; `[public] port` says it"
    } else if !text.is_ascii() {
        "Write the name in its ASCII form, which starts with `xn--`"
    } else {
        "Write letters, digits, hyphens and points, as in \"www.example.org\""
    };
    Err(problem(format!("`{text}` is not a host name"), remedy))
}

/// What to say in `Host`: a name or an address, perhaps with a port.
pub(super) fn authority(text: &str) -> Result<String, Problem> {
    let named = match text.rsplit_once(':') {
        Some((name, port)) => is_name(name) && port.parse::<u16>().is_ok_and(|port| port > 0),
        None => is_name(text),
    };
    let numbered = text.parse::<SocketAddr>().is_ok() || text.parse::<Ipv4Addr>().is_ok();
    if named || numbered {
        return Ok(text.to_owned());
    }
    Err(problem(
        format!("`{text}` is not a host"),
        "Write a lower-case name, perhaps with a port, as in \"legacy.example.org:8080\"",
    ))
}

/// A DNS name in lower case (RFC 1123); a last label of digits would be read as an IPv4 address.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.split('.').all(label)
        && !last.chars().all(|c| c.is_ascii_digit())
        && !last.starts_with("0x")
}
