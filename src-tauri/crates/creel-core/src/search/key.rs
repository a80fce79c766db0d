//! The keys of the language, and what each asks.

/// What stands before a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// What the signature check said.
    Sig,
    /// The scheme's name, else the User-Agent's first word.
    Source,
    /// The event; `pull_request` also finds `pull_request.opened`.
    Event,
    /// The status that was answered.
    Status,
    /// What became of it.
    Outcome,
    /// The path.
    Path,
    /// The method.
    Method,
    /// The trigger, by id, slug or name.
    Trigger,
    /// The delivery's own id.
    Id,
    /// The sender's id of the event.
    EventId,
    /// The caller's address.
    Ip,
    /// A yes-or-no property.
    Is,
    /// Received at or after a time.
    After,
    /// Received before a time.
    Before,
    /// A value in the JSON body: `body.repository.name:hello`.
    Body,
    /// A header's value: `header.user-agent:curl*`.
    Header,
}

impl Key {
    /// All keys, in the order in which they are offered.
    pub const ALL: [Self; 16] = [
        Self::Sig,
        Self::Source,
        Self::Event,
        Self::Status,
        Self::Outcome,
        Self::Path,
        Self::Trigger,
        Self::After,
        Self::Before,
        Self::Is,
        Self::Body,
        Self::Header,
        Self::Method,
        Self::Id,
        Self::EventId,
        Self::Ip,
    ];

    /// As it is typed, without the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sig => "sig",
            Self::Source => "source",
            Self::Event => "event",
            Self::Status => "status",
            Self::Outcome => "outcome",
            Self::Path => "path",
            Self::Method => "method",
            Self::Trigger => "trigger",
            Self::Id => "id",
            Self::EventId => "event_id",
            Self::Ip => "ip",
            Self::Is => "is",
            Self::After => "after",
            Self::Before => "before",
            Self::Body => "body",
            Self::Header => "header",
        }
    }

    /// The key of that name; `body` and `header` need a path behind them and are read elsewhere.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name && !key.has_path())
    }

    /// It goes on with a dot and a path: `body.a.b:`.
    pub(super) fn has_path(self) -> bool {
        matches!(self, Self::Body | Self::Header)
    }

    /// What it asks, for the list of suggestions.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Sig => "what the signature check said",
            Self::Source => "where it came from",
            Self::Event => "what happened: push, pull_request.opened",
            Self::Status => "what was answered: 401, 4xx, >=400",
            Self::Outcome => "what became of it",
            Self::Path => "the path it was sent to",
            Self::Method => "the HTTP method",
            Self::Trigger => "the trigger, by name, address or id",
            Self::Id => "the delivery's id",
            Self::EventId => "the sender's id of the event",
            Self::Ip => "the caller's address",
            Self::Is => "replay, imported, pinned, duplicate, conflict, identical",
            Self::After => "received since: 30m, 1h, 2d, 2026-11-20",
            Self::Before => "received before: 30m, 1h, 2d, 2026-11-20",
            Self::Body => "a value in the JSON body: body.repository.name:hello",
            Self::Header => "a header's value: header.user-agent:curl*",
        }
    }

    /// The values it takes, where they are a closed set.
    pub(super) fn words(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Sig => &[
                ("good", "valid, under the current or the previous secret"),
                ("bad", "does not fit, or is stale"),
                ("missing", "wanted and not there"),
                ("valid", "valid under the current secret"),
                ("previous", "valid under the previous secret"),
                ("unsigned", "the endpoint checks none"),
                ("unchecked", "refused before the check"),
            ],
            Self::Outcome => &[
                ("accepted", "taken"),
                ("filtered", "no filter let it through"),
                ("duplicate", "seen before"),
                ("rejected", "not genuine, not allowed, or not readable"),
                ("unmatched", "no trigger at the address"),
                ("limited", "over the rate limit"),
                ("disabled", "the trigger is switched off"),
            ],
            Self::Is => &[
                ("replay", "sent again from here"),
                ("imported", "fetched from the sender's own record"),
                ("pinned", "kept by retention"),
                ("duplicate", "the same event came before"),
                ("conflict", "the same event id came with another body"),
                ("identical", "the same body came before"),
            ],
            Self::After | Self::Before => &[
                ("15m", "15 minutes ago"),
                ("1h", "an hour ago"),
                ("24h", "a day ago"),
                ("7d", "a week ago"),
                ("today", "when today began"),
                ("yesterday", "when yesterday began"),
            ],
            Self::Source
            | Self::Event
            | Self::Status
            | Self::Path
            | Self::Method
            | Self::Trigger
            | Self::Id
            | Self::EventId
            | Self::Ip
            | Self::Body
            | Self::Header => &[],
        }
    }
}
