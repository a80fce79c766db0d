//! Opening the database: folder, lock, pragmas, migrations with a backup before each.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::clock::UnixMs;

/// Marks a SQLite file as Creel's ("CREL").
const APPLICATION_ID: i32 = 0x4352_454c;
/// How long a statement waits for another process's lock before it fails (`trust.md` R07).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Backups that are kept.
const BACKUPS_KEPT: usize = 7;
/// Numbered, never edited: a released one is what users have on disk.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_alerts.sql"),
    include_str!("migrations/0003_answer_as.sql"),
    include_str!("migrations/0004_hooks.sql"),
    include_str!("migrations/0005_orloj.sql"),
    include_str!("migrations/0006_agents.sql"),
    include_str!("migrations/0007_pipelines.sql"),
    include_str!("migrations/0008_orloj_templates.sql"),
    include_str!("migrations/0009_runs.sql"),
    include_str!("migrations/0010_hook_tests.sql"),
    include_str!("migrations/0011_pipeline_runs.sql"),
    include_str!("migrations/0012_reports.sql"),
    include_str!("migrations/0013_channels.sql"),
    include_str!("migrations/0014_sendings.sql"),
    include_str!("migrations/0015_orloj_seen.sql"),
    include_str!("migrations/0016_own_schemes.sql"),
    include_str!("migrations/0017_learning.sql"),
    include_str!("migrations/0018_senders.sql"),
    include_str!("migrations/0019_causes.sql"),
    include_str!("migrations/0020_github.sql"),
    include_str!("migrations/0021_absences.sql"),
    include_str!("migrations/0022_catch_up.sql"),
    include_str!("migrations/0023_gitlab.sql"),
    include_str!("migrations/0024_runs_and_bodies.sql"),
];

/// Why the store does not open. Nothing was changed on disk.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("cannot write to the data folder {folder}: {cause}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's word.
        cause: std::io::Error,
    },
    /// Another Creel has this folder open.
    #[error("another Creel is using the data folder {folder}")]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// Written by a newer Creel.
    #[error("the database {file} has schema {found}; this Creel knows {known}")]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its schema.
        found: usize,
        /// The newest this program knows.
        known: usize,
    },
    /// Not a database of Creel's, or damaged.
    #[error("{file} is not a Creel database or is damaged: {cause}")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        cause: String,
    },
    /// Anything else of SQLite's.
    #[error("cannot open {file}: {cause}")]
    Sqlite {
        /// The file.
        file: PathBuf,
        /// SQLite's own.
        cause: rusqlite::Error,
    },
}

impl OpenError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Folder { folder, .. } => {
                format!("make {} writable for you, or choose another one with --data-dir", folder.display())
            }
            Self::InUse { .. } => "use the one that is running, or choose another folder with --data-dir".to_owned(),
            Self::Newer { .. } => {
                "update Creel, or choose another folder with --data-dir; nothing was changed".to_owned()
            }
            Self::Damaged { file, .. } => format!(
                "the file was left as it is; move {} away to start anew, or put a copy from the folder backups in its place",
                file.display()
            ),
            Self::Sqlite { .. } => "try again; the file was left as it is".to_owned(),
        }
    }
}

/// Where everything of one Creel is kept.
#[derive(Debug)]
pub struct Folder {
    /// The data folder, mode 0700.
    pub path: PathBuf,
    /// Held open, and with it the lock, as long as the store lives.
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be, closes it to other users, and takes its lock.
    pub fn claim(path: &Path) -> Result<Self, OpenError> {
        let failed = |cause| OpenError::Folder { folder: path.to_owned(), cause };
        std::fs::create_dir_all(path).map_err(failed)?;
        close_to_others(path, 0o700).map_err(failed)?;
        let lock =
            File::options().create(true).truncate(false).write(true).open(path.join("creel.lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse { folder: path.to_owned() }),
            Err(std::fs::TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }

    /// The main database.
    pub fn database(&self) -> PathBuf {
        self.path.join("creel.db")
    }

    /// The search index: a file of its own, because it can be made anew at any time.
    pub fn search(&self) -> PathBuf {
        self.path.join("search.db")
    }
}

/// Takes every permission of group and others away.
#[cfg(unix)]
pub fn close_to_others(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// The profile's own access list keeps other users out.
#[cfg(not(unix))]
pub fn close_to_others(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

/// Opens the database for writing and brings its schema up to date.
pub fn open_database(file: &Path, now: UnixMs) -> Result<Connection, OpenError> {
    let wrap = |cause: rusqlite::Error| match cause.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            OpenError::Damaged { file: file.to_owned(), cause: cause.to_string() }
        }
        _ => OpenError::Sqlite { file: file.to_owned(), cause },
    };
    let damaged = |cause: String| OpenError::Damaged { file: file.to_owned(), cause };
    if file.metadata().is_ok_and(|meta| meta.len() == 0) {
        return Err(damaged("the file is empty".to_owned()));
    }
    let mut db = Connection::open(file).map_err(wrap)?;
    db.busy_timeout(BUSY_TIMEOUT).map_err(wrap)?;
    let application: i32 = pragma(&db, "application_id").map_err(wrap)?;
    let version: u32 = pragma(&db, "user_version").map_err(wrap)?;
    let tables: i64 = db.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(wrap)?;
    let version = version as usize;
    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return Err(damaged(format!("its application id is {application:#x}")));
    }
    if version > MIGRATIONS.len() {
        return Err(OpenError::Newer { file: file.to_owned(), found: version, known: MIGRATIONS.len() });
    }
    set_pragmas(&db).map_err(wrap)?;
    for (number, sql) in MIGRATIONS.iter().enumerate().skip(version) {
        if number > 0 {
            back_up(&db, file, number, now).map_err(wrap)?;
        }
        migrate(&mut db, sql, number + 1).map_err(wrap)?;
    }
    close_to_others(file, 0o600).map_err(|cause| OpenError::Folder { folder: file.to_owned(), cause })?;
    Ok(db)
}

/// The pragmas of every connection that writes the main database. FULL: an answer is sent only when the disk has it.
pub fn set_pragmas(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;
         PRAGMA mmap_size = 0; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;",
    )?;
    // A plan does not look at the values: else most statements with `column = ?` are prepared anew for every new value.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// A connection that only reads, with the search index attached as `search`.
pub fn open_reader(folder: &Folder) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(
        folder.database(),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.execute("ATTACH DATABASE ?1 AS search", [folder.search().to_string_lossy()])?;
    db.execute_batch(
        "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

fn pragma<T: rusqlite::types::FromSql>(db: &Connection, name: &str) -> rusqlite::Result<T> {
    db.pragma_query_value(None, name, |row| row.get(0))
}

fn migrate(db: &mut Connection, sql: &str, version: usize) -> rusqlite::Result<()> {
    let change = db.transaction()?;
    change.execute_batch(sql)?;
    change.pragma_update(None, "user_version", i64::try_from(version).unwrap_or(i64::MAX))?;
    change.pragma_update(None, "application_id", APPLICATION_ID)?;
    change.commit()
}

/// A whole copy beside the database before its schema changes; the oldest copies go.
fn back_up(db: &Connection, file: &Path, version: usize, now: UnixMs) -> rusqlite::Result<()> {
    let folder = file.with_file_name("backups");
    let failed = |error: std::io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    close_to_others(&folder, 0o700).map_err(failed)?;
    let copy = folder.join(format!("creel-schema{version}-{}.db", now.0));
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    close_to_others(&copy, 0o600).map_err(failed)?;
    let mut copies: Vec<_> = std::fs::read_dir(&folder).map_err(failed)?.flatten().map(|entry| entry.path()).collect();
    copies.sort();
    for old in copies.iter().rev().skip(BACKUPS_KEPT) {
        let _ = std::fs::remove_file(old);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const NOW: UnixMs = UnixMs(1_763_700_000_000);

    #[test]
    fn a_statement_is_prepared_once_whatever_values_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let db = open_database(&folder.path().join("creel.db"), NOW).unwrap();
        let query = "SELECT id FROM alerts WHERE group_digest = ?1 ORDER BY seq DESC LIMIT 1";
        for group in 0..5_u8 {
            assert!(!db.prepare_cached(query).unwrap().exists([vec![group]]).unwrap());
        }
        assert_eq!(db.prepare_cached(query).unwrap().get_status(rusqlite::StatementStatus::RePrepare), 0);
    }

    #[test]
    fn a_second_creel_on_the_same_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Folder::claim(folder.path()).unwrap();
        assert!(matches!(Folder::claim(folder.path()), Err(OpenError::InUse { .. })));
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("creel.db");
        open_database(&file, NOW).unwrap().pragma_update(None, "user_version", 999).unwrap();
        let before = std::fs::read(&file).unwrap();
        assert!(matches!(open_database(&file, NOW), Err(OpenError::Newer { found: 999, .. })));
        assert!(std::fs::read(&file).unwrap() == before, "the file was changed");
    }

    #[test]
    fn occurrences_of_an_older_schema_are_chained_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("creel.db");
        let mut db = Connection::open(&file).unwrap();
        db.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        for (number, sql) in MIGRATIONS[..11].iter().enumerate() {
            migrate(&mut db, sql, number + 1).unwrap();
        }
        // The clock was set back between the first and the second occurrence of the first alert.
        db.execute_batch(
            "INSERT INTO alerts (seq, id, group_digest, webhook, severity, status, occurrence_count, first_at, last_at, title,
               description) VALUES (1, 'a', x'00', 'w', 'sev3', 'open', 3, 1, 1, 't', ''),
               (2, 'b', x'01', 'w', 'sev3', 'open', 1, 1, 1, 't', '');
             INSERT INTO occurrences VALUES (1, 1, 50, 'sev3', 'dlv_1'), (1, 2, 10, 'sev3', 'dlv_2'),
               (1, 3, 70, 'sev3', 'dlv_4'), (2, 1, 60, 'sev1', 'dlv_3');",
        )
        .unwrap();
        drop(db);
        let db = open_database(&file, NOW).unwrap();
        let numbers = |alert, after| -> Vec<(i64, i64, String)> {
            let rows = crate::store::occurrences::page(&db, alert, after, 2).unwrap();
            rows.into_iter().map(|row| (row.seq, row.number, row.delivery_id.0)).collect()
        };
        assert_eq!(numbers(1, None), [(4, 3, "dlv_4".to_owned()), (2, 2, "dlv_2".to_owned())]);
        assert_eq!(numbers(1, Some(2)), [(1, 1, "dlv_1".to_owned())]);
        assert_eq!(numbers(2, None), [(3, 1, "dlv_3".to_owned())]);
    }

    #[test]
    fn a_file_that_is_no_database_of_ours_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("garbage", vec![b'x'; 4096]), ("empty", Vec::new())] {
            let file = folder.path().join(name);
            std::fs::write(&file, &bytes).unwrap();
            assert!(matches!(open_database(&file, NOW), Err(OpenError::Damaged { .. })), "{name}");
            assert!(std::fs::read(&file).unwrap() == bytes, "{name} was changed");
        }
    }
}
