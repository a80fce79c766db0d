//! A clock that a test moves while Creel runs: libfaketime (Debian package `faketime`) reads the offset from a file.

use std::path::PathBuf;

/// Where Debian puts the library, per architecture.
const LIBRARIES: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

/// The wall clock of one child process.
pub struct ShiftedClock {
    file: tempfile::NamedTempFile,
    library: PathBuf,
}

impl Default for ShiftedClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ShiftedClock {
    /// A clock that shows the machine's time until it is moved. Panics where libfaketime is not installed.
    pub fn new() -> Self {
        let library = LIBRARIES.iter().map(PathBuf::from).find(|path| path.exists());
        let clock = Self {
            file: tempfile::NamedTempFile::new().expect("a temp file for the clock's offset"),
            library: library.expect("libfaketime is missing: apt-get install faketime"),
        };
        clock.shift_to(0);
        clock
    }

    /// A clock at noon in the middle of November 2026: what is counted by the day or the month is not cut in two.
    pub fn mid_month() -> Self {
        const NOON: i64 = 1_794_744_000;
        let clock = Self::new();
        clock.shift_to(NOON - crate::sign::now());
        clock
    }

    /// From now on the child's wall clock is this many seconds ahead of the machine's (negative: behind).
    pub fn shift_to(&self, seconds: i64) {
        std::fs::write(self.file.path(), format!("{seconds:+}\n")).expect("the offset is written");
    }

    /// What the child needs in its environment. The monotonic clock stays real: timers and timeouts must not jump.
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
        [
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(self.file.path())),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_DISABLE_SHM", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}
