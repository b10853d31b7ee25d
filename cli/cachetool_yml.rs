//! cachetool's configuration: `.cachetool.yml`, as people have it lying around. Of what stands in it, the address of php-fpm still means something;
//! the rest is told to be superfluous, so that nobody believes it had an effect.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use saphyr::{LoadableYamlNode, Scalar, Yaml};

use crate::exit::{Exit, Failure};
use crate::fcgi::Address;
use crate::text::{self, printable};

/// Names that cachetool looks for, in its order.
const NAMES: [&str; 2] = [".cachetool.yml", ".cachetool.yaml"];
/// And for the whole host.
const FOR_ALL: [&str; 2] = ["/etc/cachetool.yml", "/etc/cachetool.yaml"];

/// Its settings, and why they are not needed any more.
const SUPERFLUOUS: [(&str, &str); 10] = [
    ("adapter", "the segment is reached directly"),
    ("extensions", "everything is there"),
    ("temp_dir", "no file is written"),
    ("fastcgiChroot", "no file is written"),
    ("webClient", "nothing goes through the web server"),
    ("webPath", "no file is written"),
    ("webUrl", "nothing goes through the web server"),
    ("webAllowInsecure", "nothing goes through the web server"),
    ("webBasicAuth", "nothing goes through the web server"),
    ("webHost", "nothing goes through the web server"),
];

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    /// The file.
    pub path: PathBuf,
    /// Where php-fpm listens: for what only a worker can tell.
    pub fastcgi: Option<Address>,
    /// Settings that have no effect, each with the reason.
    pub superfluous: Vec<(String, &'static str)>,
}

impl Config {
    /// Looks as cachetool does: in the current directory and those above, in the home directory, in /etc. None where there is none. Nobody has
    /// named that file, so one that is not understood, or may not be read, is told and keeps nobody from anything.
    ///
    /// # Errors
    /// Why it has no effect.
    pub fn find() -> Result<Option<Self>, Failure> {
        let here = std::env::current_dir().unwrap_or_default();
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let directories = here.ancestors().chain([home.as_path()]).filter(|path| path.is_absolute());
        let paths = directories.flat_map(|directory| NAMES.map(|name| directory.join(name)));
        paths.chain(FOR_ALL.map(PathBuf::from)).find(|path| path.is_file()).map(|path| Self::read(&path)).transpose()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// `Usage` where it cannot be read or understood.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let refuse = |why: &str| Failure::new(Exit::Usage, format!("{}: {why}", text::path(path)));
        let text = read(path).map_err(|error| refuse(&error.to_string()))?;
        Self::parse(path, &text).map_err(|why| refuse(&why))
    }

    fn parse(path: &Path, text: &str) -> Result<Self, String> {
        let mut config = Self { path: path.to_owned(), fastcgi: None, superfluous: Vec::new() };
        let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
        let settings = match documents.first() {
            None | Some(Yaml::Value(Scalar::Null)) => return Ok(config),
            Some(document) => document.as_mapping().ok_or("it is not a list of settings and their values")?,
        };
        for (name, value) in settings {
            let name = name.as_str().ok_or("the name of a setting is not a text")?;
            if name == "fastcgi" {
                config.fastcgi = match value {
                    Yaml::Value(Scalar::Null) => None,
                    Yaml::Value(Scalar::Integer(port)) => Some(port.to_string().parse()?),
                    value => Some(value.as_str().ok_or("fastcgi is not an address")?.parse()?),
                };
                continue;
            }
            let known = SUPERFLUOUS.iter().find(|(known, _)| *known == name);
            config.superfluous.push((name.to_owned(), known.map_or("it is not known", |(_, why)| *why)));
        }
        Ok(config)
    }

    /// What is used and what is not, for people.
    pub fn describe(&self) -> String {
        let mut text = text::path(&self.path);
        text += &match &self.fastcgi {
            Some(address) => format!(": fastcgi ({address}) is asked where only a running worker can tell"),
            None => ": nothing in it is needed".to_owned(),
        };
        if !self.superfluous.is_empty() {
            let each: Vec<_> =
                self.superfluous.iter().map(|(name, why)| format!("{} ({why})", printable(name.as_bytes()))).collect();
            text += &format!("; without effect: {}", each.join(", "));
        }
        text
    }
}

/// Reads a file of settings: no more than such a file has, whatever lies there.
fn read(path: &Path) -> io::Result<String> {
    const MOST: u64 = 1 << 20;
    let mut text = String::new();
    match File::open(path)?.take(MOST + 1).read_to_string(&mut text)? as u64 {
        ..=MOST => Ok(text),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("/srv/.cachetool.yml"), text)
    }

    #[test]
    fn the_address_is_used_and_the_rest_is_told_to_have_no_effect() {
        let config =
            parse("adapter: fastcgi\nfastcgi: /run/php/shop.sock\ntemp_dir: /dev/shm/x\nextensions: [apcu, opcache]\n");
        let config = config.unwrap();
        assert_eq!(config.fastcgi, Some(Address::Socket("/run/php/shop.sock".into())));
        let names: Vec<&str> = config.superfluous.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["adapter", "temp_dir", "extensions"]);
        assert!(config.describe().contains("temp_dir (no file is written)"), "{}", config.describe());
    }

    #[test]
    fn addresses_are_texts_or_ports_and_may_be_missing() {
        assert_eq!(parse("fastcgi: 127.0.0.1:9000").unwrap().fastcgi, Some(Address::Port("127.0.0.1:9000".into())));
        assert_eq!(parse("fastcgi: 9000").unwrap().fastcgi, Some(Address::Port("127.0.0.1:9000".into())));
        assert_eq!(parse("fastcgi: ~").unwrap().fastcgi, None);
        assert_eq!(parse("").unwrap().fastcgi, None);
        assert_eq!(parse("# nothing\n").unwrap().superfluous, []);
        assert_eq!(parse("unheard: of").unwrap().superfluous, [("unheard".to_owned(), "it is not known")]);
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        for text in ["- a\n- b\n", "fastcgi: [1, 2]", "fastcgi: nowhere", "a: 'b", "just a text", "1: 2"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
