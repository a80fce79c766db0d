//! Logs: `logs/creel.log` in the data folder, and standard error for whoever started Creel in a terminal.
//! Never a body, a secret or a query string: the core logs none, and nothing here logs more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// A file that reaches this becomes `creel.log.1`, and so on: enough to look back, 50 MB at most (`trust.md` 5.7).
const FILE_BYTES: u64 = 10 * 1024 * 1024;
const FILES: u32 = 5;

/// What is logged unless `CREEL_LOG` says otherwise.
const FILTER: &str = "info";

/// Logs from now on. What is waiting is written when the guard goes. `None`: the folder cannot be written, and the
/// window will say so; standard error still gets everything.
pub fn start(data_dir: &Path) -> Option<WorkerGuard> {
    let folder = data_dir.join("logs");
    let opened = fs::create_dir_all(&folder).and_then(|()| Rolling::open(folder, FILE_BYTES));
    let (writer, guard) = match opened.map(NonBlocking::new) {
        Ok((writer, guard)) => (Some(writer), Some(guard)),
        Err(_) => (None, None),
    };
    let filter = EnvFilter::try_from_env("CREEL_LOG").unwrap_or_else(|_| EnvFilter::new(FILTER));
    let file = writer.map(|writer| fmt::layer().with_ansi(false).with_writer(writer));
    tracing_subscriber::registry().with(filter).with(file).with(fmt::layer().with_writer(io::stderr)).init();
    guard
}

/// A file that is moved aside when it is full.
struct Rolling {
    folder: PathBuf,
    file: File,
    bytes: u64,
    most: u64,
}

impl Rolling {
    fn open(folder: PathBuf, most: u64) -> io::Result<Self> {
        let file = append(&named(&folder, 0))?;
        let bytes = file.metadata()?.len();
        Ok(Self { folder, file, bytes, most })
    }

    fn roll(&mut self) -> io::Result<()> {
        for number in (1..FILES).rev() {
            let from = named(&self.folder, number - 1);
            if from.exists() {
                fs::rename(from, named(&self.folder, number))?;
            }
        }
        self.file = append(&named(&self.folder, 0))?;
        self.bytes = 0;
        Ok(())
    }
}

impl Write for Rolling {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bytes > 0 && self.bytes + line.len() as u64 > self.most {
            self.roll()?;
        }
        let written = self.file.write(line)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn named(folder: &Path, number: u32) -> PathBuf {
    folder.join(if number == 0 { "creel.log".to_owned() } else { format!("creel.log.{number}") })
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_moves_aside_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rolling::open(folder.path().to_owned(), 10).unwrap();
        for line in 0..8 {
            log.write_all(format!("line {line}\n").as_bytes()).unwrap();
        }
        let read = |number| fs::read_to_string(named(folder.path(), number)).unwrap();
        assert_eq!(read(0), "line 7\n");
        assert_eq!(read(FILES - 1), "line 3\n");
        assert!(!named(folder.path(), FILES).exists(), "more files than allowed");
    }

    #[test]
    fn a_file_goes_on_where_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        Rolling::open(folder.path().to_owned(), 10).unwrap().write_all(b"before\n").unwrap();
        Rolling::open(folder.path().to_owned(), 10).unwrap().write_all(b"after\n").unwrap();
        assert_eq!(fs::read_to_string(named(folder.path(), 1)).unwrap(), "before\n");
        assert_eq!(fs::read_to_string(named(folder.path(), 0)).unwrap(), "after\n");
    }

    #[cfg(unix)]
    #[test]
    fn logs_are_for_this_user_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Rolling::open(folder.path().to_owned(), 10).unwrap();
        let mode = fs::metadata(named(folder.path(), 0)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
