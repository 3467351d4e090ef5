//! Struct, Cedar and sentence say the same, whichever way one goes.

use crate::random::{OWNER, VOCABULARY, model, names};
use policies::{Conditions, Flaw, Labels, Model, Names, Rule, Ruleset, Vocabulary};
use proptest::prelude::*;

fn read(vocabulary: &Vocabulary, text: &str) -> Option<Model> {
    let rule = Rule {
        id: "r".to_owned(),
        text: text.to_owned(),
    };
    Ruleset::check(vocabulary, &OWNER.into(), &rule).unwrap();
    rule.model()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_model_survives_cedar_and_its_layout(model in model()) {
        let text = model.to_cedar(&OWNER.into()).unwrap();
        prop_assert_eq!(read(&VOCABULARY, &text), Some(model), "{}", text);
    }

    #[test]
    fn a_model_survives_its_sentence(model in model()) {
        let sentence = model.sentence(&names());
        prop_assert_eq!(Model::parse(&sentence, &names()), Ok(model), "{}", sentence);
    }
}

const EXAMPLES: [&str; 15] = [
    "Les agents du service « RH » accèdent à Net Cotisations (modification), du lundi au vendredi de 7 h à 20 h, depuis le réseau « mairie ».",
    "Tous les agents accèdent à BIP (lecture).",
    "Tous les agents, sauf « Élodie Abadie », accèdent à BIP (lecture), hors jours fériés.",
    "« Élodie Abadie » accède à Net Cotisations (modification), du 1er janvier 2026 au 31 mars 2026.",
    "Les agents n’accèdent à Net Cotisations qu’avec un second facteur.",
    "Les agents du profil « RH » n’accèdent à Net Cotisations (modification) que le lundi et le jeudi de 8 h 30 à 18 h, avec un second facteur.",
    "Aucun agent n’accède à BIP, le samedi et le dimanche.",
    "Aucun agent, sauf « Élodie Abadie » et « Karim Benali », n’accède aux fiches pratiques et actualités de BIP.",
    "Les agents du service « Paie, primes et congés » et « Élodie Abadie » accèdent à la rubrique « Recherche » de BIP (lecture), à partir du 1er mars 2026.",
    "Les agents du service « RH » n’accèdent pas aux documents de BIP, jusqu’au 2 février 2026.",
    "« Karim Benali » n’accède pas à BIP (modification).",
    "Les agents du service « RH » accèdent aux documents de BIP sur le thème « Santé », du lundi au vendredi.",
    "Aucun agent n’accède aux fiches pratiques de BIP sur l’un des thèmes « Congés, temps de travail ou absences », « L’apprentissage » ou « Santé » dans la collection « Annales », le samedi.",
    "Les agents n’accèdent aux documents de BIP dans l’une des collections « Annales » ou « Notes d’instruction » qu’avec un second facteur.",
    "Les agents du service « RH » accèdent à BIP (lecture), de 0 h à 7 h 05, depuis le réseau « mairie ».",
];

#[test]
fn sentences_read_as_a_public_service_writes_them() {
    for example in EXAMPLES {
        let model = Model::parse(example, &names()).unwrap_or_else(|e| panic!("{example}: {e}"));
        assert_eq!(model.sentence(&names()).replace('\u{a0}', " "), example);
    }
}

#[test]
fn sentences_are_read_as_people_type_them() {
    for (typed, meant) in [
        (
            "les agents du service \"RH\" accèdent aux documents de BIP sur le thème \"santé\"",
            "Les agents du service « RH » accèdent aux documents de BIP sur le thème « Santé ».",
        ),
        (
            "Les agents du service RH accèdent à Net Cotisations (modification), du lundi au vendredi de 7 h à 20 h, depuis le réseau de la mairie",
            EXAMPLES[0],
        ),
        (
            "Les agents du service “RH” n’accèdent pas à la rubrique « Recherche » de BIP, depuis le réseau \"mairie\".",
            "Les agents du service « RH » n’accèdent pas à la rubrique « Recherche » de BIP, depuis le réseau « mairie ».",
        ),
        (
            "aucun agent n'accède aux fiches pratiques et aux actualités de BIP dans la collection \"Annales\" sur le thème \"Santé\"",
            "Aucun agent n’accède aux fiches pratiques et actualités de BIP sur le thème « Santé » dans la collection « Annales ».",
        ),
    ] {
        let model = Model::parse(typed, &names()).unwrap_or_else(|e| panic!("{typed}: {e}"));
        assert_eq!(model.sentence(&names()).replace('\u{a0}', " "), meant);
    }
    let unknown = Model::parse("Les agents du service Voirie accèdent à BIP.", &names());
    let told = unknown.unwrap_err().to_string();
    assert!(told.contains("entre « » (il y a"), "{told}");
    // What reads in two ways is nobody's guess.
    let both = Names {
        networks: Labels::from_iter([("a", "Mairie"), ("b", "Mairie ou Annexe"), ("c", "Annexe")]),
        ..names()
    };
    let sentence = "Tous les agents accèdent à BIP, depuis le réseau mairie ou annexe.";
    let told = Model::parse(sentence, &both).unwrap_err().to_string();
    assert!(told.contains("entre « »"), "{told}");
    let unknown = Model::parse(
        "Tous les agents accèdent aux documents de BIP sur le thème « Beauté ».",
        &names(),
    );
    let told = unknown.unwrap_err().to_string();
    assert!(
        told.contains("Santé") && told.contains("aucun thème"),
        "{told}"
    );
}

#[test]
fn a_rule_lays_out_one_clause_a_field() {
    let model = Model::parse(EXAMPLES[0], &names()).unwrap();
    let text = model.to_cedar(&OWNER.into()).unwrap();
    assert_eq!(
        text,
        r#"@modele("acces/1")
permit (
  principal in Collectivite::"fontclaire",
  action in [Action::"lecture", Action::"ecriture"],
  resource in Service::"net-cotisations"
)
when { principal in Groupe::"fontclaire/rh" }
when
{
  [Jour::"lundi",
   Jour::"mardi",
   Jour::"mercredi",
   Jour::"jeudi",
   Jour::"vendredi"].contains(
      context.jour
    ) &&
  (context.heure >= duration("7h")) &&
  (context.heure < duration("20h")) &&
  context.reseaux.containsAny(["mairie"])
};
"#
    );
}

#[test]
fn what_a_model_would_not_write_is_expert_text() {
    let model = Model::parse(EXAMPLES[0], &names()).unwrap();
    let text = model.to_cedar(&OWNER.into()).unwrap();
    for (from, to) in [
        ("containsAny([\"mairie\"])", "contains(\"mairie\")"),
        ("duration(\"7h\")", "duration(\"6h60m\")"),
        ("@modele(\"acces/1\")", "@modele(\"acces/2\")"),
        ("@modele(\"acces/1\")", ""),
        ("@modele(\"acces/1\")", "@modele(\"acces/1\") @note(\"…\")"),
        ("permit", "forbid"),
        ("when { principal", "unless { principal"),
        ("context.heure >=", "context.heure >"),
        ("};", "} when { context.double_facteur };"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_eq!(read(&VOCABULARY, &changed), None, "{to}");
    }
    let hours = text.replacen("duration(\"7h\")", "duration(\"8h\")", 1);
    assert_eq!(
        read(&VOCABULARY, &hours)
            .unwrap()
            .conditions
            .hours
            .unwrap()
            .from,
        480
    );
}

#[test]
fn a_sentence_that_is_not_understood_is_told_where_and_what_would_be() {
    for (sentence, expected) in [
        (
            "Les agents du service « Voirie » accèdent à BIP.",
            "Après « Les agents du service », on attend un nom connu : aucun service de la collectivité ne s’appelle « Voirie » (il y a L’état civil, Paie, primes et congés, RH).",
        ),
        (
            "Aucun agent accède à BIP.",
            "Après « Aucun agent », on attend « n’accède à ».",
        ),
        (
            "Tous les agents n’accèdent pas à BIP.",
            "Après « Tous les agents », on attend un autre début (« Aucun agent n’accède à »).",
        ),
        (
            "Tous les agents ouvrent BIP.",
            "Après « Tous les agents », on attend « accèdent à », « n’accèdent pas à » ou « n’accèdent à … que ».",
        ),
        (
            "Tous les agents accèdent à Coll (lecture).",
            "Après « Tous les agents accèdent à », on attend un service en ligne.",
        ),
        (
            "Tous les agents accèdent à BIP, du lundi au vendredi de 7 h à 25 h.",
            "Après « Tous les agents accèdent à BIP, du lundi au vendredi de 7 h à », on attend une heure (« 7 h » ou « 7 h 30 »).",
        ),
        (
            "Tous les agents accèdent à BIP, hors jours fériés, hors jours fériés.",
            "Après « Tous les agents accèdent à BIP, hors jours fériés, hors jours fériés », on attend une autre condition : celle-ci est dite deux fois.",
        ),
        (
            "Tous les agents accèdent à BIP, du 31 février 2026 au 2 mars 2026.",
            "Après « Tous les agents accèdent à BIP, du », on attend une date (« 31 décembre 2026 »).",
        ),
        (
            "Tous les agents accèdent à BIP et à Net.",
            "Après « Tous les agents accèdent à BIP », on attend la fin de la phrase.",
        ),
    ] {
        let error = Model::parse(sentence, &names()).unwrap_err();
        assert_eq!(error.to_string().replace('\u{a0}', " "), expected);
    }
}

#[test]
fn what_makes_no_sense_is_said() {
    let flaws = |sentence: &str| Model::parse(sentence, &names()).unwrap().flaws();
    for (sentence, flaw) in [
        (
            "Tous les agents accèdent à BIP, de 20 h à 7 h.",
            Flaw::Hours,
        ),
        (
            "Tous les agents accèdent à BIP, de 0 h à 24 h.",
            Flaw::Hours,
        ),
        (
            "Tous les agents accèdent à BIP, du 2 mars 2026 au 1er mars 2026.",
            Flaw::Dates,
        ),
        (
            "Aucun agent n’accède à BIP, avec un second facteur.",
            Flaw::SecondFactorPunished,
        ),
        (
            "Aucun agent n’accède aux documents de BIP (modification).",
            Flaw::DocumentsModified,
        ),
    ] {
        assert_eq!(flaws(sentence), [flaw], "{sentence}");
    }
    let mut nothing = Model::parse(EXAMPLES[4], &names()).unwrap();
    nothing.conditions = Conditions::default();
    assert_eq!(nothing.flaws(), [Flaw::NothingRequired]);
}
