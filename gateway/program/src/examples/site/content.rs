//! What the restricted area offers: the circulars, and model deliberations as text files.

#[derive(Debug)]
pub(super) struct Circulaire {
    pub(super) number: &'static str,
    pub(super) date: &'static str,
    pub(super) title: &'static str,
    pub(super) paragraphs: &'static [&'static str],
}

#[derive(Debug)]
pub(super) struct Modele {
    pub(super) file: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

pub(super) const CIRCULAIRES: &[Circulaire] = &[
    Circulaire {
        number: "2026-14",
        date: "16 novembre 2026",
        title: "campagne des entretiens professionnels 2026",
        paragraphs: &[
            "La campagne annuelle d’entretien professionnel est ouverte jusqu’au 31 janvier 2027. L’entretien est conduit par le supérieur hiérarchique direct et donne lieu à un compte rendu.",
            "L’agent est convoqué au moins huit jours à l’avance. Le compte rendu lui est notifié, puis versé à son dossier ; une copie est adressée au centre de gestion.",
            "Le modèle de compte rendu et le guide de l’évaluateur sont disponibles auprès du pôle Carrières.",
        ],
    },
    Circulaire {
        number: "2026-13",
        date: "2 novembre 2026",
        title: "déclaration des effectifs et cotisations de l’exercice 2027",
        paragraphs: &[
            "Les employeurs affiliés transmettent chaque mois l’assiette de leurs cotisations et leur effectif dans Net Cotisations, au plus tard le 15 du mois suivant.",
            "Les taux de l’exercice 2027 seront proposés au vote du conseil d’administration du mois de décembre. Ils figureront dans l’application dès leur publication.",
        ],
    },
    Circulaire {
        number: "2026-12",
        date: "5 octobre 2026",
        title: "protection sociale complémentaire, participation des employeurs",
        paragraphs: &[
            "Les employeurs territoriaux participent au financement des garanties de prévoyance et de santé de leurs agents. Le centre de gestion propose deux conventions de participation.",
            "L’adhésion suppose une délibération, prise après avis du comité social territorial. Un modèle est joint à cette circulaire.",
        ],
    },
    Circulaire {
        number: "2026-11",
        date: "7 septembre 2026",
        title: "calendrier des instances du dernier trimestre",
        paragraphs: &[
            "Les dossiers complets parviennent au secrétariat des instances quatre semaines avant la séance. Un dossier incomplet est reporté à la séance suivante.",
            "Les collectivités de moins de cinquante agents consultent le comité social territorial placé auprès du centre de gestion.",
        ],
    },
];

pub(super) const MODELES: &[Modele] = &[
    Modele {
        file: "deliberation-tableau-des-effectifs.txt",
        title: "Modifier le tableau des effectifs",
        text: include_str!("deliberation-tableau-des-effectifs.txt"),
    },
    Modele {
        file: "deliberation-participation-prevoyance.txt",
        title: "Fixer la participation à la prévoyance",
        text: include_str!("deliberation-participation-prevoyance.txt"),
    },
    Modele {
        file: "deliberation-teletravail.txt",
        title: "Mettre en place le télétravail",
        text: include_str!("deliberation-teletravail.txt"),
    },
];
