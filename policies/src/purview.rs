//! Leave to manage: what the consoles need before they read or write anything of a collectivité.
//! Only the functions of this file make one, by Cedar, and the store asks for it: a query without
//! one does not compile.

use crate::decide::judge;
use crate::principal::{CollectiviteId, Member, MembershipId, Principal};
use crate::refusal::Refusal;
use crate::resource::{Action, Object};
use crate::ruleset::{Ruleset, Tenant};
use crate::situation::Situation;

/// Leave to manage the accounts and rights of one collectivité, and of no other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purview {
    collectivite: CollectiviteId,
    by: MembershipId,
}

impl Purview {
    /// The one collectivité.
    pub fn collectivite(&self) -> &CollectiviteId {
        &self.collectivite
    }

    /// The membership that has it.
    pub fn by(&self) -> &MembershipId {
        &self.by
    }
}

/// Leave to change the rights or the state of one member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribution {
    membership: MembershipId,
}

impl Attribution {
    /// The one member.
    pub fn membership(&self) -> &MembershipId {
        &self.membership
    }
}

/// Leave to open and follow one collectivité: its designations, référents and services.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Supervision {
    collectivite: CollectiviteId,
    cdg: Option<CollectiviteId>,
}

impl Supervision {
    /// The one collectivité.
    pub fn collectivite(&self) -> &CollectiviteId {
        &self.collectivite
    }

    /// The CDG that it was judged to be affiliated to.
    pub fn cdg(&self) -> Option<&CollectiviteId> {
        self.cdg.as_ref()
    }
}

/// Leave to list collectivités.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Oversight {
    affiliated_to: Option<CollectiviteId>,
}

impl Oversight {
    /// Those affiliated to this CDG only; every one when none.
    pub fn affiliated_to(&self) -> Option<&CollectiviteId> {
        self.affiliated_to.as_ref()
    }
}

/// May this principal manage the collectivité?
///
/// # Errors
/// As [`crate::decide`].
pub fn administer(
    ruleset: &Ruleset,
    principal: &Principal,
    tenant: &Tenant,
    situation: &Situation,
) -> Result<Purview, Refusal> {
    let Principal::Member(member) = principal else {
        return Err(Refusal::no_ruleset());
    };
    let object = Object::Collectivite(tenant);
    judge(ruleset, principal, Action::Administrer, object, situation)?;
    Ok(Purview {
        collectivite: tenant.id.clone(),
        by: member.id.clone(),
    })
}

/// May this principal change that member's rights or state?
///
/// # Errors
/// As [`crate::decide`]; nobody may change their own.
pub fn attribute(
    ruleset: &Ruleset,
    principal: &Principal,
    member: &Member,
    situation: &Situation,
) -> Result<Attribution, Refusal> {
    let object = Object::Member(member);
    judge(ruleset, principal, Action::Attribuer, object, situation)?;
    Ok(Attribution {
        membership: member.id.clone(),
    })
}

/// May this principal open and follow the collectivité?
///
/// # Errors
/// As [`crate::decide`].
pub fn supervise(
    ruleset: &Ruleset,
    principal: &Principal,
    tenant: &Tenant,
    situation: &Situation,
) -> Result<Supervision, Refusal> {
    let object = Object::Collectivite(tenant);
    judge(ruleset, principal, Action::Suivre, object, situation)?;
    Ok(Supervision {
        collectivite: tenant.id.clone(),
        cdg: tenant.cdg.clone(),
    })
}

/// Which collectivités may this principal list? Asked of Cedar by two examples: one that is
/// affiliated to nobody, and one that is affiliated to the principal's own body.
///
/// # Errors
/// As [`crate::decide`], when neither may be followed.
pub fn oversee(
    ruleset: &Ruleset,
    principal: &Principal,
    situation: &Situation,
) -> Result<Oversight, Refusal> {
    let Principal::Member(member) = principal else {
        return Err(Refusal::no_ruleset());
    };
    let example = |cdg: Option<&CollectiviteId>| Tenant {
        id: "".into(),
        active: true,
        services: Vec::new(),
        cdg: cdg.cloned(),
    };
    for affiliated_to in [None, Some(&member.collectivite)] {
        let verdict = supervise(ruleset, principal, &example(affiliated_to), situation);
        match verdict {
            Ok(_) => {
                return Ok(Oversight {
                    affiliated_to: affiliated_to.cloned(),
                });
            }
            Err(refusal) if affiliated_to.is_some() => return Err(refusal),
            Err(_) => {}
        }
    }
    Err(Refusal::no_ruleset())
}
