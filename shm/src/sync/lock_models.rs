//! The lock word under the model checker: every interleaving of two or three parties.
//!
//! `RUSTFLAGS='--cfg trove_loom' cargo test -p trove-shm --release --lib sync::lock --target-dir target/loom`

use core::time::Duration;
use std::sync::Arc;

use loom::cell::UnsafeCell;

use super::*;
use crate::word::Word32;

const DEAD: SlotId = SlotId(9);

/// A lock, what it guards, and one slot (`DEAD`) whose robust mutex is the word `seized`; all other slots live.
struct World {
    lock: Lock,
    /// 0: its owner is dead. 1: somebody has it, so it looks alive.
    seized: Word32,
    /// Loom reports two threads that are in here at once.
    guarded: UnsafeCell<u32>,
    /// 1 while what is guarded is half-done.
    broken: Word32,
}

struct Seat<'w>(&'w Word32);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}

impl<'w> Owners for &'w World {
    type Seized = Seat<'w>;

    fn alive(&self, slot: SlotId) -> bool {
        slot != DEAD || self.seized.load(Ordering::Acquire) != 0
    }

    fn seize(&self, slot: SlotId) -> Option<Seat<'w>> {
        if slot != DEAD {
            return None;
        }
        self.seized.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire).ok().map(|_| Seat(&self.seized))
    }
}

impl World {
    fn new(left_by_dead: bool) -> Arc<Self> {
        let world = Self {
            lock: Lock::new(),
            seized: Word32::new(0),
            guarded: UnsafeCell::new(0),
            broken: Word32::new(left_by_dead.into()),
        };
        if left_by_dead {
            world.lock.word.store(mark(DEAD), Ordering::Relaxed);
        }
        Arc::new(world)
    }

    fn touch(&self, unmended: bool) {
        if unmended {
            self.broken.store(0, Ordering::Relaxed);
            self.lock.mended();
        }
        assert_eq!(self.broken.load(Ordering::Relaxed), 0, "used before it was mended");
        #[expect(unsafe_code, reason = "loom's cell reports a race here; that is the test")]
        // SAFETY: the lock excludes all others, which is what loom checks.
        self.guarded.with_mut(|n| unsafe { *n += 1 });
    }

    fn use_as(&self, me: SlotId) -> bool {
        let unmended = self.lock.acquire(me, &self, Duration::MAX).expect("nobody waits for ever");
        self.touch(unmended);
        self.lock.release(false);
        unmended
    }

    fn count(&self) -> u32 {
        #[expect(unsafe_code, reason = "loom's cell")]
        // SAFETY: called when all other threads have ended.
        self.guarded.with(|n| unsafe { *n })
    }
}

fn in_all_orders(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

#[test]
fn two_exclude_each_other() {
    in_all_orders(|| {
        let world = World::new(false);
        let other = Arc::clone(&world);
        let thread = loom::thread::spawn(move || other.use_as(SlotId(1)));
        assert!(!world.use_as(SlotId(0)));
        assert!(!thread.join().unwrap());
        assert_eq!(world.count(), 2);
    });
}

#[test]
fn of_two_that_find_a_dead_owner_one_mends() {
    in_all_orders(|| {
        let world = World::new(true);
        let other = Arc::clone(&world);
        let thread = loom::thread::spawn(move || other.use_as(SlotId(1)));
        let (mine, theirs) = (world.use_as(SlotId(0)), thread.join().unwrap());
        assert!(mine != theirs, "exactly one takes it over");
        assert_eq!((world.count(), world.lock.takeovers.load(Ordering::Relaxed)), (2, 1));
    });
}

/// A waiter sees the dead owner; before it acts, the slot is reaped and its next owner locks the same lock.
#[test]
fn a_waiter_does_not_rob_the_next_owner_of_a_dead_slot() {
    in_all_orders(|| {
        let world = World::new(true);
        let other = Arc::clone(&world);
        let reaper = loom::thread::spawn(move || {
            let Some(seat) = (&*other).seize(DEAD) else { return 0 };
            // As the dead slot itself: what it holds is in our hands.
            let unmended =
                other.lock.inherit(DEAD, DEAD) || other.lock.acquire(DEAD, &&*other, Duration::MAX).expect("bounded");
            other.touch(unmended);
            other.lock.release(false);
            // The slot is handed out, and its owner uses the lock as well.
            other.use_as(DEAD);
            drop(seat);
            2
        });
        world.use_as(SlotId(0));
        let by_reaper = reaper.join().unwrap();
        assert_eq!(world.count(), 1 + by_reaper);
    });
}

#[test]
fn what_one_leaves_unmended_the_next_one_mends() {
    in_all_orders(|| {
        let world = World::new(false);
        let other = Arc::clone(&world);
        let thread = loom::thread::spawn(move || {
            let unmended = other.lock.acquire(SlotId(1), &&*other, Duration::MAX).expect("bounded");
            other.touch(unmended);
            other.broken.store(1, Ordering::Relaxed);
            other.lock.release(true);
        });
        world.use_as(SlotId(0));
        thread.join().unwrap();
        assert!(
            world
                .lock
                .acquire(SlotId(0), &&*world, Duration::MAX)
                .is_ok_and(|unmended| unmended == (world.broken.load(Ordering::Relaxed) == 1))
        );
    });
}
