//! A private segment whose heap alone is used.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::sync::Arc;

use trove_shm::error::Result;
use trove_shm::heap::{self, Heap, Totals};
use trove_shm::layout::BlockState;
use trove_shm::offset::GRANULE;
use trove_shm::segment::access::OwnedBlock;
use trove_shm::segment::{Backing, Options, Segment};
use trove_shm::sync::SlotId;
use trove_shm::sync::locker::{Locked, Locker};
use trove_shm::sync::slot::{self, Recovery, SlotHold};
use trove_shm::word::Ordering;

/// A segment, and a slot in it.
pub struct Arena {
    pub segment: Arc<Segment>,
    hold: SlotHold,
}

impl Arena {
    pub fn new(capacity: u64) -> Self {
        let options = Options {
            capacity,
            entries_hint: 0,
            backing: Backing::Private,
            fingerprint: String::from("a test of the heap"),
        };
        Self::attach(Segment::open(&options).unwrap())
    }

    /// For a process of its own; reaps the dead.
    pub fn attach(segment: Arc<Segment>) -> Self {
        let hold = slot::claim(&segment, &HeapOnly).unwrap().unwrap();
        Self { segment, hold }
    }

    pub fn by(&self) -> Locker<'_> {
        self.hold.locker()
    }

    pub fn reserve(&self, bytes: u64) -> Option<OwnedBlock> {
        heap::reserve(&self.by(), bytes).unwrap()
    }

    pub fn release(&self, block: OwnedBlock) {
        heap::release(&self.by(), block).unwrap();
    }

    /// As a table would: out of `held`, and an entry.
    pub fn publish(&self, block: &OwnedBlock) {
        assert!(heap::held::remove(&self.segment, self.by().me(), block.content()).unwrap());
        self.set_state(block, BlockState::Entry);
    }

    /// As reclamation would: no entry any more, and not in `held`.
    pub fn collect(&self, block: &OwnedBlock) {
        self.set_state(block, BlockState::Owned(self.by().me().0));
    }

    /// Checks everything; the bytes of all blocks add up to what is committed.
    pub fn validate(&self) -> Totals {
        let held = heap::lock(&self.by()).unwrap();
        let totals = Heap::new(&self.segment, &held).validate().unwrap();
        let bytes = totals.free.1 + totals.owned.1 + totals.entries.1 + totals.tags.1;
        assert_eq!(bytes, self.committed(), "bytes that no block accounts for");
        totals
    }

    /// Bytes of the committed part of the heap.
    pub fn committed(&self) -> u64 {
        self.segment.heap().committed.load(Ordering::Relaxed) - self.segment.geometry().blocks_at
    }

    /// How often the heap was rebuilt.
    pub fn rebuilds(&self) -> u32 {
        self.segment.heap().rebuilds.load(Ordering::Relaxed)
    }

    /// How many operations of the dead were settled.
    pub fn settled(&self) -> u32 {
        self.segment.heap().settled.load(Ordering::Relaxed)
    }

    fn set_state(&self, block: &OwnedBlock, state: BlockState) {
        self.segment.at(block.off()).unwrap().state.store(state.raw(), Ordering::Release);
    }
}

/// Size of a block in bytes.
pub fn bytes(block: &OwnedBlock) -> u64 {
    u64::from(block.granules()) * GRANULE
}

/// Recovery of a segment that has nothing but its heap.
pub struct HeapOnly;

impl Recovery for HeapOnly {
    fn stripe(&self, _: &Locker<'_>, _: &Locked<'_>, _: u32) -> Result<()> {
        Ok(())
    }

    fn tags(&self, _: &Locker<'_>, _: &Locked<'_>) -> Result<()> {
        Ok(())
    }

    fn heap(&self, by: &Locker<'_>, held: &Locked<'_>) -> Result<()> {
        heap::recover(by.segment(), held)
    }

    fn free_held(&self, by: &Locker<'_>, dead: SlotId) -> Result<()> {
        heap::free_held(by, dead)
    }

    fn forget(&self, _: &Segment, _: SlotId) {}
}

/// xorshift64*: the same numbers in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    /// Between `low` and `high`, each order of magnitude as likely as another.
    pub fn size(&mut self, low: u64, high: u64) -> u64 {
        let unit = (self.roll() >> 11) as f64 / (1_u64 << 53) as f64;
        ((low as f64) * (high as f64 / low as f64).powf(unit)) as u64
    }
}
