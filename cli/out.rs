//! What people read: the standard output, colours where it is a terminal, tables, sizes.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

/// Width of what is no terminal.
const WIDTH: usize = 80;

/// The standard output. A write to a pipe that nobody reads is an error like any other, not a panic (see [`crate::exit::Failure`]).
#[derive(Debug)]
pub struct Out {
    to: BufWriter<Stdout>,
    colours: bool,
    width: usize,
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
            colours: is_terminal && !is_dumb && !set("NO_COLOR"),
            width: width.filter(|&width| width >= 40).unwrap_or(WIDTH),
        }
    }

    /// Columns of the terminal; 80 where there is none.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A line.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.to, "{text}")
    }

    /// A value as JSON, over several lines.
    pub fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.to, value).map_err(io::Error::from)?;
        writeln!(self.to)
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
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
    let _ = writeln!(io::stderr(), "trove: {text}");
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

/// Text that came out of a segment, on one line and harmless for a terminal: whatever is not printable is written as `\xNN`.
pub fn printable(bytes: &[u8]) -> String {
    escaped(bytes, &|c| match c {
        '\\' => Some("\\\\"),
        '\n' => Some("\\n"),
        '\t' => Some("\\t"),
        _ => None,
    })
}

/// The same for a text of several lines, in which a backslash is nothing special.
pub fn printable_lines(bytes: &[u8]) -> String {
    escaped(bytes, &|c| (c == '\n').then_some("\n"))
}

fn escaped(bytes: &[u8], special: &dyn Fn(char) -> Option<&'static str>) -> String {
    let mut text = String::with_capacity(bytes.len());
    let escape = |text: &mut String, byte: u8| text.push_str(&format!("\\x{byte:02x}"));
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            // Direction marks and the like would let a key look like another one.
            let hides = matches!(c as u32, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff);
            match special(c) {
                Some(instead) => text.push_str(instead),
                None if hides || c.is_control() => c.to_string().bytes().for_each(|byte| escape(&mut text, byte)),
                None => text.push(c),
            }
        }
        chunk.invalid().iter().for_each(|byte| escape(&mut text, *byte));
    }
    text
}

/// A text of at most `width` characters; where it is longer, its middle is left out.
pub fn shortened(text: &str, width: usize) -> String {
    let len = text.chars().count();
    if len <= width || width < 5 {
        return text.chars().take(width).collect();
    }
    let tail = (width - 3) / 3;
    let head = width - 3 - tail;
    text.chars().take(head).chain("...".chars()).chain(text.chars().skip(len - tail)).collect()
}

/// Rows with columns of equal width, two blanks apart. A column whose heading begins with `>` is set to the right. Trailing blanks are left out.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let is_right = |column: usize| headings[column].starts_with('>');
    let heading: Vec<String> = headings.iter().map(|h| h.trim_start_matches('>').to_owned()).collect();
    let all = || std::iter::once(&heading).chain(rows);
    let width = |column: usize| all().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let set = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| match widths.get(column) {
            Some(width) if is_right(column) => format!("{cell:>width$}"),
            Some(width) => format!("{cell:<width$}"),
            None => cell.clone(),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all().map(set).collect()
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
    fn what_could_move_a_cursor_is_not_printed() {
        assert_eq!(printable(b"key:\x1b[31m\xff\n"), "key:\\x1b[31m\\xff\\n");
        assert_eq!(printable("gr\u{fc}n \u{202e}x".as_bytes()), "gr\u{fc}n \\xe2\\x80\\xaex");
    }

    #[test]
    fn long_texts_lose_their_middle() {
        assert_eq!(shortened("abcdefghij", 10), "abcdefghij");
        assert_eq!(shortened("abcdefghijk", 10), "abcde...jk");
        assert_eq!(shortened("abcdefghijk", 3), "abc");
    }

    #[test]
    fn tables_line_up() {
        let lines = table(&["a", ">n"], &[vec!["xyz".into(), "7".into()], vec!["x".into(), "1234".into()]]);
        assert_eq!(lines, ["a       n", "xyz     7", "x    1234"]);
    }
}
