//! What a file would do to the roll: whom it adds, whom it changes, whom it leaves as they are.

use super::Shown;
use super::reading::{Line, Reading};
use crate::access::{self, Impact, Prospect};
use crate::date;
use crate::import::{self, CellError};
use crate::portal::Portal;
use crate::referent::places::Tally;
use crate::referent::{Referent, preview};
use crate::table::Table;
use crate::words::counted;
use accounts::{
    Amendment, Error, Holder, Intake, Newcomer, Profile, RollEntry, RollFilter, Standing, group_id,
    slug,
};
use policies::{Attribution, GroupId, Member, Principal, Role};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A plan.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) intake: Intake,
    pub(crate) unchanged: usize,
    pub(crate) errors: Vec<CellError>,
    /// The row of each newcomer and of each amendment.
    rows: (Vec<usize>, Vec<usize>),
    /// Those who change, before and after.
    prospects: Vec<Prospect>,
    profiles: Vec<Profile>,
    pub(super) tally: Tally,
}

impl Plan {
    /// Reads a file against the roll as it stands.
    pub(crate) async fn of(
        portal: &Portal,
        referent: &Referent,
        content: &[u8],
    ) -> Result<Self, Error> {
        let within = referent.within(portal);
        let profiles = within.list_profiles().await?;
        let groups = within.list_groups().await?;
        // Read once already when it was taken: headings are there.
        let reading = Table::read(content)
            .and_then(|table| Reading::of(&table, &profiles))
            .map_err(Error::Unreadable)?;
        let mut entries = within.list_all(&RollFilter::default()).await?;
        let deleted = RollFilter {
            standing: Some(Standing::Deleted),
            ..RollFilter::default()
        };
        entries.extend(within.list_all(&deleted).await?);
        let holders = within.holders(entries).await?;
        let known: HashMap<&str, &Holder> = holders
            .iter()
            .map(|holder| (holder.entry.login.as_str(), holder))
            .collect();
        let mut plan = Self {
            errors: reading.errors,
            profiles,
            tally: Tally::new(within.limited_seats().await?),
            ..Self::default()
        };
        let mut ids: HashMap<String, GroupId> = groups
            .iter()
            .map(|group| (slug(&group.name), group.id.clone()))
            .collect();
        let now = portal.store.clock().now();
        for line in &reading.lines {
            let group = line
                .group
                .as_deref()
                .map(|name| plan.group(referent, &mut ids, name));
            match known.get(line.login.as_str()) {
                None => plan.add(line, group, now),
                Some(holder) => plan.compare(referent, holder, line, group, now),
            }
        }
        Ok(plan)
    }

    /// The id of a group by its name; one that is not there yet is to be made.
    fn group(
        &mut self,
        referent: &Referent,
        ids: &mut HashMap<String, GroupId>,
        name: &str,
    ) -> GroupId {
        let key = slug(name);
        if let Some(id) = ids.get(&key) {
            return id.clone();
        }
        let taken: Vec<GroupId> = ids.values().cloned().collect();
        let id = group_id(referent.purview.collectivite(), name, &taken);
        self.intake.groups.push((id.clone(), name.to_owned()));
        ids.insert(key, id.clone());
        id
    }

    fn add(&mut self, line: &Line, group: Option<GroupId>, now: i64) {
        self.intake.newcomers.push(Newcomer {
            given_name: line.given_name.clone(),
            family_name: line.family_name.clone(),
            login: line.login.clone(),
            profile: line.profile.over(None),
            group,
            left_at: line.left_at,
        });
        self.rows.0.push(line.row);
        if line.left_at.is_none_or(|at| at > now) {
            let profile = line.profile.over(None);
            let rights = preview::profile_rights(&self.profiles, profile.as_deref());
            self.tally.change(None, Some(rights), &[]);
        }
    }

    /// Whether the line changes somebody who is on the roll.
    fn compare(
        &mut self,
        referent: &Referent,
        holder: &Holder,
        line: &Line,
        group: Option<GroupId>,
        now: i64,
    ) {
        let entry = &holder.entry;
        let profile = line.profile.over(entry.profile.as_deref());
        let left_at = line.left_at.or(entry.left_at);
        let joins = group
            .as_ref()
            .is_some_and(|group| !holder.groups.contains(group));
        let same = (&line.given_name, &line.family_name, &profile, left_at)
            == (
                &entry.given_name,
                &entry.family_name,
                &entry.profile,
                entry.left_at,
            );
        if same && !joins && entry.standing != Standing::Deleted {
            self.unchanged += 1;
            return;
        }
        let of = |id: Option<&str>| preview::profile_of(&self.profiles, id);
        let (had, has) = (of(entry.profile.as_deref()), of(profile.as_deref()));
        let before = preview::member(referent, holder, had, now);
        let mut after = holder.clone();
        if let (true, Some(group)) = (joins, &group) {
            after.groups.push(group.clone());
        }
        let after = preview::member(referent, &after, has, now);
        match leave(referent, entry, &before, left_at) {
            Ok(leave) => {
                let was = (entry.standing != Standing::Left).then_some(preview::given_by(had));
                let stays = left_at.is_none_or(|at| at > now);
                let is = stays.then_some(preview::given_by(has));
                self.tally.change(was, is, &holder.direct);
                let record = Newcomer {
                    given_name: line.given_name.clone(),
                    family_name: line.family_name.clone(),
                    login: line.login.clone(),
                    profile,
                    group,
                    left_at,
                };
                self.intake.amendments.push(Amendment {
                    leave,
                    version: entry.version,
                    record,
                });
                self.rows.1.push(line.row);
                self.prospects.push(Prospect {
                    name: entry.full_name(),
                    before,
                    after,
                    means: access::BY_PROFILE,
                    ends: Vec::new(),
                });
            }
            Err(remedy) => self.errors.push(CellError {
                row: line.row,
                column: "Courriel".to_owned(),
                value: line.login.clone(),
                remedy,
            }),
        }
    }

    /// What is to be written, spelt out: a plan that differs in anything differs here.
    pub(super) fn spelt(&self) -> String {
        format!("{:?}", self.intake)
    }

    /// Who gains and loses among those who change; and what newcomers get, who are nobody yet, so
    /// that no rule can name them: one decision for all who are alike.
    pub(crate) fn impact(
        &self,
        portal: &Portal,
        referent: &Referent,
    ) -> (Impact, Vec<(String, String, usize)>) {
        let Ok((ruleset, situation)) = referent.judging() else {
            return (Impact::default(), Vec::new());
        };
        let services = referent.services(portal);
        let impact = Impact::of(ruleset, &services, situation, self.prospects.clone());
        let mut alike: BTreeMap<(Option<&str>, Option<&GroupId>), usize> = BTreeMap::new();
        for newcomer in &self.intake.newcomers {
            *alike
                .entry((newcomer.profile.as_deref(), newcomer.group.as_ref()))
                .or_default() += 1;
        }
        let mut openings: BTreeMap<(usize, String), usize> = BTreeMap::new();
        for ((profile, group), count) in alike {
            let member = Member {
                id: referent.membership("nouveau"),
                collectivite: referent.purview.collectivite().clone(),
                active: true,
                role: Role::Agent,
                groups: group.cloned().into_iter().collect(),
                profile: profile.map(Into::into),
                rights: preview::profile_rights(&self.profiles, profile).to_vec(),
            };
            let principal = Principal::Member(Arc::new(member));
            for (place, service) in services.iter().enumerate() {
                if let Ok(opening) = access::open(ruleset, &principal, service, situation) {
                    *openings.entry((place, opening.name())).or_default() += count;
                }
            }
        }
        let named = openings.into_iter().filter_map(|((place, level), count)| {
            Some((services.get(place)?.name.clone(), level, count))
        });
        (impact, named.collect())
    }

    pub(super) fn newcomers(&self, most: usize) -> Vec<Shown> {
        let rows = self.intake.newcomers.iter().zip(&self.rows.0).take(most);
        rows.map(|(person, row)| self.shown(person, *row)).collect()
    }

    pub(super) fn amendments(&self, most: usize) -> Vec<Shown> {
        let rows = self.intake.amendments.iter().zip(&self.rows.1).take(most);
        rows.map(|(amendment, row)| self.shown(&amendment.record, *row))
            .collect()
    }

    fn shown(&self, person: &Newcomer, row: usize) -> Shown {
        let profile = self
            .profiles
            .iter()
            .find(|p| person.profile.as_deref() == Some(&p.id));
        let mut what = profile
            .map_or("Aucun profil", |profile| &profile.name)
            .to_owned();
        if let Some(left_at) = person.left_at {
            what = format!("{what}, dernier jour le {}", date::last_day(left_at));
        }
        Shown {
            row,
            name: format!("{} {}", person.family_name, person.given_name),
            login: person.login.clone(),
            what,
        }
    }

    /// What applying it does, in a sentence without names.
    pub(super) fn report(&self) -> String {
        let (new, changed) = (self.intake.newcomers.len(), self.intake.amendments.len());
        let faulty = import::faulty_rows(&self.errors).len();
        [
            counted(new, "ajout", ""),
            counted(changed, "modification", ""),
            counted(self.unchanged, "ligne", " inchangée"),
            counted(faulty, "ligne", " à corriger"),
        ]
        .join(", ")
    }
}

/// Leave to change somebody as a row asks, or why not.
fn leave(
    referent: &Referent,
    entry: &RollEntry,
    member: &Member,
    left_at: Option<i64>,
) -> Result<Attribution, String> {
    if entry.standing == Standing::Deleted {
        return Err(
            "Cette personne a été supprimée. Annulez d’abord sa suppression, dans sa fiche."
                .to_owned(),
        );
    }
    if entry.role == Role::Referent && left_at != entry.left_at {
        return Err("C’est un référent\u{a0}: notez son départ dans sa fiche.".to_owned());
    }
    let leave = referent.attribute(member);
    leave.map_err(|refusal| refusal.sentence().to_owned())
}
