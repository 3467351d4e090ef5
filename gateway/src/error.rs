//! What keeps a gateway from starting. Once it runs, errors are answers: see `request/respond.rs`.

/// Why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Settings that contradict each other.
    #[error("the settings do not hold together: {0}")]
    Settings(String),
    /// An address could not be listened on.
    #[error(
        "cannot listen on {address}; choose another address (`--listen` for the demo, `[listen]` in the configuration)"
    )]
    Listen {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A certificate or key does not read.
    #[error(
        "certificate `{file}`: {detail}; `[[certificate]]` names PEM files that this program may read"
    )]
    Certificate {
        /// The file.
        file: String,
        /// Why.
        detail: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] accounts::Error),
}
