//! What a fuzzer runs. A target takes any bytes; it panics where something is wrong. Its first inputs are in `corpus/`,
//! and every test run goes through those, so that a target cannot rot between two runs of the fuzzer.

mod targets;

/// A target and its name, which is its folder's in `corpus/` too.
type Target = (&'static str, fn(&[u8]));

const TARGETS: &[Target] = &[
    ("signature", targets::signature::run),
    ("timestamp", targets::timestamp::run),
    ("template", targets::template::run),
    ("cidr", targets::cidr::run),
    ("search", targets::search::run),
    ("record", targets::record::run),
];

/// The target of that name.
pub fn find(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|(own, _)| *own == name).map(|(_, run)| *run)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::TARGETS;

    /// What the fuzzer allows for an input, on a build that is not optimised.
    const AN_INPUT: Duration = Duration::from_secs(1);

    #[test]
    fn every_target_goes_through_its_corpus() {
        for (name, run) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
            let inputs: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert!(inputs.len() >= 5, "{name} has {} inputs", inputs.len());
            for input in inputs {
                let begun = Instant::now();
                run(&std::fs::read(&input).unwrap());
                assert!(begun.elapsed() < AN_INPUT, "{}: {:?}", input.display(), begun.elapsed());
            }
        }
    }
}
