//! Whether a text may be read at all. Cedar reads, validates and lays out by recursion, and looks twice at
//! what stands in an `if`: a text that is nested deep enough would end the process, or take its time.

/// Deepest brackets. A rule of the form has two.
const DEPTH: usize = 40;

/// Most `if`.
const BRANCHES: usize = 8;

/// Most `&&` and `||`; a rule of the form may name a hundred people.
const TERMS: usize = 150;

/// Most of the other operators.
const OPERATORS: usize = 150;

/// Whether it keeps to these.
pub(crate) fn is_shallow(text: &str) -> bool {
    let bare = without_strings(text);
    let terms = bare.matches("&&").count() + bare.matches("||").count();
    let words = bare.split(|letter: char| !letter.is_alphanumeric());
    depth(&bare) <= DEPTH
        && words.filter(|word| *word == "if").count() <= BRANCHES
        && terms <= TERMS
        && bare.matches(['.', '+', '-', '*', '!']).count() <= OPERATORS
}

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
