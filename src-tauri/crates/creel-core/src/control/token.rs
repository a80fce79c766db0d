//! The bearer token: 32 random bytes as hex in a file that only this user can read. Made once, read back afterwards.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Random bytes in a token.
const BYTES: usize = 32;

/// The secret that lets a script or the UI in. Not shown by `Debug`.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read or written.
    #[error("cannot use the token file {path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is there and holds something else.
    #[error("the file {0} is there and holds no token: choose another --token-file, or delete it")]
    NotAToken(PathBuf),
}

impl Token {
    /// The token in `path`; a new one when there is no such file.
    pub fn read_or_make(path: &Path) -> Result<Self, TokenError> {
        let failed = |cause| TokenError::Io { path: path.to_owned(), cause };
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => return Err(TokenError::NotAToken(path.to_owned())),
            Ok(_) => return Self::read(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let token = Self::random();
        token.write(path).map_err(failed)?;
        Ok(token)
    }

    /// A new token.
    pub fn random() -> Self {
        Self(Zeroizing::new(random_hex::<BYTES>()))
    }

    /// The token as text, for the file and for `Authorization: Bearer …`.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `candidate` is this token. Takes the same time wherever they differ.
    pub fn is(&self, candidate: &str) -> bool {
        self.0.as_bytes().ct_eq(candidate.as_bytes()).into()
    }

    fn read(path: &Path) -> Result<Self, TokenError> {
        let failed = |cause| TokenError::Io { path: path.to_owned(), cause };
        let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
        let hex = text.trim_end();
        if hex.len() != 2 * BYTES || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(TokenError::NotAToken(path.to_owned()));
        }
        for_this_user_only(path, 0o600).map_err(failed)?;
        Ok(Self(Zeroizing::new(hex.to_owned())))
    }

    /// Written aside and renamed: nobody ever sees half a token, and nobody else ever sees one.
    fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        make_folder(folder)?;
        let aside = path.with_extension(format!("{}.new", random_hex::<4>()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&aside)?;
        writeln!(file, "{}", self.expose())?;
        file.sync_all()?;
        fs::rename(&aside, path)?;
        #[cfg(unix)]
        fs::File::open(folder)?.sync_all()?;
        Ok(())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// `N` random bytes as hex.
pub fn random_hex<const N: usize>() -> String {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut bytes[..]).expect("the system's random source answers");
    hex::encode(&bytes[..])
}

/// Makes `folder` for this user only. One that is there is left as it is: it may be the user's own.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn for_this_user_only(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let wider = fs::metadata(path)?.permissions().mode() & 0o777 & !mode != 0;
    if wider {
        tracing::warn!(path = %path.display(), "the token file was open to others; it is closed now");
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// A user's own folder is closed to others by the system.
#[cfg(not(unix))]
fn for_this_user_only(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/token");
        let made = Token::read_or_make(&path).unwrap();
        assert_eq!(made.expose().len(), 64);
        assert!(Token::read_or_make(&path).unwrap().is(made.expose()));
        assert!(!made.is(Token::random().expose()) && !made.is("") && !made.is(&made.expose()[..63]));
        assert_eq!(format!("{made:?}"), "Token(…)");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_this_users_only_also_when_it_was_wider() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/token");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        Token::read_or_make(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        Token::read_or_make(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_file_that_holds_something_else_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        fs::write(&path, "my notes").unwrap();
        let error = Token::read_or_make(&path).unwrap_err().to_string();
        assert!(error.contains("notes.txt") && error.contains("--token-file"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "my notes");
        let missing = Token::read_or_make(&path.join("below")).unwrap_err().to_string();
        assert!(missing.contains("below"), "{missing}");
    }
}
