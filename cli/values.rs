//! What the extension's values look like in a segment, as far as they can be read without PHP: numbers, strings, text.
//!
//! The format is part of a segment's fingerprint; values of another format are not looked into.

pub use trove_shm::kind::Kind;
use trove_shm::kind::build_of;
use trove_shm::segment::list::Found;

/// Bytes of a string before its text; where among them its length stands.
const STRING_HEADER: usize = 24;
const STRING_LEN: usize = 16;

/// A value that can be told without PHP.
#[derive(Debug, Clone, PartialEq)]
pub enum Plain {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Long(i64),
    /// A floating-point number.
    Double(f64),
    /// A string.
    Str(Vec<u8>),
    /// What `serialize()` has made of a value.
    Serialized(Vec<u8>),
}

/// Whether the segment's values are of the format that is known here.
pub fn is_known_format(found: &Found) -> bool {
    found.fingerprint.as_deref().and_then(build_of).is_some()
}

/// The type of a value of this kind; what `serialize()` wrote says what it is.
pub fn name_of(kind: Kind, payload: &[u8]) -> &'static str {
    match (kind, payload.first()) {
        (Kind::Php, Some(b's')) => "string",
        (Kind::Php, Some(b'a')) => "array",
        // The kind of what is inside.
        (Kind::Compressed, Some(&inner)) => Kind::of(inner).map_or(name(kind), name),
        _ => name(kind),
    }
}

/// The same where the payload is not at hand.
pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::False | Kind::True => "bool",
        Kind::Long => "int",
        Kind::Double => "float",
        Kind::Str => "string",
        Kind::Array => "array",
        Kind::Php | Kind::Objects => "object",
        Kind::Registered => "encoded",
        Kind::Compressed => "compressed",
    }
}

/// The value, where PHP is not needed for it; none where it is, or the payload is damaged.
pub fn plain(kind: Kind, word: u64, payload: &[u8]) -> Option<Plain> {
    Some(match kind {
        Kind::Null => Plain::Null,
        Kind::False => Plain::Bool(false),
        Kind::True => Plain::Bool(true),
        Kind::Long => Plain::Long(word as i64),
        Kind::Double => Plain::Double(f64::from_bits(word)),
        Kind::Str => Plain::Str(string(payload)?.to_vec()),
        Kind::Php => Plain::Serialized(payload.to_vec()),
        Kind::Array | Kind::Objects | Kind::Registered | Kind::Compressed => return None,
    })
}

/// The serializer that made a payload of [`Kind::Registered`].
pub fn serializer(payload: &[u8]) -> Option<&str> {
    let end = payload.iter().position(|&byte| byte == 0)?;
    std::str::from_utf8(&payload[..end]).ok()
}

/// The text of a string's image.
fn string(payload: &[u8]) -> Option<&[u8]> {
    let len = payload.get(STRING_LEN..STRING_HEADER)?.try_into().ok().map(u64::from_le_bytes)?;
    payload.get(STRING_HEADER..)?.get(..usize::try_from(len).ok()?)
}

impl Plain {
    /// As PHP code would say it.
    pub fn text(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(value) => value.to_string(),
            Self::Long(value) => value.to_string(),
            Self::Double(value) => double(*value),
            Self::Str(bytes) => format!("\"{}\"", crate::out::printable(bytes).replace('"', "\\\"")),
            Self::Serialized(bytes) => crate::out::printable(bytes),
        }
    }

    /// As JSON; a string that is not UTF-8 as an object with its bytes in hexadecimal digits.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Long(value) => (*value).into(),
            Self::Double(value) => match serde_json::Number::from_f64(*value) {
                Some(number) => number.into(),
                None => double(*value).into(),
            },
            Self::Str(bytes) => text_or_hex(bytes),
            Self::Serialized(bytes) => serde_json::json!({ "serialized": text_or_hex(bytes) }),
        }
    }

    /// As `serialize()` writes it.
    pub fn serialized(&self) -> Vec<u8> {
        match self {
            Self::Null => b"N;".to_vec(),
            Self::Bool(value) => format!("b:{};", u8::from(*value)).into_bytes(),
            Self::Long(value) => format!("i:{value};").into_bytes(),
            Self::Double(value) => format!("d:{};", double(*value)).into_bytes(),
            Self::Str(bytes) => [format!("s:{}:\"", bytes.len()).as_bytes(), bytes, b"\";"].concat(),
            Self::Serialized(bytes) => bytes.clone(),
        }
    }
}

/// Bytes as a JSON string; where they are not UTF-8, as an object with hexadecimal digits.
pub fn text_or_hex(bytes: &[u8]) -> serde_json::Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => serde_json::json!({ "hex": hex(bytes) }),
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of hexadecimal digits.
pub fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
    let pairs = text.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// As `var_export()` and `serialize()` write it: the shortest text that is read back as the same number.
fn double(value: f64) -> String {
    match () {
        () if value.is_nan() => "NAN".into(),
        () if value.is_infinite() => if value > 0.0 { "INF" } else { "-INF" }.into(),
        () if value != 0.0 && !(1e-5..1e15).contains(&value.abs()) => format!("{value:E}"),
        () => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_cut_out_of_its_image_and_a_damaged_one_is_none() {
        let image = |len: u64, text: &[u8]| [&[7; 16], &len.to_le_bytes()[..], text].concat();
        assert_eq!(string(&image(3, b"abc\0\0\0\0\0")), Some(&b"abc"[..]));
        assert_eq!(string(&image(0, b"\0")), Some(&b""[..]));
        for damaged in [image(9, b"abc"), image(u64::MAX, b"abc"), vec![1; 23], Vec::new()] {
            assert_eq!(string(&damaged), None);
        }
    }

    #[test]
    fn plain_values_serialize_as_in_php() {
        assert_eq!(Plain::Str(b"a\"b".to_vec()).serialized(), b"s:3:\"a\"b\";");
        assert_eq!(Plain::Double(0.1).serialized(), b"d:0.1;");
        assert_eq!(Plain::Double(1e100).serialized(), b"d:1E100;");
        assert_eq!(Plain::Double(f64::NEG_INFINITY).serialized(), b"d:-INF;");
        assert_eq!(Plain::Bool(true).serialized(), b"b:1;");
    }

    #[test]
    fn hexadecimal_digits_come_back() {
        assert_eq!(unhex(hex(b"\0\xffkey").as_bytes()), Some(b"\0\xffkey".to_vec()));
        assert_eq!(unhex(b"abc"), None);
        assert_eq!(unhex(b"zz"), None);
    }
}
