//! The master key: what is accepted, and what is said of what is not.

use super::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

/// A file that goes away with the test.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(name: &str, text: &str, mode: u32) -> Self {
        let name = format!("convergences-{}-{name}.key", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        Self(path)
    }

    fn read(&self) -> Result<Vec<u8>, String> {
        MasterKeySource::File(self.0.clone()).read()
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn sixty_four_digits_in_a_closed_file_are_a_key() {
    let key = KeyFile::new("good", &format!("{KEY}\n"), 0o600)
        .read()
        .unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!((key[1], key[31]), (0x11, 0xff));
    assert!(KeyFile::new("read-only", KEY, 0o400).read().is_ok());
}

#[test]
fn a_file_open_to_others_is_refused() {
    for mode in [0o644, 0o640, 0o620, 0o601] {
        let file = KeyFile::new("open", KEY, mode);
        let error = file.read().unwrap_err();
        assert!(error.contains(&format!("(mode {mode:o})")), "{error}");
        assert!(error.contains("chmod 600 /"), "{error}");
    }
}

#[test]
fn what_is_not_a_key_is_named_and_never_repeated() {
    for (text, expected) in [
        ("", "is empty"),
        ("deadbeef", "does not have 64 hexadecimal digits"),
        ("my secret phrase", "is not made of hexadecimal digits"),
        (&"00".repeat(32), "is the same byte again and again"),
        (&KEY.repeat(2), "does not have 64 hexadecimal digits"),
    ] {
        let error = KeyFile::new("bad", text, 0o600).read().unwrap_err();
        assert!(error.contains(expected), "{error}");
        assert!(
            error.ends_with("Make one with `openssl rand -hex 32`."),
            "{error}"
        );
        assert!(text.is_empty() || !error.contains(text), "{error}");
    }
}

#[test]
fn a_missing_file_and_a_missing_variable_are_named() {
    let missing = MasterKeySource::File("/nonexistent/master.key".into());
    let error = missing.read().unwrap_err();
    assert!(error.starts_with("the master key `/nonexistent/master.key` cannot be read: No such"));
    let missing = MasterKeySource::Environment("CONVERGENCES_NO_SUCH_KEY".to_owned());
    let error = missing.read().unwrap_err();
    assert!(
        error.starts_with("the variable `CONVERGENCES_NO_SUCH_KEY`, "),
        "{error}"
    );
    assert!(error.contains("is not set. Make one"), "{error}");
}
