//! Tools attach to what is there, of whatever PHP build, and make, replace and remove nothing.

mod common;

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::sync::Arc;

use common::dir::TempDir;
use common::fork::is_root;
use trove_shm::error::Error;
use trove_shm::segment::{Backing, Options, Segment};

fn create(directory: &Path, fingerprint: &str) -> Arc<Segment> {
    let backing = Backing::File { directory: directory.into(), name: "site".into(), mode: 0o600, group: None };
    let options = Options { capacity: 1 << 20, entries_hint: 0, backing, fingerprint: fingerprint.into() };
    Segment::open(&options).expect("open")
}

fn refusal(path: &Path) -> String {
    match Segment::attach(path) {
        Err(Error::Refused { why, .. }) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn the_build_does_not_matter_and_the_segment_stays_as_it_is() {
    let dir = TempDir::new();
    let path = create(dir.path(), "PHP 9.9").path().unwrap().to_owned();
    let found = Segment::list(dir.path()).unwrap();
    assert_eq!((found[0].fingerprint.as_deref(), found[0].problem.as_ref()), (Some("PHP 9.9"), None));
    let attached = Segment::attach(&path).unwrap();
    assert_eq!(attached.geometry().capacity, 1 << 20);
    assert!(!attached.is_gone());
    // Who asks for another size finds it in use.
    assert_eq!(dir.names().len(), 1);
}

#[test]
fn what_is_not_there_is_not_made() {
    let dir = TempDir::new();
    let path = create(dir.path(), "PHP 9.9").path().unwrap().to_owned();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(refusal(&path), "there is no such segment");
    assert!(refusal(&dir.path().join("something")).contains("not called like a segment"));
    assert!(dir.names().is_empty());
}

#[test]
fn what_is_no_good_stays_and_is_refused() {
    let dir = TempDir::new();
    let path = create(dir.path(), "PHP 9.9").path().unwrap().to_owned();
    std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    assert!(refusal(&path).contains("everybody may write"));
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "not a segment").unwrap();
    assert!(refusal(&path).contains("shorter"));
    assert_eq!(dir.names().len(), 1);
}

#[test]
fn root_does_not_map_what_a_lesser_user_may_write() {
    if !is_root() {
        return;
    }
    let dir = TempDir::new();
    let path = create(dir.path(), "PHP 9.9").path().unwrap().to_owned();
    chown(&path, Some(33), Some(33)).unwrap();
    assert!(refusal(&path).contains("it belongs to user 33"));
}
