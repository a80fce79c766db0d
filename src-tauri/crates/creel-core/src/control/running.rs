//! `running.json` in the data folder: where the Creel that runs there is reached. `creel send`, `creel open` and the
//! other commands find it by it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{ApiError, ErrorCode};

/// The file's name.
const FILE: &str = "running.json";

/// A running Creel. Also the line that `creel serve` prints when it is ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The receiver's base address: `http://127.0.0.1:4419`.
    pub receiver: String,
    /// The control listener's base address.
    pub control: String,
    /// Where its token is.
    pub token_file: PathBuf,
    /// Its process.
    pub pid: u32,
}

impl Running {
    /// Writes the file, for this user only.
    pub fn write(&self, data_dir: &Path) -> io::Result<()> {
        let aside = data_dir.join(format!("{FILE}.{}.new", self.pid));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&aside)?.write_all(serde_json::to_string(self)?.as_bytes())?;
        fs::rename(aside, data_dir.join(FILE))
    }

    /// The Creel that runs in `data_dir`, or ran there and was killed: then nobody answers.
    pub fn read(data_dir: &Path) -> Result<Self, ApiError> {
        let missing = |words: String| {
            ApiError::new(ErrorCode::NotFound, words).hint("start the app, or run creel serve with the same --data-dir")
        };
        let text = fs::read_to_string(data_dir.join(FILE)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => missing(format!("no Creel runs in {}", data_dir.display())),
            _ => missing(format!("cannot see whether a Creel runs in {}: {error}", data_dir.display())),
        })?;
        serde_json::from_str(&text).map_err(|error| missing(format!("{FILE} is unreadable: {error}")))
    }

    /// Its token.
    pub fn token(&self) -> Result<String, ApiError> {
        let read = fs::read_to_string(&self.token_file);
        read.map(|text| text.trim_end().to_owned()).map_err(|error| {
            let words = format!("cannot read the token file {}: {error}", self.token_file.display());
            ApiError::new(ErrorCode::Forbidden, words)
        })
    }

    /// Takes the file away, if it still is this one's.
    pub fn remove(&self, data_dir: &Path) {
        if Self::read(data_dir).is_ok_and(|there| there == *self) {
            let _ = fs::remove_file(data_dir.join(FILE));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_found_again_and_only_its_own_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Running::read(folder.path()).unwrap_err().message.starts_with("no Creel runs in "));
        let running = |pid| Running {
            receiver: "http://127.0.0.1:1".to_owned(),
            control: "http://127.0.0.1:2".to_owned(),
            token_file: folder.path().join("token"),
            pid,
        };
        running(1).write(folder.path()).unwrap();
        running(2).remove(folder.path());
        assert_eq!(Running::read(folder.path()).unwrap(), running(1));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        running(1).remove(folder.path());
        assert!(Running::read(folder.path()).is_err());
    }
}
