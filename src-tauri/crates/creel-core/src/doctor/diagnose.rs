//! The diagnosis: what is plain to see, then what comes out of the search, then what can only be guessed.

use std::time::{Duration, Instant};

use super::case::{Case, Known, Owner};
use super::found::{self, Found};
use super::plain;
use super::rules::can_be_tried;
use super::search::{Hit, Space};
use super::words;
use crate::api::doctor::{Cause, Diagnosis, Mistake};
use crate::authenticate::{Encoding, Key, Parse, Scheme, Selector, digest, fits, verify};
use crate::delivery::ReasonCode;

/// Causes that are told; what matches in more ways is the same mistake seen twice.
const MOST_CAUSES: usize = 3;

/// Why `case` was refused. The search ends after `budget`.
pub fn diagnose(case: &Case<'_>, budget: Duration) -> Diagnosis {
    let began = Instant::now();
    let keys: Vec<Key> = case.own().map(|known| known.key.clone()).collect();
    let reason = match verify(case.scheme, &case.request, &keys, case.received) {
        Ok(_) => return words::nothing_to_find(),
        Err(rejected) => rejected.reason,
    };
    let seen = repeated(case, reason).or_else(|| under_own(case, reason)).or_else(|| by_another_scheme(case));
    if let Some(cause) = seen {
        return words::told(vec![cause], "the stored secrets and every scheme", true, began);
    }
    if let Some(cause) = plain_secret(case) {
        return words::told(vec![cause], "the stored secrets and every scheme", true, began);
    }
    if !can_be_tried(case.scheme) {
        let causes: Vec<_> = other_keys(case).or_else(|| missing(case, &[])).into_iter().collect();
        return words::told(causes, "the stored secrets and other forms of the body", true, began);
    }
    searched(case, began, budget)
}

fn searched(case: &Case<'_>, began: Instant, budget: Duration) -> Diagnosis {
    let found = found::digests(case.request.headers);
    let space = Space::of(case, found.clone());
    let (hits, complete) = if found.is_empty() { (Vec::new(), true) } else { space.run(began + budget) };
    let mut causes: Vec<Cause> = hits.iter().map(|hit| of_hit(case, hit)).collect();
    causes.sort_by_key(|cause| cause.mistakes.len());
    let fewest = causes.first().map_or(0, |cause| cause.mistakes.len());
    causes.retain(|cause| cause.mistakes.len() == fewest);
    causes.dedup_by(|a, b| a.mistakes == b.mistakes && a.words == b.words);
    // In a list whose separator also stands inside an item, the same digest is read with its prefix and without.
    if causes.iter().any(|cause| cause.mistakes.contains(&Mistake::PrefixWrong)) {
        causes.retain(|cause| !cause.mistakes.contains(&Mistake::PrefixMissing));
    }
    causes.truncate(MOST_CAUSES);
    if causes.is_empty() {
        causes.extend(missing(case, &found).or_else(|| cut(case)).or_else(|| truncated(case)));
    }
    let tried = format!(
        "{} secrets in {} readings, {} rules, {} forms of the body",
        case.secrets.len(),
        space.readings(),
        space.rules.len(),
        space.bodies.len() + 1
    );
    words::told(causes, &tried, complete, began)
}

fn repeated(case: &Case<'_>, reason: ReasonCode) -> Option<Cause> {
    (reason == ReasonCode::RepeatedHeader).then(|| {
        let twice = case.scheme.headers().into_iter().find(|name| case.request.headers.all(name).count() > 1);
        words::cause(case, vec![Mistake::HeaderRepeated], twice.unwrap_or("a header"), None)
    })
}

/// It fits under the endpoint's own secrets: then the time, the id or the secret's age is what is wrong.
fn under_own(case: &Case<'_>, reason: ReasonCode) -> Option<Cause> {
    let (known, fitting) =
        case.own().find_map(|known| Some((known, fits(case.scheme, &case.request, &known.key.value)?)))?;
    if !known.key.live(case.received) {
        return Some(words::cause(case, vec![Mistake::OldSecret], "", Some(known)));
    }
    if reason == ReasonCode::EventIdMissing {
        return Some(words::cause(case, vec![Mistake::EventIdMissing], "", None));
    }
    let (at, text) = fitting.sent?;
    let stale = case.scheme.stale(at, case.received)?;
    let near = |ms: i64| (ms - case.received.0).abs() < DAY_MS;
    let other_unit = near(at.0 / 1000) || at.0.checked_mul(1000).is_some_and(near);
    let mistake = if other_unit { Mistake::TimestampUnit } else { Mistake::ClockSkew };
    Some(words::cause(case, vec![mistake], if other_unit { &text } else { &stale }, None))
}

/// A time that is this near in another unit was meant in that one.
const DAY_MS: i64 = 86_400_000;

/// Another scheme's header is there, and its rule fits under a stored secret.
fn by_another_scheme(case: &Case<'_>) -> Option<Cause> {
    let own: Vec<_> = case.scheme.signature.iter().filter_map(Selector::header).collect();
    let elsewhere = |scheme: &&Scheme| {
        let mut headers = scheme.signature.iter().filter_map(Selector::header);
        headers
            .any(|name| case.request.headers.first(name).is_some() && !own.iter().any(|o| o.eq_ignore_ascii_case(name)))
    };
    let likely = case.schemes.suggest(case.request.headers).map(|(scheme, _)| scheme);
    let schemes = likely.into_iter().chain(case.schemes.all());
    let others = schemes.filter(elsewhere).filter(|scheme| scheme.key != case.scheme.key && tells_itself(case, scheme));
    for scheme in others {
        let fitting = |known: &&Known| fits(scheme, &case.request, &known.key.value).is_some();
        if let Some(known) = case.secrets.iter().find(fitting) {
            let mut mistakes = vec![Mistake::OtherScheme];
            mistakes.extend((known.owner != Owner::Own).then_some(Mistake::OtherSecret));
            return Some(words::by_scheme(case, mistakes, scheme, known));
        }
    }
    None
}

/// A token in a header that several schemes use, as in `Authorization`, does not tell whose it is.
fn tells_itself(case: &Case<'_>, scheme: &Scheme) -> bool {
    let header = |scheme: &Scheme| scheme.signature.first().and_then(Selector::header).map(str::to_ascii_lowercase);
    let own = header(scheme);
    !scheme.sends_secret() || case.schemes.all().filter(|other| header(other) == own).count() == 1
}

fn plain_secret(case: &Case<'_>) -> Option<Cause> {
    let sent = plain::sent(case)?;
    let places = || case.scheme.signature.iter().filter_map(Selector::header);
    if !case.scheme.sends_secret() {
        return Some(words::cause(case, vec![Mistake::PlainSecret], &sent.header, Some(sent.known)));
    }
    let here = places().any(|name| name.eq_ignore_ascii_case(&sent.header));
    let mut mistakes = Vec::new();
    mistakes.extend((sent.known.owner != Owner::Own).then_some(Mistake::OtherSecret));
    mistakes.extend((!here).then_some(Mistake::OtherHeader));
    if here && sent.known.owner == Owner::Own {
        let text = sent.known.key.value.expose();
        let padded = text.trim().len() != text.len();
        mistakes.push(match (padded, sent.exact) {
            (true, _) => Mistake::SecretTrimmed,
            (false, true) => Mistake::PrefixWrong,
            (false, false) => Mistake::SecretCase,
        });
    }
    Some(words::cause(case, mistakes, &sent.header, Some(sent.known)))
}

/// Where only a check can be made and no digest be computed: other secrets, other bodies.
fn other_keys(case: &Case<'_>) -> Option<Cause> {
    let others = case.secrets.iter().filter(|known| known.owner != Owner::Own);
    let mut others = others.filter(|known| fits(case.scheme, &case.request, &known.key.value).is_some());
    if let Some(known) = others.next() {
        return Some(words::cause(case, vec![Mistake::OtherSecret], "", Some(known)));
    }
    for other in [Encoding::Hex, Encoding::Base64, Encoding::Base64UrlNoPad] {
        let scheme = Scheme { encoding: other, ..case.scheme.clone() };
        if case.own().any(|known| fits(&scheme, &case.request, &known.key.value).is_some()) {
            return Some(words::cause(case, vec![Mistake::Encoding], words::encoding(other), None));
        }
    }
    super::bodies::variants(case.request.body).into_iter().find_map(|variant| {
        let request = case.with_body(&variant.bytes);
        let fitting = case.own().any(|known| fits(case.scheme, &request, &known.key.value).is_some());
        fitting.then(|| words::cause(case, vec![variant.mistake], &variant.words, None))
    })
}

fn of_hit(case: &Case<'_>, hit: &Hit<'_>) -> Cause {
    let mut mistakes = Vec::new();
    match hit.known.owner {
        Owner::Other(_) => mistakes.push(Mistake::OtherSecret),
        Owner::Own if !hit.known.key.live(case.received) => mistakes.push(Mistake::OldSecret),
        Owner::Own => {}
    }
    mistakes.extend(hit.reading.mistake);
    mistakes.extend(hit.body.map(|variant| variant.mistake));
    mistakes.extend((!hit.rule.own).then_some(Mistake::SignedString));
    mistakes.extend(hit.rule.moved.then_some(Mistake::Address));
    mistakes.extend((hit.algo != case.scheme.algo).then_some(Mistake::Algorithm));
    mistakes.extend(writing(case.scheme, hit.found));
    if mistakes.is_empty() {
        // Everything of the digest is right, so the time is what cannot be read.
        mistakes.push(Mistake::TimestampUnit);
    }
    words::by_hit(case, mistakes, hit)
}

/// How a digest is written otherwise than the scheme does.
fn writing(scheme: &Scheme, found: &Found) -> Vec<Mistake> {
    let mut names = scheme.signature.iter().filter_map(Selector::header);
    if !names.any(|name| name.eq_ignore_ascii_case(&found.header)) {
        return vec![Mistake::OtherHeader];
    }
    let mut mistakes = Vec::new();
    mistakes.extend((found.encoding != scheme.encoding).then_some(Mistake::Encoding));
    let expected = words::prefix(scheme);
    let any_case = matches!(scheme.parse, Parse::AnyCasePrefix(_));
    let same = found.before == expected || any_case && found.before.eq_ignore_ascii_case(&expected);
    let prefix = if found.before.is_empty() { Mistake::PrefixMissing } else { Mistake::PrefixWrong };
    mistakes.extend((!same).then_some(prefix));
    mistakes.extend(found.quoted.then_some(Mistake::Quoted));
    mistakes
}

fn missing(case: &Case<'_>, found: &[Found]) -> Option<Cause> {
    let headers: Vec<_> = case.scheme.signature.iter().filter_map(Selector::header).collect();
    let there =
        headers.iter().any(|name| case.request.headers.first(name).is_some_and(|value| !value.trim_ascii().is_empty()));
    let expected = headers.first()?;
    (!there && found.is_empty()).then(|| words::cause(case, vec![Mistake::SignatureMissing], expected, None))
}

/// Fewer digits say little: they fit by chance.
const CUT_FROM: usize = 12;

/// The signature is the beginning or the end of the right one.
fn cut(case: &Case<'_>) -> Option<Cause> {
    let header = case.scheme.signature.iter().filter_map(Selector::header);
    let value = header.into_iter().find_map(|name| case.request.headers.text(name))?;
    let piece = value.rsplit([',', ';', ' ']).next()?.trim();
    let text = piece.strip_prefix(words::prefix(case.scheme).as_str()).unwrap_or(piece);
    if text.len() < CUT_FROM {
        return None;
    }
    let rules = super::rules::all(case);
    let rules = rules.iter().take_while(|rule| rule.own);
    let known = case.own().find(|known| {
        let Some(key) = case.scheme.key_of(&known.key.value) else { return false };
        rules.clone().any(|rule| {
            let digest = digest(case.scheme.algo, &key, &rule.message(case, case.request.body, &key));
            let whole = case.scheme.digest_text(&digest);
            whole.len() > text.len() && (whole.starts_with(text) || whole.ends_with(text))
        })
    });
    known.map(|_| words::cause(case, vec![Mistake::SignatureTruncated], &text.len().to_string(), None))
}

/// What came of the body is not all of it. That cannot be proved, because the rest is not there.
fn truncated(case: &Case<'_>) -> Option<Cause> {
    let body = case.request.body;
    let json = case.request.headers.text("content-type").is_some_and(|kind| kind.contains("json"));
    let ends_early = (json || body.starts_with(b"{"))
        && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err_and(|error| error.is_eof())
        && !body.is_empty();
    (case.lost > 0 || ends_early).then(|| words::truncated(case))
}
