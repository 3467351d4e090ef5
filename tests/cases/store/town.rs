//! One collectivité, Fontclaire, with Renée in it, in an empty database; the clock stands still.

use accounts::{
    Clock, Collectivite, CollectiviteKind, Envelope, Error, LogIn, LoginError, MasterKey,
    NewAccount, NewMembership, OpenSession, Password, Place, Schema, SessionLimits, SessionRecord,
    Store, Token, Vault,
};
use convergences_tests::database::Database;
use convergences_tests::letters;
use policies::{
    Attribution, CollectiviteId, MembershipId, Oversight, Principal, Purview, Role, Ruleset,
    Situation, Supervision, Tenant, Vocabulary, administer, attribute, oversee, supervise,
};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

pub(super) const BY: &str = "tests";
pub(super) const RENEE: &str = "renee.martin@fontclaire.example";
pub(super) const PASSWORD: &str = "un mot de passe assez long";
pub(super) const PORTAL: &str = "portail.example";
pub(super) const BIP: &str = "bip.example";
/// Friday 20 November 2026, 10:00 in Paris.
pub(super) const NOW: i64 = 1_795_165_200;
pub(super) const LIMITS: SessionLimits = SessionLimits {
    absolute: Duration::from_hours(10),
    idle: Duration::from_hours(1),
};
pub(super) const HOUR: i64 = 3600;

/// The town, and the database it is in.
pub(super) struct Town {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) database: Database,
    pub(super) vocabulary: Arc<Vocabulary>,
    /// Renée's account.
    pub(super) renee: String,
    /// Her membership.
    pub(super) membership: MembershipId,
}

impl Town {
    pub(super) async fn found(database: Database) -> Self {
        let clock = Clock::manual(NOW);
        let store = open(&database, Schema::Migrate, &clock).await.unwrap();
        add_collectivite(&store, "fontclaire", "Ville de Fontclaire")
            .await
            .unwrap();
        let password = password(PASSWORD);
        let renee = NewAccount {
            login: RENEE,
            given_name: "Renée",
            family_name: "Martin",
            password: Some(&password),
        };
        let renee = store.add_account(renee, BY).await.unwrap();
        let membership = join(&store, &renee, "fontclaire").await.unwrap();
        let services = ["bip", "net-cotisations", "portail", "site"].map(Into::into);
        Self {
            store,
            clock,
            database,
            vocabulary: Arc::new(Vocabulary::new(&services).unwrap()),
            renee,
            membership,
        }
    }

    /// Another node: the same database, clock and master key.
    pub(super) async fn another_node(&self) -> Store {
        open(&self.database, Schema::Expect, &self.clock)
            .await
            .unwrap()
    }

    /// Somebody without a password or a collectivité.
    pub(super) async fn add_stranger(&self, login: &str) -> String {
        let new = stranger(login);
        self.store.add_account(new, BY).await.unwrap()
    }

    pub(super) async fn try_to_log_in(
        &self,
        login: &str,
        secret: &str,
        from: &str,
    ) -> Result<OpenSession, LoginError> {
        match self.show_password(login, secret, from).await? {
            LogIn::Open(session) => Ok(session),
            LogIn::SecondFactor(_) => panic!("a second factor is asked for"),
        }
    }

    /// The first half of a log-in.
    pub(super) async fn show_password(
        &self,
        login: &str,
        secret: &str,
        from: &str,
    ) -> Result<LogIn, LoginError> {
        let place = at(from);
        self.store.log_in(login, &password(secret), place).await
    }

    /// Renée's portal session.
    pub(super) async fn log_in(&self) -> OpenSession {
        self.try_to_log_in(RENEE, PASSWORD, "192.0.2.1")
            .await
            .unwrap()
    }

    /// Leave to manage a collectivité, for its référent `by`.
    pub(super) async fn purview(&self, by: &MembershipId) -> Purview {
        let (ruleset, principal, tenant) = self.judging(by).await;
        administer(&ruleset, &principal, &tenant, &situation()).unwrap()
    }

    /// Renée's leave to change a member of her town.
    pub(super) async fn leave(&self, member: &MembershipId) -> Attribution {
        self.leave_by(&self.membership, member).await
    }

    /// A référent's leave to change a colleague.
    pub(super) async fn leave_by(&self, by: &MembershipId, member: &MembershipId) -> Attribution {
        let (ruleset, principal, _) = self.judging(by).await;
        let member = self.store.member(member).await.unwrap();
        attribute(&ruleset, &principal, &member, &situation()).unwrap()
    }

    /// A correspondante's leave to follow a collectivité; gives her account too.
    pub(super) async fn supervision(&self, login: &str, over: &str) -> (Supervision, String) {
        let (ruleset, principal, account) = self.correspondante(login).await;
        let collectivite = self.store.find_collectivite(&over.into()).await.unwrap();
        let tenant = collectivite.map_or_else(
            || Tenant {
                id: over.into(),
                active: true,
                services: Vec::new(),
                cdg: None,
            },
            |found| found.tenant(),
        );
        let leave = supervise(&ruleset, &principal, &tenant, &situation()).unwrap();
        (leave, account)
    }

    /// Somebody who follows collectivités: for the CIG, or for the CDG `cdg` when the address says so.
    pub(super) async fn oversight(&self, login: &str) -> Oversight {
        let (ruleset, principal, _) = self.correspondante(login).await;
        oversee(&ruleset, &principal, &situation()).unwrap()
    }

    async fn correspondante(&self, login: &str) -> (Ruleset, Principal, String) {
        let (body, role) = if login.ends_with("@cdg.example") {
            ("cdg", Role::Partenaire)
        } else {
            ("cig", Role::Correspondant)
        };
        // There already, the second time.
        let new = Collectivite {
            id: body.into(),
            name: body.to_owned(),
            kind: CollectiviteKind::parse(body).unwrap(),
            cdg: None,
            services: Vec::new(),
            active: true,
        };
        let _ = self.store.add_collectivite(&new, BY).await;
        let account = match self.store.find_account(login).await.unwrap() {
            Some(account) => account.id,
            None => self.add_stranger(login).await,
        };
        let new = NewMembership {
            account: &account,
            collectivite: &body.into(),
            role,
            groups: &[],
        };
        let _ = self.store.add_membership(new, BY).await;
        let membership = self.store.list_memberships(&account).await.unwrap();
        let (ruleset, principal, _) = self.judging(&membership[0].id).await;
        (ruleset, principal, account)
    }

    async fn judging(&self, by: &MembershipId) -> (Ruleset, Principal, Tenant) {
        let member = self.store.member(by).await.unwrap();
        let collectivite = self.store.find_collectivite(&member.collectivite).await;
        let tenant = collectivite.unwrap().unwrap().tenant();
        let ruleset = Ruleset::build(&self.vocabulary, &tenant, &[]).unwrap();
        (ruleset, Principal::Member(member), tenant)
    }

    /// The letters that wait to be sent.
    pub(super) async fn letters(&self) -> Vec<Envelope> {
        let vault = Vault::new(&MasterKey::from_bytes(&[7; 32]).unwrap()).unwrap();
        letters::read(self.database.url(), &vault).await.unwrap()
    }

    /// The secret of the last link that was written to somebody.
    pub(super) async fn token(&self, login: &str) -> String {
        letters::last_token(&self.letters().await, login).unwrap()
    }

    /// Somebody of Fontclaire who has not chosen a password yet, and the secret of the invitation.
    pub(super) async fn invite(&self, login: &str) -> (String, String) {
        let account = self.add_stranger(login).await;
        join(&self.store, &account, "fontclaire").await.unwrap();
        self.store
            .request_password_reset(login, None)
            .await
            .unwrap();
        (account, self.token(login).await)
    }

    /// How many rows a table has.
    pub(super) async fn count(&self, table: &str) -> i64 {
        let mut connection = self.database.connect().await.unwrap();
        let counted = format!("SELECT count(*) FROM {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(counted))
            .fetch_one(&mut connection)
            .await
            .unwrap()
    }

    pub(super) async fn session(&self, token: &Token, host: &str) -> Option<SessionRecord> {
        let hash = Token::hash(token.as_str());
        self.store.find_session(&hash, host, LIMITS).await.unwrap()
    }
}

fn situation() -> Situation {
    Situation::at(NOW, None, false)
}

/// The portal, from an address.
pub(super) fn at(from: &str) -> Place<'static> {
    Place {
        host: PORTAL,
        address: Some(from.parse::<IpAddr>().unwrap()),
        device: "Firefox sous Windows",
    }
}

pub(super) fn fontclaire() -> CollectiviteId {
    "fontclaire".into()
}

pub(super) fn password(text: &str) -> Password {
    text.to_owned().into()
}

pub(super) fn stranger(login: &str) -> NewAccount<'_> {
    NewAccount {
        login,
        given_name: "Aline",
        family_name: "Petit",
        password: None,
    }
}

/// Opens a store with the master key of these tests.
pub(super) async fn open(
    database: &Database,
    schema: Schema,
    clock: &Clock,
) -> Result<Store, Error> {
    let vault = Vault::new(&MasterKey::from_bytes(&[7; 32])?)?;
    Store::open(database.url(), schema, vault, clock.clone()).await
}

pub(super) async fn add_collectivite(store: &Store, id: &str, name: &str) -> Result<(), Error> {
    let new = Collectivite {
        id: id.into(),
        name: name.to_owned(),
        kind: CollectiviteKind::Collectivite,
        cdg: None,
        services: vec!["bip".into(), "net-cotisations".into()],
        active: true,
    };
    store.add_collectivite(&new, BY).await
}

pub(super) async fn join(
    store: &Store,
    account: &str,
    collectivite: &str,
) -> Result<MembershipId, Error> {
    let new = NewMembership {
        account,
        collectivite: &collectivite.into(),
        role: Role::Referent,
        groups: &[("rh", "Ressources humaines")],
    };
    store.add_membership(new, BY).await
}
