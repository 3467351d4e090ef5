//! Whether a text is a rule here: Cedar's word on it, and that whatever it names is there.

use crate::entrance::Entrance;
use crate::portal::Portal;
use crate::referent::Referent;
use accounts::Error;
use policies::expert::{self, Fault, Kind};

/// The text laid out, or all its faults; the outer error is the store's.
pub(crate) async fn check(
    portal: &Portal,
    referent: &Referent,
    text: &str,
) -> Result<Result<String, Vec<Fault>>, Error> {
    let owner = referent.purview.collectivite();
    let laid_out = match expert::read(portal.directory.vocabulary(), owner, text) {
        Ok(laid_out) => laid_out,
        Err(faults) => return Ok(Err(faults)),
    };
    let (areas, own): (Vec<_>, Vec<_>) = expert::named(text)
        .into_iter()
        .partition(|one| one.kind == Kind::Area);
    let unknown = portal.store.list_unknown(owner, own).await?;
    let areas = areas.into_iter().filter(|one| {
        let mut routes = portal.entrances.iter().flat_map(Entrance::routes);
        !routes.any(|route| *route.id == *one.id)
    });
    let faults = unknown.into_iter().chain(areas);
    let mut faults: Vec<_> = faults.map(|one| one.unknown(text)).collect();
    faults.sort_by_key(|fault| (fault.line, fault.column));
    Ok(if faults.is_empty() {
        Ok(laid_out)
    } else {
        Err(faults)
    })
}
