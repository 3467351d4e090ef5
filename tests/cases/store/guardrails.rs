//! Guardrails of the CIG as the store holds them, and as nodes take them up.

use super::town::{BY, Town, add_collectivite, fontclaire};
use accounts::{
    Announced, Change, ChronicleFilter, Directory, Error, Follower, Grant, Letter, NewMembership,
};
use policies::{
    Conditions, Effect, Guardrail, Level, Model, Principal, Reach, Refusal, Resource, Right, Role,
    Route, Rule, Situation, Target, Who, decide,
};
use sqlx::Executor as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

on_both_databases![
    whoever_is_freed_and_whoever_is_closed_are_told_each_once,
    a_guardrail_is_written_over_the_version_that_was_seen_or_not_at_all,
    a_cdg_writes_none_and_reads_none_of_others,
    a_guardrail_counts_on_another_node_within_a_second,
    what_cannot_be_read_closes_at_the_start_and_the_last_good_one_stays_later,
    everybody_is_read_at_once_as_one_by_one,
];

/// Closes a service, in one collectivité or in all.
fn closing(service: &str, only: Option<&str>) -> Rule {
    let model = Model {
        effect: Effect::Restrict,
        who: Who::default(),
        target: Target::Service(service.into()),
        reach: Reach::Consult,
        conditions: Conditions::default(),
    };
    Rule {
        id: "g".to_owned(),
        text: Guardrail::write(&model, only.map(Into::into).as_ref()).unwrap(),
    }
}

fn announced(reason: &str) -> Announced<'_> {
    Announced {
        by: BY,
        reason,
        said: "Aucun agent n’accède à BIP.",
        before: "",
    }
}

async fn a_guardrail_is_written_over_the_version_that_was_seen_or_not_at_all(town: Town) {
    let oversight = town.oversight("corinne@cig.example").await;
    let (overseen, known) = (town.store.overseen(&oversight), &town.vocabulary);
    let bip = closing("bip", None);
    let add =
        |rule, version| overseen.publish_guardrail(known, (rule, version), announced("essai"));
    assert_eq!(add(&bip, 0).await.unwrap(), 1);
    for seen in [0, 2] {
        let stale = add(&bip, seen).await;
        assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    }
    let site = closing("site", Some("fontclaire"));
    assert_eq!(add(&site, 1).await.unwrap(), 2);
    let unfit = Rule {
        text: "forbid (principal, action, resource);".to_owned(),
        ..site.clone()
    };
    let refused = add(&unfit, 2).await;
    assert!(matches!(refused, Err(Error::Policy(_))), "{refused:?}");
    let early = overseen
        .withdraw_guardrail(("g", 1), announced("fin"))
        .await;
    assert!(matches!(early, Err(Error::Stale { .. })), "{early:?}");
    overseen
        .withdraw_guardrail(("g", 2), announced("fin"))
        .await
        .unwrap();
    let versions = overseen.list_guardrail_versions("g").await.unwrap();
    let told: Vec<_> = versions
        .iter()
        .map(|one| (one.version, one.is_in_force()))
        .collect();
    assert_eq!(told, [(2, false), (1, false)]);
    assert_eq!(versions[0].withdrawal.as_ref().unwrap().reason, "fin");
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}

async fn whoever_is_freed_and_whoever_is_closed_are_told_each_once(town: Town) {
    let oversight = town.oversight("corinne@cig.example").await;
    let (overseen, known) = (town.store.overseen(&oversight), &town.vocabulary);
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    let before = town.letters().await.len();
    let (of_montrieux, of_all) = (closing("bip", Some("montrieux")), closing("bip", None));
    let change = |rule, version, said, before| {
        let announced = Announced {
            by: BY,
            reason: "essai",
            said,
            before,
        };
        overseen.publish_guardrail(known, (rule, version), announced)
    };
    change(&of_montrieux, 0, "A.", "").await.unwrap();
    assert_eq!(town.letters().await.len(), before, "nobody of Fontclaire");
    change(&of_all, 1, "B.", "A.").await.unwrap();
    change(&of_montrieux, 2, "A.", "B.").await.unwrap();
    let letters = town.letters().await.split_off(before);
    let [closed, freed] = &letters[..] else {
        panic!("{letters:?}");
    };
    for (envelope, said) in [
        (closed, "publié un garde-fou"),
        (freed, "retiré un garde-fou"),
    ] {
        let Letter::Notice { paragraphs, .. } = &envelope.letter else {
            panic!("{envelope:?}");
        };
        let text = paragraphs.join(" ");
        let whole =
            text.contains(said) && text.contains("Ville de Fontclaire") && text.contains("« B »");
        assert!(whole, "{text}");
    }
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let filter = ChronicleFilter {
        act: "guardrail.".to_owned(),
        ..ChronicleFilter::default()
    };
    let acts = within.chronicle(&filter).await.unwrap();
    let acts: Vec<_> = acts.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["guardrail.withdraw", "guardrail.publish"]);
    let versions = within.list_guardrail_versions("g").await.unwrap();
    let versions: Vec<_> = versions.iter().map(|one| one.version).collect();
    assert_eq!(versions, [2], "of other collectivités nothing");
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}

async fn a_cdg_writes_none_and_reads_none_of_others(town: Town) {
    let (cig, cdg) = (
        town.oversight("corinne@cig.example").await,
        town.oversight("pierre@cdg.example").await,
    );
    let (above, below) = (town.store.overseen(&cig), town.store.overseen(&cdg));
    let known = &town.vocabulary;
    let bip = closing("bip", None);
    let written = below
        .publish_guardrail(known, (&bip, 0), announced("x"))
        .await;
    assert!(
        matches!(written, Err(Error::NotFound { .. })),
        "{written:?}"
    );
    let people = below.members_of(&fontclaire()).await;
    assert!(matches!(people, Err(Error::NotFound { .. })), "{people:?}");
    let mut all = closing("bip", None);
    "tous".clone_into(&mut all.id);
    for rule in [closing("bip", Some("fontclaire")), all] {
        let published = above.publish_guardrail(known, (&rule, 0), announced("x"));
        published.await.unwrap();
    }
    let read = below.list_guardrails().await.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].rule.id, "tous");
    assert!(below.list_guardrail_versions("g").await.unwrap().is_empty());
}

/// Follows the town on its own store, and gives what it is told.
async fn follow(town: &Town) -> (Arc<Directory>, mpsc::UnboundedReceiver<Change>) {
    town.store.signing_keys().await.unwrap();
    let follower = Follower::start(town.store.clone(), town.vocabulary.clone());
    let follower = follower.await.unwrap();
    let (directory, mut confirmed) = (follower.directory(), follower.confirmed());
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(follower.run(move |change| {
        let _ = tell.send(change.clone());
    }));
    confirmed.changed().await.unwrap();
    (directory, told)
}

async fn next(told: &mut mpsc::UnboundedReceiver<Change>) -> Change {
    let next = timeout(Duration::from_secs(10), told.recv()).await;
    next.expect("nothing was told").unwrap()
}

/// Renée opens a page that is open to whoever is logged in.
async fn ask(town: &Town, directory: &Directory) -> Result<(), Refusal> {
    let who = Principal::Member(town.store.member(&town.membership).await.unwrap());
    let route = Route {
        id: "bip".into(),
        service: "bip".into(),
        access: policies::Access::SignedIn,
    };
    let now = Situation::at(town.clock.now(), None, false);
    let rulesets = directory.rulesets();
    let action = policies::Action::Ouvrir;
    decide(
        rulesets.of(&who)?,
        &who,
        action,
        Resource::Route(&route),
        &now,
    )
    .map(drop)
}

async fn a_guardrail_counts_on_another_node_within_a_second(town: Town) {
    let oversight = town.oversight("corinne@cig.example").await;
    let (directory, mut told) = follow(&town).await;
    assert!(ask(&town, &directory).await.is_ok());
    let other = town.another_node().await;
    let overseen = other.overseen(&oversight);
    let rule = closing("bip", None);
    let published = overseen.publish_guardrail(&town.vocabulary, (&rule, 0), announced("x"));
    published.await.unwrap();
    assert_eq!(next(&mut told).await, Change::Guardrails);
    let refused = ask(&town, &directory).await.unwrap_err();
    assert_eq!(refused.rules(), ["cig/garde-fou/g".into()]);
    // What a collectivité changes later stays under it.
    add_collectivite(&other, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    assert_eq!(
        next(&mut told).await,
        Change::Collectivite("montrieux".into())
    );
    let montrieux = directory.rulesets();
    let montrieux = montrieux.get(&"montrieux".into()).unwrap();
    assert!(montrieux.model("cig/garde-fou/g").is_some());
}

async fn what_cannot_be_read_closes_at_the_start_and_the_last_good_one_stays_later(town: Town) {
    let oversight = town.oversight("corinne@cig.example").await;
    let overseen = town.store.overseen(&oversight);
    let site = closing("site", None);
    let published = overseen.publish_guardrail(&town.vocabulary, (&site, 0), announced("x"));
    published.await.unwrap();
    let (directory, mut told) = follow(&town).await;
    let mut beside = town.database.connect().await.unwrap();
    beside
        .execute("UPDATE guardrails SET text = 'permit (principal, action, resource);'")
        .await
        .unwrap();
    let mut other = closing("bip", None);
    "autre".clone_into(&mut other.id);
    let published = overseen.publish_guardrail(&town.vocabulary, (&other, 0), announced("x"));
    published.await.unwrap();
    assert_eq!(next(&mut told).await, Change::Guardrails);
    // The last good one stays, and the new one counts.
    let refused = ask(&town, &directory).await.unwrap_err();
    assert_eq!(refused.rules(), ["cig/garde-fou/autre".into()]);
    let kept = directory.rulesets();
    assert!(
        kept.get(&fontclaire())
            .unwrap()
            .model("cig/garde-fou/g")
            .is_some()
    );
    let fresh = Directory::load(&town.store, town.vocabulary.clone()).await;
    let refused = ask(&town, &fresh.unwrap()).await.unwrap_err();
    assert!(
        refused
            .rules()
            .contains(&"cig/garde-fous-applicables".into()),
        "{refused:?}"
    );
    // About a service that the installation has no more, one closes nothing.
    beside.execute("DELETE FROM guardrails").await.unwrap();
    let gone = policies::Vocabulary::new(&["ancien".into()]).unwrap();
    let ancient = closing("ancien", None);
    let published = overseen.publish_guardrail(&gone, (&ancient, 0), announced("x"));
    published.await.unwrap();
    let fresh = Directory::load(&town.store, town.vocabulary.clone()).await;
    assert!(ask(&town, &fresh.unwrap()).await.is_ok());
}

async fn everybody_is_read_at_once_as_one_by_one(town: Town) {
    let oversight = town.oversight("corinne@cig.example").await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let rights = [Right {
        service: "bip".into(),
        level: Level::Lecture,
    }];
    let profile = within.add_profile("Lecteurs", &rights).await.unwrap();
    let mut beside = town.database.connect().await.unwrap();
    for (number, login) in ["a@x.example", "b@x.example"].into_iter().enumerate() {
        let account = town.add_stranger(login).await;
        let groups = [("paie", "Paie"), ("rh", "RH")];
        let new = NewMembership {
            account: &account,
            collectivite: &fontclaire(),
            role: Role::Agent,
            groups: &groups[number..],
        };
        let id = town.store.add_membership(new, BY).await.unwrap();
        let change = match number {
            0 => "UPDATE memberships SET profile = $1 WHERE id = $2",
            _ => {
                "UPDATE accounts SET suspended_at = 1 WHERE $1 <> '' AND id = (SELECT account FROM memberships WHERE id = $2)"
            }
        };
        let change = sqlx::query(change).bind(&profile).bind(id.as_str());
        change.execute(&mut beside).await.unwrap();
        for (level, starts_at) in [("lecture", None), ("ecriture", Some(town.clock.now() + 9))] {
            let grant = Grant {
                membership: id.clone(),
                service: "site".into(),
                level: Level::parse(level).unwrap(),
                starts_at,
                ends_at: None,
            };
            town.store.add_grant(&grant, BY).await.unwrap();
        }
    }
    let all = town.store.overseen(&oversight);
    let all = all.members_of(&fontclaire()).await.unwrap();
    assert_eq!(all.len(), 3);
    for member in all {
        assert_eq!(*town.store.member(&member.id).await.unwrap(), member);
    }
}
