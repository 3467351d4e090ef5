//! Which area of which service an address is of: as the gateway finds it, which alone knows.

use policies::Route;
use std::fmt;
use std::sync::Arc;

/// Finds the area of an address, `https://www.cig.fr/espace-reserve/`.
#[derive(Clone)]
pub struct Finder(Arc<Find>);

type Find = dyn Fn(&str) -> Option<Arc<Route>> + Send + Sync;

impl Finder {
    /// One that asks this.
    pub fn new(find: impl Fn(&str) -> Option<Arc<Route>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    pub(crate) fn find(&self, address: &str) -> Option<Arc<Route>> {
        self.0(address)
    }
}

impl fmt::Debug for Finder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Finder")
    }
}
