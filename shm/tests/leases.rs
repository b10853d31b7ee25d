//! Leases between real processes: one computes a key at a time, and nobody waits for the dead.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::fork::{Bell, Child, Exit, eventually, fork, sleep_until_killed};
use trove_shm::cache::{Cache, CacheId, Leased, Now};
use trove_shm::error::{Error, Result};
use trove_shm::lease::{self, Asked, Identity, Token};
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::sync::locker::{Locked, Locker, Which};
use trove_shm::sync::slot::{self, Recovery, SlotHold};
use trove_shm::sync::{SlotId, futex};

/// Leases need nothing mended but themselves.
struct Forgets;

impl Recovery for Forgets {
    fn stripe(&self, _: &Locker<'_>, _: &Locked<'_>, _: u32) -> Result<()> {
        Ok(())
    }
    fn tags(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
        Ok(())
    }
    fn heap(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
        Ok(())
    }
    fn free_held(&self, _: &Locker<'_>, _: SlotId) -> Result<()> {
        Ok(())
    }
    fn forget(&self, segment: &Segment, dead: SlotId) {
        lease::release_all(segment, dead);
    }
}

fn segment() -> Arc<Segment> {
    let options = Options { capacity: 1 << 20, entries_hint: 0, backing: Backing::Private, fingerprint: "test".into() };
    Segment::open(&options).expect("open")
}

fn claim(segment: &Arc<Segment>) -> SlotHold {
    slot::claim(segment, &Forgets).expect("claim").expect("a free slot")
}

/// Asks for the lease of `key` for `ms` from now on, as `Cache::lease` does.
fn ask(segment: &Segment, hold: &SlotHold, key: &[u8], ms: u64) -> Result<Asked> {
    let (identity, now) = (Identity::of(segment, CacheId(1), key), futex::boot_ms());
    if let Some(taken) = lease::look(segment, identity, now) {
        return Ok(taken);
    }
    let mut held = hold.locker().lock(Which::Stripe(identity.stripe(segment)))?;
    held.mended();
    lease::ask_locked(segment, &held, hold.id(), identity, now + ms, now)
}

fn mine(asked: Result<Asked>) -> Token {
    match asked.expect("asked") {
        Asked::Mine(token) => token,
        Asked::Taken { owner, .. } => panic!("slot {} has it", owner.0),
    }
}

/// A child that takes the lease of `key` and sleeps until it is killed.
fn holder(segment: &Arc<Segment>, key: &[u8], ms: u64) -> Child {
    let bell = Bell::new();
    let child = fork(|| {
        let hold = claim(segment);
        mine(ask(segment, &hold, key, ms));
        bell.ring();
        sleep_until_killed();
    });
    bell.wait();
    child
}

#[test]
fn one_computes_and_the_other_is_told_when_it_is_over() {
    let segment = segment();
    let hold = claim(&segment);
    let token = mine(ask(&segment, &hold, b"key", 60_000));
    let mut other = fork(|| {
        let theirs = claim(&segment);
        let Asked::Taken { ticket, owner } = ask(&segment, &theirs, b"key", 60_000).unwrap() else {
            panic!("two compute")
        };
        assert_ne!(owner, theirs.id());
        mine(ask(&segment, &theirs, b"another key", 60_000));
        assert!(!lease::wait(&segment, ticket, Duration::from_millis(30)), "nobody has released it");
        assert!(lease::wait(&segment, ticket, Duration::from_secs(20)));
        mine(ask(&segment, &theirs, b"key", 60_000));
    });
    std::thread::sleep(Duration::from_millis(100));
    assert!(lease::release(&segment, hold.id(), token));
    assert_eq!(other.wait(), Exit::Done);
}

#[test]
fn the_own_lease_is_recognised() {
    let segment = segment();
    let hold = claim(&segment);
    mine(ask(&segment, &hold, b"key", 60_000));
    assert!(matches!(ask(&segment, &hold, b"key", 60_000), Ok(Asked::Taken { owner, .. }) if owner == hold.id()));
}

#[test]
fn a_killed_holder_hands_over_within_100_ms() {
    let segment = segment();
    let hold = claim(&segment);
    let mut child = holder(&segment, b"key", 60_000);
    let Asked::Taken { ticket, .. } = ask(&segment, &hold, b"key", 60_000).unwrap() else { panic!("two compute") };
    std::thread::scope(|s| {
        let waiter = s.spawn(|| {
            let waited = lease::wait(&segment, ticket, Duration::from_secs(20));
            (waited, Instant::now())
        });
        std::thread::sleep(Duration::from_millis(50));
        child.kill();
        let killed = Instant::now();
        let (waited, woken) = waiter.join().unwrap();
        assert!(waited);
        assert!(woken.saturating_duration_since(killed) < Duration::from_millis(100));
    });
    mine(ask(&segment, &hold, b"key", 60_000));
}

#[test]
fn reaping_a_slot_frees_its_leases_and_wakes_their_waiters() {
    let segment = segment();
    let hold = claim(&segment);
    let mut child = holder(&segment, b"key", 60_000);
    let Asked::Taken { ticket, .. } = ask(&segment, &hold, b"key", 60_000).unwrap() else { panic!("two compute") };
    child.kill();
    assert_eq!(slot::sweep(&hold.locker(), &Forgets).unwrap(), 1);
    let start = Instant::now();
    assert!(lease::wait(&segment, ticket, Duration::from_secs(20)));
    assert!(start.elapsed() < Duration::from_secs(1));
    mine(ask(&segment, &hold, b"key", 60_000));
}

#[test]
fn a_passed_deadline_hands_over_and_the_late_holder_frees_nothing() {
    let segment = segment();
    let (hold, start) = (claim(&segment), Instant::now());
    let late = mine(ask(&segment, &hold, b"key", 60));
    let mut other = fork(|| {
        let theirs = claim(&segment);
        let Asked::Taken { ticket, .. } = ask(&segment, &theirs, b"key", 60_000).unwrap() else {
            panic!("two compute")
        };
        assert!(lease::wait(&segment, ticket, Duration::from_secs(20)));
        assert!(start.elapsed() >= Duration::from_millis(59), "the deadline had not passed");
        mine(ask(&segment, &theirs, b"key", 60_000));
        sleep_until_killed();
    });
    let identity = Identity::of(&segment, CacheId(1), b"key");
    eventually(
        "the other's lease",
        || matches!(lease::look(&segment, identity, futex::boot_ms()), Some(Asked::Taken { owner, .. }) if owner != hold.id()),
    );
    assert!(!lease::release(&segment, hold.id(), late));
    assert!(lease::look(&segment, identity, futex::boot_ms()).is_some());
    other.kill();
}

#[test]
fn caches_do_not_share_leases() {
    let segment = segment();
    assert_ne!(Identity::of(&segment, CacheId(1), b"key"), Identity::of(&segment, CacheId(2), b"key"));
}

#[test]
fn every_lease_can_be_held_at_once_and_a_release_makes_room() {
    let segment = segment();
    let (hold, all) = (claim(&segment), segment.geometry().leases);
    let key = |i: u32| i.to_le_bytes();
    let mut tokens: Vec<_> = (0..all).map(|i| mine(ask(&segment, &hold, &key(i), 60_000))).collect();
    assert!(all > lease::WINDOW);
    for i in 0..all {
        assert!(matches!(ask(&segment, &hold, &key(i), 60_000), Ok(Asked::Taken { .. })), "two compute {i}");
    }
    assert!(matches!(ask(&segment, &hold, &key(all), 60_000), Err(Error::Full { limit, .. }) if limit == all));
    assert!(lease::release(&segment, hold.id(), tokens.swap_remove(7)));
    mine(ask(&segment, &hold, &key(all), 60_000));
    for token in tokens {
        assert!(lease::release(&segment, hold.id(), token));
    }
    mine(ask(&segment, &hold, &key(7), 60_000));
}

/// Many processes compute one key in turn; a counter that only the holder moves, in two steps, shows whether two ever did at once.
#[test]
fn there_is_never_a_second_holder() {
    const ROUNDS: u32 = 200;
    let segment = segment();
    // Words nobody else uses in this test.
    let (inside, total) = (segment.header().reserved[0..2].split_first().map(|(a, b)| (a, &b[0]))).unwrap();
    let work = |hold: &SlotHold| {
        let mut done = 0;
        while done < ROUNDS {
            match ask(&segment, hold, b"key", 60_000).unwrap() {
                Asked::Mine(token) => {
                    assert_eq!(inside.fetch_add(1, trove_shm::word::Ordering::SeqCst), 0, "two compute");
                    total.bump_owned(1);
                    inside.fetch_sub(1, trove_shm::word::Ordering::SeqCst);
                    assert!(lease::release(&segment, hold.id(), token));
                    done += 1;
                }
                Asked::Taken { ticket, .. } => assert!(lease::wait(&segment, ticket, Duration::from_secs(20))),
            }
        }
    };
    let mut children: Vec<_> = (0..4).map(|_| fork(|| work(&claim(&segment)))).collect();
    for child in &mut children {
        assert_eq!(child.wait(), Exit::Done);
    }
    assert_eq!(total.load(trove_shm::word::Ordering::SeqCst), u64::from(ROUNDS) * 4);
}

#[test]
fn a_guard_frees_its_key_a_token_outlives_it_and_the_cache_frees_the_rest() {
    let segment = segment();
    let now = Now { boot_ms: futex::boot_ms(), wall_s: 0 };
    let (cache, other) = (Cache::attach(Arc::clone(&segment)).unwrap(), Cache::attach(Arc::clone(&segment)).unwrap());
    let lease = |cache: &Cache, key: &[u8]| match cache.lease(CacheId::APCU, key, 60_000, now).unwrap() {
        Leased::Mine(guard) => Ok(guard.into_token()),
        Leased::Taken { own, .. } => Err(own),
    };
    drop(cache.lease(CacheId::APCU, b"key", 60_000, now).unwrap());
    let token = lease(&cache, b"key").expect("free again");
    assert_eq!(lease(&cache, b"key"), Err(true), "the own thread has it");
    assert_eq!(lease(&other, b"key"), Err(false));
    lease(&cache, b"another").expect("several at once");
    assert!(!other.lease_release(token), "it is not his");
    assert!(cache.lease_release(token));
    assert!(!cache.lease_release(token));
    lease(&other, b"key").expect("free again");
    drop(cache);
    lease(&other, b"another").expect("its holder has detached");
}

fn now() -> Now {
    Now { boot_ms: futex::boot_ms(), wall_s: 0 }
}

/// Takes a lease or a lock and keeps it; the ticket to wait for it where somebody has it.
fn token(leased: Result<Leased<'_>>) -> core::result::Result<u64, u64> {
    match leased.unwrap() {
        Leased::Mine(guard) => Ok(guard.into_token()),
        Leased::Taken { ticket, .. } => Err(ticket),
    }
}

#[test]
fn a_lock_and_a_key_of_the_same_name_have_nothing_to_do_with_each_other() {
    let segment = segment();
    let (cache, other) = (Cache::attach(Arc::clone(&segment)).unwrap(), Cache::attach(segment).unwrap());
    token(cache.lease(CacheId(1), b"name", 60_000, now())).expect("free");
    token(other.lock(CacheId(1), b"name", 60_000, now())).expect("a lock");
    token(other.lock(CacheId(2), b"name", 60_000, now())).expect("another cache's lock");
    token(cache.lock(CacheId(1), b"name", 60_000, now())).expect_err("the other has it");
}

#[test]
fn the_end_of_a_request_releases_what_was_left() {
    let segment = segment();
    let (mut cache, other) = (Cache::attach(Arc::clone(&segment)).unwrap(), Cache::attach(segment).unwrap());
    let kept = token(cache.lease(CacheId(1), b"key", 60_000, now())).unwrap();
    let given_back = token(cache.lock(CacheId(1), b"lock", 60_000, now())).unwrap();
    assert!(cache.lease_release(given_back));
    let theirs = token(other.lock(CacheId(1), b"lock", 60_000, now())).expect("free");
    cache.end_request();
    assert!(!cache.lease_release(kept));
    token(other.lease(CacheId(1), b"key", 60_000, now())).expect("free again");
    assert!(other.lease_is_held(theirs, now()), "nobody else's is released");
}

#[test]
fn a_lease_can_be_given_more_time_unless_it_was_taken_over() {
    let segment = segment();
    let (cache, other) = (Cache::attach(Arc::clone(&segment)).unwrap(), Cache::attach(segment).unwrap());
    let start = now();
    let later = |ms| Now { boot_ms: start.boot_ms + ms, ..start };
    let mine = token(cache.lock(CacheId(1), b"lock", 1_000, start)).unwrap();
    assert!(cache.lease_extend(mine, 5_000, later(500)).unwrap());
    assert!(cache.lease_is_held(mine, later(5_499)));
    assert!(!cache.lease_is_held(mine, later(5_500)));
    token(other.lock(CacheId(1), b"lock", 1_000, later(5_499))).expect_err("it is held");
    assert!(cache.lease_extend(mine, 1_000, later(6_000)).unwrap(), "nobody has taken it, so it is held again");
    token(other.lock(CacheId(1), b"lock", 1_000, later(7_000))).expect("its time is over");
    assert!(!cache.lease_extend(mine, 5_000, later(7_001)).unwrap());
    assert!(!cache.lease_is_held(mine, later(7_001)));
    assert!(!other.lease_extend(mine, 5_000, later(7_001)).unwrap(), "another's token");
}

/// Whoever holds is killed, over and over, in every moment of a hand-over: the others take turns all the same, and nobody waits for long.
#[test]
fn holders_that_are_killed_at_random_are_followed_at_once() {
    let segment = segment();
    let turns = &segment.header().reserved[2];
    let work = || {
        let cache = Cache::attach(Arc::clone(&segment)).unwrap();
        loop {
            match token(cache.lease(CacheId(1), b"key", 60_000, now())) {
                Ok(mine) => {
                    turns.fetch_add(1, trove_shm::word::Ordering::SeqCst);
                    std::thread::sleep(Duration::from_micros(300));
                    assert!(cache.lease_release(mine));
                }
                Err(ticket) => assert!(cache.lease_wait(ticket, 20_000), "a waiter was left behind"),
            }
        }
    };
    let mut dice = common::arena::Dice(0x1ea5e);
    let mut workers: Vec<Child> = (0..4).map(|_| fork(work)).collect();
    for _ in 0..100 {
        let before = turns.load(trove_shm::word::Ordering::SeqCst);
        eventually("a turn", || turns.load(trove_shm::word::Ordering::SeqCst) > before + dice.below(3));
        workers.swap_remove(dice.below(4) as usize).kill();
        workers.push(fork(work));
    }
    workers.iter_mut().for_each(Child::kill);
    let cache = Cache::attach(Arc::clone(&segment)).unwrap();
    token(cache.lease(CacheId(1), b"key", 60_000, now())).expect("free");
}

#[test]
fn who_waited_in_vain_learns_of_it_and_nobody_else() {
    let segment = segment();
    let (cache, other) = (Cache::attach(Arc::clone(&segment)).unwrap(), Cache::attach(segment).unwrap());
    let ask = |cache: &Cache| token(cache.lease(CacheId(1), b"key", 60_000, now()));
    for barren in [false, true, true, false] {
        let mine = ask(&cache).unwrap();
        let ticket = ask(&other).unwrap_err();
        assert!(!other.lease_was_barren(ticket), "it goes on");
        assert!(if barren { cache.lease_release_barren(mine) } else { cache.lease_release(mine) });
        assert!(other.lease_wait(ticket, 0));
        assert_eq!(other.lease_was_barren(ticket), barren);
        assert!(!cache.lease_release_barren(mine), "once");
    }
}

#[test]
fn who_has_no_slot_of_its_own_has_no_lease_and_is_told_why() {
    let segment = segment();
    let mut caches = Vec::new();
    while caches.last().is_none_or(|cache: &Cache| !cache.is_guest()) {
        caches.push(Cache::attach(Arc::clone(&segment)).unwrap());
    }
    let guest = caches.pop().unwrap();
    assert!(matches!(guest.lease(CacheId(1), b"key", 60_000, now()), Err(Error::Full { what: "process slots", .. })));
    assert!(matches!(guest.lock(CacheId(1), b"key", 60_000, now()), Err(Error::Full { what: "process slots", .. })));
    assert!(!guest.lease_release(0));
    assert!(!guest.lease_is_held(0, now()));
    token(caches[0].lease(CacheId(1), b"key", 60_000, now())).expect("the others have theirs");
}
