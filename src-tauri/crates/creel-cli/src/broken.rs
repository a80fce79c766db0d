//! `--break`: what is wrong on purpose with what is sent.

/// What is wrong. The longer names are those of the API.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Broken {
    /// Signed with a secret that nobody has.
    #[value(name = "secret", alias = "wrong-secret")]
    Secret,
    /// Signed for an hour ago.
    #[value(name = "time", alias = "stale-time")]
    Time,
    /// One byte of the body changes after signing.
    #[value(name = "body", alias = "altered-byte")]
    Body,
}

impl Broken {
    /// The API's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Secret => "wrong_secret",
            Self::Time => "stale_time",
            Self::Body => "altered_byte",
        }
    }
}
