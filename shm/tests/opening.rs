//! Opening a segment in hostile territory: what is not ours is refused, what is no good is replaced, and of many creators one wins.

mod common;

use std::fs::{File, Permissions};
use std::mem::offset_of;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use common::dir::TempDir;
use common::fork::{Bell, Child, Exit, become_user, eventually, fork, is_root, sleep_until_killed};
use trove_shm::config::Geometry;
use trove_shm::error::Error;
use trove_shm::layout::{Header, HeapControl};
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::word::Ordering;

const MIB: u64 = 1 << 20;

fn options(directory: &Path) -> Options {
    let backing = Backing::File { directory: directory.into(), name: "site".into(), mode: 0o600, group: None };
    Options { capacity: MIB, entries_hint: 0, backing, fingerprint: "PHP 8.2 NTS".into() }
}

fn open(directory: &Path) -> Arc<Segment> {
    Segment::open(&options(directory)).expect("open")
}

fn refused(outcome: Result<Arc<Segment>, Error>) -> (PathBuf, String) {
    match outcome {
        Err(Error::Refused { path, why }) => (path, why),
        other => panic!("not refused: {other:?}"),
    }
}

/// The file that `open` uses in an empty directory, removed again.
fn path_in(directory: &Path) -> PathBuf {
    let path = open(directory).path().unwrap().to_owned();
    std::fs::remove_file(&path).unwrap();
    path
}

fn mark(segment: &Segment) -> u64 {
    segment.header().reserved[0].fetch_add(1, Ordering::AcqRel) + 1
}

#[test]
fn what_one_writes_the_other_reads() {
    let dir = TempDir::new();
    let first = open(dir.path());
    assert!(first.replaced().is_none() && !first.differs_from_options() && !first.is_retired() && first.is_fixed());
    assert_eq!(mark(&first), 1);
    let file = first.path().unwrap().metadata().unwrap();
    assert_eq!((file.mode() & 0o7777, file.len()), (0o600, MIB));
    let mut child = fork(|| {
        let own = open(dir.path());
        assert_eq!(mark(&own), 2);
    });
    assert_eq!(child.wait(), Exit::Done);
    // The fixed place is taken in this process: the second handle lies elsewhere, and works.
    let second = open(dir.path());
    assert!(!second.is_fixed());
    assert_eq!((mark(&second), mark(&first)), (3, 4));
    assert_eq!(dir.names().len(), 1, "{:?}", dir.names());
}

#[test]
fn a_process_that_comes_later_has_it_at_the_same_place() {
    let dir = TempDir::new();
    let address = open(dir.path()).fixed_address(0);
    let again = open(dir.path());
    assert!(again.is_fixed());
    assert_eq!(again.fixed_address(0), address);
}

#[test]
fn a_new_segment_is_ready_for_use() {
    let segment = Segment::open(&Options { backing: Backing::Private, ..options(Path::new("/")) }).unwrap();
    let (h, g) = (segment.header(), segment.geometry());
    assert_eq!(*g, Geometry::new(MIB, 0).unwrap());
    assert_eq!((h.era.word.load(Ordering::Relaxed), h.ready.load(Ordering::Relaxed)), (1, 1));
    assert_ne!(h.hash_seed.load(Ordering::Relaxed), 0);
    assert_eq!(segment.heap().committed.load(Ordering::Relaxed), g.blocks_at);
    assert!((0..g.slots).all(|n| segment.slot(n).lo.load(Ordering::Relaxed) == u64::MAX));
    let apcu = segment.cache_record(0);
    assert_eq!((apcu.state.load(Ordering::Relaxed), apcu.name_len.load(Ordering::Relaxed)), (1, 4));
    assert_eq!(&apcu.name[0].load(Ordering::Relaxed).to_ne_bytes(), b"apcu\0\0\0\0");
    assert!(segment.path().is_none() && segment.is_fixed());
    segment.commit(g.blocks_at, g.capacity).unwrap();
}

#[test]
fn private_memory_is_shared_with_forked_children_only() {
    let private = || Segment::open(&Options { backing: Backing::Private, ..options(Path::new("/")) }).unwrap();
    let segment = private();
    let mut child = fork(|| assert_eq!(mark(&segment), 1));
    assert_eq!(child.wait(), Exit::Done);
    assert_eq!((mark(&segment), mark(&private())), (2, 1));
}

#[test]
fn other_names_and_fingerprints_are_other_segments() {
    let dir = TempDir::new();
    let first = open(dir.path());
    mark(&first);
    let other_print = Segment::open(&Options { fingerprint: "PHP 8.5 ZTS".into(), ..options(dir.path()) }).unwrap();
    let backing = Backing::File { directory: dir.path().into(), name: "blog".into(), mode: 0o640, group: None };
    let other_name = Segment::open(&Options { backing, ..options(dir.path()) }).unwrap();
    assert_eq!((mark(&other_print), mark(&other_name), mark(&first)), (1, 1, 2));
    assert_eq!(other_name.path().unwrap().metadata().unwrap().mode() & 0o777, 0o640);
    let found = Segment::list(dir.path()).unwrap();
    assert_eq!(found.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["blog", "site", "site"]);
    assert!(found.iter().all(|f| f.bytes == MIB && f.problem.is_none()), "{found:?}");
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let dir = TempDir::new();
    let path = path_in(dir.path());
    let target = dir.path().join("target");
    std::fs::write(&target, "precious").unwrap();
    symlink(&target, &path).unwrap();
    let (at, why) = refused(Segment::open(&options(dir.path())));
    assert_eq!((at, why.as_str()), (path.clone(), "it is a symbolic link; remove it"));
    assert_eq!(std::fs::read(&target).unwrap(), b"precious");
    std::fs::remove_file(&path).unwrap();

    std::fs::create_dir(&path).unwrap();
    assert!(refused(Segment::open(&options(dir.path()))).1.contains("not a regular file"));
    std::fs::remove_dir(&path).unwrap();

    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(refused(Segment::open(&options(dir.path()))).1.contains("not a regular file"));
    std::fs::remove_file(&path).unwrap();

    // Nor may the preliminary name lead elsewhere.
    let fresh = PathBuf::from(format!("{}.new", path.display()));
    symlink(&target, &fresh).unwrap();
    let (at, why) = refused(Segment::open(&options(dir.path())));
    assert_eq!((at, why.as_str()), (fresh, "it is a symbolic link; remove it"));
    assert_eq!(std::fs::read(&target).unwrap(), b"precious");
}

/// What is found in a file of ours that others may have written, or that is no segment.
fn replaced(spoil: impl FnOnce(&File, &Path)) -> String {
    let dir = TempDir::new();
    let first = open(dir.path());
    mark(&first);
    let path = first.path().unwrap().to_owned();
    drop(first);
    spoil(&File::options().read(true).write(true).open(&path).unwrap(), &path);
    let second = open(dir.path());
    assert_eq!(mark(&second), 1, "a new one");
    assert_eq!(dir.names().len(), 1);
    second.replaced().expect("the reason").to_owned()
}

#[test]
fn a_file_of_ours_that_others_could_write_is_replaced() {
    let chmod =
        |mode| move |_: &File, path: &Path| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    assert!(replaced(chmod(0o606)).contains("everybody may write to it"));
    assert!(replaced(chmod(0o660)).contains("group"));
}

#[test]
fn a_file_of_ours_that_is_no_segment_is_replaced() {
    let word =
        |at: usize, value: u64| replaced(move |file, _| file.write_all_at(&value.to_ne_bytes(), at as u64).unwrap());
    let half =
        |at: usize, value: u32| replaced(move |file, _| file.write_all_at(&value.to_ne_bytes(), at as u64).unwrap());
    assert!(replaced(|file, _| file.set_len(0).unwrap()).contains("shorter"));
    assert!(replaced(|file, _| file.set_len(4095).unwrap()).contains("shorter"));
    assert!(replaced(|file, _| file.set_len(MIB - 4096).unwrap()).contains("length"));
    assert!(replaced(|file, _| file.set_len(MIB + 4096).unwrap()).contains("length"));
    assert!(replaced(|file, _| file.write_all_at(&[b'?'; 70_000], 0).unwrap()).contains("not a segment"));
    assert!(word(offset_of!(Header, magic), 1).contains("not a segment"));
    assert!(word(offset_of!(Header, layout_id), 1).contains("another build of Trove"));
    assert!(word(offset_of!(Header, fingerprint), 1).contains("another build of PHP"));
    assert!(word(offset_of!(Header, fingerprint_text), 1).contains("another build of PHP"));
    assert!(word(offset_of!(Header, boot_id), 1).contains("last start"));
    assert!(word(offset_of!(Header, fixed_base), 4096).contains("address"));
    assert!(half(offset_of!(Header, ready), 0).contains("not finished"));
    assert!(half(offset_of!(Header, retired), 1).contains("retired"));
    assert!(half(offset_of!(Header, slots), 1 << 20).contains("counts"));
    assert!(half(offset_of!(Header, buckets), 1 << 20).contains("tables"));
    assert!(half(offset_of!(Header, stripes), 3).contains("counts"));
    let committed = Geometry::new(MIB, 0).unwrap().heap_at as usize + offset_of!(HeapControl, committed);
    assert!(word(committed, MIB + 8).contains("heap"));
    assert!(word(committed, 0).contains("heap"));
}

#[test]
fn a_file_of_another_user_is_refused_and_left_alone() {
    if !is_root() {
        return eprintln!("SKIPPED: changing owners needs root");
    }
    let dir = TempDir::new();
    let path = open(dir.path()).path().unwrap().to_owned();
    chown(&path, Some(4711), None).unwrap();
    let (at, why) = refused(Segment::open(&options(dir.path())));
    assert_eq!(at, path);
    assert!(why.contains("user 4711") && why.contains("root does not map"), "{why}");
    std::fs::write(&path, "no segment").unwrap();
    assert!(refused(Segment::open(&options(dir.path()))).1.contains("user 4711"));
    assert_eq!(std::fs::read(&path).unwrap(), b"no segment");
}

#[test]
fn a_user_neither_maps_nor_removes_what_another_one_owns() {
    if !is_root() {
        return eprintln!("SKIPPED: becoming other users needs root");
    }
    let dir = TempDir::new();
    dir.chmod(0o1777);
    let mut child = fork(|| {
        become_user(4711, 4711);
        let path = open(dir.path()).path().unwrap().to_owned();
        assert!(path.to_str().unwrap().contains("-4711-"));
    });
    assert_eq!(child.wait(), Exit::Done);
    let name = dir.names().remove(0);
    let path = dir.path().join(&name);
    for (owner, mode, expected) in [
        (0, 0o600, "user 0"),
        (4712, 0o600, "user 4712"),
        (4712, 0o644, "user 4712"),
        (4712, 0o666, "everybody may write"),
        (0, 0o666, "everybody may write"),
    ] {
        chown(&path, Some(owner), Some(owner)).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let mut child = fork(|| {
            become_user(4711, 4711);
            let (at, why) = refused(Segment::open(&options(dir.path())));
            assert!(at == path && why.contains(expected), "{owner} {mode:o}: {why}");
        });
        assert_eq!(child.wait(), Exit::Done, "{owner} {mode:o}");
        assert_eq!(dir.names(), [name.as_str()]);
    }
}

#[test]
fn a_group_shares_a_segment_where_that_is_configured() {
    if !is_root() {
        return eprintln!("SKIPPED: becoming other users needs root");
    }
    const GROUP: u32 = 4700;
    let dir = TempDir::new();
    chown(dir.path(), None, Some(GROUP)).unwrap();
    dir.chmod(0o770);
    let shared = |group| {
        let backing = Backing::File { directory: dir.path().into(), name: "site".into(), mode: 0o660, group };
        Segment::open(&Options { backing, ..options(dir.path()) })
    };
    for (user, expected) in [(4711, 1), (4712, 2), (4713, 3)] {
        let mut child = fork(|| {
            become_user(user, GROUP);
            assert_eq!(mark(&shared(Some(GROUP)).unwrap()), expected);
        });
        assert_eq!(child.wait(), Exit::Done, "user {user}");
    }
    let path = dir.path().join(dir.names().remove(0));
    assert!(path.to_str().unwrap().contains("-g4700-"));
    let meta = path.metadata().unwrap();
    assert_eq!((meta.uid(), meta.gid(), meta.mode() & 0o777), (4711, GROUP, 0o660));

    assert!(matches!(shared(Some(GROUP)), Err(Error::Config { .. })), "root shares nothing with a group");
    assert!(matches!(shared(None), Err(Error::Config { .. })), "which group?");
    // Another group took its place.
    chown(&path, Some(4711), Some(4799)).unwrap();
    dir.chmod(0o777 | 0o1000);
    let mut child = fork(|| {
        become_user(4712, GROUP);
        // 4712 is neither the owner nor in that group: it cannot even be opened.
        assert!(refused(shared(Some(GROUP))).1.contains("user 4711"));
    });
    assert_eq!(child.wait(), Exit::Done);
    let mut child = fork(|| {
        become_user(4711, GROUP);
        assert!(shared(Some(GROUP)).unwrap().replaced().unwrap().contains("group 4799 may write"));
    });
    assert_eq!(child.wait(), Exit::Done);
}

#[test]
fn directories_are_checked_and_named() {
    let dir = TempDir::new();
    let missing = dir.path().join("missing");
    let (at, why) = refused(Segment::open(&options(&missing)));
    assert!(at == missing && why.contains("no such directory"), "{why}");
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(refused(Segment::open(&options(&file))).1.contains("not a directory"));
    assert!(refused(Segment::open(&options(Path::new("tmp")))).1.contains("absolute"));
    dir.chmod(0o777);
    let (at, why) = refused(Segment::open(&options(dir.path())));
    assert!(at == dir.path() && why.contains("sticky"), "{why}");
    dir.chmod(0o1777);
    assert!(Segment::open(&options(dir.path())).is_ok());
    if is_root() {
        dir.chmod(0o755);
        let mut child = fork(|| {
            become_user(4711, 4711);
            let (at, why) = refused(Segment::open(&options(dir.path())));
            assert!(at == dir.path() && why.contains("user 4711 may not create files"), "{why}");
        });
        assert_eq!(child.wait(), Exit::Done);
        dir.chmod(0o700);
        let mut child = fork(|| {
            become_user(4711, 4711);
            let (_, why) = refused(Segment::open(&options(dir.path())));
            assert!(why.contains("user 4711 may not look into its directory"), "{why}");
        });
        assert_eq!(child.wait(), Exit::Done);
    }
}

#[test]
fn of_twenty_that_start_at_once_one_creates() {
    let dir = TempDir::new();
    let go = Bell::new();
    let mut children: Vec<_> = (0..20)
        .map(|_| {
            fork(|| {
                go.wait();
                mark(&open(dir.path()));
                sleep_until_killed();
            })
        })
        .collect();
    for _ in 0..20 {
        go.ring();
    }
    let segment = open(dir.path());
    eventually("all are attached to one", || segment.header().reserved[0].load(Ordering::Acquire) == 20);
    assert_eq!(dir.names().len(), 1, "{:?}", dir.names());
    assert!(segment.replaced().is_none());
    children.iter_mut().for_each(Child::kill);
}

#[test]
fn creators_that_are_killed_leave_nothing_in_the_way() {
    let dir = TempDir::new();
    for round in 0..40_u64 {
        let mut children: Vec<_> = (0..3).map(|_| fork(|| drop(open(dir.path())))).collect();
        std::thread::sleep(Duration::from_micros(round * 97 % 3000));
        children[0].kill();
        children[1].kill();
        assert!(matches!(children[2].wait(), Exit::Done));
        let segment = open(dir.path());
        Segment::remove(segment.path().unwrap()).unwrap();
        assert!(segment.is_retired());
    }
    drop(open(dir.path()));
    assert_eq!(dir.names().len(), 1, "{:?}", dir.names());
}

#[test]
fn who_creates_and_stands_still_makes_the_others_give_up() {
    let dir = TempDir::new();
    let fresh = PathBuf::from(format!("{}.new", path_in(dir.path()).display()));
    let bell = Bell::new();
    let mut child = fork(|| {
        let file = File::create_new(&fresh).unwrap();
        file.lock().unwrap();
        bell.ring();
        sleep_until_killed();
    });
    bell.wait();
    let (at, why) = refused(Segment::open(&options(dir.path())));
    assert!(at == fresh && why.contains("another process"), "{why}");
    child.kill();
    drop(open(dir.path()));
    assert_eq!(dir.names().len(), 1);
}

#[test]
fn another_size_is_had_when_nobody_uses_the_old_one() {
    let dir = TempDir::new();
    let larger = || Segment::open(&Options { capacity: 2 * MIB, ..options(dir.path()) }).unwrap();
    let old = open(dir.path());
    assert_eq!((mark(&old), open(dir.path()).differs_from_options()), (1, false));
    {
        let still_old = larger();
        assert!(still_old.differs_from_options());
        assert_eq!((mark(&still_old), still_old.geometry().capacity), (2, MIB));
    }
    let mut child = fork(|| sleep_until_killed());
    drop(old);
    // A forked child uses it as well.
    assert!(larger().differs_from_options());
    child.kill();
    // Children that other tests have forked in the meantime may still have it, too.
    let mut new = None;
    eventually("nobody uses the old one", || {
        new = Some(larger()).filter(|segment| !segment.differs_from_options());
        new.is_some()
    });
    let new = new.unwrap();
    assert_eq!((mark(&new), new.geometry().capacity), (1, 2 * MIB));
    assert!(new.replaced().unwrap().contains("1048576 bytes"));
    let hint = Segment::open(&Options { capacity: 2 * MIB, entries_hint: 100, ..options(dir.path()) }).unwrap();
    assert!(hint.differs_from_options(), "the hint counts as well");
}

#[test]
fn a_full_file_system_is_an_error_with_its_name() {
    let Some(dir) = TempDir::tmpfs(MIB) else { return eprintln!("SKIPPED: mounting needs root") };
    let many = Options { capacity: 64 * MIB, ..options(dir.path()) };
    match Segment::open(&many) {
        Err(Error::DirectoryFull { place, wanted, available }) => {
            assert_eq!(Path::new(&place), dir.path());
            assert!(wanted > MIB && available <= MIB, "{wanted} {available}");
        }
        other => panic!("it cannot fit: {other:?}"),
    }
    assert_eq!(dir.names(), [""; 0], "nothing is left");
    // Tables fit, blocks do not: the file is sparse until it is committed.
    let segment = Segment::open(&Options { capacity: 8 * MIB, ..options(dir.path()) }).unwrap();
    let start = segment.geometry().blocks_at;
    segment.commit(start, start + 65_536).unwrap();
    let Err(Error::DirectoryFull { place, .. }) = segment.commit(start, 4 * MIB) else { panic!("it cannot fit") };
    assert_eq!(Path::new(&place), dir.path());
}

#[test]
fn a_segment_removed_is_retired_for_those_who_have_it() {
    let dir = TempDir::new();
    let old = open(dir.path());
    mark(&old);
    let found = Segment::list(dir.path()).unwrap();
    assert_eq!(found.len(), 1);
    Segment::remove(&found[0].path).unwrap();
    assert!(old.is_retired());
    assert_eq!((mark(&open(dir.path())), mark(&old)), (1, 2));

    let other = dir.path().join("other");
    std::fs::write(&other, "x").unwrap();
    assert!(matches!(Segment::remove(&other), Err(Error::Refused { .. })));
    let spoilt = &found[0].path;
    std::fs::write(spoilt, "x").unwrap();
    assert!(Segment::list(dir.path()).unwrap()[0].problem.as_ref().unwrap().to_string().contains("shorter"));
    Segment::remove(spoilt).unwrap();
    assert_eq!(dir.names(), ["other"]);
}

#[test]
fn what_another_build_left_goes_when_nobody_uses_it() {
    let dir = TempDir::new();
    let own = open(dir.path());
    let of_build = |fingerprint: &str, name: &str| {
        let mut options = options(dir.path());
        let Backing::File { name: named, .. } = &mut options.backing else { unreachable!() };
        (*named, options.fingerprint) = (name.into(), fingerprint.into());
        Segment::open(&options).unwrap()
    };
    let left = of_build("PHP 8.1 NTS", "site").path().unwrap().to_owned();
    let of_another_site = of_build("PHP 8.1 NTS", "other-site").path().unwrap().to_owned();
    let in_use = of_build("PHP 8.3 NTS", "site");
    let linked = dir.path().join(
        own.path().unwrap().file_name().unwrap().to_str().unwrap().rsplit_once('-').unwrap().0.to_owned()
            + "-0123456789abcdef",
    );
    symlink(&left, &linked).unwrap();

    assert_eq!(own.remove_unused_builds(Duration::from_secs(60)), 0, "it was used just now");
    // A child of another test may have inherited the lock.
    eventually("removal", || own.remove_unused_builds(Duration::ZERO) == 1);
    assert!(!left.exists());
    for kept in [&of_another_site, &linked, in_use.path().unwrap(), own.path().unwrap()] {
        assert!(kept.symlink_metadata().is_ok(), "{} is gone", kept.display());
    }
    drop(in_use);
    eventually("removal", || own.remove_unused_builds(Duration::ZERO) == 1);
}

#[test]
fn a_use_is_noted_in_the_file() {
    let dir = TempDir::new();
    let segment = open(dir.path());
    let file = File::open(segment.path().unwrap()).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    segment.note_use();
    assert!(file.metadata().unwrap().modified().unwrap().elapsed().unwrap() < Duration::from_secs(3600));
}
