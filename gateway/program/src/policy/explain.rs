//! Why an address opens to somebody or not, at a moment: by the rules, guardrails and rights of then, as
//! the store keeps them.

use crate::cli::ConfigFile;
use crate::operator::{say, with_store};
use crate::product::vocabulary;
use accounts::{Past, Schema, Store};
use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use policies::{
    Action, CollectiviteId, Guardrail, Member, MembershipId, Names, Permit, Principal, Refusal,
    Resource, Route, Ruleset, Situation, Vocabulary, decide, say_right,
};
use std::net::IpAddr;
use std::sync::Arc;

/// What `convergences policy explain` is asked.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The mail address of an account.
    login: String,
    /// An address as it is copied from a browser, or the id of a service.
    address: String,
    /// Whether they would send something in; else they open the page.
    #[arg(long)]
    send: bool,
    /// When, RFC 3339; now unless said.
    #[arg(long)]
    at: Option<Timestamp>,
    /// The address that they come from.
    #[arg(long)]
    from: Option<IpAddr>,
    /// Whether they showed a second factor.
    #[arg(long)]
    second_factor: bool,
    /// The collectivité, for somebody who is in several.
    #[arg(long)]
    collectivite: Option<String>,
    #[command(flatten)]
    file: ConfigFile,
}

pub(super) fn explain(question: &Question) -> anyhow::Result<()> {
    with_store(
        &question.file.config,
        Schema::Expect,
        async |config, store| {
            let (membership, owner) = membership(store, question).await?;
            let entrances = gateway::entrances(&config.gateway)?;
            let whole = entrances.iter().map(|entrance| &entrance.whole);
            let by_id = whole
                .into_iter()
                .find(|route| *route.id == *question.address);
            let found = by_id.cloned();
            let route = match found {
                Some(route) => route,
                None => gateway::finder(&config.gateway)?(&question.address)
                    .with_context(|| format!("`{}` is of no service", question.address))?,
            };
            let at = question
                .at
                .map_or_else(|| store.clock().now(), Timestamp::as_second);
            let past = store.past(&owner, at, Some(&membership)).await?;
            let ruleset = ruleset(store, &vocabulary(config)?, &owner, &past).await?;
            let member = past.people.into_iter().next().map(|one| one.member);
            let member = member.context("nothing is known of them at that moment")?;
            let decided = judge(&ruleset, member, &route, (question, at));
            tell(&route, &decided)?;
            for id in decisive(&decided) {
                rule(store, &ruleset, (&owner, at), id).await?;
            }
            Ok(())
        },
    )
}

/// Whose access it is, and where.
async fn membership(
    store: &Store,
    question: &Question,
) -> anyhow::Result<(MembershipId, CollectiviteId)> {
    let account = store.find_account(&question.login).await?;
    let account = account.with_context(|| format!("there is no account `{}`", question.login))?;
    let mut all = store.list_memberships(&account.id).await?;
    if let Some(wanted) = &question.collectivite {
        all.retain(|one| one.collectivite.as_str() == wanted);
    }
    let known: Vec<_> = all.iter().map(|one| one.collectivite.to_string()).collect();
    match <[_; 1]>::try_from(all) {
        Ok([one]) => Ok((one.id, one.collectivite)),
        Err(_) if known.is_empty() => bail!("`{}` is in no such collectivité", question.login),
        Err(_) => bail!("say which with --collectivite: {}", known.join(", ")),
    }
}

/// The rules that judged then.
async fn ruleset(
    store: &Store,
    vocabulary: &Arc<Vocabulary>,
    owner: &CollectiviteId,
    past: &Past,
) -> anyhow::Result<Ruleset> {
    let tenant = past.tenant.as_ref();
    let tenant = tenant.context("nothing is known of the collectivité at that moment")?;
    let (guardrails, unread) = Guardrail::read_all(vocabulary, &past.guardrails, &[])?;
    for error in unread {
        say(format_args!("closed: {error}"))?;
    }
    let ruleset = Ruleset::build(vocabulary, tenant, &past.rules)?;
    let networks = store.confirmed_networks(owner).await?;
    Ok(ruleset.with_networks(networks).under(&guardrails))
}

fn judge(
    ruleset: &Ruleset,
    member: Member,
    route: &Route,
    (question, at): (&Question, i64),
) -> Result<Permit, Refusal> {
    let action = if question.send {
        Action::Envoyer
    } else {
        Action::Ouvrir
    };
    let situation = Situation::at(at, question.from, question.second_factor);
    let principal = Principal::Member(Arc::new(member));
    decide(
        ruleset,
        &principal,
        action,
        Resource::Route(route),
        &situation,
    )
}

fn tell(route: &Route, decided: &Result<Permit, Refusal>) -> anyhow::Result<()> {
    match decided {
        Ok(_) => say(format_args!("`{}`: allow", route.id)),
        Err(refusal) => say(format_args!("`{}`: deny. {}", route.id, refusal.sentence())),
    }
}

/// What decided, and what would have in other circumstances.
fn decisive(decided: &Result<Permit, Refusal>) -> Vec<&str> {
    let (rules, missed) = match decided {
        Ok(permit) => (permit.rules(), &[][..]),
        Err(refusal) => (refusal.rules(), refusal.missed()),
    };
    let missed = missed.iter().map(|missed| &missed.rule);
    rules.iter().chain(missed).map(|rule| &**rule).collect()
}

/// One of them: what it says, and who wrote it when.
async fn rule(
    store: &Store,
    ruleset: &Ruleset,
    (owner, at): (&CollectiviteId, i64),
    id: &str,
) -> anyhow::Result<()> {
    let names = Names::default();
    let said = ruleset.say(id, &names);
    let said = said.or_else(|| say_right(id, &names)).unwrap_or_default();
    let own = id
        .strip_prefix(owner.as_str())
        .and_then(|id| id.strip_prefix('/'));
    let version = match (Guardrail::stored_id(id), own) {
        (Some(above), _) => store.guardrail_version(above, at).await?,
        (None, Some(own)) => store.rule_version(owner, own, at).await?,
        (None, None) => None,
    };
    let Some(version) = version else {
        return say(format_args!("  {id} {said}"));
    };
    let since = Timestamp::from_second(version.created_at)?;
    let (number, author) = (version.version, &version.author);
    say(format_args!(
        "  {id}, version {number} of {since} by {author}: {said}"
    ))
}
