//! Files of tools: inside the folder that the user picked, whatever a delivery puts into the name (`trust.md` T36).

use std::path::{Path, PathBuf};

use crate::actions::wire::Stopped;
use crate::error::{ApiError, ErrorCode};
use crate::execute::Again;

/// Longest path below the folder.
const PATH_MOST: usize = 1_024;
/// Names that Windows takes for devices, with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The file that `path` names below `folder`. Its own folder must be there, and links must not lead out.
pub fn inside(folder: &Path, path: &str) -> Result<PathBuf, Stopped> {
    let bad = |why: &str| (ApiError::invalid("params.path", format!("\"{path}\" {why}")), Again::Never);
    if path.len() > PATH_MOST {
        return Err(bad("is too long"));
    }
    if path.chars().any(|c| c.is_control() || c == '\\' || c == ':') {
        return Err(bad("holds a character that no file name should"));
    }
    if let Some(part) = path.split('/').find(|part| part.is_empty() || matches!(*part, "." | "..")) {
        return Err(bad(if part == ".." { "leads out of the folder" } else { "has an empty part" }));
    }
    if path.split('/').any(is_device) {
        return Err(bad("is the name of a device on Windows"));
    }
    let failed = |what: &Path, error: std::io::Error| {
        (ApiError::new(ErrorCode::Invalid, format!("{}: {error}", what.display())), Again::Never)
    };
    let root = folder.canonicalize().map_err(|error| failed(folder, error))?;
    let file = root.join(path);
    let parent = file.parent().unwrap_or(&root);
    let real = parent.canonicalize().map_err(|error| failed(parent, error))?;
    if !real.starts_with(&root) {
        return Err(bad("leads out of the folder through a link"));
    }
    let file = real.join(file.file_name().unwrap_or_default());
    match file.symlink_metadata() {
        Ok(there) if !there.is_file() => Err(bad("is a link or a folder, not a file")),
        Ok(_) | Err(_) => Ok(file),
    }
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    match numbered {
        "com" | "lpt" => stem.len() == 4,
        _ => DEVICES[..4].contains(&stem.as_str()),
    }
}

/// A failure of the file system.
pub fn failed(file: &Path, error: &std::io::Error) -> Stopped {
    (ApiError::new(ErrorCode::Upstream, format!("{} cannot be written: {error}", file.display())), Again::Never)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        std::fs::create_dir(root.join("dir")).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path(), root.join("link")).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", root.join("file")).unwrap();
        }
        for good in ["a.log", "sub/a.log", "ä b.txt", "..a", "a..", "console.log", "command"] {
            assert!(inside(root, good).unwrap().starts_with(root.canonicalize().unwrap()), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "../a",
            "sub/../../a",
            "/etc/passwd",
            "sub//a",
            "a/",
            "link/a",
            "file",
            "dir",
            "a\0b",
            "a\nb",
            "..\\a",
            "c:a",
            "con",
            "NUL.txt",
            "com1",
            "lpt9.log",
            "gone/a",
        ] {
            assert!(inside(root, bad).is_err(), "{bad:?}");
        }
    }
}
