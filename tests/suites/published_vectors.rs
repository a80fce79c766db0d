//! What providers published: on their pages, or in their own libraries' tests. `fixtures/vectors/published.jsonl` has one
//! a line with its source, and beside each what must not pass; `creel verify` reads them with the clock of the line.

use std::collections::BTreeSet;

use creel_tests::tools;
use serde_json::{Value, json};

/// Fewer would mean that lines were lost.
const SCHEMES_AT_LEAST: usize = 20;

#[test]
fn what_providers_published_verifies_and_nothing_beside_it() {
    let text = tools::fixture("vectors/published.jsonl");
    let vectors: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines: Vec<_> = vectors.iter().enumerate().map(|(n, vector)| line(n, vector)).collect();
    let verdicts = crate::verify_cli::verify(&lines);
    assert_eq!(verdicts.len(), vectors.len(), "one answer a line");
    for (n, (vector, verdict)) in vectors.iter().zip(&verdicts).enumerate() {
        let what = format!("{} {}: {verdict}", vector["source"], vector["what"]);
        assert_eq!((&verdict["id"], &verdict["valid"]), (&json!(n), &vector["valid"]), "{what}");
        assert!(vector["source"].as_str().is_some_and(|source| source.contains(['/', ' '])), "{what}");
        assert_ne!(verdict["reason"], "", "{what}");
    }
    let schemes = |valid: bool| -> BTreeSet<&str> {
        let those = vectors.iter().filter(|vector| vector["valid"] == valid);
        those.map(|vector| vector["request"]["scheme"].as_str().unwrap()).collect()
    };
    assert!(schemes(true).len() >= SCHEMES_AT_LEAST, "{:?}", schemes(true));
    assert_eq!(schemes(true), schemes(false), "each has what must not pass beside it");
}

fn line(n: usize, vector: &Value) -> String {
    let mut line = json!({ "id": n });
    crate::deliver::merge(&mut line, vector["request"].clone());
    line.to_string()
}
