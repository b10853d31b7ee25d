//! What `trove top` draws. Made for 80 columns and 24 lines; what is larger shows more rows.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Sparkline};

use crate::clock;
use crate::commands::top::Shown;
use crate::figures::Figures;
use crate::out::{self, count, percent, shortened, size};
use crate::text;

/// Most caches that are shown.
const CACHES: usize = 5;

/// How memory in each state of [`Figures::memory`] is drawn: told apart without colours as well.
const STATES: [(&str, Color); 5] =
    [("#", Color::Green), ("=", Color::Yellow), ("+", Color::Magenta), (":", Color::Blue), (".", Color::DarkGray)];

/// Draws all of it.
pub fn draw(frame: &mut Frame<'_>, shown: &Shown) {
    let caches = shown.now.caches.len().min(CACHES) as u16;
    let (mut rest, foot) = split(frame.area(), frame.area().height.saturating_sub(1));
    let mut next = |height: u16, blank: u16| {
        let (part, below) = split(rest, height);
        rest = split(below, blank).1;
        part
    };
    draw_title(frame, next(2, 1), shown);
    draw_rates(frame, next(2, 0), shown);
    draw_history(frame, next(2, 1), shown);
    draw_memory(frame, next(2, 1), &shown.now);
    draw_caches(frame, next(1 + caches, 1), &shown.now);
    draw_hottest(frame, next(u16::MAX, 0), shown);
    draw_foot(frame, foot, shown);
}

/// The first lines of an area, and the others. What does not fit has no height, and is not drawn.
fn split(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    (Rect { height, ..area }, Rect { y: area.y + height, height: area.height - height, ..area })
}

fn draw_title(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let Figures { owner, build, entries, processes, workers, created, .. } = &shown.now;
    let busy = workers.iter().filter(|worker| worker.in_request_ms.is_some()).count();
    let age = u64::from(clock::now().wall_s).saturating_sub(*created);
    let name = format!("{}  {owner}, {build}  ", shown.name);
    let left = usize::from(area.width).saturating_sub(text::width(&name));
    let first = Line::from(vec![
        Span::styled(name, Style::new().add_modifier(Modifier::BOLD)),
        Span::styled(shortened(&shown.path, left), Style::new().add_modifier(Modifier::DIM)),
    ]);
    let second = format!(
        "entries {}, processes {processes} ({} of PHP, {busy} in a request), up {}",
        count(*entries),
        workers.len(),
        out::duration(age)
    );
    frame.render_widget(Paragraph::new(vec![first, Line::from(second)]), area);
}

fn draw_rates(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let rates = shown.rates;
    let fetches = rates.hits + rates.misses;
    let (hits, all) = (shown.now.hits, shown.now.hits + shown.now.misses);
    let ratio = if fetches > 0.0 { percent((rates.hits * 100.0) as u64, (fetches * 100.0) as u64) } else { "-".into() };
    let cells = [
        ("fetches/s", rate(fetches), Color::Reset),
        ("hits", ratio, Color::Reset),
        ("hits ever", percent(hits, all), Color::Reset),
        ("stores/s", rate(rates.stores), Color::Reset),
        ("evicted/s", rate(rates.evictions), Color::Reset),
        ("expired/s", rate(rates.expired), Color::Reset),
        ("failed/s", rate(rates.failures), if rates.failures > 0.0 { Color::Red } else { Color::Reset }),
    ];
    let heading: String = cells.iter().map(|(label, ..)| format!("{label:>11}")).collect();
    let values: Vec<Span<'_>> = cells
        .into_iter()
        .map(|(_, text, colour)| {
            Span::styled(format!("{text:>11}"), Style::new().fg(colour).add_modifier(Modifier::BOLD))
        })
        .collect();
    frame.render_widget(Paragraph::new(vec![dim(heading), Line::from(values)]), area);
}

fn draw_history(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let columns = usize::from(area.width);
    let skipped = shown.history.len().saturating_sub(columns);
    let last: Vec<u64> = shown.history.iter().skip(skipped).copied().collect();
    frame.render_widget(Sparkline::default().data(&last).style(Style::new().fg(Color::Cyan)), area);
}

fn draw_memory(frame: &mut Frame<'_>, area: Rect, now: &Figures) {
    let width = usize::from(area.width);
    let states = now.memory();
    let mut spans = Vec::new();
    let (mut drawn, mut sum) = (0, 0);
    for ((_, bytes), (glyph, colour)) in states.iter().zip(STATES) {
        // A damaged segment may say that it holds more than it is large.
        sum = bytes.saturating_add(sum).min(now.capacity);
        let end = (sum as f64 / now.capacity.max(1) as f64 * width as f64).round() as usize;
        spans.push(Span::styled(glyph.repeat(end.saturating_sub(drawn)), Style::new().fg(colour)));
        drawn = drawn.max(end);
    }
    frame.render_widget(Paragraph::new(vec![Line::from(spans), legend(now.capacity, &states)]), area);
}

/// What the bar's glyphs mean, and how much it is of each. It fits in 80 columns, whatever the sizes.
fn legend(capacity: u64, states: &[(&str, u64); STATES.len()]) -> Line<'static> {
    let short = |bytes: u64| size(bytes).replace(' ', "");
    let mut spans = vec![Span::raw(short(capacity))];
    for ((state, bytes), (glyph, colour)) in states.iter().zip(STATES) {
        spans.push(Span::styled(format!("  {glyph}"), Style::new().fg(colour)));
        spans.push(Span::raw(format!("{state} {}", short(*bytes))));
    }
    Line::from(spans)
}

fn draw_caches(frame: &mut Frame<'_>, area: Rect, now: &Figures) {
    let mut all: Vec<_> = now.caches.iter().collect();
    all.sort_by_key(|cache| std::cmp::Reverse(cache.bytes));
    let mut lines = vec![dim(format!("{:<48}{:>14}{:>12}", "biggest caches", "entries", "bytes"))];
    for cache in all.iter().take(CACHES) {
        let (entries, bytes) = (count(cache.entries), size(cache.bytes));
        let name = text::left(&shortened(&cache.name.to_string(), 47), 48);
        lines.push(Line::from(format!("{name}{entries:>14}{bytes:>12}")));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn draw_hottest(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let key_width = usize::from(area.width).saturating_sub(36);
    let mut lines =
        vec![dim(format!("{:<key_width$}{:>10}{:>10}{:>8}  {:<6}", "hottest keys", "hits/s", "hits", "size", "type"))];
    for (key, hot) in shown.hottest.keys().into_iter().take(usize::from(area.height).saturating_sub(1)) {
        let key = shortened(&out::printable(key), key_width.saturating_sub(1));
        let hits = short_count(hot.hits.into());
        let key = text::left(&key, key_width);
        let line = format!("{key}{:>10}{hits:>10}{:>8}  {:<6}", rate(hot.rate), size(hot.bytes), hot.kind);
        lines.push(Line::from(line));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn draw_foot(frame: &mut Frame<'_>, area: Rect, shown: &Shown) {
    let line = if shown.gone {
        Line::styled("the segment was removed: new processes use another one; q quits", Style::new().fg(Color::Red))
    } else if shown.paused {
        Line::styled("paused  p go on  q quit", Style::new().fg(Color::Yellow))
    } else {
        dim("q quit  p pause".into())
    };
    frame.render_widget(Paragraph::new(line), area);
}

fn dim(text: String) -> Line<'static> {
    Line::styled(text, Style::new().add_modifier(Modifier::DIM))
}

/// Events per second, short.
fn rate(per_second: f64) -> String {
    match per_second {
        0.0 => "0".into(),
        ..0.05 => "<0.1".into(),
        ..10.0 => format!("{per_second:.1}"),
        _ => short_count(per_second.round() as u64),
    }
}

fn short_count(n: u64) -> String {
    if n < 1_000_000 { count(n) } else { format!("{:.1}M", n as f64 / 1e6) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legend_of_the_memory_fits_in_80_columns() {
        // As wide as a size can be.
        let wide = 102_000 << 10;
        let states = ["entries", "retired", "other", "tables", "free"].map(|state| (state, wide));
        let line = legend(wide, &states).to_string();
        assert!(line.starts_with("99.6M  #entries 99.6M  =retired") && line.ends_with("  .free 99.6M"), "{line}");
        assert!(line.len() <= 80, "{line}");
    }
}
