//! Passwords: argon2id with OWASP's parameters (19 MiB, two passes), off the async threads, behind
//! a bounded queue so that a crowd at the door can neither exhaust memory nor stop the rest.

use crate::error::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// OWASP Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Longer ones are refused before hashing.
pub(crate) const LONGEST: usize = 1024;
/// How many may wait for their turn.
const WAITING: usize = 64;

/// A password on its way to be checked or set, in normal form (NFC): a keyboard that writes é as
/// two characters types the same one.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        let typed = Zeroizing::new(text);
        // Room for all of it at once: growing would leave copies behind.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
        normal.extend(typed.nfc());
        Self(normal)
    }
}

impl Password {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// Where passwords are hashed and checked.
#[derive(Debug)]
pub(crate) struct Hasher {
    turns: Arc<Semaphore>,
    queue: Arc<AtomicUsize>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            turns: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
            queue: Arc::default(),
        }
    }
}

/// Stands for the hash of an account that does not exist, so that its answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody").ok());

impl Hasher {
    /// The hash to store, a PHC string.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, Error> {
        let password = password.clone();
        self.run(move || hash(&password.0)).await?
    }

    /// Whether `password` is the one of `stored`; without one the same work is done, and it is not.
    pub(crate) async fn verify(
        &self,
        password: &Password,
        stored: Option<String>,
    ) -> Result<bool, Error> {
        let password = password.clone();
        self.run(move || {
            let known = stored.is_some();
            let text = stored.or_else(|| NOBODY.clone()).unwrap_or_default();
            let right = PasswordHash::new(&text).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.0.as_bytes(), &hash)
                    .is_ok()
            });
            right && known && password.0.len() <= LONGEST
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let place = Place::take(&self.queue)?;
        let turn = self
            .turns
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Error::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let (_place, _turn) = (place, turn);
            work()
        });
        done.await.map_err(|_| Error::Busy)
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(queue: &Arc<AtomicUsize>) -> Result<Self, Error> {
        let place = Self(queue.clone());
        if queue.fetch_add(1, Ordering::SeqCst) >= WAITING {
            Err(Error::Busy)
        } else {
            Ok(place)
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn hash(password: &str) -> Result<String, Error> {
    if password.len() > LONGEST {
        return Err(Error::Unreadable("password".to_owned()));
    }
    let parameters = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| Error::Busy)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| Error::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_kept_as_argon2id_and_checked() {
        let (hasher, right) = (
            Hasher::default(),
            Password::from("correct horse".to_owned()),
        );
        let stored = hasher.hash(&right).await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(hasher.verify(&right, Some(stored.clone())).await.unwrap());
        assert!(
            !hasher
                .verify(&Password::from("wrong".to_owned()), Some(stored))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_accents_are_typed() {
        let hasher = Hasher::default();
        let of = |text: &str| Password::from(text.to_owned());
        let (one, two, other) = (
            of("l\u{e9}ger \u{1f327}"),
            of("le\u{301}ger \u{1f327}"),
            of("leger \u{1f327}"),
        );
        let stored = hasher.hash(&one).await.unwrap();
        assert!(hasher.verify(&two, Some(stored.clone())).await.unwrap());
        assert!(!hasher.verify(&other, Some(stored)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password_not_even_the_stand_in() {
        let hasher = Hasher::default();
        assert!(
            !hasher
                .verify(&Password::from("nobody".to_owned()), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_crowd_is_told_to_come_back_instead_of_waiting_for_ever() {
        let hasher = Arc::new(Hasher::default());
        let _all = hasher
            .turns
            .clone()
            .acquire_many_owned(u32::try_from(hasher.turns.available_permits()).unwrap())
            .await;
        hasher.queue.store(WAITING, Ordering::SeqCst);
        let refused = hasher.verify(&Password::from("x".to_owned()), None).await;
        assert!(matches!(refused, Err(Error::Busy)));
        assert_eq!(hasher.queue.load(Ordering::SeqCst), WAITING);
    }
}
