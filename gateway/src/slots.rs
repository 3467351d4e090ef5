//! How many connections may be open at the same time: in all, and from one machine, so that one
//! alone cannot hold every place. Proxies that the installation trusts are not one machine.

use crate::settings::{ConnectionLimits, Network};
use dashmap::DashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Every place there is.
#[derive(Debug)]
pub(crate) struct Slots {
    places: Arc<Semaphore>,
    per_address: usize,
    /// Connections of each address that has any.
    held: Arc<DashMap<IpAddr, usize>>,
    trusted: Vec<Network>,
}

/// A place, free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    _place: OwnedSemaphorePermit,
    _share: Option<Share>,
}

/// One of the places that an address holds.
#[derive(Debug)]
struct Share {
    held: Arc<DashMap<IpAddr, usize>>,
    address: IpAddr,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.held.remove_if_mut(&self.address, |_, connections| {
            *connections = connections.saturating_sub(1);
            *connections == 0
        });
    }
}

impl Slots {
    pub(crate) fn new(limits: ConnectionLimits, trusted: Vec<Network>) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.in_all)),
            per_address: limits.per_address,
            held: Arc::default(),
            trusted,
        }
    }

    /// A place for a connection from here, while there is one.
    pub(crate) fn take(&self, from: Option<IpAddr>) -> Option<Slot> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let share = match from.map(|address| address.to_canonical()) {
            Some(address) if !self.trusts(address) => Some(self.share(machine(address))?),
            _ => None,
        };
        Some(Slot {
            _place: place,
            _share: share,
        })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }

    fn share(&self, address: IpAddr) -> Option<Share> {
        let mut connections = self.held.entry(address).or_default();
        if *connections >= self.per_address {
            return None;
        }
        *connections += 1;
        Some(Share {
            held: self.held.clone(),
            address,
        })
    }
}

/// A machine has a whole /64 of IPv6 addresses to itself.
fn machine(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(in_all: usize, per_address: usize, trusted: Vec<Network>) -> Slots {
        Slots::new(
            ConnectionLimits {
                in_all,
                per_address,
            },
            trusted,
        )
    }

    fn take(slots: &Slots, from: &str) -> Option<Slot> {
        slots.take(Some(from.parse().unwrap()))
    }

    #[test]
    fn one_address_leaves_places_for_others() {
        let slots = slots(10, 2, Vec::new());
        let held = [(); 2].map(|()| take(&slots, "192.0.2.1").unwrap());
        assert!(take(&slots, "192.0.2.1").is_none());
        assert!(take(&slots, "::ffff:192.0.2.1").is_none());
        assert!(take(&slots, "192.0.2.2").is_some());
        drop(held);
        assert!(take(&slots, "192.0.2.1").is_some());
        assert!(slots.held.is_empty());
    }

    #[test]
    fn addresses_of_one_64_are_one_machine() {
        let slots = slots(10, 1, Vec::new());
        let _held = take(&slots, "2001:db8::1").unwrap();
        assert!(take(&slots, "2001:db8::2").is_none());
        assert!(take(&slots, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn a_trusted_proxy_speaks_for_many_up_to_the_places_there_are() {
        let proxy = Network {
            address: "192.0.2.0".parse().unwrap(),
            prefix: 24,
        };
        let slots = slots(3, 1, vec![proxy]);
        let held = [(); 3].map(|()| take(&slots, "192.0.2.1").unwrap());
        assert!(take(&slots, "192.0.2.1").is_none());
        drop(held);
    }
}
