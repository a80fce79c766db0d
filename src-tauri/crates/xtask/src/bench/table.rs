//! What was measured, line by line, with the goal beside it.

/// The lines so far. Each is printed when it is there, so that a long run shows how far it is.
#[derive(Default)]
pub struct Table {
    lines: Vec<Line>,
}

struct Line {
    what: String,
    value: String,
    goal: String,
    met: Option<bool>,
}

/// What a figure is held against.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// It has to be at least this.
    Least(f64),
    /// It must not be more than this.
    Most(f64),
    /// It is only told.
    None,
}

impl Table {
    /// Adds a figure.
    pub fn add(&mut self, what: &str, value: f64, unit: &str, goal: Goal) {
        let (words, met) = match goal {
            Goal::Least(least) => (format!("≥ {least}"), Some(value >= least)),
            Goal::Most(most) => (format!("≤ {most}"), Some(value <= most)),
            Goal::None => (String::new(), None),
        };
        let line = Line { what: what.to_owned(), value: format!("{} {unit}", short(value)), goal: words, met };
        println!("{}", line.text());
        self.lines.push(line);
    }

    /// Prints everything once more, in one piece.
    pub fn print(&self) {
        println!("\n{:<72} {:>18}  {:<10} result", "measured", "value", "goal");
        for line in &self.lines {
            println!("{}", line.text());
        }
        let missed = self.lines.iter().filter(|line| line.met == Some(false)).count();
        println!("{missed} of {} goals missed", self.lines.iter().filter(|line| line.met.is_some()).count());
    }
}

impl Line {
    fn text(&self) -> String {
        let result = match self.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        format!("{:<72} {:>18}  {:<10} {result}", self.what, self.value, self.goal)
    }
}

/// Three digits that matter.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
