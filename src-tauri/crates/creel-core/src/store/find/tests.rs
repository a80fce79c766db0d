//! Pages against a scan of everything: whatever the time a page gets, nothing is missed and nothing comes twice.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::time::Duration;

use bytes::Bytes;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use rusqlite::Connection;

use super::{BUDGET, page};
use crate::clock::UnixMs;
use crate::delivery::{Delivery, Outcome, SignatureState};
use crate::ids::DeliveryId;
use crate::receive::{Answered, Headers};
use crate::search::parse_in;
use crate::store::contents::PackedBody;
use crate::store::kept_answer::KeptAnswer;
use crate::store::open::{Folder, open_database, open_reader};
use crate::store::search_index::{self, BLOCK, Entry};
use crate::store::{contents, deliveries};

const NOW: UnixMs = UnixMs(1_795_176_000_000);
const MINUTE_MS: i64 = 60_000;
const WORDS: [&str; 5] = ["salmon", "trout", "eel", "perch", "the"];

/// One stored delivery, as the scan sees it.
struct Kept {
    seq: i64,
    minutes_ago: i64,
    words: Vec<&'static str>,
    refused: bool,
}

/// Rows at the seams of four blocks, of which the index has not got the last, and a lonely one far above.
fn rows() -> Vec<Kept> {
    let near_seams = (1..=4).flat_map(|block| block * BLOCK - 8..block * BLOCK + 8);
    let seqs: Vec<i64> = (1..6).chain(near_seams).chain([9 * BLOCK]).collect();
    let newest = i64::try_from(seqs.len()).unwrap();
    let mut rows = Vec::new();
    for (n, seq) in (1i64..).zip(seqs) {
        let word = |shift: u32| WORDS[usize::try_from((seq * 2_654_435_761) >> shift & 0xff).unwrap() % WORDS.len()];
        let (words, refused) = (vec![word(3), word(9), word(15)], seq % 3 == 0);
        rows.push(Kept { seq, minutes_ago: newest - n, words, refused });
    }
    rows
}

fn store(rows: &[Kept]) -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::claim(place.path()).unwrap();
    let db = open_database(&folder.database(), NOW).unwrap();
    let answer = KeptAnswer::of(&Answered { status: 202, ..Answered::default() }, b"");
    let mut entries = Vec::new();
    for row in rows {
        let body = Bytes::from(format!(r#"{{"fish":"{}","n":{}}}"#, row.words.join(" "), row.seq % 7));
        deliveries::insert(&db, &delivery(row)).unwrap();
        contents::insert(&db, row.seq, "/a", &Headers(Vec::new()), &answer, &[], &PackedBody::new(&body, 9_999))
            .unwrap();
        if row.seq < 9 * BLOCK {
            entries.push(Entry { seq: row.seq, text: row.words.join(" ") });
        }
    }
    let mut index = search_index::open(&folder.search()).unwrap();
    search_index::add(&mut index, entries, 9 * BLOCK - 1).unwrap();
    (place, folder)
}

fn delivery(row: &Kept) -> Delivery {
    Delivery {
        id: DeliveryId(format!("dlv_{}", row.seq)),
        seq: row.seq,
        received_at: NOW.plus_ms(-row.minutes_ago * MINUTE_MS),
        method: "POST".into(),
        path: "/a".into(),
        contract: None,
        trigger_ids: vec![],
        endpoint: None,
        source: "github".into(),
        event: None,
        event_id: None,
        peer: None,
        answer_status: if row.refused { 401 } else { 202 },
        outcome: if row.refused { Outcome::Rejected } else { Outcome::Accepted },
        signature: if row.refused { SignatureState::Bad } else { SignatureState::Valid },
        reason_code: None,
        reason: None,
        cause: None,
        key_id: None,
        bytes: 1,
        duration_us: 1,
        identical_body: false,
        conflict: false,
        pinned: false,
        replay_of: None,
        imported: false,
    }
}

/// A term of a query, and whether a row fits it.
#[derive(Clone, Debug)]
enum Asked {
    Words(Vec<&'static str>, bool),
    Body(i64),
    Fish(&'static str),
    Refused(bool),
    After(i64),
    Before(i64),
}

impl Asked {
    fn typed(&self) -> String {
        match self {
            Self::Words(words, negated) => format!("{}\"{}\"", if *negated { "!" } else { "" }, words.join(" ")),
            Self::Body(n) => format!("body.n:>{n}"),
            Self::Fish(word) => format!("body.fish:\"{word} {word} {word}\""),
            Self::Refused(refused) => format!("{}sig:bad", if *refused { "" } else { "!" }),
            Self::After(minutes) => format!("after:{minutes}m"),
            Self::Before(minutes) => format!("before:{minutes}m"),
        }
    }

    fn fits(&self, row: &Kept) -> bool {
        let indexed = row.seq < 9 * BLOCK;
        match self {
            Self::Words(words, negated) => {
                (indexed && row.words.windows(words.len()).any(|part| part == words.as_slice())) != *negated
            }
            Self::Body(n) => row.seq % 7 > *n,
            Self::Fish(word) => indexed && row.words.iter().all(|had| had == word),
            Self::Refused(refused) => row.refused == *refused,
            Self::After(minutes) => row.minutes_ago <= *minutes,
            Self::Before(minutes) => row.minutes_ago > *minutes,
        }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        4 => (prop::collection::vec(select(&WORDS[..]), 1..=2), any::<bool>()).prop_map(|(words, not)| Asked::Words(words, not)),
        1 => (0..7i64).prop_map(Asked::Body),
        1 => select(&WORDS[..]).prop_map(Asked::Fish),
        1 => any::<bool>().prop_map(Asked::Refused),
        1 => (0..80i64).prop_map(Asked::After),
        1 => (0..80i64).prop_map(Asked::Before),
    ]
}

/// All pages of a query, each of which finds its time up after some looks at the clock.
fn all_pages(db: &Connection, query: &str, size: u32, patience: &[u32]) -> Vec<i64> {
    let query = parse_in(query, NOW, &TimeZone::UTC).unwrap();
    let (mut before, mut seqs) = (i64::MAX, Vec::new());
    for patience in patience.iter().cycle() {
        let looks = Cell::new(0);
        let elapsed = || {
            looks.set(looks.get() + 1);
            BUDGET * looks.get() / (patience + 1)
        };
        let found = page(db, &query, before, size, &elapsed).unwrap();
        assert!(found.rows.len() <= size as usize);
        seqs.extend(found.rows.iter().map(|row| row.seq));
        match found.next {
            Some(next) => {
                assert!(next < before, "no way was made below {before}");
                before = next;
            }
            None => return seqs,
        }
    }
    unreachable!("patience is never empty")
}

#[test]
fn all_pages_of_a_search_are_what_a_scan_finds_whenever_their_time_is_up() {
    let rows = rows();
    let (_place, folder) = store(&rows);
    let db = open_reader(&folder).unwrap();
    let queries = (prop::collection::vec(asked(), 0..4), 1..9u32, prop::collection::vec(0..40u32, 1..5));
    let ran = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() }).run(
        &queries,
        |(asked, size, patience)| {
            let query: Vec<_> = asked.iter().map(Asked::typed).collect();
            let expected: Vec<i64> =
                rows.iter().rev().filter(|row| asked.iter().all(|term| term.fits(row))).map(|row| row.seq).collect();
            prop_assert_eq!(all_pages(&db, &query.join(" "), size, &patience), expected);
            Ok(())
        },
    );
    ran.unwrap();
}

#[test]
fn a_page_whose_time_is_up_says_how_far_back_it_looked() {
    let rows = rows();
    let (_place, folder) = store(&rows);
    let db = open_reader(&folder).unwrap();
    let query = parse_in("\"eel perch eel perch\"", NOW, &TimeZone::UTC).unwrap();
    let found = page(&db, &query, i64::MAX, 10, &|| BUDGET).unwrap();
    // The lonely newest row is in a block that is not indexed: that is done with in no time.
    assert_eq!((found.rows.len(), found.next), (0, Some(9 * BLOCK)));
    assert_eq!(found.searched_to, Some(NOW));
    let whole = page(&db, &query, i64::MAX, 10, &|| Duration::ZERO).unwrap();
    assert_eq!((whole.next, whole.searched_to), (None, None));
}

#[test]
fn a_block_that_lost_its_last_delivery_is_dropped_and_search_goes_on() {
    let rows = rows();
    let (_place, folder) = store(&rows);
    let db = open_reader(&folder).unwrap();
    let words = [WORDS.map(|word| format!("\"{word}\"")), WORDS.map(|word| format!("!{word}"))].concat();
    for word in &words {
        all_pages(&db, word, 5, &[9]);
    }
    let second: Vec<i64> = rows.iter().map(|row| row.seq).filter(|seq| search_index::block_of(*seq) == 2).collect();
    let mut index = search_index::open(&folder.search()).unwrap();
    search_index::remove(&mut index, &second).unwrap();
    let tables: i64 = index
        .query_row("SELECT COUNT(*) FROM sqlite_schema WHERE name GLOB 'bodies_2*'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 0);
    assert!(!search_index::has(&db, 2).unwrap() && search_index::has(&db, 3).unwrap());
    for word in &words {
        let expected = |row: &&Kept| {
            let has = row.words.contains(&word.trim_matches(['"', '!']));
            let indexed = row.seq < 9 * BLOCK && search_index::block_of(row.seq) != 2;
            (has && indexed) != word.starts_with('!')
        };
        let expected: Vec<i64> = rows.iter().rev().filter(expected).map(|row| row.seq).collect();
        assert_eq!(all_pages(&db, word, 5, &[9]), expected, "{word}");
    }
}
