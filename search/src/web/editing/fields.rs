//! The fields of a document's form: filled from a document, and read into one, with every fault at once.

use super::faults::Faults;
use super::known::Known;
use super::references::MOST;
use super::typed::{length, one_line, read_date, tidied};
use crate::content::document::{Document, Format};
use crate::content::drafts::Seen;
use crate::content::markdown;
use crate::index::analyzer::fold;
use crate::index::has_class;
use crate::web::view::number;
use jiff::civil::Date;
use policies::{CollectiviteId, Diffusion, Nature};
use serde::Deserialize;

// What imports bring is shorter, so that it can be revised.
const LONGEST_TITLE: usize = 300;
const LONGEST_SUMMARY: usize = 5_000;
const LONGEST_BODY: usize = 400_000;
const LONGEST_REFERENCES: usize = 200_000;
const LONGEST_READERS: usize = 60_000;
const LONGEST_SECTION: usize = 200;

/// No news is older.
const EARLIEST: i16 = 1900;
/// More faults than one mends at a time.
const MOST_FAULTS: usize = 10;

/// For whom a sheet is.
pub(super) const AUDIENCES: [&str; 2] = ["fonction publique", "secteur privé"];
/// How a document that no longer applies says it.
pub(super) const REPEALED: &str = "abrogé";

/// As a browser sends them, by the names of the import format.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) body: String,
    pub(super) theme: Vec<String>,
    pub(super) collection: String,
    pub(super) section: String,
    pub(super) audience: Vec<String>,
    pub(super) date: String,
    pub(super) state: String,
    /// One a line.
    pub(super) references: String,
    pub(super) diffusion: String,
    /// Names or ids of collectivités, one a line.
    pub(super) reserve_a: String,
    pub(super) announced: Option<String>,
    /// It is to be dated of its publication: the texts that it cites were read again.
    pub(super) reviewed: Option<String>,
    /// The date that it keeps otherwise.
    pub(super) updated: String,
    pub(super) base: i64,
    pub(super) revision: i64,
}

impl Fields {
    /// Those of a document, to be written on. Its references are the lines `references`.
    pub(super) fn of(document: &Document, seen: Seen, references: String, known: &Known) -> Self {
        let readers = document.reserve_a.iter().map(|id| known.name(id));
        Self {
            title: document.title.clone(),
            summary: document.summary.clone(),
            body: match document.format {
                Format::Plain => markdown::from_plain(&document.body),
                Format::Markdown => document.body.clone(),
            },
            theme: document.themes.clone(),
            collection: document.collection.clone().unwrap_or_default(),
            section: document.section.clone().unwrap_or_default(),
            audience: document.audience.clone(),
            date: document
                .date
                .map(|date| date.to_string())
                .unwrap_or_default(),
            state: document.state.clone().unwrap_or_default(),
            references,
            diffusion: document.diffusion.as_str().to_owned(),
            reserve_a: readers.collect::<Vec<_>>().join("\n"),
            announced: document.announced.then(|| "on".to_owned()),
            reviewed: document.updated.is_none().then(|| "on".to_owned()),
            updated: document
                .updated
                .map(|day| day.to_string())
                .unwrap_or_default(),
            base: seen.base,
            revision: seen.revision,
        }
    }

    pub(super) fn is_for(&self, audience: &str) -> bool {
        self.audience.iter().any(|one| one == audience)
    }

    /// What their author had seen.
    pub(super) fn seen(&self) -> Seen {
        Seen {
            base: self.base,
            revision: self.revision,
        }
    }

    /// The document that they make of another, or all that is wrong with them. References are for
    /// `references.rs`.
    pub(super) fn read(&self, before: &Document, known: &Known) -> Result<Document, Faults> {
        let mut faults = Faults::default();
        self.check_texts(&mut faults);
        let date = self.date(before.kind, known.today, &mut faults);
        let diffusion = self.diffusion(&mut faults);
        let reserve_a = self.readers(diffusion, known, &mut faults);
        self.check_choices(before, known, &mut faults);
        if !faults.0.is_empty() {
            return Err(faults);
        }
        let text = |field: &str| (!field.trim().is_empty()).then(|| field.trim().to_owned());
        let audience = AUDIENCES.into_iter().filter(|one| self.is_for(one));
        let document = Document {
            title: one_line(&self.title),
            summary: one_line(&self.summary),
            body: tidied(&self.body),
            format: Format::Markdown,
            themes: self.theme.clone(),
            collection: text(&self.collection),
            section: text(&self.section),
            audience: audience.map(str::to_owned).collect(),
            date,
            state: text(&self.state),
            diffusion,
            reserve_a,
            announced: self.announced.is_some(),
            updated: self.kept_date(known.today),
            ..before.clone()
        };
        if has_class(&document) {
            return Ok(document);
        }
        faults.add(
            "reserve_a",
            "Les collectivités et les thèmes sont trop nombreux\u{a0}: retirez-en.",
        );
        Err(faults)
    }

    /// The date that it keeps, unless it is to be dated anew.
    fn kept_date(&self, today: Date) -> Option<Date> {
        let kept = read_date(&self.updated).filter(|day| *day <= today);
        kept.filter(|_| self.reviewed.is_none())
    }

    fn check_texts(&self, faults: &mut Faults) {
        if self.title.trim().is_empty() {
            faults.add(
                "title",
                "Écrivez un titre\u{a0}: il est montré dans les résultats.",
            );
        }
        if self.body.trim().is_empty() {
            faults.add("body", "Écrivez le texte du document.");
        }
        let texts = [
            ("title", "Le titre", &self.title, LONGEST_TITLE),
            ("summary", "Le résumé", &self.summary, LONGEST_SUMMARY),
            ("body", "Le texte", &self.body, LONGEST_BODY),
            ("section", "La rubrique", &self.section, LONGEST_SECTION),
            (
                "references",
                "La liste des textes",
                &self.references,
                LONGEST_REFERENCES,
            ),
            (
                "reserve_a",
                "La liste des collectivités",
                &self.reserve_a,
                LONGEST_READERS,
            ),
        ];
        for (field, name, text, longest) in texts {
            let length = length(text);
            if length > longest {
                let (length, longest) = (number(length), number(longest));
                faults.add(
                    field,
                    format!("{name} a {length} signes\u{a0}: raccourcissez à {longest}."),
                );
            }
        }
        if self.references.lines().count() > MOST {
            let most = number(MOST);
            faults.add(
                "references",
                format!("Gardez {most} textes de référence au plus."),
            );
        }
    }

    /// What the lists of the form offer; a state that the document has already may stay.
    fn check_choices(&self, before: &Document, known: &Known, faults: &mut Faults) {
        let themes = self.theme.iter().map(String::as_str);
        let collection = Some(self.collection.as_str()).filter(|name| !name.is_empty());
        if let Some(unknown) = known.classification.unknown(themes, collection) {
            let text = format!(
                "«\u{a0}{unknown}\u{a0}» n’est pas un thème ni une collection de BIP\u{a0}: choisissez dans la liste."
            );
            faults.add("theme", text);
        }
        let state = self.state.trim();
        let had = before.state.as_deref().unwrap_or_default();
        if !["", REPEALED, had.trim()].contains(&state) {
            faults.add(
                "state",
                "Choisissez dans la liste si le document est en vigueur.",
            );
        }
    }

    /// A news item has a date; a sheet is dated by its last publication.
    fn date(&self, kind: Nature, today: Date, faults: &mut Faults) -> Option<Date> {
        let said = self.date.trim();
        if said.is_empty() {
            if kind == Nature::Actualite {
                faults.add(
                    "date",
                    "Donnez la date de l’actualité\u{a0}: elle la range au fil de la doc.",
                );
            }
            return None;
        }
        let read = read_date(said).filter(|date| date.year() >= EARLIEST);
        match read {
            None => faults.add("date", "Écrivez une date qui existe, comme 28/11/2026."),
            Some(date) if date > today => {
                faults.add("date", "Cette date est à venir\u{a0}: donnez celle de l’actualité, et programmez la publication depuis l’aperçu.");
            }
            Some(_) => {}
        }
        read
    }

    fn diffusion(&self, faults: &mut Faults) -> Diffusion {
        let all = [
            Diffusion::Public,
            Diffusion::Adherents,
            Diffusion::Restreint,
        ];
        let said = all.into_iter().find(|one| one.as_str() == self.diffusion);
        said.unwrap_or_else(|| {
            faults.add("diffusion", "Choisissez qui peut lire le document.");
            // Nobody, until it is said.
            Diffusion::Restreint
        })
    }

    fn readers(
        &self,
        diffusion: Diffusion,
        known: &Known,
        faults: &mut Faults,
    ) -> Vec<CollectiviteId> {
        let said = self.reserve_a.lines().map(str::trim);
        let said: Vec<_> = said.filter(|name| !name.is_empty()).collect();
        if diffusion != Diffusion::Restreint {
            if !said.is_empty() {
                faults.add("reserve_a", "Des collectivités sont désignées\u{a0}: choisissez «\u{a0}Les agents des seules collectivités désignées\u{a0}», ou videz ce champ.");
            }
            return Vec::new();
        }
        if said.is_empty() {
            faults.add(
                "reserve_a",
                "Désignez au moins une collectivité, une par ligne.",
            );
        }
        let by_name = known.by_name();
        let mut readers = Vec::new();
        for name in said {
            match by_name.get(&fold(name)) {
                Some(Some(id)) => readers.push(id.clone()),
                _ if faults.0.len() > MOST_FAULTS => {}
                _ => faults.add("reserve_a", format!("Aucune collectivité, ou plus d’une, ne s’appelle «\u{a0}{name}\u{a0}»\u{a0}: reprenez son nom dans la liste des collectivités.")),
            }
        }
        readers.sort_unstable();
        readers.dedup();
        readers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policies::Classification;

    fn known() -> Known {
        let named = [
            ("c1", "Ville de Fontclaire"),
            ("c2", "Évry"),
            ("c3", "Evry"),
        ];
        Known {
            classification: Classification::new(["Santé".to_owned()], ["Annales".to_owned()])
                .unwrap(),
            collectivites: named.map(|(id, name)| (id.into(), name.to_owned())).into(),
            today: Date::constant(2026, 11, 28),
        }
    }

    fn before(kind: &str) -> Document {
        let json = serde_json::json!({
            "id": "cig-conge", "kind": kind, "title": "Congé", "body": "## Durée\nTrois ans * au plus.",
            "source_url": "", "licence": "", "history": [{"by": "x"}], "themes": ["Santé"],
        });
        serde_json::from_value(json).unwrap()
    }

    fn fields(kind: &str) -> Fields {
        Fields::of(&before(kind), Seen::default(), String::new(), &known())
    }

    #[test]
    fn the_fields_of_a_document_make_the_same_document() {
        let read = fields("fiche").read(&before("fiche"), &known()).unwrap();
        assert_eq!(read.body, "## Durée\n\nTrois ans \\* au plus.");
        let plain = Document {
            body: before("fiche").body,
            format: Format::Plain,
            ..read
        };
        assert_eq!(plain.to_json().unwrap(), before("fiche").to_json().unwrap());
    }

    #[test]
    fn a_date_that_is_kept_is_one_that_has_come() {
        let kept = |updated: &str, reviewed: Option<&str>| {
            let sent = Fields {
                updated: updated.to_owned(),
                reviewed: reviewed.map(str::to_owned),
                ..fields("fiche")
            };
            sent.read(&before("fiche"), &known()).unwrap().updated
        };
        assert_eq!(kept("2020-01-01", None), Some(Date::constant(2020, 1, 1)));
        assert_eq!(kept("2020-01-01", Some("on")), None);
        assert_eq!(kept("2030-01-01", None), None);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = Fields {
            title: " ".to_owned(),
            body: String::new(),
            date: "31/02/2026".to_owned(),
            diffusion: "tous".to_owned(),
            theme: vec!["Sante".to_owned()],
            ..fields("actualite")
        };
        let faults = wrong.read(&before("actualite"), &known()).unwrap_err();
        for field in ["title", "body", "date", "diffusion", "theme"] {
            assert!(faults.of(field).is_some(), "{field}: {faults:?}");
        }
    }

    #[test]
    fn readers_are_named_as_people_write_them() {
        let reserved = |names: &str| Fields {
            diffusion: "restreint".to_owned(),
            reserve_a: names.to_owned(),
            ..fields("fiche")
        };
        let read = |names: &str| reserved(names).read(&before("fiche"), &known());
        let readers = read("ville de fontclaire\r\n c2 \n\nc1").unwrap().reserve_a;
        assert_eq!(readers, ["c1".into(), "c2".into()]);
        for unclear in ["", "Evry", "Montrieux"] {
            assert!(
                read(unclear).unwrap_err().of("reserve_a").is_some(),
                "{unclear}"
            );
        }
        let open = Fields {
            diffusion: "adherents".to_owned(),
            ..reserved("c1")
        };
        assert!(
            open.read(&before("fiche"), &known())
                .unwrap_err()
                .of("reserve_a")
                .is_some()
        );
    }

    #[test]
    fn a_news_item_has_a_date_as_either_habit_writes_it() {
        let dated = |date: &str| Fields {
            date: date.to_owned(),
            ..fields("actualite")
        };
        let read = |date: &str| {
            dated(date)
                .read(&before("actualite"), &known())
                .map(|one| one.date)
        };
        assert_eq!(read("2026-11-28"), read("28/11/2026"));
        for wrong in ["", "0001-01-01", "2027-01-01", "31/11/2026"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            fields("fiche")
                .read(&before("fiche"), &known())
                .unwrap()
                .date,
            None
        );
    }
}
