//! Whether a text is a rule here: Cedar's word on it, and that whatever it names is there.

use crate::entrance::Entrance;
use crate::portal::Portal;
use crate::referent::Referent;
use accounts::Error;
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
    let mut faults = Vec::new();
    for one in expert::named(text) {
        if !is_there(portal, referent, &one).await? {
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

async fn is_there(portal: &Portal, referent: &Referent, one: &Named) -> Result<bool, Error> {
    let (within, id) = (referent.within(portal), one.id.as_str());
    Ok(match one.kind {
        Kind::Group => {
            let groups = within.list_groups().await?;
            groups.iter().any(|group| group.id.as_str() == id)
        }
        Kind::Profile => {
            let profiles = within.list_profiles().await?;
            profiles.iter().any(|profile| profile.id == id)
        }
        Kind::Network => {
            let networks = within.list_networks().await?;
            networks.iter().any(|network| network.name == id)
        }
        Kind::Agent => match within.get(&id.into()).await {
            Ok(_) => true,
            Err(Error::NotFound { .. }) => false,
            Err(error) => return Err(error),
        },
        Kind::Area => {
            let mut routes = portal.entrances.iter().flat_map(Entrance::routes);
            routes.any(|route| *route.id == *id)
        }
    })
}
