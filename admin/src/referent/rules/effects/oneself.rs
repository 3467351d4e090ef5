//! Whether a change of rules opens something to whoever makes it: nobody changes the own rights, not by a
//! rule either, not for later, not where nobody could look, and not under a guardrail that may go.

use super::verdict::opens_by_rule;
use super::{Circumstances, Study};
use crate::portal::Portal;
use crate::referent::question::agent;
use crate::referent::{Referent, last_part};
use accounts::Error;
use policies::{Member, Model, Network, Party, Rule};

/// Whoever makes a change, and what of it cannot be looked at.
pub(super) struct Oneself {
    /// With the rights that have no end: another one may end before the rule does.
    member: Member,
    /// Whether a rule that is written in a form may open something to them in some circumstances.
    may_open: bool,
    /// Whether the change may open something to them in circumstances that cannot be foreseen.
    unforeseen: bool,
}

/// A moment after which every right that has an end has ended, Unix seconds.
const AT_LAST: i64 = 250_000_000_000;

impl Oneself {
    /// `former` and `rule` are the rule before and after, `others` those beside it.
    pub(super) async fn of(
        portal: &Portal,
        referent: &Referent,
        (former, rule): (&[&Rule], Option<&Rule>),
        others: &[&Rule],
    ) -> Result<Self, Error> {
        let id = last_part(referent.purview.by().as_str());
        let mut member = agent(portal, referent, id, portal.store.clock().now()).await?;
        let lasting = agent(portal, referent, id, AT_LAST).await?.rights;
        member.rights.retain(|right| lasting.contains(right));
        // What is published opens by what it permits; what ends, by what it closed.
        let given = rule.into_iter().filter(|rule| rule.opens());
        let lifted: Vec<_> = former
            .iter()
            .copied()
            .filter(|rule| !rule.opens())
            .collect();
        let opening: Vec<_> = given.chain(lifted.iter().copied()).collect();
        let models: Vec<_> = opening.iter().filter_map(|rule| rule.model()).collect();
        let may_open = models.iter().any(|model| model.who.includes(&member));
        // Whom a rule names keeps the access when their right is taken away.
        let named = Party::Agent(member.id.clone());
        let by_name = models
            .iter()
            .any(|model| may_open && model.who.any_of.contains(&named));
        let mut texts = opening.iter().filter(|rule| rule.model().is_none());
        let by_text = texts.any(|rule| rule.may_concern(&member));
        let beside = others.iter().chain(former);
        // A text may close what is given, or have opened what is lifted, where nobody looks.
        let hidden = beside
            .clone()
            .any(|rule| rule.model().is_none() && (!rule.opens() || !lifted.is_empty()));
        let known = rule
            .into_iter()
            .chain(beside.copied())
            .filter_map(Rule::model);
        let clouded = hidden
            || known
                .into_iter()
                .any(|model| names_nowhere(&model, &referent.entry.networks));
        Ok(Self {
            unforeseen: by_text || by_name || (may_open && clouded),
            may_open,
            member,
        })
    }
}

/// Whether a rule speaks of a network that has no addresses yet.
fn names_nowhere(model: &Model, networks: &[Network]) -> bool {
    let mut named = model.conditions.networks.iter();
    named.any(|name| !networks.iter().any(|network| network.name == *name))
}

impl Study {
    /// Whether the change opens something to whoever makes it. `cut` says that there are circumstances
    /// beside `all`.
    pub(in crate::referent::rules) fn favours_oneself(
        &self,
        all: &[Circumstances],
        cut: bool,
    ) -> bool {
        let doors = self.alike_doors();
        let opens = |one: &Circumstances| {
            let situation = one.situation(&self.networks);
            let verdicts = self.unguarded_verdicts(&self.oneself.member, &doors, &situation);
            verdicts.iter().any(opens_by_rule)
        };
        self.oneself.unforeseen
            || ((cut || self.is_cut()) && self.oneself.may_open)
            || all.iter().any(opens)
    }
}
