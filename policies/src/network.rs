//! Where a collectivité's people sit: ranges of addresses under a name, which its rules may speak of
//! as `context.reseaux.contains("mairie")`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// Addresses that share their first bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Range {
    first: IpAddr,
    bits: u8,
}

/// Why a text is no range of a network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RangeError {
    /// It is no address, and no address with a number of bits.
    Unreadable,
    /// The address has more bits than the range; here is the range that it lies in.
    Within(Range),
    /// It is of no public network: anybody has such addresses at home.
    NotPublic,
    /// More addresses than a collectivité has.
    TooWide,
}

/// Least bits of a range of either kind.
const LEAST_V4: u8 = 16;
const LEAST_V6: u8 = 32;

/// Addresses that are nobody's on the Internet (RFC 6890 and its successors).
const NOT_PUBLIC: [(IpAddr, u8); 13] = [
    (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8),
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(100, 64, 0, 0)), 10),
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(224, 0, 0, 0)), 3),
    (IpAddr::V6(Ipv6Addr::UNSPECIFIED), 8),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
    (IpAddr::V6(Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0)), 10),
    (IpAddr::V6(Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0)), 8),
];

impl Range {
    /// Reads `203.0.113.5`, `203.0.113.0/24` or `2001:db8::/48`.
    ///
    /// # Errors
    /// See [`RangeError`].
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| RangeError::Unreadable)?;
        let all = width(address);
        let bits = match bits.map(|bits| bits.trim().parse::<u8>()) {
            None => all,
            Some(Ok(bits)) if bits <= all => bits,
            Some(_) => return Err(RangeError::Unreadable),
        };
        let range = Self::around(address, bits);
        if range.first != address {
            return Err(RangeError::Within(range));
        }
        let least = if address.is_ipv4() {
            LEAST_V4
        } else {
            LEAST_V6
        };
        if bits < least {
            return Err(RangeError::TooWide);
        }
        let own = |(first, bits)| Self { first, bits }.overlaps(&range);
        if NOT_PUBLIC.into_iter().any(own) {
            return Err(RangeError::NotPublic);
        }
        Ok(range)
    }

    /// The range of so many bits that an address lies in.
    fn around(address: IpAddr, bits: u8) -> Self {
        let first = match address {
            IpAddr::V4(v4) => {
                Ipv4Addr::from_bits(first_bits(v4.to_bits().into(), bits + 96)).into()
            }
            IpAddr::V6(v6) => Ipv6Addr::from_bits(keep(v6.to_bits(), bits)).into(),
        };
        Self { first, bits }
    }

    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && *self == Self::around(address, self.bits)
    }

    /// Its first address.
    pub fn first(&self) -> IpAddr {
        self.first
    }

    /// The first address behind it.
    fn after(&self) -> Option<IpAddr> {
        let others = u32::from(width(self.first) - self.bits);
        match self.first {
            IpAddr::V4(first) => {
                let size = 1_u32.checked_shl(others)?;
                let next = first.to_bits().checked_add(size)?;
                Some(Ipv4Addr::from_bits(next).into())
            }
            IpAddr::V6(first) => {
                let size = 1_u128.checked_shl(others)?;
                let next = first.to_bits().checked_add(size)?;
                Some(Ipv6Addr::from_bits(next).into())
            }
        }
    }

    /// Whether both hold an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        if self.bits <= other.bits {
            self.contains(other.first)
        } else {
            other.contains(self.first)
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first bits of 128; the others are zero.
fn keep(all: u128, bits: u8) -> u128 {
    let others = 128 - u32::from(bits.min(128));
    u128::MAX.checked_shl(others).unwrap_or_default() & all
}

/// The same for the last 32 bits.
fn first_bits(all: u128, bits: u8) -> u32 {
    u32::try_from(keep(all, bits)).unwrap_or_default()
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bits == width(self.first) {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}/{}", self.first, self.bits)
        }
    }
}

/// A network that the CIG has confirmed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Network {
    /// What rules call it: `mairie`.
    pub name: Arc<str>,
    /// Its addresses.
    pub ranges: Vec<Range>,
}

impl Network {
    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(address))
    }
}

/// An address for each way of lying in some of these networks, named, and in none of the others.
pub fn ways_in(networks: &[Network]) -> BTreeMap<BTreeSet<Arc<str>>, IpAddr> {
    let ranges = networks.iter().flat_map(|network| &network.ranges);
    // Ranges lie in one another or apart: between these addresses nothing begins and nothing ends.
    let addresses = ranges.flat_map(|range| [Some(range.first), range.after()]);
    let mut ways = BTreeMap::new();
    for address in addresses.flatten() {
        let around = networks.iter().filter(|network| network.contains(address));
        let names: BTreeSet<_> = around.map(|network| network.name.clone()).collect();
        if !names.is_empty() {
            ways.entry(names).or_insert(address);
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Range {
        Range::parse(text).unwrap()
    }

    #[test]
    fn a_range_holds_the_addresses_that_share_its_bits() {
        for (text, inside, outside) in [
            ("203.0.113.5", "203.0.113.5", "203.0.113.4"),
            ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
            ("198.51.0.0/16", "198.51.100.7", "198.52.0.0"),
            ("2001:db8::/48", "2001:db8:0:ffff::1", "2001:db8:1::1"),
            ("2001:db8::7", "2001:db8::7", "203.0.113.5"),
        ] {
            let range = range(text);
            assert!(range.contains(inside.parse().unwrap()), "{text}");
            assert!(!range.contains(outside.parse().unwrap()), "{text}");
            assert_eq!(range.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_public_network_of_a_collectivite_is_refused() {
        for (text, error) in [
            ("mairie", RangeError::Unreadable),
            ("203.0.113.0/33", RangeError::Unreadable),
            (
                "203.0.113.5/24",
                RangeError::Within(range("203.0.113.0/24")),
            ),
            ("192.168.1.0/24", RangeError::NotPublic),
            ("10.0.0.1", RangeError::NotPublic),
            ("0.0.0.0/0", RangeError::TooWide),
            ("::1", RangeError::NotPublic),
            ("::ffff:203.0.113.5", RangeError::NotPublic),
            ("fd00::/48", RangeError::NotPublic),
            ("::/0", RangeError::TooWide),
            ("198.50.0.0/15", RangeError::TooWide),
            ("2001:d00::/24", RangeError::TooWide),
        ] {
            assert_eq!(Range::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn ranges_overlap_when_one_lies_in_the_other() {
        let (wide, narrow) = (range("203.0.113.0/24"), range("203.0.113.64/26"));
        assert!(wide.overlaps(&narrow) && narrow.overlaps(&wide));
        assert!(!narrow.overlaps(&range("203.0.113.128/26")));
        assert!(!wide.overlaps(&range("2001:db8::/48")));
    }

    #[test]
    fn there_is_an_address_for_each_way_of_lying_in_networks() {
        let network = |name: &str, ranges: &[&str]| Network {
            name: name.into(),
            ranges: ranges.iter().map(|text| range(text)).collect(),
        };
        let town = [
            network("mairie", &["203.0.113.0/24", "2001:db8::/48"]),
            network("vpn", &["203.0.113.0/26"]),
            network("école", &["203.0.113.0/26", "198.51.100.7"]),
        ];
        let ways = ways_in(&town);
        let names: Vec<Vec<_>> = ways
            .keys()
            .map(|way| way.iter().map(|name| &**name).collect())
            .collect();
        assert_eq!(
            names,
            [
                vec!["mairie"],
                vec!["mairie", "vpn", "école"],
                vec!["école"]
            ]
        );
        for (way, address) in ways {
            for network in &town {
                assert_eq!(network.contains(address), way.contains(&network.name));
            }
        }
    }
}
