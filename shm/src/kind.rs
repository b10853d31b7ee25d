//! Numbers of the kinds of values, which the extension and the command must agree on.
//!
//! The engine stores the number with each entry and looks at it for nothing: what a payload is, only the extension's codec knows.

/// Version of the payloads' format: part of what must be equal for a process to use a segment (see [`fingerprint`]).
pub const FORMAT: u32 = 3;

/// What processes must have in common to read each other's values: `build`, which names what made them, and the format.
#[must_use]
pub fn fingerprint(build: &str) -> String {
    format!("{build}, format {FORMAT}")
}

/// The build that a fingerprint names, where its values are of the format that is known here.
#[must_use]
pub fn build_of(fingerprint: &str) -> Option<&str> {
    let (build, format) = fingerprint.rsplit_once(", format ")?;
    (format.parse() == Ok(FORMAT)).then_some(build)
}

/// What a payload is; the numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// In the entry's word.
    Null = 0,
    /// In the entry's word.
    False = 1,
    /// In the entry's word.
    True = 2,
    /// In the entry's word.
    Long = 3,
    /// In the entry's word, as IEEE 754 has it.
    Double = 4,
    /// PHP's own string.
    Str = 5,
    /// PHP's own array, with addresses.
    Array = 6,
    /// The text of `serialize()`.
    Php = 7,
    /// The name of a serializer, NUL, what that one made.
    Registered = 8,
    /// Classes, and steps to make the value again, with addresses.
    Objects = 9,
    /// Any of those with a payload, compressed.
    Compressed = 10,
}

impl Kind {
    /// The kind with this number; none where there is no such.
    #[inline]
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        const ALL: [Kind; 11] = [
            Kind::Null,
            Kind::False,
            Kind::True,
            Kind::Long,
            Kind::Double,
            Kind::Str,
            Kind::Array,
            Kind::Php,
            Kind::Registered,
            Kind::Objects,
            Kind::Compressed,
        ];
        ALL.get(usize::from(number)).copied()
    }
}

#[cfg(all(test, not(trove_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_number() {
        for number in 0..=u8::MAX {
            assert_eq!(Kind::of(number).map(|kind| kind as u8), (number <= Kind::Compressed as u8).then_some(number));
        }
    }

    #[test]
    fn a_fingerprint_names_the_build_where_the_format_is_known() {
        assert_eq!(build_of(&fingerprint("PHP API 1 NTS")), Some("PHP API 1 NTS"));
        assert_eq!(build_of("PHP API 1 NTS, format 1"), None);
        assert_eq!(build_of("another program"), None);
    }
}
