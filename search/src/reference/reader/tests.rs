//! Every spelling of the dev set, and texts that only look like references.

use super::read;

#[track_caller]
fn is_only(text: &str, key: &str) {
    let reading = read(text);
    assert_eq!(reading.keys, [key], "{text}");
    assert!(reading.is_all, "{text} has something else");
}

#[track_caller]
fn has_none(text: &str) {
    assert_eq!(read(text).keys, Vec::<String>::new(), "{text}");
}

#[test]
fn articles_without_a_code_are_those_of_every_code() {
    for text in [
        "L. 411-1",
        "L411-1",
        "l411-1",
        "L 411-1",
        "article L. 411-1",
        "art. L411-1",
        "art L.411-1",
        "articles L 411-1",
    ] {
        is_only(text, "art:L411-1");
    }
    is_only("D6323-20-4", "art:D6323-20-4");
    is_only("article R. 324-3", "art:R324-3");
    is_only("LO6143-1", "art:LO6143-1");
    is_only("art. L2", "art:L2");
}

#[test]
fn articles_with_a_code_in_any_spelling_and_place() {
    for text in [
        "article L131-5 du code général de la fonction publique",
        "article L. 131-5 code général de la fonction publique",
        "cgfp l131-5",
        "L131-5 code general fonction publique",
        "art. L.131-5 du cgfp",
        "CGFP L131-5",
        "code général de la fonction publique, article L131-5",
    ] {
        is_only(text, "CGFP:L131-5");
    }
    is_only(
        "L232-4 code relations entre le public et administration",
        "CRPA:L232-4",
    );
    is_only("code du travail article r3172-5", "CT:R3172-5");
    is_only("D. 241-10 CSS", "CSS:D241-10");
    is_only("L160-7 code securite sociale", "CSS:L160-7");
    is_only(
        "article R421-3 du code de justice administrative",
        "CJA:R421-3",
    );
    is_only(
        "L65 code pensions civiles et militaires de retraite",
        "CPCMR:L65",
    );
    is_only(
        "code pensions civiles et militaires de retraite article r17bis",
        "CPCMR:R17BIS",
    );
    is_only("R. 17 bis du code des pensions civiles", "CPCMR:R17BIS");
}

#[test]
fn an_article_without_its_letter_is_that_of_any_part_of_the_code_that_is_named() {
    let reading = read("article 822-6 CGFP");
    let keys = ["L822-6", "R822-6", "D822-6", "A822-6", "LO822-6"];
    assert_eq!(reading.keys, keys.map(|key| format!("CGFP:{key}")));
    assert!(reading.is_all);
    assert!(
        read("code de justice administrative, art. 421-3")
            .keys
            .contains(&"CJA:R421-3".to_owned())
    );
    assert!(
        read("article 3 du CGFP : ce qu’il dit")
            .keys
            .contains(&"CGFP:L3".to_owned())
    );
    // Of the penal code, as its readers know.
    has_none("article 432-13");
    has_none("article 57");
    has_none("article 121-3 du code de l'action sociale et des familles");
    for of_a_law in [
        "article 6-1 de la loi 84-53",
        "loi 84-53, article 6-1 (CGFP)",
    ] {
        assert_eq!(read(of_a_law).keys, ["txt:84-53"], "{of_a_law}");
    }
}

#[test]
fn an_article_of_a_code_that_is_not_held_is_nobody_s() {
    has_none("article L. 121-3 du code de l'action sociale et des familles");
}

#[test]
fn texts_by_number_with_a_short_or_a_long_year() {
    for text in [
        "décret 88-145",
        "decret n°88-145",
        "décret n° 1988-145",
        "décret no 88-145 du 15 février 1988",
        "88-145",
    ] {
        is_only(text, "txt:88-145");
    }
    is_only("LOI 2009 972", "txt:2009-972");
    is_only("loi n° 2012-347", "txt:2012-347");
    is_only("décret n°2020-1296 du 23 octobre 2020", "txt:2020-1296");
    is_only("84-53", "txt:84-53");
}

#[test]
fn texts_by_date_need_a_word_that_announces_them() {
    is_only("decret du 21 mars 1995", "date:1995-03-21");
    is_only("décret du 1er août 2020", "date:2020-08-01");
    is_only("arrêté du 25/06/2014", "date:2014-06-25");
    has_none("jour férié du 1er mai 2020");
}

#[test]
fn decisions_by_appeal_number_or_identifier() {
    for text in [
        "20-84.077",
        "pourvoi n° 20-84.077",
        "Cass. 20-84.077",
        "arrêt 20-84077",
    ] {
        is_only(text, "arr:20-84077");
    }
    is_only("CE n° 365309", "arr:365309");
    is_only("ECLI:FR:CCASS:2021:C200056", "ecli:FR:CCASS:2021:C200056");
    is_only("ecli:fr:ccass:2021:c200056", "ecli:FR:CCASS:2021:C200056");
}

#[test]
fn a_reference_among_words_is_read_but_is_not_all() {
    let reading = read("mutation article L512-18 du cgfp procédure");
    assert_eq!(reading.keys, ["CGFP:L512-18"]);
    assert!(!reading.is_all);
}

#[test]
fn what_only_looks_like_a_reference_is_none() {
    for text in [
        "retraite à 62 ans",
        "d'1 an",
        "smic horaire net 2020",
        "10 % fin de CDD",
        "24 heures pour faire le point",
        "2020-12-31",
        "l'agent",
        "catégorie C",
        "enfant jusqu'à 3 ans",
        "1er mai travaillé",
        "code du travail",
        "",
    ] {
        has_none(text);
    }
}

#[test]
fn non_breaking_spaces_and_dashes_are_read_as_ordinary_ones() {
    is_only("décret n°\u{a0}2015\u{2011}1583", "txt:2015-1583");
    is_only("L.\u{a0}131\u{2013}5 CGFP", "CGFP:L131-5");
}
