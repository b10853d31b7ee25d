//! Text that others have written - keys, names, paths, what a process of somebody else's says - made harmless for a terminal, and measured in
//! its columns.

use std::path::Path;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Characters that take no room of their own, or turn the direction of what follows: with them one key could look like another one. By code point,
/// both ends included.
const HIDDEN: [(u32, u32); 18] = [
    (0xad, 0xad),
    (0x34f, 0x34f),
    (0x61c, 0x61c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x206f),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb),
    (0x1_3430, 0x1_345f),
    (0x1_bca0, 0x1_bca3),
    (0x1_d173, 0x1_d17a),
    (0xe_0000, 0xe_0fff),
];

/// Whether a character is not printed as it is: a control character, or one that hides.
pub fn is_hidden(c: char) -> bool {
    let code = c as u32;
    c.is_control() || HIDDEN.iter().any(|&(first, last)| (first..=last).contains(&code))
}

/// Bytes on one line: whatever is not printable is written as `\xNN`, and a backslash as two.
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

/// A path, on one line.
pub fn path(path: &Path) -> String {
    printable(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))
}

/// Text that is to be written to a terminal: as it is, but for what is not printable.
pub fn harmless(text: &str) -> String {
    escaped(text.as_bytes(), &|_| None)
}

fn escaped(bytes: &[u8], special: &dyn Fn(char) -> Option<&'static str>) -> String {
    let mut text = String::with_capacity(bytes.len());
    let escape = |text: &mut String, byte: u8| text.push_str(&format!("\\x{byte:02x}"));
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match special(c) {
                Some(instead) => text.push_str(instead),
                None if is_hidden(c) => c.to_string().bytes().for_each(|byte| escape(&mut text, byte)),
                None => text.push(c),
            }
        }
        chunk.invalid().iter().for_each(|byte| escape(&mut text, *byte));
    }
    text
}

/// Columns that a text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text with blanks behind it up to `columns`.
pub fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A text with blanks before it up to `columns`.
pub fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A text of at most `columns`; where it is longer, its middle is left out.
pub fn shortened(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    if columns < 5 {
        return text[..fitting(text.char_indices(), columns)].to_owned();
    }
    let tail = (columns - 3) / 3;
    let head = &text[..fitting(text.char_indices(), columns - 3 - tail)];
    let skipped =
        fitting(text.chars().rev().scan(0, |at, c| Some((std::mem::replace(at, *at + c.len_utf8()), c))), tail);
    format!("{head}...{}", &text[text.len() - skipped..])
}

/// A text in lines of at most so many columns, broken at blanks; a word that is longer stands alone.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How many bytes of these characters fit in so many columns. Each comes with the bytes before it.
fn fitting(chars: impl Iterator<Item = (usize, char)>, columns: usize) -> usize {
    let (mut used, mut end) = (0, 0);
    for (at, c) in chars {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_a_cursor_is_not_printed() {
        assert_eq!(printable(b"key:\x1b[31m\xff\n"), "key:\\x1b[31m\\xff\\n");
        assert_eq!(printable("gr\u{fc}n \u{202e}x".as_bytes()), "gr\u{fc}n \\xe2\\x80\\xaex");
        assert_eq!(harmless("a\\b\u{9b}2J\r"), "a\\b\\xc2\\x9b2J\\x0d");
        assert_eq!(path(Path::new("/a\nb")), "/a\\nb");
    }

    #[test]
    fn what_takes_no_room_is_written_out() {
        for c in
            ['\u{61c}', '\u{e0041}', '\u{e007f}', '\u{200b}', '\u{2066}', '\u{ad}', '\u{3164}', '\u{fe0f}', '\u{180e}']
        {
            assert!(printable(c.to_string().as_bytes()).starts_with("\\x"), "{:x}", c as u32);
        }
        for c in ['\u{e9}', '\u{4e2d}', '\u{1f600}', '\u{5d0}', '\u{301}'] {
            assert_eq!(printable(c.to_string().as_bytes()), c.to_string());
        }
    }

    #[test]
    fn long_texts_lose_their_middle() {
        assert_eq!(shortened("abcdefghij", 10), "abcdefghij");
        assert_eq!(shortened("abcdefghijk", 10), "abcde...jk");
        assert_eq!(shortened("abcdefghijk", 3), "abc");
    }

    #[test]
    fn long_texts_are_broken_at_blanks() {
        assert_eq!(wrapped("one two  three", 8), ["one two", "three"]);
        assert_eq!(wrapped("a longer-than-that word", 6), ["a", "longer-than-that", "word"]);
        assert!(wrapped("", 6).is_empty());
    }

    #[test]
    fn wide_characters_count_twice() {
        let wide = "\u{4e2d}".repeat(20);
        assert_eq!(width(&wide), 40);
        for columns in 0..45 {
            assert!(width(&shortened(&wide, columns)) <= columns, "{columns}");
        }
        assert_eq!(width(&left(&wide, 50)), 50);
        assert_eq!(shortened(&wide, 11), "\u{4e2d}\u{4e2d}\u{4e2d}...\u{4e2d}");
    }
}
