//! Whether a text may be read at all. Cedar reads, validates and lays out by recursion, and looks twice at
//! what stands in an `if`: a text that is nested deep enough would end the process, or take its time.

/// Deepest brackets. A rule of the form has two.
const DEPTH: usize = 40;

/// Most brackets; a rule of the form may name a hundred people, and every group of a town.
const BRACKETS: usize = 700;

/// Most `&&` and `||`, for the same reason.
const TERMS: usize = 300;

/// Most `if`.
const BRANCHES: usize = 8;

/// Most clauses: each nests what comes before it.
const CLAUSES: usize = 20;

/// Most of what computes: what is computed from is looked at again for each.
const COMPUTING: usize = 8;

/// Most of the other operators.
const OPERATORS: usize = 100;

/// Whether it keeps to these.
pub(crate) fn is_shallow(text: &str) -> bool {
    let bare = without_strings(text);
    let count = |signs: &[&str]| {
        signs
            .iter()
            .map(|sign| bare.matches(sign).count())
            .sum::<usize>()
    };
    let words = |wanted: &[&str]| {
        let words = bare.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.filter(|word| wanted.contains(word)).count()
    };
    depth(&bare) <= DEPTH
        && count(&["(", "[", "{"]) <= BRACKETS
        && count(&["&&", "||"]) <= TERMS
        && words(&["if"]) <= BRANCHES
        && words(&["when", "unless"]) <= CLAUSES
        && count(&["+", "-", "*"]) + words(&COMPUTED) <= COMPUTING
        && count(&[".", "!"]) <= OPERATORS
}

/// Functions whose value is computed from another.
const COMPUTED: [&str; 10] = [
    "offset",
    "durationSince",
    "toDate",
    "toTime",
    "toMilliseconds",
    "toSeconds",
    "toMinutes",
    "toHours",
    "toDays",
    "decimal",
];

fn depth(bare: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for letter in bare.chars() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The text without what strings and comments hold.
fn without_strings(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                while let Some(inside) = letters.next() {
                    match inside {
                        '"' => break,
                        '\\' => drop(letters.next()),
                        _ => {}
                    }
                }
                bare.push(' ');
            }
            '/' if letters.peek() == Some(&'/') => {
                letters
                    .by_ref()
                    .take_while(|inside| *inside != '\n')
                    .for_each(drop);
                bare.push('\n');
            }
            letter => bare.push(letter),
        }
    }
    bare
}
