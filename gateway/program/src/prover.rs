//! What proves rules: the solver that the configuration names, or the one on the path.

use crate::config::Config;
use proof::Prover;
use std::path::Path;

/// What proves rules. One that the configuration names must answer.
pub(crate) fn find(config: &Config) -> anyhow::Result<Option<Prover>> {
    let named = config.prover.as_deref();
    let found = Prover::find(named.unwrap_or(Path::new("cvc5")));
    match (named, &found) {
        (Some(named), None) => anyhow::bail!(
            "`prover` of `[rules]`: `{}` does not answer to `--version`; name the solver cvc5, or leave the key out",
            named.display()
        ),
        (None, None) => {
            tracing::warn!("Rules are published without a proof: there is no `cvc5` on the path");
        }
        (_, Some(_)) => {}
    }
    Ok(found)
}
