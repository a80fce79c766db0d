//! The tables in `documents/` say which test proves which sentence of a service's page. None may name a test or a journey
//! that is not there.

use creel_tests::tools;

/// The tables, by name.
fn tables() -> Vec<(String, String)> {
    let files = std::fs::read_dir(tools::here("documents")).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn every_test_that_a_table_names_is_there() {
    for (table, text) in tables() {
        let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
        let mut rows = 0;
        for cell in cells.filter_map(|row| row.rsplit(" | ").next()).filter(|cell| cell.contains("::")) {
            let (module, test) = cell.split_once("::").unwrap();
            let source = tools::here(&format!("suites/{module}.rs"));
            let suite = std::fs::read_to_string(&source).unwrap_or_else(|e| panic!("{}: {e}", source.display()));
            assert!(suite.contains(&format!("#[test]\nfn {test}(")), "{table}: {cell} is not there");
            rows += 1;
        }
        assert!(rows > 10, "{table}: {rows} rows");
    }
}

#[test]
fn every_journey_that_a_table_names_is_there() {
    for (table, text) in tables() {
        let named = text.split('`').skip(1).step_by(2).filter(|word| word.ends_with(".test.js"));
        for journey in named {
            assert!(tools::here(&format!("journeys/{journey}")).exists(), "{table}: {journey} is not there");
        }
    }
}
