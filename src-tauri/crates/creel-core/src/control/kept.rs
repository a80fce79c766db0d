//! `listen.json` in the data folder: the addresses that senders were told. Chosen at the very first start, kept since;
//! taken later, they are a loud error and never silently another one (`trust.md`, "Where two rules meet").

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::control::{Bound, ListenAt};
use crate::error::{ApiError, ErrorCode};

/// The file's name.
const FILE: &str = "listen.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    receiver: SocketAddr,
    control: SocketAddr,
}

/// What the user chose when another program had a port that this folder keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ports {
    /// The kept ones, tried again.
    Kept,
    /// A free one in place of each that is taken, until the next start.
    FreeOnce,
    /// The same, and from now on these are kept.
    FreeForGood,
}

impl Bound {
    /// Binds both as the user chose. Only a taken port is changed; senders of the other one need nothing new.
    pub fn chosen(data_dir: &Path, ports: Ports) -> Result<Self, ApiError> {
        let file = data_dir.join(FILE);
        let kept = match (ports, read(&file)?) {
            (Ports::Kept, _) | (_, None) => return Self::kept(data_dir),
            (_, Some(kept)) => ListenAt { receiver: kept.receiver, control: kept.control },
        };
        let bound = Self::first(kept)?;
        if ports == Ports::FreeForGood {
            bound.keep(&file)?;
        }
        Ok(bound)
    }

    /// Binds both where this data folder says. A folder that says nothing yet gets the usual ports, or free ones where
    /// those are taken, and keeps them.
    pub fn kept(data_dir: &Path) -> Result<Self, ApiError> {
        Self::kept_or(data_dir, ListenAt::default())
    }

    /// Binds for `creel serve`, before the folder is opened: where an address is given there, this once, else where the
    /// folder says, else as at a first start. Nothing is written; see [`Bound::keep_first`].
    pub fn for_serve(
        data_dir: &Path,
        receiver: Option<SocketAddr>,
        control: Option<SocketAddr>,
    ) -> Result<Self, ApiError> {
        let file = data_dir.join(FILE);
        let both_given = receiver.is_some() && control.is_some();
        let kept = if both_given { None } else { read(&file)? };
        let usual = ListenAt::default();
        let at = ListenAt {
            receiver: receiver
                .unwrap_or_else(|| kept.as_ref().map_or_else(|| usual_or_free(usual.receiver), |k| k.receiver)),
            control: control
                .unwrap_or_else(|| kept.as_ref().map_or_else(|| usual_or_free(usual.control), |k| k.control)),
        };
        Self::at(at).map_err(|error| if kept.is_some() { as_kept(error, &file) } else { error })
    }

    /// Keeps these addresses in a folder that keeps none yet.
    pub fn keep_first(&self, data_dir: &Path) -> Result<(), ApiError> {
        let file = data_dir.join(FILE);
        if file.exists() { Ok(()) } else { self.keep(&file) }
    }

    fn kept_or(data_dir: &Path, usual: ListenAt) -> Result<Self, ApiError> {
        let file = data_dir.join(FILE);
        if let Some(kept) = read(&file)? {
            let at = ListenAt { receiver: kept.receiver, control: kept.control };
            return Self::at(at).map_err(|error| advise(error, &file));
        }
        let bound = Self::first(usual)?;
        bound.keep(&file)?;
        Ok(bound)
    }

    fn keep(&self, file: &Path) -> Result<(), ApiError> {
        let (receiver, control) = self.addresses();
        let text = serde_json::to_string_pretty(&Kept { receiver, control })
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        fs::write(file, text).map_err(|error| unusable(file, &error))
    }

    fn first(usual: ListenAt) -> Result<Self, ApiError> {
        Self::at(ListenAt { receiver: usual_or_free(usual.receiver), control: usual_or_free(usual.control) })
    }
}

/// `usual` if nobody listens there, else an address with a port that the system chooses.
fn usual_or_free(usual: SocketAddr) -> SocketAddr {
    match std::net::TcpListener::bind(usual) {
        Ok(_) => usual,
        Err(_) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
    }
}

fn read(file: &Path) -> Result<Option<Kept>, ApiError> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(file, &error)),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| unusable(file, &error))
}

fn unusable(file: &Path, error: &dyn std::error::Error) -> ApiError {
    ApiError::new(ErrorCode::Unavailable, format!("cannot use {}: {error}", file.display()))
        .hint("mend it, or delete it to have the ports chosen anew")
}

fn advise(error: ApiError, file: &Path) -> ApiError {
    let advice = format!(
        "another program listens there: stop it and start Creel again, or write another port into {}; senders were told \
         the old one",
        file.display()
    );
    error.hint(advice)
}

/// The same at a command line, whose options choose for once.
fn as_kept(error: ApiError, file: &Path) -> ApiError {
    let said = error.hint.clone().unwrap_or_default();
    let kept = file.display();
    error.hint(format!("{said} for this once, or write one into {kept} for good; senders were told the old one"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_ports_of_the_first_start_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let usual = ListenAt { receiver: any, control: any };
        let first = Bound::kept_or(folder.path(), usual).unwrap().addresses();
        let second = Bound::kept(folder.path()).unwrap().addresses();
        assert_eq!(first, second);
    }

    #[tokio::test]
    async fn a_taken_port_is_another_one_at_the_first_start_only() {
        let squatter = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let taken = squatter.local_addr().unwrap();
        let usual = ListenAt { receiver: taken, control: "127.0.0.1:0".parse().unwrap() };
        let (receiver, _) = Bound::first(usual).unwrap().addresses();
        assert_ne!(receiver, taken);

        let folder = tempfile::tempdir().unwrap();
        let kept = Kept { receiver: taken, control: "127.0.0.1:0".parse().unwrap() };
        fs::write(folder.path().join(FILE), serde_json::to_string(&kept).unwrap()).unwrap();
        let error = Bound::kept(folder.path()).unwrap_err();
        assert_eq!(error.message, format!("port {} is taken", taken.port()));
        assert!(error.hint.unwrap().contains("listen.json"), "the hint names the file to change");
    }

    #[tokio::test]
    async fn a_taken_port_is_changed_when_the_user_says_so_and_only_that_one() {
        let squatter = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let taken = squatter.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let control = Bound::at(ListenAt { receiver: any, control: any }).unwrap().addresses().1;
        let file = folder.path().join(FILE);
        fs::write(&file, serde_json::to_string(&Kept { receiver: taken, control }).unwrap()).unwrap();
        let kept = || read(&file).unwrap().unwrap();

        assert!(Bound::chosen(folder.path(), Ports::Kept).is_err(), "it is still taken");
        let once = Bound::chosen(folder.path(), Ports::FreeOnce).unwrap().addresses();
        assert_eq!((once.0 == taken, once.1), (false, control));
        assert_eq!(kept().receiver, taken, "the next start asks for the kept port again");
        let for_good = Bound::chosen(folder.path(), Ports::FreeForGood).unwrap().addresses();
        assert_eq!((kept().receiver, kept().control), for_good);
        drop(squatter);
        assert_eq!(Bound::chosen(folder.path(), Ports::Kept).unwrap().addresses(), for_good);
    }

    #[tokio::test]
    async fn a_file_that_is_no_addresses_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "4419").unwrap();
        let error = Bound::kept(folder.path()).unwrap_err();
        assert!(error.message.contains("listen.json"), "{}", error.message);
    }

    #[tokio::test]
    async fn serve_listens_where_the_folder_says_unless_told_otherwise_for_once() {
        let folder = tempfile::tempdir().unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let told = Bound::for_serve(folder.path(), Some(any), Some(any)).unwrap();
        told.keep_first(folder.path()).unwrap();
        let (receiver, control) = told.addresses();
        drop(told);
        assert_eq!(Bound::for_serve(folder.path(), None, None).unwrap().addresses(), (receiver, control));

        let once = Bound::for_serve(folder.path(), Some(any), None).unwrap();
        assert!(once.addresses().0 != receiver && once.addresses().1 == control);
        once.keep_first(folder.path()).unwrap();
        drop(once);

        let _squatter = tokio::net::TcpListener::bind(receiver).await.unwrap();
        let error = Bound::for_serve(folder.path(), None, None).unwrap_err();
        assert_eq!(error.message, format!("port {} is taken", receiver.port()), "never another one by itself");
        let hint = error.hint.unwrap();
        assert!(
            hint.contains("--receiver") && hint.contains("listen.json") && hint.contains("another Creel"),
            "{hint}"
        );
    }
}
