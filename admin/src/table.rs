//! Tables as French Excel writes them: with a BOM or in Windows-1252, separated by `;`, `,` or tabs,
//! rows numbered as Excel shows them. And written so that it opens them right and runs nothing.

use accounts::fold;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// A row, and its number in Excel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) cells: Vec<String>,
}

/// A table with its headings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Table {
    pub(crate) headings: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// Most rows that are read.
const LONGEST: usize = 20_000;
/// Most columns.
const WIDEST: usize = 60;

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it as a whole, and how to mend it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = decode(bytes)?;
        let separator = separator(&text);
        let text = keep_blank_lines(&text, separator);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for (record, number) in reader.records().zip(1..) {
            let record = record.map_err(|_| {
                format!(
                    "La ligne {number} ne se lit pas\u{a0}: un guillemet n’y est peut-être pas fermé."
                )
            })?;
            if record.len() > WIDEST || rows.len() > LONGEST {
                return Err(format!(
                    "Le fichier dépasse {LONGEST} lignes ou {WIDEST} colonnes. Partagez-le en plusieurs fichiers."
                ));
            }
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(Row { number, cells });
            }
        }
        if rows.is_empty() {
            return Err("Le fichier est vide. Enregistrez-le depuis Excel au format «\u{a0}CSV (séparateur\u{a0}: point-virgule)\u{a0}».".to_owned());
        }
        let headings = rows.remove(0).cells;
        Ok(Self { headings, rows })
    }

    /// The column whose heading is one of these, without regard to case, accents and punctuation.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        self.headings
            .iter()
            .position(|heading| names.contains(&fold(heading).as_str()))
    }
}

/// As text, losing nothing silently.
fn decode(bytes: &[u8]) -> Result<String, String> {
    if bytes.starts_with(b"PK") || bytes.contains(&0) && Encoding::for_bom(bytes).is_none() {
        return Err("Ce fichier n’est pas un fichier CSV. Dans Excel, choisissez «\u{a0}Enregistrer sous\u{a0}», puis «\u{a0}CSV (séparateur\u{a0}: point-virgule)\u{a0}».".to_owned());
    }
    let (encoding, start) = Encoding::for_bom(bytes).unwrap_or_else(|| {
        let utf8 = std::str::from_utf8(bytes).is_ok();
        (if utf8 { UTF_8 } else { WINDOWS_1252 }, 0)
    });
    let body = bytes.get(start..).unwrap_or_default();
    let text = encoding.decode_without_bom_handling_and_without_replacement(body);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        "Des caractères du fichier ne se lisent pas. Enregistrez-le de nouveau depuis Excel au format «\u{a0}CSV UTF-8\u{a0}».".to_owned()
    })
}

/// The one that the first line has most of.
fn separator(text: &str) -> u8 {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    // The last of equals wins.
    [b'\t', b',', b';']
        .into_iter()
        .max_by_key(|separator| count(*separator))
        .unwrap_or(b';')
}

/// The reader skips blank lines, and rows would be numbered too low: an empty cell keeps each.
fn keep_blank_lines(text: &str, separator: u8) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut quoted = false;
    for line in text.split_inclusive('\n') {
        if !quoted && line.trim().is_empty() {
            kept.push(char::from(separator));
            kept.push('\n');
        } else {
            kept.push_str(line);
        }
        quoted ^= line.matches('"').count() % 2 == 1;
    }
    kept
}

/// Writes rows for Excel: UTF-8 with BOM, `;`, CRLF. What would be a formula becomes text (CWE-1236).
pub(crate) fn write<'a>(rows: impl Iterator<Item = Vec<&'a str>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        let cells = row.into_iter().map(harmless);
        // Writing to memory cannot fail.
        let _ = writer.write_record(cells);
    }
    writer.into_inner().unwrap_or_default()
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
        let table = Table::read(bytes).unwrap();
        table
            .rows
            .into_iter()
            .map(|row| (row.number, row.cells))
            .collect()
    }

    #[test]
    fn french_excel_is_read_in_each_of_its_encodings() {
        let text = "Prénom;Nom\r\nZoé;Lefèvre\r\n";
        let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let (latin, ..) = WINDOWS_1252.encode(text);
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for bytes in [text.as_bytes(), &bom, &latin, &utf16] {
            assert_eq!(
                rows(bytes),
                [(2, vec!["Zoé".to_owned(), "Lefèvre".to_owned()])]
            );
            assert_eq!(Table::read(bytes).unwrap().column(&["prenom"]), Some(0));
        }
    }

    #[test]
    fn rows_have_the_numbers_that_excel_shows() {
        let text = b"a;b\r\n\r\n1;\"x\r\n\r\ny\"\r\n;\r\n2;z";
        let numbers: Vec<_> = rows(text).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [3, 5]);
    }

    #[test]
    fn the_separator_is_the_one_of_the_headings() {
        for text in ["a;b,c\n1;2", "a,b\n1,2", "a\tb\n1\t2"] {
            assert_eq!(rows(text.as_bytes())[0].1.len(), 2, "{text}");
        }
    }

    #[test]
    fn what_is_no_table_is_said() {
        for bytes in [&b""[..], b"\r\n", b"PK\x03\x04...", b"a\0b", b"\xff\xfea"] {
            assert!(Table::read(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_formula_is_written_as_text() {
        let rows = [vec!["=1+1", "Zoé", "a;b", "-2"]];
        let text = String::from_utf8(write(rows.into_iter())).unwrap();
        assert_eq!(text, "\u{feff}'=1+1;Zoé;\"a;b\";'-2\r\n");
    }
}
