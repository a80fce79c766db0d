//! The tables in `documents/` say which test proves which sentence of a service's page. None may name a test that is not
//! there.

use creel_tests::tools;

#[test]
fn every_test_that_a_table_names_is_there() {
    let tables = std::fs::read_dir(tools::here("documents")).unwrap();
    let mut rows = 0;
    for table in tables {
        let path = table.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
        for cell in cells.filter_map(|row| row.rsplit(" | ").next()).filter(|cell| cell.contains("::")) {
            let (module, test) = cell.split_once("::").unwrap();
            let source = tools::here(&format!("suites/{module}.rs"));
            let suite = std::fs::read_to_string(&source).unwrap_or_else(|e| panic!("{}: {e}", source.display()));
            assert!(suite.contains(&format!("fn {test}(")), "{}: {cell} is not there", path.display());
            rows += 1;
        }
    }
    assert!(rows > 20, "{rows} rows");
}
