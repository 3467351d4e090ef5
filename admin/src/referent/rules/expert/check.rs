//! Whether a text is a rule here: Cedar's word on it, and that whatever it names is there.

use crate::entrance::Entrance;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::rules::names;
use accounts::Error;
use policies::Names;
use policies::expert::{self, Fault, Kind, Named};

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
    let named = expert::named(text);
    if named.is_empty() {
        return Ok(Ok(laid_out));
    }
    let known = names(portal, referent, &[]).await?;
    let mut faults = Vec::new();
    for one in named {
        if !is_there(portal, referent, &known, &one).await? {
            faults.push(one.unknown(text));
        }
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    Ok(if faults.is_empty() {
        Ok(laid_out)
    } else {
        Err(faults)
    })
}

async fn is_there(
    portal: &Portal,
    referent: &Referent,
    known: &Names,
    one: &Named,
) -> Result<bool, Error> {
    let id = one.id.as_str();
    Ok(match one.kind {
        Kind::Group => known.groups.knows(id),
        Kind::Profile => known.profiles.knows(id),
        Kind::Network => known.networks.knows(id),
        Kind::Area => {
            let mut routes = portal.entrances.iter().flat_map(Entrance::routes);
            routes.any(|route| *route.id == *id)
        }
        Kind::Agent => match referent.within(portal).get(&id.into()).await {
            Ok(_) => true,
            Err(Error::NotFound { .. }) => false,
            Err(error) => return Err(error),
        },
    })
}
