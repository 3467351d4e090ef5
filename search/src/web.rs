//! stub

use std::sync::Arc;

/// stub
pub trait Gate: Send + Sync + 'static {
    /// stub
    fn keys(&self) -> Arc<policies::VerifyingKeys>;
    /// stub
    fn rulesets(&self) -> Arc<policies::Rulesets>;
    /// stub
    fn now(&self) -> i64;
}
