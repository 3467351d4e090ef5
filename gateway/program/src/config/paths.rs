//! Paths of requests: of areas, entries and login pages. What could be read in two ways is refused.

use super::mistakes::{Problem, problem};

/// The path of an area, without a trailing slash. One way to write each path: it is compared with
/// the decoded path of a request, and what is ambiguous there cannot stand here.
pub(super) fn area(text: &str) -> Result<String, Problem> {
    let path = text.strip_suffix('/').unwrap_or(text);
    if text == "/" {
        return Err(problem(
            "`/` is the whole service",
            "Say it with the `access` of the service itself",
        ));
    }
    plain_path(path, &['?', '#', '%', ';'])?;
    Ok(path.to_owned())
}

/// The path that the portal opens; an area is found for it, so it is as plain as theirs.
pub(super) fn entry(text: &str) -> Result<String, Problem> {
    plain_path(text, &['?', '#', '%', ';'])?;
    Ok(text.to_owned())
}

/// The path of a page, its query included.
pub(super) fn page(text: &str) -> Result<String, Problem> {
    if text == "/" {
        return Err(problem(
            "every page begins with `/`",
            "Write the path of the login page, as in \"/login.php\"",
        ));
    }
    plain_path(text, &['#'])?;
    Ok(text.to_owned())
}

fn plain_path(path: &str, unwanted: &[char]) -> Result<(), Problem> {
    let not = |what: &str, remedy: &str| {
        let message = format!("`{}` {what}", path.escape_debug());
        Err(problem(message, remedy))
    };
    let unwanted =
        |c: char| c == '\\' || c.is_whitespace() || c.is_control() || unwanted.contains(&c);
    if !path.starts_with('/') {
        return not("does not start with `/`", "Start it with `/`");
    }
    if path.contains("//") || path.split('/').any(|part| part == "." || part == "..") {
        return not(
            "can be read in two ways",
            "Write it without `//`, `.` and `..`",
        );
    }
    if let Some(found) = path.chars().find(|c| unwanted(*c)) {
        let what = format!("holds `{}`", found.escape_debug());
        return not(
            &what,
            "Write the path as people read it, decoded, in letters",
        );
    }
    Ok(())
}
