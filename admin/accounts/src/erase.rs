//! Erasure (GDPR, article 17): who was deleted for long enough leaves no name, address, right, secret
//! or letter. The journal keeps ids, which then name nobody, and its chain.

use crate::error::Error;
use crate::journal::Entry;
use crate::store::{Store, Write};

/// How long somebody deleted can be called back, seconds.
pub const UNDO: i64 = 30 * 86_400;

/// What hangs on a membership, before the membership itself; each takes its id.
const MEMBERSHIP: [&str; 14] = [
    "DELETE FROM handshakes WHERE root IN (SELECT id FROM sessions WHERE membership = $1)",
    "DELETE FROM factor_drafts WHERE session IN (SELECT id FROM sessions WHERE membership = $1)",
    "DELETE FROM sessions WHERE membership = $1",
    "DELETE FROM grants WHERE membership = $1",
    "DELETE FROM member_versions WHERE membership = $1",
    "DELETE FROM access_requests WHERE membership = $1",
    "DELETE FROM group_members WHERE membership = $1",
    "DELETE FROM credentials WHERE membership = $1",
    "DELETE FROM transfers WHERE membership = $1",
    "DELETE FROM designation_documents WHERE designation IN (SELECT id FROM designations WHERE membership = $1)",
    "UPDATE designations SET given_name = '', family_name = '', login = '' WHERE membership = $1",
    "UPDATE review_lines SET name = '', login = '', salt = '' WHERE membership = $1",
    "DELETE FROM factor_resets WHERE account = (SELECT account FROM memberships WHERE id = $1)",
    "DELETE FROM memberships WHERE id = $1",
];

/// What hangs on an account without memberships, before the account itself; each takes its id.
const ACCOUNT: [&str; 10] = [
    "DELETE FROM links WHERE account = $1",
    "DELETE FROM outbox WHERE account = $1",
    "DELETE FROM imports WHERE account = $1",
    "DELETE FROM factors WHERE account = $1",
    "DELETE FROM recovery_codes WHERE account = $1",
    "DELETE FROM pending_logins WHERE account = $1",
    "DELETE FROM factor_resets WHERE account = $1",
    // Designations that are over name the person too; what waits is a case of whoever follows it.
    "DELETE FROM designation_documents WHERE designation IN
         (SELECT d.id FROM designations d JOIN accounts a ON a.login = d.login WHERE a.id = $1
            AND (d.rejected_at IS NOT NULL OR d.ended_at IS NOT NULL))",
    "UPDATE designations SET given_name = '', family_name = '', login = ''
         WHERE login = (SELECT a.login FROM accounts a WHERE a.id = $1)
           AND (rejected_at IS NOT NULL OR ended_at IS NOT NULL)",
    "DELETE FROM accounts WHERE id = $1",
];

impl Store {
    /// Erases those who were deleted more than [`UNDO`] ago, and the account when it is in no other
    /// collectivité. Gives how many.
    pub async fn erase_deleted(&self) -> Result<usize, Error> {
        let mut write = self.write().await?;
        let due: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT id, account, collectivite FROM memberships WHERE deleted_at <= $1 ORDER BY id LIMIT 500",
        )
        .bind(write.now - UNDO)
        .fetch_all(&mut *write.tx)
        .await?;
        for (membership, account, collectivite) in &due {
            write.run(&MEMBERSHIP, membership).await?;
            write.erase_if_alone(account, "system").await?;
            let entry = Entry::by("system", "membership.erase", membership);
            write
                .record(&entry.within(&collectivite.as_str().into()))
                .await?;
        }
        write.commit().await?;
        Ok(due.len())
    }
}

impl Write<'_> {
    /// Erases an account that is in no collectivité.
    pub(crate) async fn erase_if_alone(&mut self, account: &str, by: &str) -> Result<(), Error> {
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM memberships WHERE account = $1")
            .bind(account)
            .fetch_one(&mut *self.tx)
            .await?;
        if left == 0 {
            self.run(&ACCOUNT, account).await?;
            self.record(&Entry::by(by, "account.erase", account))
                .await?;
        }
        Ok(())
    }

    async fn run(&mut self, statements: &[&'static str], id: &str) -> Result<(), Error> {
        for statement in statements {
            sqlx::query(*statement)
                .bind(id)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables that a foreign key ties to an account, a membership or a session, by the names that
    /// they have after the last migration.
    fn tied() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let mut tables = Vec::new();
        for file in files {
            follow(&std::fs::read_to_string(file).unwrap(), &mut tables);
        }
        tables
    }

    /// Follows one migration: what it creates tied, renames and drops.
    fn follow(migration: &str, tables: &mut Vec<String>) {
        let mut created = "";
        for line in migration.lines() {
            let words: Vec<&str> = line.trim_end_matches(';').split(' ').collect();
            match words[..] {
                ["CREATE", "TABLE", name, ..] => created = name,
                ["DROP", "TABLE", dropped] => tables.retain(|table| table != dropped),
                ["ALTER", "TABLE", old, "RENAME", "TO", new] => {
                    for table in tables.iter_mut().filter(|table| *table == old) {
                        new.clone_into(table);
                    }
                }
                _ => {}
            }
            let owners = ["accounts", "memberships", "sessions"];
            if owners
                .iter()
                .any(|owner| line.contains(&format!("REFERENCES {owner} ")))
            {
                tables.push(created.to_owned());
            }
        }
    }

    #[test]
    fn everything_that_hangs_on_a_person_is_erased() {
        let tied = tied();
        assert!(tied.contains(&"grants".to_owned()), "{tied:?}");
        for table in tied {
            let erased = MEMBERSHIP.iter().chain(&ACCOUNT);
            let delete = format!("DELETE FROM {table} ");
            assert!(
                erased
                    .clone()
                    .any(|statement| statement.starts_with(&delete)),
                "{table}"
            );
        }
    }
}
