//! Resets: publishing them, and a PHP process's side of them (see [`crate::resets`]).

use super::{Cache, CacheId, Now};
use crate::caches;
use crate::error::Result;
use crate::resets::{self, Claim, Follower, Generation, Membership, Outcome, Pending, Reset, SAPIS};
use crate::text;
use crate::word::Ordering;

impl Cache {
    /// Publishes a reset: every request that starts after this returns, in any process that is attached, sees it.
    ///
    /// # Errors
    /// `Config` for a path that is too long; `Busy`.
    pub fn publish_reset(&self, reset: &Reset<'_>) -> Result<Generation> {
        resets::publish(&self.seat.turn()?.locker(), reset)
    }

    /// Says that this handle is a PHP process's: it is waited for when it is in a request, and stands in reports. `label` is what it serves.
    /// A forked child says it anew.
    pub fn introduce(&self, sapi: &str, label: &str) {
        if self.seat.own().is_some()
            && let Some(slot) = self.seat.own_slot()
        {
            slot.opcache.store(self.follower.opcache.get().map_or(0, |opcache| opcache.number()), Ordering::Relaxed);
            let number = SAPIS.iter().position(|known| *known == sapi && !known.is_empty()).unwrap_or(1);
            text::store(&slot.label, label.as_bytes());
            slot.sapi.store(number as u32, Ordering::Release);
        }
    }

    /// Says which opcache the process shares: `id` was chosen at random by the process whose children share it.
    pub fn join_opcache(&self, id: u64, preloads: bool, now: Now) {
        let joined = self.seat.turn().and_then(|turn| Membership::join(&turn.locker(), id, preloads, now.boot_ms));
        // Where the lock cannot be had, it acts for itself.
        let membership = joined.unwrap_or_else(|_| Membership::alone(id, self.segment().resets()));
        self.follower.opcache.set(Some(membership));
    }

    /// Notes that a request begins, and says whether a reset may be pending.
    #[inline]
    #[must_use]
    pub fn begin_request(&self, now: Now) -> bool {
        if let Some(slot) = self.seat.own_slot() {
            Follower::begin_request(slot, now.boot_ms);
        }
        self.is_behind()
    }

    /// Whether a reset may be pending. One load.
    #[inline]
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.follower.is_behind(self.segment().resets())
    }

    /// What this process has to do for itself.
    #[must_use]
    pub fn pending_reset(&self) -> Pending {
        self.follower.pending(self.segment().resets())
    }

    /// What this process has to do for its opcache. Waits while another process of the same opcache does it.
    #[must_use]
    pub fn claim_opcache(&self) -> Option<Claim<'_>> {
        let me = self.seat.own();
        self.follower.opcache.get()?.claim(self.segment(), me)
    }

    /// Says how that went.
    pub fn finish_opcache(&self, claim: Claim<'_>, outcome: Outcome) {
        let covers = claim.finish(outcome);
        if let Some(mut membership) = self.follower.opcache.get() {
            membership.finished_alone(covers);
            self.follower.opcache.set(Some(membership));
        }
    }

    /// Notes that what was pending is done. Where something for the opcache is left that a later request may be able to do, it is tried `again`.
    pub fn reset_applied(&self, pending: &Pending, again: bool) {
        self.follower.applied(self.segment(), self.seat.own_slot(), pending, again);
    }

    /// Whether the opcache's figures are wanted, which no other process has reported.
    #[must_use]
    pub fn opcache_report_is_wanted(&self) -> bool {
        let wanted = self.segment().resets().report.load(Ordering::Acquire);
        let record = self.follower.opcache.get().and_then(|opcache| opcache.record(self.segment()));
        record.is_some_and(|record| record.reported.load(Ordering::Relaxed) < wanted)
    }

    /// Reports what the opcache says about itself: [`resets::FIGURES`].
    pub fn report_opcache(&self, values: &[u64], now: Now) {
        let wanted = self.segment().resets().report.load(Ordering::Acquire);
        let Some(record) = self.follower.opcache.get().and_then(|opcache| opcache.record(self.segment())) else {
            return;
        };
        for (word, value) in record.figures.iter().zip(values) {
            word.store(*value, Ordering::Relaxed);
        }
        record.reported_at.store(now.wall_s.into(), Ordering::Relaxed);
        record.seen.store(now.boot_ms, Ordering::Relaxed);
        record.reported.store(wanted, Ordering::Release);
    }

    /// Where this process leaves what it remembers of paths, where somebody asks for it: the cache and the key.
    #[must_use]
    pub fn realpaths_wanted(&self, now: Now) -> Option<(CacheId, Vec<u8>)> {
        let cache = caches::find(self.segment(), resets::REPORTS)?;
        let slot = self.seat.own_slot()?;
        self.exists(cache, resets::REALPATHS_WANTED, now).then(|| {
            let (pid_ns, tid) = (slot.pid_ns.load(Ordering::Relaxed), slot.tid.load(Ordering::Relaxed));
            (cache, resets::realpaths_key(pid_ns, tid))
        })
    }

    /// Reports the size of this process's realpath cache.
    pub fn report_realpath_cache(&self, bytes: u64) {
        if let Some(slot) = self.seat.own_slot() {
            slot.realpath_bytes.store(u32::try_from(bytes).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
    }
}
