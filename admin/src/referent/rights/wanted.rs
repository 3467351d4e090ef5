//! What is asked of people's own rights, as fields or programs write it, and what it would change.

use crate::access::{self, Prospect};
use crate::date;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::preview::{self, Pairs};
use crate::referent::{Obstacle, Referent};
use accounts::{DirectRight, Holder};
use policies::{Attribution, ServiceId};

/// What is to change for one person.
pub(crate) type Change = (Attribution, i64, Vec<DirectRight>);

/// What is asked for one person, at the version that was seen.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) rights: Vec<DirectRight>,
}

/// Whom this changes, with leave to do so; and each before and after. Unless `dated`, ends stay.
pub(crate) async fn plan(
    portal: &Portal,
    referent: &Referent,
    wanted: &[Wanted],
    dated: bool,
) -> Result<(Vec<Change>, Vec<Prospect>), Obstacle> {
    let now = portal.store.clock().now();
    let profiles = referent.within(portal).list_profiles().await?;
    let ids = wanted.iter().map(|wanted| wanted.id.as_str());
    let holders = preview::holders(portal, referent, ids).await?;
    let (mut changes, mut prospects) = (Vec::new(), Vec::new());
    for (wanted, holder) in wanted.iter().zip(&holders) {
        let rights = changed(holder, dated, wanted.rights.iter());
        if rights.is_empty() {
            continue;
        }
        let profile = preview::profile_of(&profiles, holder.entry.profile.as_deref());
        let before = preview::member(referent, holder, profile, now);
        let leave = referent.attribute(&before)?;
        let after = preview::member(referent, &with(holder, &rights), profile, now);
        prospects.push(Prospect {
            name: holder.entry.full_name(),
            before,
            after,
            means: access::BY_DIRECT_RIGHT,
            ends: ends(&rights),
        });
        changes.push((leave, wanted.version, rights));
    }
    Ok((changes, prospects))
}

/// Those of these rights that end.
fn ends(rights: &[DirectRight]) -> Vec<(ServiceId, i64)> {
    let given = rights.iter().filter(|right| right.level.is_some());
    let ending = given.filter_map(|right| Some((right.service.clone(), right.ends_at?)));
    ending.collect()
}

/// The end of a right by its last day; none when nothing is written.
pub(crate) fn read_end(portal: &Portal, text: &str) -> Result<Option<i64>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let ends_at = date::parse(text).and_then(date::end_of);
    let ahead = ends_at.filter(|at| *at > portal.store.clock().now());
    ahead.map(Some).ok_or_else(|| {
        format!("«\u{a0}{text}\u{a0}»\u{a0}: saisissez une date de fin à venir, au format jj/mm/aaaa, par exemple 31/12/2027.")
    })
}

/// The cells as they were filled in: person and right.
pub(super) fn read_cells(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
) -> Result<Vec<(String, DirectRight)>, (String, FieldErrors)> {
    let services = referent.services(portal);
    let mut ends = fields.prefixed("fin-");
    let mut cells = Vec::new();
    for cell in fields.prefixed("droit-") {
        let mut parts = cell.split('|');
        let (Some(who), Some(service), Some(level)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let end = ends.next().unwrap_or_default();
        let mut services = services.iter();
        let Some(offered) = services.find(|offered| offered.id.as_str() == service) else {
            continue;
        };
        // A choice that is not offered (any more) is left as it is.
        let level = offered.read_level(level);
        if level.is_none() && !cell.ends_with("|aucun") {
            continue;
        }
        let ends_at = read_end(portal, end).map_err(|text| {
            let mut errors = FieldErrors::default();
            errors.add("fin", text);
            (who.to_owned(), errors)
        })?;
        let right = DirectRight {
            service: offered.id.clone(),
            level,
            ends_at,
        };
        cells.push((who.to_owned(), right));
    }
    Ok(cells)
}

/// Those that differ from what the person has. Where no end dates were asked for, they stay.
fn changed<'a>(
    holder: &Holder,
    dated: bool,
    asked: impl Iterator<Item = &'a DirectRight>,
) -> Vec<DirectRight> {
    let own = |right: &DirectRight| {
        let mut direct = holder.direct.iter();
        direct.find(|grant| grant.service == right.service)
    };
    let kept = |right: &DirectRight| DirectRight {
        ends_at: if dated {
            right.ends_at
        } else {
            own(right).and_then(|grant| grant.ends_at)
        },
        ..right.clone()
    };
    let differs = |right: &DirectRight| {
        own(right).map(|grant| (&grant.level, grant.ends_at))
            != right.level.as_ref().map(|level| (level, right.ends_at))
    };
    asked.map(kept).filter(differs).collect()
}

/// The holder as they would be.
fn with(holder: &Holder, rights: &[DirectRight]) -> Holder {
    let mut after = holder.clone();
    for right in rights {
        after.direct.retain(|grant| grant.service != right.service);
        if let Some(level) = right.level.clone() {
            after.direct.push(accounts::Grant {
                membership: holder.entry.id.clone(),
                service: right.service.clone(),
                level,
                starts_at: None,
                ends_at: right.ends_at,
            });
        }
    }
    after
}
