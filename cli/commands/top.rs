//! `trove top`: a segment, live.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use clap::Args;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::figures::Figures;
use crate::hottest::Hottest;
use crate::run::{self, Open};
use crate::text::{path, printable};
use crate::{segments, view};

/// Rates that are remembered: as many as a wide terminal has columns.
const HISTORY: usize = 400;

/// Arguments of `top`.
#[derive(Debug, Args)]
pub struct Top {
    /// Seconds between two looks
    #[arg(long, short, value_name = "SECONDS", default_value_t = 1.0, value_parser = interval)]
    interval: f64,
}

/// What is shown.
#[derive(Debug)]
pub struct Shown {
    /// Name and path of the segment.
    pub name: String,
    /// See `name`.
    pub path: String,
    /// The figures at the last look.
    pub now: Figures,
    /// Per second since the look before.
    pub rates: Rates,
    /// Fetches per second at earlier looks, the oldest first.
    pub history: VecDeque<u64>,
    /// The hottest keys.
    pub hottest: Hottest,
    /// Whether it stands still.
    pub paused: bool,
    /// Whether the segment was removed.
    pub gone: bool,
}

/// Events per second.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// Fetches that found an entry.
    pub hits: f64,
    /// Fetches that did not.
    pub misses: f64,
    /// Stores.
    pub stores: f64,
    /// Evictions.
    pub evictions: f64,
    /// Expired entries that were reclaimed.
    pub expired: f64,
    /// Stores that failed.
    pub failures: f64,
}

impl Top {
    /// Shows the segment until the user has seen enough.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
            return Err(Failure::new(Exit::Usage, "top needs a terminal; status tells the same figures once"));
        }
        let open = run::open(global, segments::select_one(global)?)?;
        let failed = |e: std::io::Error| Failure::new(Exit::Failed, format!("the terminal cannot be used: {e}"));
        let mut terminal = ratatui::try_init().map_err(failed)?;
        let outcome = self.watch(&open, &mut terminal);
        ratatui::try_restore().map_err(failed)?;
        outcome.map(|()| Exit::Done).map_err(failed)
    }

    fn watch(&self, open: &Open, terminal: &mut DefaultTerminal) -> std::io::Result<()> {
        let interval = Duration::from_secs_f64(self.interval);
        let mut shown = Shown::new(open);
        let mut looked = Instant::now();
        loop {
            terminal.draw(|frame| view::draw(frame, &shown))?;
            if event::poll(interval.saturating_sub(looked.elapsed()))? {
                match event::read()? {
                    Event::Key(key) if key.kind == KeyEventKind::Press => match key.code {
                        KeyCode::Char('q') | KeyCode::Esc => return Ok(()),
                        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(()),
                        KeyCode::Char('p' | ' ') => shown.paused = !shown.paused,
                        _ => {}
                    },
                    _ => {}
                }
            }
            if looked.elapsed() >= interval {
                let passed = looked.elapsed();
                looked = Instant::now();
                if !shown.paused {
                    shown.look(open, passed);
                }
            }
        }
    }
}

impl Shown {
    fn new(open: &Open) -> Self {
        let mut hottest = Hottest::default();
        hottest.look(open, Duration::ZERO);
        Self {
            name: printable(open.found.name.as_bytes()),
            path: path(&open.found.path),
            now: Figures::of(open),
            rates: Rates::default(),
            history: VecDeque::new(),
            hottest,
            paused: false,
            gone: false,
        }
    }

    fn look(&mut self, open: &Open, passed: Duration) {
        let now = Figures::of(open);
        self.rates = Rates::between(&self.now, &now, passed);
        self.now = now;
        self.hottest.look(open, passed);
        self.gone = open.segment.is_gone();
        self.history.push_back((self.rates.hits + self.rates.misses).round() as u64);
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
    }
}

impl Rates {
    fn between(before: &Figures, now: &Figures, passed: Duration) -> Self {
        // Who resets the statistics lets them begin at 0.
        let per_second = |a: u64, b: u64| b.saturating_sub(a) as f64 / passed.as_secs_f64().max(0.001);
        Self {
            hits: per_second(before.hits, now.hits),
            misses: per_second(before.misses, now.misses),
            stores: per_second(before.inserts, now.inserts),
            evictions: per_second(before.evictions, now.evictions),
            expired: per_second(before.expired, now.expired),
            failures: per_second(before.failures, now.failures),
        }
    }
}

fn interval(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("allowed is 0.1 to 3600 seconds".into()),
    }
}
