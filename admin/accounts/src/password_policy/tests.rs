//! Which passwords may be chosen, and what is said of the others.

use super::*;

fn of(text: &str) -> Vec<Weakness> {
    let known = [
        "Renée",
        "Martin",
        "renee.martin@fontclaire.example",
        "Ville de Fontclaire",
    ];
    weaknesses(&text.to_owned().into(), &known.map(str::to_owned), false)
}

#[test]
fn length_alone_is_enough_and_composition_is_free() {
    for fine in [
        "un mot de passe assez long",
        "trois girafes lisent le journal",
        "correct horse battery staple",
        "la pluie 🌧 tombe sur Nîmes",
        "kxwqpzvmtrhgjyd",
        "vR7mQ2xL9pT4kW8z",
        "Il faut bien plus de cent vingt-neuf caractères pour dire tout ce que la girafe du jardin public a vu hier soir derrière la vieille gare",
    ] {
        let found = of(fine);
        assert_eq!(found, [], "{fine}");
    }
    assert_eq!(
        of("kxwqpzvmtrhgjy"),
        [Weakness::Short { least: 15, has: 14 }]
    );
    let known = [];
    let with_factor = |text: &str| weaknesses(&text.to_owned().into(), &known, true);
    assert_eq!(with_factor("kxwqpzvmtrhg"), []);
    assert_eq!(
        with_factor("kxwqpzvmtrh"),
        [Weakness::Short { least: 12, has: 11 }]
    );
}

#[test]
fn what_is_easily_guessed_is_refused_and_called_by_its_name() {
    for (text, weakness) in [
        ("aaaaaaaaaaaaaaa", Weakness::Repeated),
        ("kx7kx7kx7kx7kx7", Weakness::Repeated),
        ("                    ", Weakness::Repeated),
        ("motdepassemotdepasse", Weakness::Repeated),
        ("Mot-de-Passe!!!!!123", Weakness::Common),
        ("m0tdep@$$e-2026", Weakness::Common),
        ("azertyuiop12345", Weakness::Sequence),
        ("abcdefghijklmnopq", Weakness::Sequence),
        ("98765432109876", Weakness::Sequence),
        ("Fontclaire-2026!", Weakness::Personal),
        ("Renée Martin 2026", Weakness::Personal),
        ("villedefontclaire", Weakness::Personal),
        ("renee.martin@fontclaire.example", Weakness::Personal),
    ] {
        let found = of(text);
        assert!(found.contains(&weakness), "{text}: {found:?}");
    }
}

#[test]
fn the_cnil_estimate_is_the_deliberations() {
    for (text, bits) in [
        ("8402719563840271", 53.1),
        ("kxwqpzvmtrh", 51.7),
        ("kQ7!mZ2p", 53.0),
        ("840271956384027", 49.8),
    ] {
        assert!(
            (cnil_bits(text) - bits).abs() < 0.1,
            "{text}: {}",
            cnil_bits(text)
        );
    }
    assert!(of("840271956384027").contains(&Weakness::Simple));
    assert_eq!(of("8402719563840271"), []);
}

#[test]
fn more_than_is_hashed_is_refused() {
    assert_eq!(of(&"é ".repeat(400)), [Weakness::Long]);
}

#[test]
fn every_weakness_says_what_to_change() {
    for weakness in [
        Weakness::Short { least: 15, has: 14 },
        Weakness::Long,
        Weakness::Repeated,
        Weakness::Personal,
        Weakness::Sequence,
        Weakness::Common,
        Weakness::Simple,
    ] {
        assert!(weakness.sentence().contains("\u{a0}: "), "{weakness:?}");
    }
}
