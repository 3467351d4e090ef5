//! Mail, from the outbox over a socket to a mailbox. Time is moved by hand.

use accounts::{Clock, Letter, LetterState, MasterKey, NewAccount, Schema, Store, Vault};
use admin::{MailSettings, Postman, Relay, Round, Security};
use convergences::examples::mailbox::Mailbox;
use convergences_tests::database::Database;
use convergences_tests::world::{AMINA, NOW, RENEE, World};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

mod others;

const HELENE: &str = "helene.dupre@fontclaire.example";
const PORTAL: &str = "https://portail.example.org";
const SECOND: Duration = Duration::from_secs(1);

/// A store with Hélène in it, and postmen who bring her letters.
struct Office {
    store: Store,
    clock: Clock,
    helene: String,
    database: Database,
}

impl Office {
    async fn open() -> Self {
        let (database, clock) = (Database::sqlite().unwrap(), Clock::manual(NOW));
        let store = open(&database, &clock).await;
        let mut office = Self {
            store,
            clock,
            helene: String::new(),
            database,
        };
        office.helene = office.register(HELENE, "Hélène").await;
        office
    }

    async fn register(&self, login: &str, given_name: &str) -> String {
        let new = NewAccount {
            login,
            given_name,
            family_name: "Dupré",
            password: None,
        };
        self.store.add_account(new, "tests").await.unwrap()
    }

    async fn post(&self, account: &str, subject: &str) -> String {
        let letter = Letter::Notice {
            subject: subject.to_owned(),
            paragraphs: vec!["Vos droits ont été étendus.".to_owned()],
            path: Some("/mon-compte".to_owned()),
        };
        self.store.notify(account, letter, "tests").await.unwrap()
    }

    async fn state(&self) -> LetterState {
        let found = self.store.find_last_letter(&self.helene).await;
        found.unwrap().unwrap()
    }
}

async fn open(database: &Database, clock: &Clock) -> Store {
    let vault = Vault::new(&MasterKey::from_bytes(&[7; 32]).unwrap()).unwrap();
    Store::open(database.url(), Schema::Migrate, vault, clock.clone())
        .await
        .unwrap()
}

fn settings(host: &str, port: u16, security: Security) -> MailSettings {
    MailSettings {
        relay: Relay {
            host: host.to_owned(),
            port,
            security,
        },
        login: None,
        authorities: None,
        from: "Centre de gestion de l’Île <ne-pas-repondre@example.org>"
            .parse()
            .unwrap(),
        reply_to: None,
    }
}

fn postman(store: &Store, settings: MailSettings) -> Postman {
    Postman::new(store.clone(), settings, PORTAL, "portail.example.org").unwrap()
}

async fn round(postman: &Postman) -> Round {
    postman.deliver(&CancellationToken::new()).await.unwrap()
}

const fn sent(sent: usize) -> Round {
    Round {
        sent,
        refused: 0,
        postponed: 0,
    }
}

const POSTPONED: Round = Round {
    sent: 0,
    refused: 0,
    postponed: 1,
};

/// A postman who brings letters to a new mailbox.
async fn to_a_mailbox(store: &Store) -> (Mailbox, Postman) {
    let (mailbox, smtp) = Mailbox::start().await.unwrap();
    let postman = postman(store, settings("127.0.0.1", smtp.port(), Security::None));
    (mailbox, postman)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_by_itself_and_is_shown_in_the_demonstrations_mailbox() {
    let world = World::start().await.unwrap();
    let store = &world.product.store;
    let amina = store.find_account(AMINA).await.unwrap().unwrap().id;
    let letter = Letter::PasswordReset {
        token: "jeton-de-la-lettre".to_owned(),
        expires_at: NOW + 1800,
    };
    let id = store.notify(&amina, letter, "tests").await.unwrap();
    // Woken by the letter: sooner than it would look by itself.
    let arrived = tokio::time::timeout(10 * SECOND, world.mailbox.wait_for(AMINA, 1));
    let letters = arrived.await.unwrap();
    let letter = &letters[0];
    assert_eq!(letter.to_header, format!("Amina Benali <{AMINA}>"));
    assert_eq!(letter.from, "Convergences <ne-pas-repondre@cig.example>");
    assert_eq!(letter.sent_at, NOW);
    let link = world.url("portail", "/mot-de-passe/jeton-de-la-lettre");
    assert_eq!(letter.link(), Some(link.as_str()));
    for header in [
        format!("Message-ID: <{id}@cig.example>\r\n"),
        "Auto-Submitted: auto-generated\r\n".to_owned(),
    ] {
        assert!(letter.source.contains(&header), "{header}");
    }
    let html = letter.html.as_ref().unwrap();
    assert!(html.contains("vendredi 20 novembre 2026 à 10\u{a0}h\u{a0}30"));

    let mut browser = world.browser().unwrap();
    let list = browser.open(&world.url("courrier", "/")).await.unwrap();
    assert_eq!(list.heading(), "Boîte aux lettres");
    assert!(list.text.contains(AMINA), "{}", list.text);
    let address = world.url("courrier", "/courriels/1");
    let shown = browser.open(&address).await.unwrap();
    assert!(shown.text.contains(&format!("<a href=\"{link}\">")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mailbox_is_no_service_of_the_portal() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let page = renee.open(&world.url("portail", "/")).await.unwrap();
    assert!(page.text.contains("Net Cotisations"));
    assert!(!page.text.contains("Courrier"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_letters_wait() {
    let world = World::start_with(|config| config.mail = None)
        .await
        .unwrap();
    let store = &world.product.store;
    let amina = store.find_account(AMINA).await.unwrap().unwrap().id;
    let letter = Letter::Notice {
        subject: "Bonjour".to_owned(),
        paragraphs: Vec::new(),
        path: None,
    };
    store.notify(&amina, letter, "tests").await.unwrap();
    let waiting = LetterState::Waiting {
        since: NOW,
        trouble: None,
    };
    let found = store.find_last_letter(&amina).await.unwrap();
    assert_eq!(found, Some(waiting));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_put_off_arrives_once_its_time_has_come() {
    let office = Office::open().await;
    let (mailbox, postman) = to_a_mailbox(&office.store).await;
    mailbox.refuse_recipients(Some("451 4.7.1 come back later"));
    let id = office.post(&office.helene, "Bonjour").await;
    assert_eq!(round(&postman).await, POSTPONED);
    mailbox.refuse_recipients(None);
    office.clock.advance(59);
    assert_eq!(round(&postman).await, sent(0));
    let state = office.state().await;
    assert!(
        matches!(&state, LetterState::Waiting { trouble: Some(said), .. } if said.contains("come back later")),
        "{state:?}"
    );
    office.clock.advance(1);
    assert_eq!(round(&postman).await, sent(1));
    let at = NOW + 60;
    assert_eq!(office.state().await, LetterState::Sent { at });
    // The date and the id are the letter's, whenever it leaves.
    let letters = mailbox.letters_to(HELENE);
    assert_eq!((letters.len(), letters[0].sent_at), (1, NOW));
    assert!(letters[0].source.contains(&format!("<{id}@example.org>")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_refused_says_why_and_stops_no_other() {
    let office = Office::open().await;
    let (mailbox, postman) = to_a_mailbox(&office.store).await;
    mailbox.refuse_recipients(Some("550 5.1.1 no such mailbox"));
    office.post(&office.helene, "Bonjour").await;
    let refused = Round {
        sent: 0,
        refused: 1,
        postponed: 0,
    };
    assert_eq!(round(&postman).await, refused);
    let said = "550 5.1.1 no such mailbox".to_owned();
    let expected = LetterState::Refused { at: NOW, said };
    assert_eq!(office.state().await, expected);
    mailbox.refuse_recipients(None);
    office.clock.advance(1_000_000);
    assert_eq!(round(&postman).await, sent(0));
    // Somebody whose address cannot be one, and somebody else behind them.
    let nobody = office.register("pas une adresse", "Hélène").await;
    office.post(&nobody, "Un").await;
    office.post(&office.helene, "Deux").await;
    let both = Round {
        sent: 1,
        refused: 1,
        postponed: 0,
    };
    assert_eq!(round(&postman).await, both);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_away_loses_nothing() {
    let office = Office::open().await;
    // A port that nobody listens on: it was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let away = postman(&office.store, settings("127.0.0.1", port, Security::None));
    office.post(&office.helene, "Bonjour").await;
    assert_eq!(round(&away).await, POSTPONED);
    let state = office.state().await;
    assert!(
        matches!(&state, LetterState::Waiting { trouble: Some(said), .. } if said.contains("refused")),
        "{state:?}"
    );
    office.clock.advance(60);
    let (mailbox, postman) = to_a_mailbox(&office.store).await;
    assert_eq!(round(&postman).await, sent(1));
    assert_eq!(mailbox.letters_to(HELENE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_send_each_letter_once() {
    let office = Office::open().await;
    let other = open(&office.database, &office.clock).await;
    let (mailbox, one) = to_a_mailbox(&office.store).await;
    for number in 0..35 {
        office
            .post(&office.helene, &format!("Lettre {number}"))
            .await;
    }
    let (smtp, two) = to_a_mailbox(&other).await;
    let (first, second) = tokio::join!(round(&one), round(&two));
    assert_eq!(first.sent + second.sent, 35);
    let letters = [mailbox.letters_to(HELENE), smtp.letters_to(HELENE)].concat();
    let subjects: std::collections::BTreeSet<_> =
        letters.iter().map(|letter| &letter.subject).collect();
    assert_eq!((letters.len(), subjects.len()), (35, 35));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_stop_claims_nothing_more() {
    let office = Office::open().await;
    let (mailbox, postman) = to_a_mailbox(&office.store).await;
    office.post(&office.helene, "Bonjour").await;
    let stopping = CancellationToken::new();
    stopping.cancel();
    assert_eq!(postman.deliver(&stopping).await.unwrap(), sent(0));
    // It ends at once.
    let run = tokio::time::timeout(10 * SECOND, postman.run(stopping));
    run.await.unwrap();
    assert!(mailbox.letters_to(HELENE).is_empty());
    assert_eq!(office.store.claim_letters().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_typed_becomes_a_header() {
    let office = Office::open().await;
    let (mailbox, postman) = to_a_mailbox(&office.store).await;
    let name = "Hélène\r\nBcc: evil@example.net\r\n\r\n<b>";
    let sly = office.register("sly@fontclaire.example", name).await;
    office.post(&sly, "Bonjour\r\nBcc: evil@example.net").await;
    assert_eq!(round(&postman).await, sent(1));
    let letters = mailbox.letters_to("sly@fontclaire.example");
    assert_eq!(letters[0].to.len(), 1);
    let head = letters[0].source.split("\r\n\r\n").next().unwrap();
    for line in head.lines() {
        assert!(!line.to_lowercase().starts_with("bcc"), "{head}");
    }
    assert!(head.contains("Content-Type: multipart/alternative"));
}
