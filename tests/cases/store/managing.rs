//! A collectivité from within: the roll, profiles, departures, files, erasure.

use super::town::{BY, HOUR, RENEE, Town, add_collectivite, join, password, stranger};
use accounts::{
    Amendment, ChronicleFilter, Correction, DirectRight, Error, Intake, NewAccount, NewPerson,
    Newcomer, Profile, RollFilter, Standing, Step, UNDO, Within,
};
use policies::{Level, MembershipId, Purview, Right};

on_both_databases![
    somebody_new_is_invited_and_somebody_known_is_asked,
    whoever_invites_first_does_not_decide_for_the_others,
    the_roll_is_searched_without_accents_and_filtered,
    a_version_that_has_passed_changes_nothing,
    a_planned_departure_closes_when_its_time_comes,
    the_last_referent_stays,
    a_profile_counts_for_its_members_and_not_for_its_author,
    an_own_right_ends_with_its_date,
    who_was_deleted_is_erased_after_thirty_days_and_the_journal_holds,
    a_file_is_taken_in_whole_or_not_at_all,
    another_collectivite_is_not_there,
];

fn person(given: &str, family: &str, login: &str) -> NewPerson {
    NewPerson {
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        login: login.to_owned(),
        profile: None,
        groups: vec!["fontclaire/rh".into()],
    }
}

fn right(service: &str, level: Level) -> Right {
    Right {
        service: service.into(),
        level,
    }
}

async fn own(town: &Town) -> Purview {
    town.purview(&town.membership).await
}

async fn zoe(within: &Within<'_>) -> MembershipId {
    let new = person("Zoé", "Lefèvre", "zoe@fontclaire.example");
    within.enrol(&new).await.unwrap()
}

async fn somebody_new_is_invited_and_somebody_known_is_asked(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    assert_eq!(within.get(&zoe).await.unwrap().standing, Standing::Invited);
    assert_eq!(
        (town.count("links").await, town.count("outbox").await),
        (1, 1)
    );
    let again = within
        .enrol(&person("Z", "L", "ZOE@fontclaire.example"))
        .await;
    assert!(matches!(again, Err(Error::Exists { .. })), "{again:?}");

    let secret = password("chevaux au bord du lac");
    let known = NewAccount {
        password: Some(&secret),
        ..stranger("alain@montrieux.example")
    };
    let garnier = town.store.add_account(known, BY).await.unwrap();
    let asked = within
        .enrol(&person("Alain", "Garnier", "alain@montrieux.example"))
        .await
        .unwrap();
    let entry = within.get(&asked).await.unwrap();
    // Named as they were typed: what the other collectivité wrote is its own.
    assert_eq!(
        (entry.standing, entry.family_name.as_str()),
        (Standing::Invited, "Garnier")
    );
    assert!(!town.store.member(&asked).await.unwrap().active);
    assert!(
        town.store
            .list_memberships(&garnier)
            .await
            .unwrap()
            .is_empty()
    );
    let proposals = town.store.list_proposals(&garnier).await.unwrap();
    assert_eq!(
        proposals,
        [(asked.clone(), "Ville de Fontclaire".to_owned())]
    );
    let foreign = town.store.answer_proposal(&town.renee, &asked, true).await;
    assert!(
        matches!(foreign, Err(Error::NotFound { .. })),
        "{foreign:?}"
    );
    town.store
        .answer_proposal(&garnier, &asked, true)
        .await
        .unwrap();
    assert!(town.store.member(&asked).await.unwrap().active);
}

async fn whoever_invites_first_does_not_decide_for_the_others(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let leave = town.leave(&zoe).await;
    within.revoke_invitation(&leave).await.unwrap();
    within.take(&leave, 1, Step::Delete).await.unwrap();
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    let regine = town.add_stranger("regine@montrieux.example").await;
    let regine = join(&town.store, &regine, "montrieux").await.unwrap();
    let purview = town.purview(&regine).await;
    let other = town.store.within(&purview, "regine");
    let again = NewPerson {
        groups: Vec::new(),
        ..person("Zoé", "L", "zoe@fontclaire.example")
    };
    other.enrol(&again).await.unwrap();
    let token = town.token("zoe@fontclaire.example").await;
    let link = town.store.find_link(&token).await.unwrap().unwrap();
    assert_eq!(link.collectivites, ["Commune de Montrieux"]);
    let chosen = town
        .store
        .use_link(&token, &password("trois chevaux au bord du lac"))
        .await;
    chosen.unwrap();
}

async fn the_roll_is_searched_without_accents_and_filtered(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let find = async |search: &str, standing| {
        let filter = RollFilter {
            search: search.to_owned(),
            standing,
            ..RollFilter::default()
        };
        let page = within.list(&filter).await.unwrap();
        assert_eq!(usize::try_from(page.total).unwrap(), page.entries.len());
        page.entries
            .into_iter()
            .map(|entry| entry.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(find("LEFEVRE zo", None).await, std::slice::from_ref(&zoe));
    assert_eq!(find("", None).await, [zoe.clone(), town.membership.clone()]);
    assert_eq!(find("", Some(Standing::Invited)).await, [zoe]);
    assert!(find("100%", None).await.is_empty());
    let alike = within
        .find_alike("zoe", "LEFEVRE", "autre@x.example")
        .await
        .unwrap();
    assert_eq!(alike.len(), 1);
}

async fn a_version_that_has_passed_changes_nothing(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let leave = town.leave(&zoe).await;
    let record = Correction {
        given_name: "Zoé".to_owned(),
        family_name: "Durand".to_owned(),
        profile: None,
        groups: Vec::new(),
        version: 1,
    };
    within.correct(&leave, &record).await.unwrap();
    let (entries, stale) = (
        town.count("journal").await,
        within.correct(&leave, &record).await,
    );
    assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    let stale = within.take(&leave, 1, Step::Delete).await;
    assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    assert_eq!(town.count("journal").await, entries);
    assert!(within.groups_of(&zoe).await.unwrap().is_empty());
    assert_eq!(within.get(&zoe).await.unwrap().family_name, "Durand");
    let account = town
        .store
        .find_account("zoe@fontclaire.example")
        .await
        .unwrap();
    assert_eq!(account.unwrap().family_name, "Durand");
}

async fn a_planned_departure_closes_when_its_time_comes(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let leave = town.leave(&zoe).await;
    let at = town.clock.now() + HOUR;
    within.take(&leave, 1, Step::Leave(at)).await.unwrap();
    assert!(within.member(&zoe).await.unwrap().active);
    town.clock.advance(HOUR);
    assert!(!within.member(&zoe).await.unwrap().active);
    assert_eq!(within.get(&zoe).await.unwrap().standing, Standing::Left);
    within.take(&leave, 2, Step::Stay).await.unwrap();
    assert!(within.member(&zoe).await.unwrap().active);
}

async fn the_last_referent_stays(town: Town) {
    let rachid = town.add_stranger("rachid@fontclaire.example").await;
    let rachid = join(&town.store, &rachid, "fontclaire").await.unwrap();
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let leave = town.leave(&rachid).await;
    // Renée stays: Rachid may go. Seen by him, who has no password yet, she is the last.
    within
        .take(&leave, 1, Step::Suspend(town.clock.now()))
        .await
        .unwrap();
    within.take(&leave, 2, Step::Restore).await.unwrap();
    let purview = town.purview(&rachid).await;
    let within = town.store.within(&purview, "rachid");
    let leave = town.leave_by(&rachid, &town.membership).await;
    for step in [
        Step::Delete,
        Step::Leave(town.clock.now() + HOUR),
        Step::Suspend(0),
    ] {
        let kept = within.take(&leave, 1, step).await;
        assert!(
            matches!(kept, Err(Error::LastReferent(_))),
            "{step:?} {kept:?}"
        );
    }
    assert!(town.store.member(&town.membership).await.unwrap().active);
}

async fn a_profile_counts_for_its_members_and_not_for_its_author(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let id = within
        .add_profile("Lecture BIP", &[right("bip", Level::Lecture)])
        .await
        .unwrap();
    let twice = within.add_profile("Lecture BIP", &[]).await;
    assert!(matches!(twice, Err(Error::Exists { .. })), "{twice:?}");
    within
        .assign_profile(&[(town.leave(&zoe).await, 1)], Some(&id))
        .await
        .unwrap();
    let rights = async || within.member(&zoe).await.unwrap().rights.clone();
    assert_eq!(rights().await, [right("bip", Level::Lecture)]);
    let higher = Profile {
        id: id.clone(),
        name: "BIP".to_owned(),
        rights: vec![right("bip", Level::Ecriture)],
        version: 1,
        members: 0,
    };
    within.change_profile(&higher).await.unwrap();
    assert_eq!(rights().await, [right("bip", Level::Ecriture)]);
    let stale = within.change_profile(&higher).await;
    assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    let used = within.remove_profile(&id).await;
    assert!(matches!(used, Err(Error::NotFound { .. })), "{used:?}");
    assert_eq!(within.list_profiles().await.unwrap()[0].rights.len(), 1);
    within
        .assign_profile(&[(town.leave(&zoe).await, 2)], None)
        .await
        .unwrap();
    assert!(rights().await.is_empty());
    within.remove_profile(&id).await.unwrap();
}

async fn an_own_right_ends_with_its_date(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let until = |level, ends_at| DirectRight {
        service: "bip".into(),
        level,
        ends_at,
    };
    let end = town.clock.now() + HOUR;
    let given = vec![until(Some(Level::Lecture), Some(end))];
    within
        .set_direct_rights(&[(town.leave(&zoe).await, 1, given)])
        .await
        .unwrap();
    assert_eq!(
        within.member(&zoe).await.unwrap().rights,
        [right("bip", Level::Lecture)]
    );
    let holders = within
        .holders(vec![within.get(&zoe).await.unwrap()])
        .await
        .unwrap();
    assert_eq!((holders[0].direct.len(), holders[0].groups.len()), (1, 1));
    town.clock.advance(HOUR);
    assert!(within.member(&zoe).await.unwrap().rights.is_empty());
    let none = vec![until(None, None)];
    within
        .set_direct_rights(&[(town.leave(&zoe).await, 2, none)])
        .await
        .unwrap();
    assert_eq!(town.count("grants").await, 1);
}

async fn who_was_deleted_is_erased_after_thirty_days_and_the_journal_holds(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    within
        .take(&town.leave(&zoe).await, 1, Step::Delete)
        .await
        .unwrap();
    town.clock.advance(UNDO - 1);
    assert_eq!(town.store.erase_deleted().await.unwrap(), 0);
    town.clock.advance(1);
    assert_eq!(town.store.erase_deleted().await.unwrap(), 1);
    let gone = within.get(&zoe).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
    assert_eq!(
        town.store
            .find_account("zoe@fontclaire.example")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        (town.count("links").await, town.count("outbox").await),
        (0, 0)
    );
    town.store.verify_journal().await.unwrap().unwrap();
    let entries = within.chronicle(&ChronicleFilter::default()).await.unwrap();
    assert_eq!(entries[0].act, "membership.erase");
    assert!(
        entries
            .iter()
            .all(|entry| entry.member.as_deref() != Some("Zoé Lefèvre"))
    );
    assert!(
        entries
            .iter()
            .any(|entry| entry.actor.as_deref() == Some("Renée Martin"))
    );
}

fn newcomer(login: &str) -> Newcomer {
    Newcomer {
        given_name: "Anne".to_owned(),
        family_name: "Martin".to_owned(),
        login: login.to_owned(),
        profile: None,
        group: Some("fontclaire/etat-civil".into()),
        left_at: None,
    }
}

async fn a_file_is_taken_in_whole_or_not_at_all(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let intake = |version| Intake {
        groups: vec![("fontclaire/etat-civil".into(), "État civil".to_owned())],
        newcomers: (0..1200)
            .map(|n| newcomer(&format!("a{n}@fontclaire.example")))
            .collect(),
        amendments: vec![version]
            .into_iter()
            .map(|(leave, version)| Amendment {
                leave,
                version,
                record: newcomer("zoe@fontclaire.example"),
            })
            .collect(),
    };
    let leave = town.leave(&zoe).await;
    let file = within.keep_import("agents.csv", b"Nom;...").await.unwrap();
    assert_eq!(within.import(&file).await.unwrap().content, b"Nom;...");
    let stale = within.take_in(&file, &intake((leave.clone(), 7)), "").await;
    assert!(matches!(stale, Err(Error::Stale { .. })), "{stale:?}");
    assert_eq!(
        (town.count("accounts").await, town.count("groups").await),
        (2, 1)
    );
    within
        .take_in(&file, &intake((leave, 1)), "1200 ajouts")
        .await
        .unwrap();
    assert_eq!(
        (town.count("accounts").await, town.count("outbox").await),
        (1202, 1201)
    );
    assert_eq!(within.get(&zoe).await.unwrap().family_name, "Martin");
    assert_eq!(
        within.import(&file).await.unwrap().report.as_deref(),
        Some("1200 ajouts")
    );
    let twice = within.take_in(&file, &Intake::default(), "").await;
    assert!(matches!(twice, Err(Error::Stale { .. })), "{twice:?}");
    town.store.verify_journal().await.unwrap().unwrap();
    town.clock.advance(25 * HOUR);
    let gone = within.import(&file).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
}

async fn another_collectivite_is_not_there(town: Town) {
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    let regine = town.add_stranger("regine@montrieux.example").await;
    let regine = join(&town.store, &regine, "montrieux").await.unwrap();
    let mine = own(&town).await;
    let home = town.store.within(&mine, &town.renee);
    let (zoe, profile) = (zoe(&home).await, home.add_profile("P", &[]).await.unwrap());
    let purview = town.purview(&regine).await;
    let within = town.store.within(&purview, "regine");
    let leave = town.leave(&zoe).await;
    let own_group = NewPerson {
        profile: Some(profile.clone()),
        groups: Vec::new(),
        ..person("A", "B", "a@montrieux.example")
    };
    let foreign_group = person("A", "B", "a@montrieux.example");
    // Even a leave that is another town's opens nothing here.
    for refused in [
        within.get(&zoe).await.map(drop),
        within.member(&zoe).await.map(drop),
        within.take(&leave, 1, Step::Delete).await,
        within.assign_profile(&[(leave.clone(), 1)], None).await,
        within
            .set_direct_rights(&[(leave.clone(), 1, Vec::new())])
            .await,
        within.enrol(&own_group).await.map(drop),
        within.enrol(&foreign_group).await.map(drop),
        within.remove_profile(&profile).await,
        within.invite_again(&leave).await,
        within.revoke_invitation(&leave).await,
    ] {
        assert!(
            matches!(refused, Err(Error::NotFound { .. })),
            "{refused:?}"
        );
    }
    let roll = within.list_all(&RollFilter::default()).await.unwrap();
    assert!(roll.iter().all(|entry| entry.id == regine));
    let all = RollFilter {
        profile: Some(profile),
        ..RollFilter::default()
    };
    assert_eq!(within.list(&all).await.unwrap().total, 0);
    assert!(within.list_profiles().await.unwrap().is_empty());
    let acts = within.chronicle(&ChronicleFilter::default()).await.unwrap();
    assert!(
        acts.iter()
            .all(|entry| !entry.object.contains("fontclaire")),
        "{acts:?}"
    );
    assert_eq!(home.get(&zoe).await.unwrap().version, 1);
    assert_eq!(
        town.store.find_account(RENEE).await.unwrap().unwrap().id,
        town.renee
    );
}
