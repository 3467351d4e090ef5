//! « Texte expert »: a rule written in Cedar by somebody who would rather. All that is wrong with it is
//! said at once in French, each with its place and its remedy; what holds is laid out.

mod fault;
mod french;
mod named;
mod words;

pub use fault::Fault;
pub use named::{Kind, Named, named};
pub use words::Word;

pub(crate) use words::of as words;

use crate::lint;
use crate::model::{LAYOUT, Model};
use crate::principal::CollectiviteId;
use crate::shallow::is_shallow;
use crate::vocabulary::Vocabulary;
use cedar_policy::Policy;
use cedar_policy_formatter::policies_str_to_pretty;

/// Longest `@libelle`, characters.
const LONGEST_LABEL: usize = 300;

/// Longest text, bytes.
const LONGEST: usize = 10_000;

/// Reads a rule of a collectivité, and gives it laid out.
///
/// # Errors
/// All its faults, in the order of their places.
pub fn read(
    vocabulary: &Vocabulary,
    owner: &CollectiviteId,
    text: &str,
) -> Result<String, Vec<Fault>> {
    if text.len() > LONGEST {
        return Err(vec![fault::too_long(LONGEST)]);
    }
    if !is_shallow(text) {
        return Err(vec![fault::too_deep()]);
    }
    let policy = Policy::parse(None, text).map_err(|errors| french::unread(text, &errors))?;
    let breaches = lint::breaches(vocabulary, owner, &policy).into_iter();
    let mut faults: Vec<_> = breaches
        .map(|breach| french::breach(text, &breach))
        .collect();
    match vocabulary.findings(&policy) {
        Ok(findings) => faults.extend(french::misfits(text, &findings)),
        Err(detail) => faults.push(Fault::somewhere(detail)),
    }
    if faults.is_empty() && vocabulary.validate(&policy).is_err() {
        faults.push(fault::too_deep());
    }
    if Model::of(&policy).is_none() && !is_labelled(&policy) {
        faults.push(fault::unlabelled(LONGEST_LABEL));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| (fault.line, fault.column));
        // What is wrong for two actions is said once.
        faults.dedup_by(|one, other| {
            (one.line, one.column, &one.said) == (other.line, other.column, &other.said)
        });
        return Err(faults);
    }
    policies_str_to_pretty(text, &LAYOUT).map_err(|error| vec![Fault::somewhere(error.to_string())])
}

/// Whether it says what it does: lists show that in the place of a sentence.
fn is_labelled(policy: &Policy) -> bool {
    let label = policy.annotation("libelle").map(str::trim);
    label.is_some_and(|label| {
        let plain = !label
            .chars()
            .any(|letter| letter.is_control() || turns(letter));
        plain && !label.is_empty() && label.chars().count() <= LONGEST_LABEL
    })
}

/// Whether a letter turns the direction of what follows: it would read as something else.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
