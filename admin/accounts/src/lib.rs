//! Who exists, how they prove it, what they were granted, and the journal of it. All SQL is here,
//! beside the struct it fills; one text serves SQLite and PostgreSQL.
//!
//! Reading order: [`store`] (connections, the shape of a write) · collectivités, accounts, grants,
//! rules (what is managed) · [`login`], [`factor`], sessions, handshakes (how people come in) · [`directory`]
//! and [`follow`] (what the way of a request keeps in memory, and how it learns of changes) ·
//! [`journal`].

mod access_request;
mod account;
mod address;
mod api_key;
mod appointment;
mod assignment;
mod boundaries;
mod bulk;
mod changes;
mod choice;
mod chronicle;
mod cig;
mod clock;
mod closing;
mod collectivite;
mod cookie;
mod correction;
mod credential;
mod day;
mod delivery;
mod designation;
mod device;
mod directory;
mod document;
mod dossier;
mod enrol;
mod erase;
mod error;
mod factor;
mod follow;
mod giving;
mod grant;
mod group;
mod guardrail;
mod handshake;
mod history;
mod idempotency;
mod import;
mod intake;
mod invitation;
mod journal;
mod lifecycle;
mod link;
mod login;
mod mandate;
mod members;
mod membership;
mod misdirected;
mod network;
mod openings;
mod outbox;
mod over;
mod overseen;
mod password;
mod password_policy;
mod past_decision;
mod profile;
mod proposal;
mod record;
mod redraft;
mod registry;
mod reminder;
mod reset;
mod review;
mod rights;
mod roll;
mod round;
mod rule;
mod seats;
mod session;
mod sheet;
mod sign_in;
mod signing_key;
mod siret;
mod slice;
mod sole_referent;
mod sort_key;
mod statistics;
mod store;
mod support;
mod throttle;
mod token;
mod transfer;
mod vault;
mod within;

pub use access_request::{AccessRequest, Replacement, RequestAnswer};
pub use account::{Account, NewAccount};
pub use address::{UNANSWERED, Unconfirmed};
pub use api_key::{ApiKey, NewApiKey};
pub use changes::Change;
pub use choice::{PasswordError, PasswordProof};
pub use chronicle::{CHRONICLE_PAGE, ChronicleEntry, ChronicleFilter};
pub use clock::Clock;
pub use collectivite::{Collectivite, CollectiviteKind};
pub use cookie::{SessionCookie, cookie_values};
pub use correction::LONGEST_MESSAGE;
pub use credential::{Credential, LegacyCredential};
pub use day::day;
pub use delivery::{Departure, LetterState};
pub use designation::{Designation, DesignationState, NewDesignation};
pub use device::Device;
pub use directory::{Directory, Entry as DirectoryEntry, Referent};
pub use document::Document;
pub use dossier::Dossier;
pub use enrol::NewPerson;
pub use erase::UNDO;
pub use error::Error;
pub use factor::{
    Factor, FactorError, FactorHolder, FactorKind, FactorReset, Identification, PendingLogin,
    Proof, RelyingParty, ResetError, ResetGround, SecondFactorRequirement, TotpDraft,
};
pub use follow::Follower;
pub use giving::Giving;
pub use grant::Grant;
pub use group::{Group, group_id, slug};
pub use guardrail::Announced;
pub use handshake::Handshake;
pub use history::{Past, PastMember};
pub use idempotency::{Earlier, Once};
pub use import::Import;
pub use intake::{Amendment, Intake, Newcomer};
pub use invitation::{Invitation, InvitationState};
pub use journal::{Entry as JournalEntry, Tampering};
pub use lifecycle::Step;
pub use link::{Link, LinkState, Purpose};
pub use login::{LogIn, LoginError, Place};
pub use mandate::Mandate;
pub use membership::{Membership, NewMembership};
pub use network::{NetworkRecord, Overlap};
pub use openings::Month;
pub use outbox::{Envelope, Letter};
pub use over::{Alteration, NewCollectivite, Over};
pub use overseen::{FOLLOWED_PAGE, Followed, FollowedFilter, Overseen, Progress, Scope};
pub use password::Password;
pub use password_policy::{LEAST_ALONE, LEAST_WITH_FACTOR, Weakness, weaknesses};
pub use past_decision::{PastDecision, Provenance};
pub use profile::{Profile, merge as merge_rights};
pub use proposal::Proposal;
pub use record::Correction;
pub use registry::{Registered, Registration};
pub use review::{
    AccessReview, Frozen, FrozenRight, GRACE, Hint, LineState, REVIEW_PAGE, Report, ReviewFilter,
    ReviewLine, Subject, Verdict,
};
pub use rights::{DirectRight, Holder, rights_of};
pub use roll::{PAGE, RollEntry, RollFilter, RollPage, Standing};
pub use round::Rounds;
pub use rule::{
    ByTwo, EndAsked, InForce, Operation, RuleChange, RuleDraft, RuleVersion, StoredRule, TwoPeople,
    Withdrawal,
};
pub use seats::Seats;
pub use session::{OpenSession, SessionLimits, SessionRecord};
pub use sheet::CollectiviteRecord;
pub use sign_in::OwnEntry;
pub use siret::{CodeInsee, Siret};
pub use slice::{ListPlace, Slice};
pub use sole_referent::{FromSole, SoleLine};
pub use sort_key::fold;
pub use statistics::{Headcount, Openings, Waiting};
pub use store::{Schema, Store};
pub use support::Helped;
pub use token::Token;
pub use transfer::Transfer;
pub use vault::{MasterKey, Vault};
pub use within::Within;
