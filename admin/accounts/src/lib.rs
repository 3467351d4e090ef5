//! Who exists, how they prove it, what they were granted, and the journal of it. All SQL is here,
//! beside the struct it fills; one text serves SQLite and PostgreSQL.
//!
//! Reading order: [`store`] (connections, the shape of a write) · collectivités, accounts, grants,
//! rules (what is managed) · [`login`], sessions, handshakes (how people come in) · [`directory`]
//! and [`follow`] (what the way of a request keeps in memory, and how it learns of changes) ·
//! [`journal`].

mod access_request;
mod account;
mod appointment;
mod bulk;
mod changes;
mod chronicle;
mod clock;
mod collectivite;
mod cookie;
mod credential;
mod designation;
mod directory;
mod document;
mod enrol;
mod error;
mod follow;
mod grant;
mod group;
mod handshake;
mod import;
mod intake;
mod journal;
mod lifecycle;
mod link;
mod login;
mod mandate;
mod membership;
mod outbox;
mod over;
mod overseen;
mod password;
mod profile;
mod proposal;
mod record;
mod rights;
mod roll;
mod rule;
mod session;
mod sheet;
mod signing_key;
mod siret;
mod sort_key;
mod store;
mod throttle;
mod token;
mod vault;
mod within;

pub use access_request::{AccessRequest, RequestAnswer};
pub use account::{Account, NewAccount};
pub use changes::Change;
pub use chronicle::{ChronicleEntry, ChronicleFilter};
pub use clock::Clock;
pub use collectivite::{Collectivite, CollectiviteKind};
pub use cookie::{SessionCookie, cookie_values};
pub use credential::{Credential, LegacyCredential};
pub use designation::{Designation, DesignationState, NewDesignation};
pub use directory::{Directory, Entry as DirectoryEntry, Referent};
pub use document::Document;
pub use enrol::NewPerson;
pub use error::Error;
pub use follow::Follower;
pub use grant::Grant;
pub use group::Group;
pub use handshake::Handshake;
pub use import::Import;
pub use intake::{Amendment, Intake, Newcomer};
pub use journal::{Entry as JournalEntry, Tampering};
pub use lifecycle::{Step, UNDO};
pub use link::Purpose;
pub use login::{LoginError, Place};
pub use mandate::Mandate;
pub use membership::{Membership, NewMembership};
pub use outbox::{Envelope, Letter};
pub use over::{Alteration, NewCollectivite, Over};
pub use overseen::{FOLLOWED_PAGE, Followed, FollowedFilter, Overseen, Progress};
pub use password::Password;
pub use profile::{Profile, merge as merge_rights};
pub use record::Correction;
pub use rights::{DirectRight, Holder, rights_of};
pub use roll::{PAGE, RollEntry, RollFilter, RollPage, Standing};
pub use rule::StoredRule;
pub use session::{OpenSession, SessionLimits, SessionRecord};
pub use sheet::{CollectiviteRecord, Seats};
pub use siret::{CodeInsee, Siret};
pub use sort_key::fold;
pub use store::{Schema, Store};
pub use token::Token;
pub use vault::{MasterKey, Vault};
pub use within::Within;
