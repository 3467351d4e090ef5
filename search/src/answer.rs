//! What is found, counted, shown, completed and near: always within one person's scope.

mod correction;
mod facets;
mod hit;
mod neighbours;
mod page;
mod related;
mod search;
mod snippet;
mod suggest;

pub use facets::Facets;
pub use hit::{Correction, Fragment, Hit, Results};
pub use neighbours::Neighbours;
pub use related::Citing;
pub(crate) use search::meant;
pub use suggest::Suggestion;
