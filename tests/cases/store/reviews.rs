//! Reviews of rights: frozen, decided, signed; and what happens to those who are left unanswered.

use super::town::{BY, HOUR, NOW, Town, add_collectivite, join, password};
use accounts::{
    DirectRight, Error, FrozenRight, GRACE, Hint, LineState, NewAccount, NewPerson, ReviewFilter,
    ReviewLine, RollFilter, Rounds, Standing, Step, Subject, Verdict, Within,
};
use policies::{Level, MembershipId, Purview};

on_both_databases![
    a_review_shows_what_was_when_it_was_opened_the_riskiest_first,
    each_person_is_decided_about_once,
    what_is_taken_away_is_taken_away_with_the_decision,
    rights_are_changed_with_their_decision_or_not_at_all,
    whoever_suspends_the_other_referent_does_not_close_without_them,
    a_closed_review_is_signed_and_shows_what_was_altered,
    a_report_holds_when_somebody_is_erased,
    the_unanswered_are_warned_then_suspended_and_a_referent_stays,
    another_collectivites_review_is_not_there,
];

const DAY: i64 = 24 * HOUR;
const DUE: i64 = NOW + 30 * DAY;

async fn own(town: &Town) -> Purview {
    town.purview(&town.membership).await
}

/// An agent with a right of their own.
async fn agent(within: &Within<'_>, town: &Town, name: &str, level: Level) -> MembershipId {
    let new = NewPerson {
        given_name: "Zoé".to_owned(),
        family_name: name.to_owned(),
        login: format!("{}@fontclaire.example", name.to_lowercase()),
        profile: None,
        groups: Vec::new(),
    };
    let id = within.enrol(&new).await.unwrap();
    let right = DirectRight {
        service: "bip".into(),
        level: Some(level),
        ends_at: None,
    };
    let changes = [(town.leave(&id).await, 1, vec![right])];
    within.set_direct_rights(&changes).await.unwrap();
    id
}

/// A second référente, who can log in.
async fn second_referent(town: &Town) -> (String, MembershipId) {
    let secret = password("chevaux au bord du lac");
    let new = NewAccount {
        login: "rose.petit@fontclaire.example",
        given_name: "Rose",
        family_name: "Petit",
        password: Some(&secret),
    };
    let rose = town.store.add_account(new, BY).await.unwrap();
    let membership = join(&town.store, &rose, "fontclaire").await.unwrap();
    (rose, membership)
}

/// Opens a review of everybody with their own rights.
async fn open(within: &Within<'_>, due_at: i64) -> Result<String, Error> {
    let entries = within.list_all(&RollFilter::default()).await?;
    let holders = within.holders(entries).await?;
    let subjects = holders.into_iter().map(|holder| Subject {
        rights: holder
            .direct
            .iter()
            .map(|grant| FrozenRight {
                service: grant.service.clone(),
                level: grant.level.clone(),
                roles: Vec::new(),
                source: "direct".to_owned(),
                ends_at: grant.ends_at,
            })
            .collect(),
        holder,
    });
    within.open_review(subjects.collect(), &[], due_at).await
}

async fn lines(within: &Within<'_>, review: &str) -> Vec<ReviewLine> {
    within.list_all_lines(review).await.unwrap()
}

async fn state(within: &Within<'_>, review: &str, id: &MembershipId) -> LineState {
    let lines = lines(within, review).await;
    let line = lines.into_iter().find(|line| line.membership == *id);
    line.unwrap().state
}

async fn a_review_shows_what_was_when_it_was_opened_the_riskiest_first(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    town.log_in().await;
    let zoe = agent(&within, &town, "Zola", Level::Ecriture).await;
    let review = open(&within, DUE).await.unwrap();
    let again = open(&within, DUE).await;
    assert!(matches!(again, Err(Error::Exists { .. })), "{again:?}");

    agent(&within, &town, "Absent", Level::Lecture).await;
    let leave = town.leave(&zoe).await;
    let version = within.get(&zoe).await.unwrap().version;
    let nothing = DirectRight {
        service: "bip".into(),
        level: None,
        ends_at: None,
    };
    let changes = [(leave, version, vec![nothing])];
    within.set_direct_rights(&changes).await.unwrap();
    let lines = lines(&within, &review).await;
    let names: Vec<_> = lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Zola Zoé", "Martin Renée"]);
    assert_eq!(lines[0].frozen.hints, [Hint::NeverSignedIn]);
    assert_eq!(lines[0].frozen.rights[0].level, Level::Ecriture);
    assert!(lines[1].frozen.hints.is_empty(), "{:?}", lines[1].frozen);
    // Nobody else is there to decide about the only référente.
    assert_eq!(lines[1].state, LineState::Unanswerable);
    second_referent(&town).await;
    let state = state(&within, &review, &town.membership).await;
    assert_eq!(state, LineState::Waiting);
}

async fn each_person_is_decided_about_once(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let (rose, membership) = second_referent(&town).await;
    let zoe = agent(&within, &town, "Zola", Level::Lecture).await;
    let review = open(&within, DUE).await.unwrap();
    let leave = [town.leave(&zoe).await];
    within.decide(&review, &leave, Verdict::Keep).await.unwrap();
    let others = town.purview(&membership).await;
    let other = town.store.within(&others, &rose);
    let second = other.decide(&review, &leave, Verdict::Withdraw).await;
    assert!(matches!(second, Err(Error::Stale { .. })), "{second:?}");
    // Nothing of it was done.
    let holders = within.holders(vec![within.get(&zoe).await.unwrap()]).await;
    assert_eq!(holders.unwrap()[0].direct.len(), 1);
    let decided = LineState::Decided(Verdict::Keep, NOW, Some("Renée Martin".to_owned()));
    assert_eq!(state(&within, &review, &zoe).await, decided);
    other.take_back(&review, &leave[..1]).await.unwrap();
    assert_eq!(state(&within, &review, &zoe).await, LineState::Waiting);
    let closing = within.close_review(&review).await;
    assert!(matches!(closing, Err(Error::Undecided(3))), "{closing:?}");
}

async fn what_is_taken_away_is_taken_away_with_the_decision(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = agent(&within, &town, "Zola", Level::Ecriture).await;
    let review = open(&within, DUE).await.unwrap();
    let leave = [town.leave(&zoe).await];
    let withdrawn = within.decide(&review, &leave, Verdict::Withdraw).await;
    withdrawn.unwrap();
    assert!(town.store.member(&zoe).await.unwrap().rights.is_empty());
    let back = within.take_back(&review, &leave[..1]).await;
    assert!(matches!(back, Err(Error::Stale { .. })), "{back:?}");
    let waiting = within.list_lines(&review, ReviewFilter::Waiting, 1).await;
    assert_eq!(waiting.unwrap().1, 1);
    // Only the own line is left, and it does not hold up the end.
    within.close_review(&review).await.unwrap();
    let state = state(&within, &review, &town.membership).await;
    assert!(matches!(state, LineState::Decided(Verdict::None, ..)));
}

async fn rights_are_changed_with_their_decision_or_not_at_all(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = agent(&within, &town, "Zola", Level::Ecriture).await;
    let review = open(&within, DUE).await.unwrap();
    let change = async |level| {
        let version = within.get(&zoe).await.unwrap().version;
        let right = DirectRight {
            service: "bip".into(),
            level: Some(level),
            ends_at: None,
        };
        let changes = [(town.leave(&zoe).await, version, vec![right])];
        within.set_reviewed_rights(&review, &changes).await
    };
    let level = async || {
        town.store.member(&zoe).await.unwrap().rights[0]
            .level
            .clone()
    };
    change(Level::Lecture).await.unwrap();
    let changed = LineState::Decided(Verdict::Change, NOW, Some("Renée Martin".to_owned()));
    assert_eq!(state(&within, &review, &zoe).await, changed);
    let second = change(Level::Ecriture).await;
    assert!(matches!(second, Err(Error::Stale { .. })), "{second:?}");
    assert_eq!(level().await, Level::Lecture);
}

async fn whoever_suspends_the_other_referent_does_not_close_without_them(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let (_, rose) = second_referent(&town).await;
    let review = open(&within, DUE).await.unwrap();
    let leave = town.leave(&rose).await;
    within
        .decide(&review, std::slice::from_ref(&leave), Verdict::Keep)
        .await
        .unwrap();
    town.clock.advance(60);
    let version = within.get(&rose).await.unwrap().version;
    within
        .take(&leave, version, Step::Suspend(town.clock.now()))
        .await
        .unwrap();
    // The own line still waits for a colleague.
    let closing = within.close_review(&review).await;
    assert!(matches!(closing, Err(Error::Undecided(1))), "{closing:?}");
}

async fn a_closed_review_is_signed_and_shows_what_was_altered(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = agent(&within, &town, "Zola", Level::Lecture).await;
    let gone = agent(&within, &town, "Parti", Level::Lecture).await;
    let review = open(&within, DUE).await.unwrap();
    let version = within.get(&gone).await.unwrap().version;
    let leave = town.leave(&gone).await;
    within
        .take(&leave, version, Step::Leave(NOW))
        .await
        .unwrap();
    assert_eq!(state(&within, &review, &gone).await, LineState::Gone);
    let leave = [town.leave(&zoe).await];
    within.decide(&review, &leave, Verdict::Keep).await.unwrap();
    let early = within.report(&review).await;
    assert!(matches!(early, Err(Error::NotFound { .. })), "{early:?}");
    within.close_review(&review).await.unwrap();
    let late = within.decide(&review, &leave, Verdict::Keep).await;
    assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
    // The key may be replaced: what it signed stays signed.
    for _ in 0..2 {
        town.store.rotate_signing_key(BY).await.unwrap();
    }
    let report = within.report(&review).await.unwrap();
    assert!(report.holds && report.key.is_some(), "{report:?}");
    for (alter, back) in [
        ("decision = 'gone'", "decision = 'keep'"),
        ("name = 'Autre'", "name = 'Zola Zoé'"),
    ] {
        set(&town, &zoe, alter).await;
        let altered = within.report(&review).await.unwrap();
        assert!(!altered.holds, "{alter}");
        set(&town, &zoe, back).await;
        assert!(within.report(&review).await.unwrap().holds, "{back}");
    }
}

/// Alters a line behind the program's back.
async fn set(town: &Town, id: &MembershipId, what: &str) {
    let mut connection = town.database.connect().await.unwrap();
    let statement = format!("UPDATE review_lines SET {what} WHERE membership = '{id}'");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .unwrap();
}

async fn a_report_holds_when_somebody_is_erased(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = agent(&within, &town, "Zola", Level::Lecture).await;
    let review = open(&within, DUE).await.unwrap();
    let version = within.get(&zoe).await.unwrap().version;
    let leave = town.leave(&zoe).await;
    within.take(&leave, version, Step::Delete).await.unwrap();
    within.close_review(&review).await.unwrap();
    town.clock.advance(accounts::UNDO);
    assert_eq!(town.store.erase_deleted().await.unwrap(), 1);
    let erased = &lines(&within, &review).await[0];
    assert_eq!((erased.name.as_str(), erased.login.as_str()), ("", ""));
    assert!(matches!(
        erased.state,
        LineState::Decided(Verdict::Gone, NOW, None)
    ));
    let report = within.report(&review).await.unwrap();
    assert!(report.holds && !report.content.contains("Zola"));
}

async fn the_unanswered_are_warned_then_suspended_and_a_referent_stays(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    // Who has never logged in comes first.
    town.log_in().await;
    let (_, rose) = second_referent(&town).await;
    let zoe = agent(&within, &town, "Zola", Level::Lecture).await;
    let review = open(&within, DUE).await.unwrap();
    let letters = async || i64::try_from(town.letters().await.len()).unwrap();
    let round = async || {
        let before = letters().await;
        town.store.daily_round(&Rounds::default()).await.unwrap();
        let node = town.another_node().await;
        node.daily_round(&Rounds::default()).await.unwrap();
        node.close().await;
        letters().await - before
    };
    assert_eq!(round().await, 0);
    town.clock.advance(15 * DAY);
    assert_eq!(round().await, 2, "both référentes, once");
    town.clock.advance(12 * DAY);
    assert_eq!(round().await, 2);
    town.clock.advance(3 * DAY);
    assert_eq!(round().await, 5, "three people, and the référentes");
    assert_eq!(round().await, 0);
    town.clock.advance(GRACE - 1);
    assert_eq!(round().await, 0);
    let standing = async |id| within.get(id).await.unwrap().standing;
    assert_eq!(standing(&zoe).await, Standing::Invited);
    town.clock.advance(1);
    round().await;
    assert_eq!(standing(&zoe).await, Standing::Suspended);
    assert_eq!(standing(&rose).await, Standing::Suspended);
    assert_eq!(standing(&town.membership).await, Standing::Active);
    let report = within.report(&review).await.unwrap();
    assert!(report.holds, "{report:?}");
    let version = within.get(&zoe).await.unwrap().version;
    let leave = town.leave(&zoe).await;
    within.take(&leave, version, Step::Restore).await.unwrap();
    assert_eq!(standing(&zoe).await, Standing::Invited);
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}

async fn another_collectivites_review_is_not_there(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = agent(&within, &town, "Zola", Level::Lecture).await;
    let review = open(&within, DUE).await.unwrap();
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    let regine = town.add_stranger("regine@montrieux.example").await;
    let regine = join(&town.store, &regine, "montrieux").await.unwrap();
    let foreign = town.purview(&regine).await;
    let other = town.store.within(&foreign, "regine");
    let leave = [town.leave(&zoe).await];
    assert!(other.list_reviews().await.unwrap().is_empty());
    assert!(lines(&other, &review).await.is_empty());
    let listed = other.list_lines(&review, ReviewFilter::All, 1).await;
    assert_eq!(listed.unwrap(), (Vec::new(), 0));
    for attempt in [
        other.get_review(&review).await.map(|_| ()),
        other.decide(&review, &leave, Verdict::Withdraw).await,
        other.take_back(&review, &leave[..1]).await,
        other.close_review(&review).await,
        other.report(&review).await.map(|_| ()),
    ] {
        assert!(
            matches!(attempt, Err(Error::NotFound { .. })),
            "{attempt:?}"
        );
    }
    assert_eq!(state(&within, &review, &zoe).await, LineState::Waiting);
}
