use proptest::prelude::*;

use super::super::runs::grain;
use super::*;

/// Every admission by itself, nothing forgotten: the definition.
struct Naive {
    admitted: Vec<i64>,
    window: i64,
    max: usize,
}

impl Naive {
    fn counting(&self, now: i64) -> usize {
        self.admitted.iter().filter(|&&t| t <= now && now < t + self.window).count()
    }

    fn admit(&mut self, now: i64) -> bool {
        let room = self.counting(now) < self.max;
        if room {
            self.admitted.push(now);
        }
        room
    }

    /// The first instant from `now` on at which fewer than `below` count.
    fn wait(&self, now: i64, below: usize) -> u64 {
        let ends = self.admitted.iter().map(|t| t + self.window);
        let mut instants: Vec<_> = ends.filter(|end| *end > now).chain([now]).collect();
        instants.sort_unstable();
        let first = instants.into_iter().find(|&at| self.counting(at) < below).unwrap();
        u64::try_from(first - now).unwrap()
    }
}

fn admit(log: &mut Log, now: i64, max: u64, grain: i64) -> bool {
    let now = log.advance(now);
    let room = log.total() < max;
    if room {
        log.record(now, 1, grain);
    }
    room
}

/// Steps below this are milliseconds, however long the windows are.
const SMALL: i64 = 40;

const WINDOWS: [i64; 3] = [20, 60, 180];

#[derive(Clone, Copy, Debug)]
enum Event {
    Look { window: usize },
    Admit { amount: u64 },
    Meter { nth: usize, amount: u64 },
    Settle { nth: usize, amount: u64 },
}

fn step() -> impl Strategy<Value = i64> {
    prop_oneof![2 => 0..SMALL, 4 => SMALL..SMALL + 9, 1 => SMALL..SMALL + 200]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => (0usize..3).prop_map(|window| Event::Look { window }),
        4 => (0u64..9).prop_map(|amount| Event::Admit { amount }),
        2 => (0usize..64, 0u64..9).prop_map(|(nth, amount)| Event::Meter { nth, amount }),
        2 => (0usize..64, 0u64..9).prop_map(|(nth, amount)| Event::Settle { nth, amount }),
    ]
}

struct Action {
    at: i64,
    amount: u64,
    /// How much of that is known: all of it, or what was told since it was forgotten.
    known: u64,
    /// The most that it ever was.
    most: u64,
}

impl Action {
    fn new(at: i64, amount: u64) -> Self {
        Self { at, amount, known: amount, most: amount }
    }
}

/// Every action by itself, and when the windows were in use: the definition.
struct Model {
    window: i64,
    actions: Vec<Action>,
    now: i64,
    /// When each of the windows was last counted over.
    used: Vec<(i64, i64)>,
    /// What was recorded up to here nobody has to know.
    forgettable: i64,
    /// What is known is kept for the longest window that was in use when any was that may still hold something.
    keeps: i64,
    until: i64,
    forgotten: i64,
}

impl Model {
    fn new(window: i64) -> Self {
        let used = vec![(window, 0)];
        let (forgettable, forgotten, until) = (i64::MIN, i64::MIN, i64::MIN);
        Self { window, actions: Vec::new(), now: 0, used, forgettable, keeps: window, until, forgotten }
    }

    fn edit(&mut self, window: i64) {
        if window < self.window {
            self.until = self.until.max(self.now + self.window);
        }
        self.window = window;
        self.keeps = self.keeps.max(window);
    }

    fn look(&mut self, now: i64) {
        self.now = now;
        self.used.retain(|(window, _)| *window != self.window);
        self.used.push((self.window, now));
        let may_hold = |(window, last): &(i64, i64)| (last + window > now).then_some(*window);
        let longest = self.used.iter().filter_map(may_hold).max().unwrap();
        self.forgettable = self.forgettable.max(now - longest);
        if self.until <= now {
            self.keeps = self.window;
        }
        let gone = now - self.keeps;
        self.forgotten = self.forgotten.max(gone);
        self.actions.iter_mut().filter(|action| action.at <= gone).for_each(|action| action.known = 0);
    }

    fn correct(&mut self, nth: usize, log: &mut Log, amount: impl Fn(u64) -> u64) {
        let len = self.actions.len().max(1);
        let Some(action) = self.actions.get_mut(nth % len) else { return };
        let is = amount(action.amount);
        log.correct(action.at, action.amount, is, 1);
        let more = is.saturating_sub(action.amount);
        action.known = match () {
            () if action.at <= self.now - self.keeps => 0,
            () if action.at <= self.forgotten => action.known + more,
            () => is,
        };
        action.most = action.most.max(is);
        action.amount = is;
    }

    /// What has to count, what does where amounts are told apart exactly, and what may where they are not.
    fn totals(&self) -> (u64, u64, u64) {
        let within = |span: i64| self.actions.iter().filter(move |action| action.at + span > self.now);
        let has_to = within(self.window).filter(|action| action.at > self.forgettable);
        let grain = coarsest(WINDOWS[2] << 16);
        (
            has_to.map(|action| action.amount).sum(),
            within(self.window).map(|action| action.known).sum(),
            within(self.window + grain).map(|action| action.most + action.known).sum(),
        )
    }
}

proptest! {
    /// No false rejection, no admission too many, exact waits.
    #[test]
    fn agrees_with_a_log_of_everything(
        steps in prop::collection::vec(prop_oneof![3 => 0i64..5, 1 => 0i64..120], 1..200),
        max in 1u64..12,
        window in 1u64..100,
    ) {
        let mut naive = Naive { admitted: Vec::new(), window: window as i64, max: max as usize };
        let mut log = Log::default();
        log.over(window as i64);
        let mut now = 0;
        for step in steps {
            now += step;
            prop_assert_eq!(admit(&mut log, now, max, grain(window, max)), naive.admit(now));
            prop_assert_eq!(log.total(), naive.counting(now) as u64);
            prop_assert_eq!(log.retry_after(now, 1, max), naive.wait(now, max as usize));
            prop_assert_eq!(log.reset_after(now), naive.wait(now, 1));
        }
    }

    /// Runs that span several instants never let a window hold more than the limit, and hold a place back for less
    /// than one grain.
    #[test]
    fn a_coarse_log_errs_by_less_than_a_grain(
        steps in prop::collection::vec(0i64..6, 1..300),
        max in 1u64..12,
        coarse in 2i64..9,
    ) {
        let window = 60i64;
        let mut log = Log::default();
        log.over(60);
        let mut admitted: Vec<i64> = Vec::new();
        let mut now = 0;
        for step in steps {
            now += step;
            let counting = |span: i64| admitted.iter().filter(|&&t| now < t + span).count() as u64;
            let (exact, longer) = (counting(window), counting(window + coarse - 1));
            let room = admit(&mut log, now, max, coarse);
            prop_assert!(!room || exact < max);
            prop_assert!(room || longer >= max);
            if room {
                admitted.push(now);
            }
            prop_assert!(log.runs.len() as i64 <= window / coarse + 2);
        }
    }

    /// Whatever is edited, metered and settled: what was recorded while a window was in use, or within it after that, counts
    /// in it; and no amount is changed by the correction of another one.
    #[test]
    fn an_edit_and_another_back_lose_nothing(
        steps in prop::collection::vec((step(), event()), 1..200),
        // So that what is put aside is told apart exactly, or not.
        scale in prop_oneof![Just(1), Just(1 << 16)],
    ) {
        let mut log = Log::default();
        let mut model = Model::new(WINDOWS[2] * scale);
        log.over(model.window);
        log.advance(0);
        let mut now = 0;
        for (step, event) in steps {
            now += if step < SMALL { step } else { (step - SMALL) * scale };
            match event {
                Event::Look { window } => model.edit(WINDOWS[window] * scale),
                Event::Admit { amount } => model.actions.push(Action::new(now, amount)),
                Event::Meter { .. } | Event::Settle { .. } => {}
            }
            if !matches!(event, Event::Settle { .. }) {
                log.over(model.window);
                prop_assert_eq!(log.advance(now), now);
                model.look(now);
            }
            match event {
                Event::Admit { amount: 0 } | Event::Look { .. } => {}
                Event::Admit { amount } => log.record(now, amount, 1),
                Event::Meter { nth, amount } => model.correct(nth, &mut log, |was| was + amount),
                Event::Settle { nth, amount } => model.correct(nth, &mut log, |_| amount),
            }
            let (least, exact, most) = model.totals();
            prop_assert!((least..=most).contains(&log.total()), "{} of {least} to {most}", log.total());
            prop_assert!(scale > 1 || log.total() == exact, "{} of {exact}", log.total());
        }
    }

    #[test]
    fn a_clock_set_back_neither_frees_nor_freezes(back in 0i64..10_000_000) {
        let mut log = Log::default();
        log.over(60_000);
        for now in [0, 10, 20] {
            prop_assert!(admit(&mut log, now, 3, 1));
        }
        prop_assert!(!admit(&mut log, 20 - back, 3, 1));
        let skew = if back <= SKEW_MS { back } else { 0 };
        prop_assert!(!admit(&mut log, 59_999 - back, 3, 1));
        prop_assert!(admit(&mut log, 60_000 - back + skew, 3, 1));
    }
}

#[test]
fn an_amount_is_corrected_as_of_its_own_time() {
    let mut log = Log::default();
    log.over(100);
    for (at, amount) in [(0, 30), (10, 40), (20, 50)] {
        log.advance(at);
        log.record(at, amount, 1);
    }
    log.correct(10, 40, 5, 1);
    assert_eq!((log.total(), log.retry_after(20, 50, 100)), (85, 90));
    log.correct(20, 50, 0, 1);
    assert_eq!((log.total(), log.reset_after(20)), (35, 90));
    log.correct(20, 0, 7, 1);
    assert_eq!((log.total(), log.reset_after(20)), (42, 100));
    log.advance(105);
    log.correct(0, 30, 90, 1);
    assert_eq!(log.total(), 12, "what no longer counts is not counted again");
}

#[test]
fn an_amount_that_was_put_aside_is_corrected_there() {
    let mut log = Log::default();
    log.over(100);
    log.advance(0);
    log.record(0, 30, 1);
    log.over(10);
    log.advance(50);
    log.correct(0, 30, 45, 1);
    assert_eq!((log.total(), log.is_idle(50)), (0, false));
    // It is kept elsewhere as well.
    let mut again = Log::of(log.condensed(8));
    again.over(log.window());
    again.over(10);
    again.advance(60);
    again.over(100);
    again.advance(60);
    assert_eq!(again.total(), 45);
    log.over(100);
    log.advance(99);
    assert_eq!((log.total(), log.is_idle(99)), (45, false));
    log.advance(100);
    assert_eq!((log.total(), log.is_idle(100)), (0, true));
}

/// A log over `window` in which these amounts were recorded.
fn recorded(window: i64, amounts: &[(i64, u64)]) -> Log {
    let mut log = Log::default();
    log.over(window);
    for (at, amount) in amounts {
        log.advance(*at);
        log.record(*at, *amount, 1);
    }
    log
}

#[test]
fn what_a_shorter_window_forgot_is_not_taken_from_what_others_hold_under_a_longer() {
    let mut log = recorded(60, &[(0, 10_000)]);
    log.advance(65);
    log.over(3_600);
    log.advance(75);
    log.record(75, 5_000, 1);
    log.correct(0, 10_000, 100, 1);
    assert_eq!(log.total(), 5_000);
    // What it uses on top of that is known.
    log.correct(0, 100, 400, 1);
    assert_eq!(log.total(), 5_300);
}

#[test]
fn what_is_forgotten_of_what_was_put_aside_is_not_taken_from_what_others_hold() {
    let mut log = recorded(3_600, &[(0, 100), (1_000, 200)]);
    log.over(60);
    log.advance(4_000);
    log.correct(0, 100, 10, 1);
    log.over(3_600);
    log.advance(4_000);
    assert_eq!(log.total(), 200);
}

#[test]
fn what_nothing_was_held_for_is_put_aside_as_well() {
    let mut log = recorded(3_600, &[(1_000, 200)]);
    log.over(60);
    log.advance(4_000);
    log.correct(1_500, 0, 70, 1);
    assert_eq!(log.total(), 0);
    log.over(3_600);
    log.advance(4_000);
    assert_eq!((log.total(), log.reset_after(4_000)), (270, 1_100));
}

#[test]
fn each_window_of_several_that_a_limit_was_edited_through_is_kept_for_as_long_as_it_may_hold_something() {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let mut log = recorded(DAY, &[(0, 1)]);
    log.over(HOUR);
    log.advance(DAY - 15);
    log.record(DAY - 15, 100, 1);
    log.advance(DAY - 10);
    log.over(1);
    log.advance(DAY - 10);
    log.advance(DAY);
    log.over(HOUR);
    log.advance(DAY + 5);
    assert_eq!(log.total(), 100);
}

#[test]
fn a_log_is_bounded_also_when_its_limit_is_edited() {
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    let fill = |log: &mut Log, from: i64, to: i64, step: usize| {
        for at in (from..to).step_by(step) {
            log.advance(at);
            log.record(at, 1, grain(log.window.unsigned_abs(), u64::MAX));
        }
    };
    let mut log = Log::default();
    log.over(HOUR);
    fill(&mut log, 0, HOUR, 8);
    assert!(log.runs.bytes() <= 1 << 20, "{}", log.runs.bytes());
    log.over(MINUTE);
    fill(&mut log, HOUR, HOUR + MINUTE, 1);
    let aside = log.aside.as_ref().map_or(0, |aside| aside.runs.bytes());
    assert!(aside <= 1 << 20 && log.runs.bytes() <= 1 << 20, "{aside} and {}", log.runs.bytes());
    log.over(HOUR);
    fill(&mut log, HOUR + MINUTE, 2 * HOUR, 8);
    assert!(log.runs.bytes() <= 2 << 20, "{}", log.runs.bytes());
    fill(&mut log, 2 * HOUR, 2 * HOUR + MINUTE, 8);
    log.shrink();
    assert!(log.runs.bytes() <= 2 << 20);
    log.advance(4 * HOUR);
    log.shrink();
    assert_eq!((log.runs.len(), log.runs.bytes()), (0, 0));
}

#[test]
fn a_condensed_log_counts_as_much_and_not_for_less_long() {
    let mut log = Log::default();
    log.over(1_000);
    for at in 0..100 {
        log.advance(at);
        log.record(at, 2, 1);
    }
    let mut again = Log::of(log.condensed(8));
    again.over(1_000);
    assert!(again.runs.len() <= 8);
    for now in [99, 999, 1_050, 1_098, 1_099] {
        log.advance(now);
        again.advance(now);
        assert!(again.total() >= log.total(), "at {now}");
    }
    assert_eq!((again.total(), log.total()), (0, 0));
}
