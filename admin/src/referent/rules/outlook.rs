//! What the page of a change shows of its effects: a line for each set of circumstances, one of them
//! in full, and what to think twice about.

use super::effects::{Changes, Circumstances, Replay, Study};
use super::proven::{self, Proven};
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::preview::Pairs;
use accounts::Error;
use policies::{MembershipId, Model, Rule};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How many lines a list shows; the counts are of all.
const SHOWN: usize = 200;

/// How many sets of circumstances are listed when something changes in few of them.
const LINES: usize = 24;

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// Studies decide about everybody: they take turns, and leave processors to those who are at work.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

/// One set of circumstances, counted.
pub(crate) struct Line {
    pub(crate) name: String,
    /// The address's fields that show it in full.
    pub(crate) query: String,
    pub(crate) gains: usize,
    pub(crate) losses: usize,
    pub(crate) chosen: bool,
}

/// What a change does.
#[derive(Default)]
pub(crate) struct Outlook {
    /// What does not read of the circumstances that somebody chose.
    pub(crate) errors: FieldErrors,
    pub(crate) lines: Vec<Line>,
    /// How many sets of circumstances have no line, for nothing changes in them.
    pub(crate) quiet: usize,
    /// The chosen ones, by name.
    pub(crate) chosen: String,
    pub(crate) changes: Changes,
    /// How many of each list are not shown.
    pub(crate) more: (usize, usize),
    /// What would have become of past accesses.
    pub(crate) replay: Replay,
    /// What is proved.
    pub(crate) proven: Proven,
    /// What must be mended first.
    pub(crate) obstacles: Vec<String>,
    /// What to know of the rule that is to count.
    pub(crate) alerts: Vec<String>,
    /// Whether it opens something to whoever publishes it: nobody changes the own rights.
    pub(crate) for_oneself: bool,
    /// What closes more than people mean to, or is not shown.
    pub(crate) warnings: Vec<String>,
    /// The fields of circumstances of one's own, as they are filled in.
    pub(crate) day: String,
    pub(crate) hour: String,
    pub(crate) networks: Vec<(String, String, bool)>,
    pub(crate) second_factor: bool,
}

/// Studies a change in all circumstances that matter, off the threads that answer others; `rule` is what
/// is to count from then on.
pub(super) async fn of(
    portal: &Portal,
    referent: &Referent,
    study: Box<Study>,
    rule: Option<&Rule>,
    fields: &Pairs,
) -> Result<Outlook, Error> {
    let now = portal.store.clock().now();
    let rule = rule.filter(|_| study.holds());
    let mut proven = proven::of(portal, referent, &study, rule).await;
    let mut obstacles = study.obstacles();
    obstacles.append(&mut proven.obstacles);
    let (own, errors) = match Circumstances::chosen(fields) {
        Ok(own) => (own, FieldErrors::default()),
        Err(errors) => (None, errors),
    };
    let (by, rule) = (referent.purview.by().clone(), rule.and_then(Rule::model));
    let turn = timeout(PATIENCE, AT_ONCE.acquire()).await;
    let turn = turn.map_err(|_| Error::Busy)?;
    let asked = own.clone();
    let studied = tokio::task::spawn_blocking(move || {
        // Held until the end, also when nobody waits for the answer any more.
        let _turn = turn;
        Studied::of(&study, rule.as_ref(), asked, (now, &by))
    });
    // Nothing may be published that could not be shown.
    let unseen = || Error::Unreadable("the effects of a rule".to_owned());
    let studied = studied.await.map_err(|_| unseen())?;
    let networks = referent.entry.networks.iter();
    let networks: Vec<_> = networks.map(|network| network.name.to_string()).collect();
    let outlook = assemble(&studied.all, studied.changes, own.as_ref(), &networks);
    let mut outlook = outlook.ok_or_else(unseen)?;
    if !errors.is_empty() {
        fields.one("jour").clone_into(&mut outlook.day);
        fields.one("heure").clone_into(&mut outlook.hour);
    }
    Ok(Outlook {
        errors,
        proven,
        obstacles,
        alerts: studied.alerts,
        replay: studied.replay,
        for_oneself: studied.for_oneself,
        warnings: studied.warnings,
        ..outlook
    })
}

/// What was found out.
struct Studied {
    all: Vec<Circumstances>,
    changes: Vec<Changes>,
    warnings: Vec<String>,
    alerts: Vec<String>,
    for_oneself: bool,
    replay: Replay,
}

impl Studied {
    fn of(
        study: &Study,
        rule: Option<&Model>,
        own: Option<Circumstances>,
        (now, by): (i64, &MembershipId),
    ) -> Self {
        let (mut all, more) = study.circumstances(now);
        let foreseen = all.len();
        all.extend(own.filter(|own| !all.contains(own)));
        let changes: Vec<_> = all.iter().map(|one| study.at(one)).collect();
        // What somebody looks at besides warns of nothing: the proof of the page is of what all see.
        let looked_at = changes.get(..foreseen).unwrap_or_default();
        let mut warnings = warnings(study, (looked_at, more > 0), by);
        warnings.extend(unforeseen(study, more));
        let alerts = rule.map_or_else(Vec::new, |rule| study.alerts(rule, now, &all, &changes));
        Self {
            replay: study.replay(),
            for_oneself: study.favours_oneself(&all, more > 0),
            all,
            changes,
            warnings,
            alerts,
        }
    }
}

fn assemble(
    all: &[Circumstances],
    mut changes: Vec<Changes>,
    own: Option<&Circumstances>,
    networks: &[String],
) -> Option<Outlook> {
    let chosen = match own {
        Some(own) => all.iter().position(|one| one == own),
        None => changes
            .iter()
            .position(|one| !one.gains.is_empty() || !one.losses.is_empty()),
    };
    let chosen = chosen.unwrap_or(0);
    let matters = (
        all.iter().any(|one| one.network.is_some()),
        all.iter().any(|one| one.second_factor),
    );
    let lines = all.iter().zip(&changes).enumerate();
    let lines = lines.map(|(number, (one, changes))| Line {
        name: one.name(matters),
        query: one.query(),
        gains: changes.gains.len(),
        losses: changes.losses.len(),
        chosen: number == chosen,
    });
    let mut lines: Vec<_> = lines.collect();
    let studied = lines.len();
    if studied > LINES {
        lines.retain(|line| line.gains + line.losses > 0 || line.chosen);
    }
    let one = all.get(chosen)?;
    let mut changes = changes.swap_remove(chosen);
    let more = (
        changes.gains.len().saturating_sub(SHOWN),
        changes.losses.len().saturating_sub(SHOWN),
    );
    changes.gains.truncate(SHOWN);
    changes.losses.truncate(SHOWN);
    let (day, hour) = one.fields();
    let network = |name: &String| {
        let is_chosen = one.network.as_deref() == Some(name);
        (name.clone(), name.clone(), is_chosen)
    };
    Some(Outlook {
        quiet: studied - lines.len(),
        lines,
        chosen: one.name(matters),
        changes,
        more,
        day,
        hour,
        networks: networks.iter().map(network).collect(),
        second_factor: one.second_factor,
        ..Outlook::default()
    })
}

/// What the lines do not show.
fn unforeseen(study: &Study, more: usize) -> Vec<String> {
    let expert = study.speaks_expert().then(|| {
        "Une règle en texte expert dépend peut-être du moment, du réseau ou du second facteur\u{a0}: ses effets ne sont montrés que dans les circonstances ci-dessus, et pour des documents à diffusion ordinaire, sur deux thèmes au plus. Regardez aussi d’autres circonstances.".to_owned()
    });
    let cut = (more > 0).then(|| {
        "Les règles parlent de plus de circonstances qu’il n’en est montré\u{a0}: regardez aussi celles qui comptent pour vous.".to_owned()
    });
    let documents = study
        .is_cut()
        .then(|| "Les règles distinguent plus de documents qu’il n’en est montré.".to_owned());
    let all = [expert, cut, documents];
    all.into_iter().flatten().collect()
}

/// What shuts out whoever publishes, every référent, or everybody.
fn warnings(study: &Study, (all, cut): (&[Changes], bool), by: &MembershipId) -> Vec<String> {
    let mut warnings = Vec::new();
    let loses = |id: &MembershipId| all.iter().any(|changes| changes.losers.contains(id));
    if loses(by) {
        warnings.push("Vous perdez vous-même un accès.".to_owned());
    }
    let mut referents = study.referents().peekable();
    if referents.peek().is_some() && referents.all(|referent| loses(&referent.id)) {
        warnings.push("Tous les référents de la collectivité perdent un accès.".to_owned());
    }
    let mut deserted: Vec<_> = all.iter().flat_map(|changes| &changes.deserted).collect();
    deserted.sort_unstable();
    deserted.dedup();
    warnings.extend(deserted.into_iter().map(|service| {
        let always = !cut && all.iter().all(|changes| changes.deserted.contains(service));
        let when = if always {
            ""
        } else {
            " dans certaines circonstances"
        };
        format!("Plus personne n’accède à «\u{a0}{service}\u{a0}»{when}.")
    }));
    warnings
}
