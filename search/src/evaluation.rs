//! How good the search is: nDCG@10, recall@10 and MRR over a file of questions whose good answers are known.
//! Gains are 2^grade − 1; recall and MRR count grades of 2 and more, or any where a question has none.

use crate::bip::Bip;
use crate::error::Error;
use crate::question::Question;
use crate::scope::Scope;
use policies::Nature;
use serde::Deserialize;
use std::collections::HashMap;
use std::io::BufRead;

/// How many hits are judged.
const DEPTH: usize = 10;

/// A question and its good answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Judged {
    /// Its id.
    pub qid: String,
    /// What is asked.
    pub query: String,
    /// What sort of question it is.
    #[serde(rename = "type", default)]
    pub sort: String,
    /// Only these kinds; all when empty.
    #[serde(default)]
    pub kinds: Vec<Nature>,
    /// The grade of each good answer, 1 to 3.
    pub relevant: HashMap<String, u32>,
}

/// The means over some questions.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Evaluation {
    /// How many questions.
    pub questions: u32,
    /// How well the first ten are ordered.
    pub ndcg: f64,
    /// Share of the good answers among the first ten.
    pub recall: f64,
    /// One over the place of the first good answer.
    pub mrr: f64,
}

impl Judged {
    /// Reads questions, one a line.
    ///
    /// # Errors
    /// A line that is none.
    pub fn read(lines: impl BufRead) -> Result<Vec<Self>, Error> {
        let mut judged = Vec::new();
        for (index, line) in lines.lines().enumerate() {
            let line = line.map_err(Error::Corpus)?;
            let read = serde_json::from_str(&line);
            judged.push(read.map_err(|source| Error::Judgement {
                line: index + 1,
                source,
            })?);
        }
        Ok(judged)
    }

    /// The least grade of a good answer.
    fn least(&self) -> u32 {
        if self.relevant.values().any(|grade| *grade >= 2) {
            2
        } else {
            1
        }
    }

    /// Measures one answer.
    fn measure(&self, found: &[String]) -> Evaluation {
        let gain = |grade: u32| f64::from(2_u32.pow(grade.min(16)) - 1);
        let discounted = |gains: &mut dyn Iterator<Item = f64>| -> f64 {
            let places = (2_u32..).map(|place| f64::from(place).log2());
            gains
                .take(DEPTH)
                .zip(places)
                .map(|(gain, discount)| gain / discount)
                .sum()
        };
        let of = |id: &String| gain(self.relevant.get(id).copied().unwrap_or_default());
        let mut best: Vec<f64> = self.relevant.values().map(|grade| gain(*grade)).collect();
        best.sort_by(|one, other| other.total_cmp(one));
        let least = self.least();
        let is_good = |id: &String| self.relevant.get(id).is_some_and(|grade| *grade >= least);
        let good = self
            .relevant
            .values()
            .filter(|grade| **grade >= least)
            .count()
            .clamp(1, DEPTH);
        let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        let found = found.get(..DEPTH).unwrap_or(found);
        let first = found.iter().position(is_good);
        Evaluation {
            questions: 1,
            ndcg: discounted(&mut found.iter().map(of)) / discounted(&mut best.into_iter()),
            recall: count(found.iter().filter(|id| is_good(id)).count()) / count(good),
            mrr: first.map_or(0.0, |place| 1.0 / count(place + 1)),
        }
    }
}

impl Evaluation {
    /// The means of some.
    pub fn mean(of: &[Self]) -> Self {
        let questions = u32::try_from(of.len()).unwrap_or(u32::MAX);
        let mean = |value: fn(&Self) -> f64| {
            of.iter().map(value).sum::<f64>() / f64::from(questions.max(1))
        };
        Self {
            questions,
            ndcg: mean(|one| one.ndcg),
            recall: mean(|one| one.recall),
            mrr: mean(|one| one.mrr),
        }
    }
}

impl Bip {
    /// Measures the answer to each question. An answer that the base does not hold cannot be found and is left
    /// out; so is a question without any good one.
    ///
    /// # Errors
    /// When the index fails.
    pub fn evaluate(
        &self,
        judged: &[Judged],
        scope: &Scope,
    ) -> Result<Vec<(Judged, Evaluation)>, Error> {
        let mut measured = Vec::new();
        for one in judged {
            let mut relevant = HashMap::new();
            for (id, grade) in &one.relevant {
                if self.find_document(id, scope)?.is_some() {
                    relevant.insert(id.clone(), *grade);
                }
            }
            if !relevant.values().any(|grade| *grade >= one.least()) {
                continue;
            }
            let one = Judged {
                relevant,
                ..one.clone()
            };
            let mut question = Question::of(&one.query);
            question.filters.kinds.clone_from(&one.kinds);
            let hits = self.search(&question, scope)?.hits;
            let found: Vec<String> = hits.into_iter().map(|hit| hit.id).collect();
            let evaluation = one.measure(&found);
            measured.push((one, evaluation));
        }
        Ok(measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(relevant: &[(&str, u32)]) -> Judged {
        Judged {
            qid: "q".to_owned(),
            query: String::new(),
            sort: String::new(),
            kinds: Vec::new(),
            relevant: relevant
                .iter()
                .map(|(id, grade)| ((*id).to_owned(), *grade))
                .collect(),
        }
    }

    #[track_caller]
    fn close(one: f64, other: f64) {
        assert!((one - other).abs() < 0.001, "{one} is not {other}");
    }

    #[test]
    fn the_measures_are_those_of_the_literature() {
        let judged = judged(&[("a", 3), ("b", 1), ("c", 2)]);
        let found = ["x", "a", "b"].map(str::to_owned);
        let measured = judged.measure(&found);
        // (7/log2 3 + 1/log2 4) / (7/log2 2 + 3/log2 3 + 1/log2 4)
        close(measured.ndcg, 0.5234);
        close(measured.recall, 0.5);
        close(measured.mrr, 0.5);
        close(judged.measure(&[]).ndcg, 0.0);
        close(
            judged.measure(&["a", "c", "b"].map(str::to_owned)).ndcg,
            1.0,
        );
    }

    #[test]
    fn without_good_answers_the_fair_ones_count() {
        let measured = judged(&[("a", 1)]).measure(&["a".to_owned()]);
        close(measured.recall, 1.0);
        close(measured.mrr, 1.0);
    }
}
