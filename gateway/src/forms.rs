//! Legacy sessions behind login forms: one per person and service, held here and never shown to the
//! browser. Signing in is single-flight, and every try is paid for from the credential's budget
//! before it is made, so that no legacy account gets locked by us.

mod jar;
mod page;
mod session;
mod submit;

use crate::error::Error;
use crate::person::Person;
use crate::services::{Service, Services};
use crate::settings::{LoginForm, Upstream};
use accounts::{Change, Store};
use dashmap::DashMap;
use jar::Jar;
use policies::{MembershipId, ServiceId};
pub(crate) use session::LegacySession;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Why there is no legacy session.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The person never gave a credential.
    NoCredential,
    /// The application refused it, since then (Unix seconds).
    Refused(Option<i64>),
    /// The application, or the store, did not answer as expected.
    Unreachable(String),
}

/// Portal session, membership and service: whoever changes collectivité signs in as somebody else.
type Place = (String, MembershipId, ServiceId);

/// Room for one session; whoever holds its lock signs in, the others wait.
#[derive(Debug)]
struct Slot {
    account: String,
    session: tokio::sync::Mutex<Option<Arc<LegacySession>>>,
}

/// Every legacy session.
#[derive(Debug)]
pub(crate) struct Forms {
    store: Store,
    store_runtime: Handle,
    client: reqwest::Client,
    /// By portal session: logging out here ends them.
    open: DashMap<Place, Arc<Slot>>,
}

impl Forms {
    /// # Errors
    /// The HTTP client cannot be built.
    pub(crate) fn new(
        store: Store,
        store_runtime: Handle,
        services: &Services,
    ) -> Result<Self, Error> {
        // Legacy applications may speak TLS; whoever installed a provider first is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        for service in services.all() {
            if let Upstream::Tls { address, name } = &service.settings.upstream {
                // To the address that requests go to, whatever a name server says.
                builder = builder.resolve(name, *address);
            }
        }
        let client = builder
            .build()
            .map_err(|error| Error::Settings(error.to_string()))?;
        Ok(Self {
            store,
            store_runtime,
            client,
            open: DashMap::new(),
        })
    }

    /// The person's session in the application, signing in when there is none.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub(crate) async fn session(
        &self,
        person: &Person,
        service: &Arc<Service>,
        form: &LoginForm,
    ) -> Result<Arc<LegacySession>, Trouble> {
        let place = (
            person.root.clone(),
            person.member.id.clone(),
            service.id().clone(),
        );
        let fresh = || {
            Arc::new(Slot {
                account: person.account.id.clone(),
                session: tokio::sync::Mutex::default(),
            })
        };
        let slot = self.open.entry(place).or_insert_with(fresh).clone();
        let mut current = slot.session.lock().await;
        if let Some(session) = current.as_ref().filter(|session| session.is_open()) {
            return Ok(session.clone());
        }
        *current = None;
        let (store, client) = (self.store.clone(), self.client.clone());
        let (membership, service, form) = (person.member.id.clone(), service.clone(), form.clone());
        let signing = self
            .store_runtime
            .spawn(async move { sign_in(&store, &client, &membership, &service, &form).await });
        let jar = signing
            .await
            .map_err(|error| Trouble::Unreachable(error.to_string()))??;
        let session = Arc::new(LegacySession::new(jar));
        *current = Some(session.clone());
        Ok(session)
    }

    /// Drops the sessions that a change touches; the next request signs in anew, or not at all.
    pub(crate) fn apply(&self, change: &Change) {
        match change {
            Change::Session(root) => self.open.retain(|(owner, _, _), _| owner != root),
            Change::Account(id) => self.open.retain(|_, slot| slot.account != *id),
            Change::Credential(id, _) | Change::Membership(id) => {
                self.open.retain(|(_, membership, _), _| membership != id);
            }
            Change::Everything => self.open.clear(),
            Change::Collectivite(_) | Change::Guardrails | Change::Keys => {}
        }
    }

    /// Drops the sessions of people whose own session is forgotten.
    pub(crate) fn retain(&self, known: impl Fn(&str) -> bool) {
        self.open.retain(|(root, _, _), _| known(root));
    }
}

/// Signs in once with the sealed credential.
async fn sign_in(
    store: &Store,
    client: &reqwest::Client,
    membership: &MembershipId,
    service: &Service,
    form: &LoginForm,
) -> Result<Jar, Trouble> {
    let unreachable = |error: accounts::Error| Trouble::Unreachable(error.to_string());
    let credential = store
        .find_credential(membership, service.id())
        .await
        .map_err(unreachable)?;
    let credential = credential.ok_or(Trouble::NoCredential)?;
    if !store
        .spend_attempt(membership, service.id(), form.attempts)
        .await
        .map_err(unreachable)?
    {
        return Err(Trouble::Refused(credential.refused_at));
    }
    match submit::submit(client, service, form, &credential.secret, store.clock()).await {
        Ok(Some(jar)) => {
            store
                .clear_attempts(membership, service.id())
                .await
                .map_err(unreachable)?;
            Ok(jar)
        }
        Ok(None) => Err(Trouble::Refused(Some(store.clock().now()))),
        Err(failure) => {
            // No password reached the application: the try was free.
            if !failure.submitted {
                store
                    .refund_attempt(membership, service.id())
                    .await
                    .map_err(unreachable)?;
            }
            Err(Trouble::Unreachable(failure.detail))
        }
    }
}
