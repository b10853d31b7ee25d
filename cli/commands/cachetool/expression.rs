//! Regular expressions, as cachetool's users write them.

use regex::bytes::{Regex, RegexBuilder};

use crate::exit::{Exit, Failure};

/// A regular expression as PHP writes it: between delimiters, with letters behind that say how it is meant.
///
/// # Errors
/// `Usage` for what is none, and for what is not supported.
pub fn expression(text: &str) -> Result<Regex, Failure> {
    let refuse = |why: String| Failure::new(Exit::Usage, format!("{text:?}: {why}"));
    let inner = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    let (pattern, modifiers) = inner.ok_or_else(|| refuse("it does not stand between slashes, as /^user:/".into()))?;
    if pattern.is_empty() {
        return Err(refuse("every key matches it: to remove all of them, apcu:cache:clear".into()));
    }
    let mut builder = RegexBuilder::new(&pattern.replace("\\/", "/"));
    // Keys are bytes, unless somebody says otherwise.
    builder.unicode(false);
    for modifier in modifiers.chars() {
        match modifier {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'x' => builder.ignore_whitespace(true),
            'u' => builder.unicode(true),
            'U' => builder.swap_greed(true),
            other => return Err(refuse(format!("the modifier {other} is not known; i, m, s, x, u and U are"))),
        };
    }
    builder.build().map_err(|error| refuse(format!("{error} (references back and looking around are not supported)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_written_as_in_php() {
        assert!(expression("/^User:\\d+$/i").unwrap().is_match(b"user:42"));
        assert!(!expression("/^User:\\d+$/").unwrap().is_match(b"user:42"));
        assert!(expression("/a\\/b/").unwrap().is_match(b"a/b"));
        assert!(expression("/\\xff/").unwrap().is_match(b"\xff"));
        for bad in ["user", "/user", "user/", "/a/e", "/(/", "/(?=a)/", "", "//"] {
            assert_eq!(expression(bad).unwrap_err().exit, Exit::Usage, "{bad}");
        }
    }
}
