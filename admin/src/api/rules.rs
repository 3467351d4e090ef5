//! `/api/v1/rules`: the collectivité's rules and their drafts. A draft is a sentence or a text in Cedar;
//! what it would do, and its publication, are `rule_changes`.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Json, Nothing};
use super::page::Whole;
use super::problem::Problem;
use crate::date;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::rules::expert::check_text;
use crate::referent::rules::{names, said, written};
use accounts::{RuleDraft, RuleVersion};
use axum::extract::{Path, State};
use axum::response::Response;
use policies::{Model, Names};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A version of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rule {
    id: String,
    version: i64,
    /// Whether decisions go by it.
    in_force: bool,
    #[schema(example = "Tous les agents accèdent à BIP (lecture), du lundi au vendredi.")]
    sentence: String,
    /// The same in Cedar.
    text: String,
    /// Who published it, while they are here; times are RFC 3339.
    author: Option<String>,
    published_at: String,
    because: String,
    withdrawn_at: Option<String>,
    /// Whether somebody asks for its end, which takes two référents where that is wanted.
    end_asked: bool,
}

impl Rule {
    fn of(version: &RuleVersion, names: &Names) -> Self {
        let withdrawal = version.withdrawal.as_ref();
        Self {
            id: version.rule.id.clone(),
            version: version.version,
            in_force: version.is_in_force(),
            sentence: said(&version.rule, names),
            text: version.rule.text.clone(),
            author: version.author.clone(),
            published_at: date::rfc3339(version.created_at),
            because: version.reason.clone(),
            withdrawn_at: withdrawal.map(|end| date::rfc3339(end.at)),
            end_asked: version.end_asked.is_some(),
        }
    }
}

/// A rule in preparation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Draft {
    id: String,
    /// For `If-Match`.
    version: i64,
    /// The version of the rule that it began from; 0 for none.
    based_on: i64,
    sentence: String,
    text: String,
}

impl Draft {
    fn of(draft: &RuleDraft, names: &Names) -> Self {
        Self {
            id: draft.rule.id.clone(),
            version: draft.version,
            based_on: draft.based_on,
            sentence: said(&draft.rule, names),
            text: draft.rule.text.clone(),
        }
    }
}

/// A rule with its history, the newest version first, and its draft.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleInFull {
    versions: Vec<Rule>,
    draft: Option<Draft>,
}

/// Their newest versions.
#[utoipa::path(get, path = "/api/v1/rules", operation_id = "listRules", tag = "rules",
    summary = "Lister les règles de la collectivité, retirées comprises",
    responses((status = 200, description = "Leur dernière version", body = Whole<Rule>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<Rule>>, Problem> {
    let versions = referent.within(&portal).list_rules().await?;
    let models: Vec<Model> = versions
        .iter()
        .filter_map(|version| version.rule.model())
        .collect();
    let names = names(&portal, &referent, &models).await?;
    let items = versions.iter().map(|version| Rule::of(version, &names));
    Ok(axum::Json(Whole {
        items: items.collect(),
    }))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/rules/{id}", operation_id = "getRule", tag = "rules",
    summary = "Lire une règle, ses versions et son brouillon", params(("id" = String, Path)),
    responses((status = 200, description = "ETag porte la version du brouillon, 0 s’il n’y en a pas", body = RuleInFull)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    in_full(&portal, &referent, &id).await
}

async fn in_full(portal: &Portal, referent: &Referent, id: &str) -> Result<Answer, Problem> {
    let within = referent.within(portal);
    let (versions, draft) = (
        within.list_versions(id).await?,
        within.find_draft(id).await?,
    );
    if versions.is_empty() && draft.is_none() {
        return Err(Problem::not_found());
    }
    let rules = versions.iter().map(|version| &version.rule);
    let models = rules.chain(draft.iter().map(|draft| &draft.rule));
    let models: Vec<Model> = models.filter_map(policies::Rule::model).collect();
    let names = names(portal, referent, &models).await?;
    let rule = RuleInFull {
        versions: versions
            .iter()
            .map(|version| Rule::of(version, &names))
            .collect(),
        draft: draft.as_ref().map(|draft| Draft::of(draft, &names)),
    };
    let version = draft.map_or(0, |draft| draft.version);
    Ok(Answer::of(&rule)?.version(version))
}

/// What a rule is to say, one way or the other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDraft {
    #[serde(default)]
    #[schema(example = "Tous les agents accèdent à BIP (lecture), du lundi au vendredi.")]
    sentence: String,
    /// Cedar; with `@libelle("…")`, which says what it does.
    #[serde(default)]
    text: String,
    /// The version of the rule that was read, for a rule that there is.
    #[serde(default)]
    based_on: i64,
}

impl NewDraft {
    /// The text of the rule.
    async fn read(&self, portal: &Portal, referent: &Referent) -> Result<String, Problem> {
        let owner = referent.purview.collectivite();
        match (&*self.sentence, &*self.text) {
            (sentence, "") => {
                let model = written::read(portal, referent, sentence).await?;
                let invalid = |errors| Problem::invalid(&errors, &[(written::FIELD, "/sentence")]);
                let model = model.map_err(invalid)?;
                Ok(model.to_cedar(owner).map_err(accounts::Error::from)?)
            }
            ("", text) => {
                let checked = check_text(portal, referent, text).await?;
                checked.map_err(|faults| {
                    let mut errors = FieldErrors::default();
                    for fault in faults {
                        let (line, column) = (fault.line, fault.column);
                        let told = format!(
                            "Ligne {line}, colonne {column}\u{a0}: {} {}",
                            fault.said, fault.remedy
                        );
                        errors.add("text", told);
                    }
                    Problem::invalid(&errors, &[("text", "/text")])
                })
            }
            _ => Err(Problem::mistake(
                "/text",
                "Écrivez une phrase ou un texte, pas les deux.",
            )),
        }
    }
}

/// A rule that is new.
#[utoipa::path(post, path = "/api/v1/rules", operation_id = "addRule", tag = "rules",
    summary = "Préparer une nouvelle règle", request_body = NewDraft,
    responses((status = 201, description = "Le brouillon\u{a0}; rien n’est en vigueur", body = RuleInFull)))]
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewDraft>>,
) -> Result<Response, Problem> {
    let text = asked.body.0.read(&portal, &asked.who).await?;
    let id = Uuid::now_v7().to_string();
    save(&portal, &asked, (&id, text), (0, 0)).await?;
    let answer = in_full(&portal, &asked.who, &id).await?;
    let answer = answer.created(format!("/api/v1/rules/{id}"));
    asked.answer(&portal, answer).await
}

async fn save(
    portal: &Portal,
    asked: &Asked<Json<NewDraft>>,
    (id, text): (&str, String),
    (based_on, version): (i64, i64),
) -> Result<(), Problem> {
    let id = id.to_owned();
    let rule = policies::Rule { id, text };
    let within = asked.within(portal);
    let saved = within.save_draft(portal.directory.vocabulary(), &rule, based_on, version);
    saved.await.map_err(Problem::conditional)
}

/// Another text of a rule, or of its draft.
#[utoipa::path(put, path = "/api/v1/rules/{id}/draft", operation_id = "changeRuleDraft", tag = "rules",
    summary = "Préparer un autre texte d’une règle",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la règle lue, \"0\" sans brouillon")),
    request_body = NewDraft,
    responses((status = 200, description = "Le brouillon\u{a0}; rien n’a changé en vigueur", body = RuleInFull)))]
pub(super) async fn change(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewDraft>>,
) -> Result<Response, Problem> {
    let within = asked.who.within(&portal);
    let versions = within.list_versions(&id).await?;
    if versions.is_empty() && within.find_draft(&id).await?.is_none() {
        return Err(Problem::not_found());
    }
    let (based_on, version) = (asked.body.0.based_on, asked.version()?);
    let text = asked.body.0.read(&portal, &asked.who).await?;
    save(&portal, &asked, (&id, text), (based_on, version)).await?;
    let answer = in_full(&portal, &asked.who, &id).await?;
    asked.answer(&portal, answer).await
}

/// A draft that is not wanted any more.
#[utoipa::path(delete, path = "/api/v1/rules/{id}/draft", operation_id = "discardRuleDraft", tag = "rules",
    summary = "Supprimer un brouillon",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la règle lue")),
    responses((status = 204, description = "Il n’y est plus\u{a0}; les règles en vigueur n’ont pas changé")))]
pub(super) async fn discard(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let within = asked.within(&portal);
    if within.find_draft(&id).await?.is_none() {
        return Err(Problem::not_found());
    }
    let discarded = within.discard_draft(&id, asked.version()?).await;
    discarded.map_err(Problem::conditional)?;
    asked.answer(&portal, Answer::nothing()).await
}
