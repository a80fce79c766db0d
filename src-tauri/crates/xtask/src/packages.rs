//! Debian's packages that a build or a test needs: found, named, installed; or the line to type is printed.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// What the window is built with.
pub const BUILD: &[&str] = &[
    "build-essential",
    "file",
    "libayatana-appindicator3-dev",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "pkg-config",
];

/// The fuzzer itself is C++.
pub const FUZZ: &[&str] = &["build-essential"];

/// What the tests drive, beyond [`BUILD`].
pub const TEST: &[&str] = &[
    "chromium",
    "curl",
    "dbus",
    "dbus-x11",
    "faketime",
    "fonts-dejavu-core",
    "fonts-noto-color-emoji",
    "git",
    "gnome-keyring",
    "golang-go",
    "imagemagick",
    "jq",
    "openbox",
    "openssh-server",
    "openssl",
    "procps",
    "python3",
    "python3-requests",
    "python3-venv",
    "strace",
    "webkit2gtk-driver",
    "x11-utils",
    "xauth",
    "xdotool",
    "xvfb",
    "xxd",
];

/// Makes sure that all of `wanted` are installed.
pub fn require(wanted: &[&str]) -> Result<()> {
    if !Path::new("/etc/debian_version").exists() {
        println!("This is no Debian or Ubuntu: Creel needs what these packages hold: {}", wanted.join(" "));
        return Ok(());
    }
    let missing: Vec<_> = wanted.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing packages: {}", missing.join(" "));
    let install =
        [&["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends"][..], &missing]
            .concat();
    let Some(prefix) = rights() else {
        bail!("install them, then run this again:\n\n    sudo apt-get update && sudo {}\n", install.join(" "));
    };
    // One at a time: an update beside an install takes away the packages that it is about to unpack.
    let turn = std::fs::File::create(std::env::temp_dir().join("creel-xtask-apt.lock"))?;
    turn.lock()?;
    apt(prefix, &["apt-get", "update"])?;
    apt(prefix, &install)
}

fn installed(package: &str) -> bool {
    let state = Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]).output();
    state.is_ok_and(|output| output.stdout == b"installed")
}

/// How this user installs: as root, or by a sudo that asks no password. `None`: not at all.
fn rights() -> Option<&'static [&'static str]> {
    let quiet = |program: &str, args: &[&str]| Command::new(program).args(args).output();
    if quiet("id", &["-u"]).is_ok_and(|output| output.stdout.trim_ascii() == b"0") {
        return Some(&[]);
    }
    quiet("sudo", &["-n", "true"]).is_ok_and(|output| output.status.success()).then_some(&["sudo", "-n"])
}

fn apt(prefix: &[&str], line: &[&str]) -> Result<()> {
    let whole = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive"], line].concat();
    shell::run(Path::new("/"), whole[0], &whole[1..])
}
