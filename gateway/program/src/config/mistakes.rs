//! Mistakes in the configuration: collected while it is read, told all at once, each with its
//! place and its remedy.

use std::cell::RefCell;
use std::fmt;

/// One mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    file: String,
    line: Option<usize>,
    problem: Problem,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let Problem { message, remedy } = &self.problem;
        let end = if remedy.ends_with('?') { "" } else { "." };
        write!(f, ": {message}. {remedy}{end}")
    }
}

/// Every mistake of a file, in the order of its lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// A file that could not even be read.
    pub(super) fn unreadable(file: &str, problem: Problem) -> Self {
        Self(vec![Mistake {
            file: file.to_owned(),
            line: None,
            problem,
        }])
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// What is wrong, and what to do about it; neither with a final period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) remedy: String,
}

/// A problem in the making.
pub(super) fn problem(message: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem {
        message: message.into(),
        remedy: remedy.into(),
    }
}

/// Collects mistakes while a file is read. Places are byte offsets until they are told.
#[derive(Debug)]
pub(super) struct Report {
    file: String,
    /// Where each line starts.
    starts: Vec<usize>,
    mistakes: RefCell<Vec<Mistake>>,
}

impl Report {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            file: file.to_owned(),
            starts: std::iter::once(0)
                .chain(ends.map(|(end, _)| end + 1))
                .collect(),
            mistakes: RefCell::default(),
        }
    }

    /// The line of an offset, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    pub(super) fn add(&self, at: usize, problem: Problem) {
        self.mistakes.borrow_mut().push(Mistake {
            file: self.file.clone(),
            line: Some(self.line(at)),
            problem,
        });
    }

    /// What was read, if nothing is wrong with it.
    pub(super) fn conclude<T>(self, read: Option<T>) -> Result<T, Mistakes> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by_key(|mistake| mistake.line);
        match read {
            Some(read) if mistakes.is_empty() => Ok(read),
            _ => Err(Mistakes(mistakes)),
        }
    }
}
