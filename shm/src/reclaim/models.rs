//! The model checker runs a reader against a writer who replaces what the reader looks at, collects, and uses the memory again.

use loom::sync::Arc;
use loom::thread;

use super::kept::{Kept, WORDS};
use super::{
    Glance, Interval, NONE, Nodes, Reader, Snapshot, Walk, advance, birth_of, retired_at, stamp, stamp_last, walk,
};
use crate::error::Result;
use crate::layout::Node;
use crate::offset::{Off, OffWord};
use crate::word::Ordering::{Acquire, Relaxed, Release, SeqCst};
use crate::word::{Word32, Word64};

/// A payload that was used again.
const REUSED: u64 = 0;

struct World {
    era: Word64,
    handovers: Word64,
    head: OffWord<Node>,
    nodes: [Node; 2],
    payloads: [Word64; 2],
    now: [Word64; 2],
    request: [Word64; 2],
    kept: [Word64; WORDS],
    retire: Retire,
}

/// Stamps a block that was just unlinked, and moves the era on.
type Retire = fn(&Node, &Word64);

fn model(test: fn(Arc<World>)) {
    bounded_model(None, test);
}

/// `switches`: how often a thread gives way to another at most, where it might have gone on; none for as often as may be.
fn bounded_model(switches: Option<usize>, test: fn(Arc<World>)) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = switches;
    let in_two_steps = |node: &Node, era: &Word64| {
        stamp(node, era);
        advance(era);
    };
    let as_the_last = |node: &Node, era: &Word64| {
        stamp_last(node, era);
    };
    for retire in [in_two_steps as Retire, as_the_last] {
        builder.check(move || test(World::new(retire)));
    }
}

impl Nodes for World {
    fn node(&self, off: Off<Node>) -> Result<&Node> {
        Ok(&self.nodes[off.raw() as usize - 1])
    }

    fn bound(&self) -> u32 {
        3
    }
}

impl World {
    /// The first node is linked, the second is not.
    fn new(retire: Retire) -> Arc<Self> {
        let node = || Node {
            next: OffWord::new(None),
            hash: Word32::new(0),
            birth: Word64::new(1),
            retire_next: OffWord::new(None),
            retire_era: Word32::new(0),
        };
        Arc::new(Self {
            era: Word64::new(1),
            handovers: Word64::new(0),
            head: OffWord::new(Some(off(0))),
            nodes: [node(), node()],
            payloads: [Word64::new(10), Word64::new(20)],
            now: [Word64::new(NONE), Word64::new(0)],
            request: [Word64::new(NONE), Word64::new(0)],
            kept: core::array::from_fn(|_| Word64::new(0)),
            retire,
        })
    }

    fn reader(&self) -> Reader<'_> {
        let [now_lo, now_hi] = &self.now;
        let [lo, hi] = &self.request;
        Reader { now: Interval { lo: now_lo, hi: now_hi }, request: Interval { lo, hi }, kept: Kept(&self.kept) }
    }

    /// Pins and finds the node that is linked; where it lies, and up to which era the pin goes.
    fn find(&self) -> (Off<Node>, u64) {
        let mut hi = self.reader().now.announce(&self.era, true);
        loop {
            match walk(self, &self.head, &self.era, hi, |_, _| Ok(true)).unwrap() {
                Walk::Found(off) => return (off, hi),
                Walk::Moved => hi = self.reader().now.announce(&self.era, false),
                Walk::End => panic!("there is always one"),
            }
        }
    }

    /// Where the linked node lies, with its payload and the era, at a glance; none where the glance has failed.
    fn glance(&self) -> Option<(Off<Node>, u64, u64)> {
        let seen = self.era.load(SeqCst);
        let glance = Glance::begin(&self.head, &self.era, seen, self.bound());
        let at = glance.at.expect("there is always one");
        let payload = self.payloads[at.raw() as usize - 1].load(Relaxed);
        glance.stays().then_some((at, payload, seen))
    }

    fn assert_whole(&self, at: Off<Node>) {
        assert_ne!(
            self.payloads[at.raw() as usize - 1].load(Relaxed),
            REUSED,
            "a block is used again in front of its reader"
        );
    }

    /// Replaces the first node by the second.
    fn replace(&self) {
        self.nodes[1].birth.store(self.era.load(Acquire), Relaxed);
        self.head.store(Some(off(1)), Release);
        (self.retire)(&self.nodes[0], &self.era);
    }

    /// Collects the first node, and uses its memory again where that is allowed.
    fn collect(&self) {
        let snapshot = Snapshot::new(&self.era, &self.handovers, || core::iter::once(self.reader()));
        let node = &self.nodes[0];
        let retired = retired_at(node.retire_era.load(Relaxed), self.era.load(Acquire));
        if snapshot.frees(off(0), birth_of(node), retired) {
            self.payloads[0].store(REUSED, Relaxed);
        }
    }
}

fn off(index: u32) -> Off<Node> {
    Off::from_raw(index + 1).expect("not zero")
}

#[test]
fn what_a_pinned_reader_has_found_is_not_used_again() {
    model(|world| {
        let writer = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                world.replace();
                world.collect();
            }
        });
        let (at, _) = world.find();
        world.assert_whole(at);
        world.reader().now.withdraw();
        writer.join().unwrap();
    });
}

#[test]
fn what_is_kept_is_not_used_again_after_the_pin() {
    model(|world| {
        let writer = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                world.replace();
                world.collect();
            }
        });
        let (at, hi) = world.find();
        world.reader().keep(at, hi, true);
        world.reader().now.withdraw();
        world.assert_whole(at);
        writer.join().unwrap();
        world.assert_whole(at);
    });
}

#[test]
fn what_a_glance_has_seen_was_whole() {
    model(|world| {
        let writer = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                world.replace();
                world.collect();
            }
        });
        if let Some((_, payload, _)) = world.glance() {
            assert_ne!(payload, REUSED, "a glance has seen a block that is used again");
        }
        writer.join().unwrap();
    });
}

#[test]
fn what_a_glance_has_seen_can_be_kept() {
    model(|world| {
        let writer = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                world.replace();
                world.collect();
            }
        });
        if let Some((at, _, seen)) = world.glance() {
            if world.reader().keep_seen(at, seen, &world.era, true) {
                world.assert_whole(at);
                writer.join().unwrap();
                world.assert_whole(at);
            }
        }
    });
}

/// Replaces and collects in one thread, while an invalidation moves the era on in another.
fn replace_beside_an_invalidation(world: &Arc<World>) -> [thread::JoinHandle<()>; 2] {
    let (writer, other) = (Arc::clone(world), Arc::clone(world));
    let replace = move || {
        writer.replace();
        writer.collect();
    };
    let invalidate = move || _ = advance(&other.era);
    [thread::spawn(replace), thread::spawn(invalidate)]
}

#[test]
fn what_is_pinned_beside_an_invalidation_is_not_used_again() {
    bounded_model(Some(2), |world| {
        let threads = replace_beside_an_invalidation(&world);
        let (at, _) = world.find();
        world.assert_whole(at);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        world.assert_whole(at);
    });
}

#[test]
fn what_a_glance_has_seen_beside_an_invalidation_was_whole_and_can_be_kept() {
    bounded_model(Some(2), |world| {
        let threads = replace_beside_an_invalidation(&world);
        let kept = world.glance().filter(|&(at, payload, seen)| {
            assert_ne!(payload, REUSED);
            world.reader().keep_seen(at, seen, &world.era, true)
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        if let Some((at, ..)) = kept {
            world.assert_whole(at);
        }
    });
}

#[test]
fn what_was_kept_before_a_glance_sees_it_again_stays() {
    model(|world| {
        let (at, hi) = world.find();
        let writer = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                world.replace();
                world.collect();
            }
        });
        world.reader().keep(at, hi, true);
        world.reader().now.withdraw();
        if let Some((again, payload, _)) = world.glance() {
            assert_ne!(payload, REUSED);
            if again == at {
                world.assert_whole(at);
            }
        }
        writer.join().unwrap();
        world.assert_whole(at);
    });
}

#[test]
fn what_nobody_looks_at_any_more_is_used_again() {
    model(|world| {
        let (at, hi) = world.find();
        world.reader().keep(at, hi, true);
        world.reader().now.withdraw();
        world.reader().forget();
        world.replace();
        world.collect();
        assert_eq!(world.payloads[0].load(Relaxed), REUSED);
    });
}
