//! What people read: the standard output, colours where it is a terminal, tables, sizes.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use crate::text::{harmless, is_hidden, left, right, width};
pub use crate::text::{printable, printable_lines, shortened};

/// Width of what is no terminal.
const WIDTH: usize = 80;

/// The standard output. A write to a pipe that nobody reads is an error like any other, not a panic (see [`crate::exit::Failure`]).
#[derive(Debug)]
pub struct Out {
    to: BufWriter<Stdout>,
    is_terminal: bool,
    colours: bool,
    width: usize,
    silent: bool,
}

/// How a text is set off from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A heading.
    Bold,
    /// What matters less.
    Dim,
    /// All is well.
    Good,
    /// Look at this.
    Warn,
    /// This is wrong.
    Bad,
}

impl Out {
    /// The standard output: with colours where it is a terminal that knows them, and `NO_COLOR` is not set.
    pub fn stdout() -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let width = rustix::termios::tcgetwinsize(&stdout).ok().map(|size| usize::from(size.ws_col));
        Self {
            to: BufWriter::new(stdout),
            is_terminal,
            silent: false,
            colours: is_terminal && !is_dumb && !set("NO_COLOR"),
            width: width.filter(|&width| width >= 40).unwrap_or(WIDTH),
        }
    }

    /// Columns of the terminal; 80 where there is none.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether somebody looks at it.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// With colours or without, whatever it is.
    pub fn set_colours(&mut self, colours: bool) {
        self.colours = colours;
    }

    /// From now on nothing is written.
    pub fn silence(&mut self) {
        self.silent = true;
    }

    /// A line, or several. Whoever has put something into it, no terminal does anything for it but print, and set it off as [`Self::styled`] does.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        let text = text.to_string();
        let mut parts = text.split("\x1b[");
        let mut clean = lines(parts.next().unwrap_or_default());
        for part in parts {
            let style = part.find('m').filter(|&at| part[..at].bytes().all(|byte| byte.is_ascii_digit()));
            match style {
                Some(at) => clean.push_str(&format!("\x1b[{}m{}", &part[..at], lines(&part[at + 1..]))),
                None => clean.push_str(&format!("\\x1b[{}", lines(part))),
            }
        }
        clean.push('\n');
        self.bytes(clean.as_bytes())
    }

    /// A value as JSON, over several lines. What is not printable is written with JSON's own escapes.
    pub fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let mut text = json_escaped(serde_json::to_string_pretty(value).map_err(io::Error::from)?);
        text.push('\n');
        self.bytes(text.as_bytes())
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.silent { Ok(()) } else { self.to.write_all(bytes) }
    }

    /// A text, set off where there are colours.
    pub fn styled(&self, style: Style, text: impl Display) -> String {
        let code = match style {
            _ if !self.colours => "",
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Good => "32",
            Style::Warn => "33",
            Style::Bad => "31",
        };
        if code.is_empty() { text.to_string() } else { format!("\x1b[{code}m{text}\x1b[0m") }
    }

    /// Hands over what was written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Says something on the standard error, where somebody may listen or not.
pub fn say(text: &str) {
    pass_on(&format!("trove: {text}"));
}

/// The same for what somebody has said already.
pub fn pass_on(text: &str) {
    let _ = writeln!(io::stderr(), "{}", lines(text));
}

/// JSON of which only strings hold anything that is not printable, with that written as `\uXXXX`.
pub fn json_escaped(json: String) -> String {
    if !json.chars().any(|c| is_hidden(c) && c != '\n') {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_hidden(c) && c != '\n' {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn lines(text: &str) -> String {
    printable_lines(text.as_bytes())
}

/// Bytes, for people: at most six characters.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["K", "M", "G", "T"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let (mut value, mut unit) = (bytes as f64 / 1024.0, 0);
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(value < 99.95);
    format!("{value:.digits$} {}", UNITS[unit])
}

/// A count with its thousands set apart.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many entries.
pub fn entries(n: u64) -> String {
    if n == 1 { "1 entry".into() } else { format!("{} entries", count(n)) }
}

/// `part` of `whole` in percent; a dash where there is no whole.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".into();
    }
    let share = part as f64 * 100.0 / whole as f64;
    // 100 % is all of it, 0 % nothing.
    let share = if part == whole { share } else { share.min(99.9) };
    if part > 0 && share < 0.1 { "<0.1%".into() } else { format!("{share:.1}%") }
}

/// Seconds, for people: the two largest units.
pub fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match () {
        () if days > 0 => format!("{days} d {hours} h"),
        () if hours > 0 => format!("{hours} h {minutes} min"),
        () if minutes > 0 => format!("{minutes} min {} s", seconds % 60),
        () => format!("{seconds} s"),
    }
}

/// Rows with columns of equal width, two blanks apart. A column whose heading begins with `>` is set to the right. Trailing blanks are left out, and
/// what is not printable is escaped.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let is_right = |column: usize| headings[column].starts_with('>');
    let heading: Vec<String> = headings.iter().map(|h| h.trim_start_matches('>').to_owned()).collect();
    let clean = |row: &Vec<String>| row.iter().map(|cell| harmless(cell)).collect::<Vec<_>>();
    let all: Vec<Vec<String>> = std::iter::once(heading).chain(rows.iter().map(clean)).collect();
    let widest =
        |column: usize| all.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..headings.len()).map(widest).collect();
    let set = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| match widths.get(column) {
            Some(&width) if is_right(column) => right(cell, width),
            Some(&width) => left(cell, width),
            None => cell.clone(),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all.iter().map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_are_short() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1000), "1.0 K");
        assert_eq!(size(32 << 20), "32.0 M");
        assert_eq!(size(1023 << 20), "1.0 G");
        assert_eq!(size(u64::MAX), "16777216 T");
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn only_all_of_it_is_a_hundred_percent() {
        assert_eq!(percent(0, 0), "-");
        assert_eq!(percent(0, 7), "0.0%");
        assert_eq!(percent(1, 100_000), "<0.1%");
        assert_eq!(percent(99_999, 100_000), "99.9%");
        assert_eq!(percent(7, 7), "100.0%");
    }

    #[test]
    fn tables_line_up() {
        let lines = table(&["a", ">n"], &[vec!["xyz".into(), "7".into()], vec!["x".into(), "1234".into()]]);
        assert_eq!(lines, ["a       n", "xyz     7", "x    1234"]);
    }
    #[test]
    fn tables_line_up_whatever_is_in_them() {
        let lines =
            table(&["a", "n"], &[vec!["\u{4e2d}\u{4e2d}".into(), "7".into()], vec!["x\x1b".into(), "8".into()]]);
        assert_eq!(lines, ["a      n", "\u{4e2d}\u{4e2d}   7", "x\\x1b  8"]);
    }

    #[test]
    fn json_has_escapes_of_its_own() {
        let json = json_escaped(serde_json::to_string("a\u{9b}\u{202e}\u{e0041}\n").unwrap());
        assert_eq!(json, r#""a\u009b\u202e\udb40\udc41\n""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "a\u{9b}\u{202e}\u{e0041}\n");
    }
}
