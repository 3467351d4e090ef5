//! The journal's share of the way of a request: one entry per person, area, action, provenance and hour,
//! and every refusal up to a number that only a program reaches (beyond it, one of each kind a minute),
//! so that nobody's refusals push the entries of others out of the queue. Written in batches beside the
//! way, never on it.

use accounts::{Clock, JournalEntry, Provenance, Store};
use policies::{Action, Permit, Refusal, Ruleset};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

use crate::person::Person;

/// Entries that may wait for the store.
const WAITING: usize = 10_000;
/// How long entries are gathered before they are written.
const GATHER: Duration = Duration::from_millis(200);

/// Refusals of one person that are written, for each minute.
const REFUSALS: u32 = 60;

/// What the journal has of a person lately.
#[derive(Debug, Default)]
pub(crate) struct Journaled {
    permits: Vec<Noted>,
    minute: i64,
    /// Refusals in that minute, and of what.
    refusals: u32,
    refused: Vec<(Action, Arc<str>)>,
    /// From where they asked last, by the ruleset's version and the address.
    provenance: Option<(u64, Option<IpAddr>, Arc<Provenance>)>,
}

impl Journaled {
    /// From where a person asks, as far as the rules of their collectivité speak of it.
    pub(crate) fn provenance(
        &mut self,
        ruleset: &Ruleset,
        address: Option<IpAddr>,
        second_factor: bool,
    ) -> Arc<Provenance> {
        let asked = (ruleset.version(), address);
        if let Some((version, address, known)) = &self.provenance
            && (*version, *address) == asked
        {
            return known.clone();
        }
        let networks = ruleset.networks_of(address).map(str::to_owned);
        let provenance = Arc::new(Provenance {
            second_factor,
            networks: networks.collect(),
        });
        self.provenance = Some((asked.0, asked.1, provenance.clone()));
        provenance
    }

    /// Whether a refusal is to be written: each up to a number, then the first of its kind.
    fn takes_refusal(&mut self, minute: i64, action: Action, route: &Arc<str>) -> bool {
        if self.minute != minute {
            (self.minute, self.refusals) = (minute, 0);
            self.refused.clear();
        }
        self.refusals += 1;
        let known = &mut self.refused;
        if !known.iter().any(|(a, r)| *a == action && r == route) {
            known.push((action, route.clone()));
            return true;
        }
        self.refusals <= REFUSALS
    }
}

/// A permit that the journal has already, for an hour.
#[derive(PartialEq, Debug)]
struct Noted {
    hour: i64,
    action: Action,
    route: Arc<str>,
    provenance: Arc<Provenance>,
}

/// Takes entries from the way of a request.
#[derive(Debug)]
pub(crate) struct Journaling {
    entries: mpsc::Sender<JournalEntry>,
    clock: Clock,
    /// Whether all that left the queue is in the store.
    written: watch::Sender<bool>,
    pub(crate) dropped: AtomicU64,
}

impl Journaling {
    /// And the task that writes them, to be run where the store's connections live.
    pub(crate) fn new(store: Store) -> (Self, impl Future<Output = ()> + Send) {
        let (entries, waiting) = mpsc::channel(WAITING);
        let clock = store.clock().clone();
        let done = watch::Sender::new(true);
        let task = write(store, waiting, done.clone());
        (
            Self {
                entries,
                clock,
                written: done,
                dropped: AtomicU64::new(0),
            },
            task,
        )
    }

    pub(crate) fn permitted(
        &self,
        person: &Person,
        action: Action,
        route: &Arc<str>,
        (permit, provenance): (&Permit, Arc<Provenance>),
    ) {
        let noted = Noted {
            hour: self.clock.now().div_euclid(3600),
            action,
            route: route.clone(),
            provenance,
        };
        let known = &mut person.journaled.lock().permits;
        if known.contains(&noted) {
            return;
        }
        let before = |known: &Noted| {
            (known.hour, known.action, &known.route) == (noted.hour, noted.action, &noted.route)
        };
        let entry = entry(person, action, route).decided("permit", permit.rules());
        let entry = entry.again(known.iter().any(before));
        // Noted once the queue has it: an entry that was dropped is tried again.
        if self.add(entry.asked_from(&noted.provenance)) {
            known.retain(|known| known.hour == noted.hour);
            known.reserve_exact(1);
            known.push(noted);
        }
    }

    pub(crate) fn refused(
        &self,
        person: &Person,
        action: Action,
        route: &Arc<str>,
        (refusal, provenance): (&Refusal, &Provenance),
        reference: &str,
    ) {
        let minute = self.clock.now().div_euclid(60);
        if !person.journaled.lock().takes_refusal(minute, action, route) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.add(
            entry(person, action, route)
                .decided("refusal", refusal.rules())
                .asked_from(provenance)
                .detail(reference),
        );
    }

    fn add(&self, entry: JournalEntry) -> bool {
        let added = self.entries.try_send(entry).is_ok();
        if !added {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        added
    }

    /// Waits until what was added is written.
    pub(crate) async fn drain(&self) {
        let mut written = self.written.subscribe();
        let idle = || self.entries.capacity() == WAITING;
        while !(idle() && *written.borrow_and_update()) {
            if written.changed().await.is_err() {
                return;
            }
        }
    }
}

fn entry(person: &Person, action: Action, route: &Arc<str>) -> JournalEntry {
    JournalEntry::by(&person.account.id, action.as_str(), route).within(&person.member.collectivite)
}

/// Writes until every sender is gone. What the store does not take is tried again: nothing
/// acknowledged is lost, and nothing waits for it on the way of a request.
async fn write(
    store: Store,
    mut waiting: mpsc::Receiver<JournalEntry>,
    written: watch::Sender<bool>,
) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, 500).await > 0 {
        written.send_replace(false);
        tokio::time::sleep(GATHER).await;
        while let Ok(entry) = waiting.try_recv() {
            batch.push(entry);
            if batch.len() >= 1000 {
                break;
            }
        }
        while let Err(error) = store.record(&batch).await {
            tell(&error);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        batch.clear();
        written.send_replace(true);
    }
}

fn tell(error: &(dyn std::error::Error + 'static)) {
    tracing::error!(error, "Could not write to the journal, trying again");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_hides_no_other_kind() {
        let (bip, site): (Arc<str>, Arc<str>) = ("bip".into(), "site".into());
        let mut journaled = Journaled::default();
        for _ in 0..REFUSALS {
            assert!(journaled.takes_refusal(7, Action::Ouvrir, &bip));
        }
        assert!(!journaled.takes_refusal(7, Action::Ouvrir, &bip));
        assert!(journaled.takes_refusal(7, Action::Envoyer, &bip));
        assert!(journaled.takes_refusal(7, Action::Ouvrir, &site));
        assert!(!journaled.takes_refusal(7, Action::Ouvrir, &site));
        assert!(journaled.takes_refusal(8, Action::Ouvrir, &bip));
    }
}
