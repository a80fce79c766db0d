//! Where everything is kept unless the user says otherwise. The window and the command line use the same folder.

use std::env;
use std::path::PathBuf;

/// The data folder of this user: `creel` in the system's place for applications' data. `None`: the system names none.
pub fn default_data_dir() -> Option<PathBuf> {
    let from = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        from("APPDATA")
    } else if cfg!(target_os = "macos") {
        from("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join("creel"))
}
