//! Several limiters that count together, in a world that loses, delays and repeats what they say to each other.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops where it is surprised"
)]

use std::collections::HashMap;

use jiff::Timestamp;
use proptest::prelude::*;
use renlayer_policy::{
    Admission, Applied, Claim, Demand, Facts, LimitSet, LimitState, Limiter, Reservation, Shortage, Subject,
    Use,
};
use serde_json::json;

const MINUTE: i64 = 60_000;

/// After so long without a word a share is nobody's any more.
const TTL: i64 = 10_000;

/// What stopped counting may be noticed so much later: a 256th of the window.
const GRAIN: i64 = MINUTE / 256 + 1;

const HOUR: i64 = 60 * MINUTE;

const KEY: [u8; 16] = [7; 16];

fn limit(dimension: &str, max: u64) -> LimitSet {
    limit_over(dimension, "minute", max)
}

fn limit_over(dimension: &str, window: &str, max: u64) -> LimitSet {
    limit_of("per_tenant", dimension, window, max)
}

fn limit_of(scope: &str, dimension: &str, window: &str, max: u64) -> LimitSet {
    let window = if dimension == "concurrency" { json!(null) } else { json!(window) };
    let limit = json!({"name": "l", "scope": scope, "dimension": dimension, "window": window, "max": max});
    LimitSet::compile(vec![serde_json::from_value(limit).unwrap()]).unwrap()
}

/// A window in milliseconds, of what has none 0, and how much it may hold.
type Terms = (i64, u64);

/// What instances share, by a clock that is nobody else's.
struct Store {
    held: HashMap<[u8; 16], Vec<u8>>,
    ahead: i64,
    /// Swaps that have been sent and not yet arrived.
    under_way: Vec<Swap>,
    /// What each swap so far was made by.
    swapped: Vec<Terms>,
    /// Until when each holder has a share, if it holds anything.
    shares: HashMap<u64, i64>,
    /// The windows that something was swapped over, and until when what is spent is kept for them.
    in_use: HashMap<i64, i64>,
    /// What was spent before is not known any more, as nobody counted over a window so long.
    forgotten: i64,
}

struct Swap {
    name: [u8; 16],
    was: Option<Vec<u8>>,
    is: Vec<u8>,
    terms: Terms,
    /// By whom, and when it was read.
    holder: u64,
    at: i64,
}

impl Store {
    fn swap(&mut self, swap: &Swap) -> bool {
        let same = self.held.get(&swap.name) == swap.was.as_ref();
        if same {
            self.held.insert(swap.name, swap.is.clone());
            self.in_use.retain(|_, until| *until > swap.at);
            self.in_use.insert(swap.terms.0, swap.at + swap.terms.0 + TTL);
            let keeps = self.in_use.keys().max().unwrap();
            self.forgotten = self.forgotten.max(swap.at - keeps);
            self.swapped.push(swap.terms);
            self.shares.insert(swap.holder, swap.at + TTL);
        }
        same
    }
}

/// One process: its clock began at some moment of its own.
struct Instance {
    holder: u64,
    limiter: Limiter,
    ahead: i64,
    /// What is in force there.
    limits: LimitSet,
    /// What its limiter counts by, since it was last asked.
    terms: Terms,
    due: Vec<Claim>,
    /// What each of those was made by.
    claimed: Vec<Terms>,
    /// How much had been swapped when it last heard of a swap of its own.
    heard: usize,
    /// What was read and is to be swapped, for the claim at that place.
    read: Vec<(usize, Option<Swap>)>,
}

/// How a swap goes.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Done,
    /// It never arrives.
    Lost,
    /// It arrives, and the answer does not.
    Unheard,
    /// It arrives some time after it was given up.
    Late,
}

struct World {
    limits: LimitSet,
    now: i64,
    store: Store,
    instances: Vec<Instance>,
    born: u64,
    /// How many each of them may count apart.
    subjects: usize,
}

impl World {
    fn new(count: usize, limits: LimitSet) -> Self {
        Self::of_few(1 << 20, count, limits)
    }

    /// One in which instances count no more than so many subjects apart.
    fn of_few(subjects: usize, count: usize, limits: LimitSet) -> Self {
        let store = Store {
            held: HashMap::new(),
            ahead: 1_000_000_000,
            under_way: Vec::new(),
            swapped: Vec::new(),
            shares: HashMap::new(),
            in_use: HashMap::new(),
            forgotten: i64::MIN,
        };
        let mut world = Self { limits, now: 0, store, instances: Vec::new(), born: 0, subjects };
        for _ in 0..count {
            let instance = world.bear();
            world.instances.push(instance);
        }
        world
    }

    fn bear(&mut self) -> Instance {
        self.born += 1;
        let limiter = Limiter::sharing_within(self.subjects, self.born, || ()).keyed(KEY);
        let ahead = i64::try_from(self.born).unwrap() * 1_234_567;
        Instance::new(self.born, limiter, ahead, self.limits.clone())
    }

    /// From now on another limit of the same name is in force there.
    fn edit(&mut self, nth: usize, limits: LimitSet) {
        self.instances[nth].limits = limits;
    }

    fn try_admit(&mut self, nth: usize, tokens: u64) -> Option<Result<Reservation, LimitState>> {
        self.try_admit_of("a", nth, tokens)
    }

    fn try_admit_of(
        &mut self,
        agent: &str,
        nth: usize,
        tokens: u64,
    ) -> Option<Result<Reservation, LimitState>> {
        let facts = Facts { agent_id: Some(agent), ..Facts::at(Timestamp::UNIX_EPOCH) };
        let instance = &mut self.instances[nth];
        instance.terms = terms(&instance.limits);
        let (subject, now) = (Subject::of("t", &facts), self.now + instance.ahead);
        Some(
            match instance.limiter.try_admit(&instance.limits, &subject, Demand::priced(tokens, 0), now)? {
                Admission::Admitted(reserved) => Ok(reserved),
                Admission::Refused { limit } => Err(limit),
            },
        )
    }

    /// A call that waits as long as the store answers.
    fn admit(&mut self, nth: usize, tokens: u64) -> Result<Reservation, LimitState> {
        self.admit_of("a", nth, tokens)
    }

    fn admit_of(&mut self, agent: &str, nth: usize, tokens: u64) -> Result<Reservation, LimitState> {
        for _ in 0..200 {
            if let Some(admission) = self.try_admit_of(agent, nth, tokens) {
                return admission;
            }
            self.sync(nth);
            self.now += 5;
        }
        panic!("the store is never asked enough");
    }

    fn read(&mut self, nth: usize) {
        let instance = &mut self.instances[nth];
        let now = self.now + instance.ahead;
        instance.due.extend(instance.limiter.claims(now));
        instance.claimed.resize(instance.due.len(), instance.terms);
        instance.read.clear();
        let holder = instance.holder;
        for (place, claim) in instance.due.iter_mut().enumerate() {
            let was = self.store.held.get(&claim.name()).cloned();
            let (terms, at) = (instance.claimed[place], self.now);
            let swap = match claim.apply(was.as_deref(), at + self.store.ahead, now) {
                Applied::Swap { state, .. } => {
                    Some(Swap { name: claim.name(), was, is: state, terms, holder, at })
                }
                Applied::Done => None,
                Applied::Unreadable => panic!("unreadable"),
            };
            instance.read.push((place, swap));
        }
    }

    fn swap(&mut self, nth: usize, fate: Fate) {
        let instance = &mut self.instances[nth];
        let now = self.now + instance.ahead;
        let mut done = vec![false; instance.due.len()];
        for (place, swap) in instance.read.drain(..) {
            done[place] = match (swap, fate) {
                (None, _) => true,
                (Some(swap), Fate::Done) => {
                    let swapped = self.store.swap(&swap);
                    instance.heard = if swapped { self.store.swapped.len() } else { instance.heard };
                    swapped
                }
                (Some(swap), Fate::Unheard) => {
                    self.store.swap(&swap);
                    false
                }
                (Some(_), Fate::Lost) => false,
                (Some(swap), Fate::Late) => {
                    self.store.under_way.push(swap);
                    false
                }
            };
        }
        let mut nth = done.iter();
        instance.claimed.retain(|_| !nth.next().unwrap());
        let mut done = done.into_iter();
        instance.due.retain(|claim| {
            let done = done.next().unwrap();
            if done {
                instance.limiter.granted(claim, now);
            }
            !done
        });
    }

    /// A second in which nobody asks it for anything.
    fn rest(&mut self, nth: usize) {
        for _ in 0..20 {
            self.now += 50;
            self.sync(nth);
        }
    }

    fn sync(&mut self, nth: usize) {
        self.read(nth);
        self.swap(nth, Fate::Done);
    }
}

impl Instance {
    fn new(holder: u64, limiter: Limiter, ahead: i64, limits: LimitSet) -> Self {
        let terms = terms(&limits);
        let (due, claimed, read) = (Vec::new(), Vec::new(), Vec::new());
        Self { holder, limiter, ahead, limits, terms, due, claimed, heard: 0, read }
    }
}

fn terms(limits: &LimitSet) -> Terms {
    let limit = limits.iter().next().unwrap();
    let window = limit.window.map_or(0, |window| window.millis().cast_signed());
    (window, limit.max.as_whole().unwrap())
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    Call {
        nth: usize,
        tokens: u64,
    },
    /// Calls that take all they can get.
    Rush {
        nth: usize,
    },
    Read {
        nth: usize,
    },
    Swap {
        nth: usize,
        fate: Fate,
    },
    Arrive,
    Settle {
        which: usize,
        share: u64,
    },
    Die {
        nth: usize,
    },
    Pass {
        millis: i64,
    },
    StoreBack {
        millis: i64,
    },
    /// The limit is edited, and this instance hears of it, or all.
    Edit {
        nth: Option<usize>,
        window: &'static str,
        max: u64,
    },
}

const INSTANCES: usize = 3;

fn event() -> impl Strategy<Value = Event> {
    let nth = 0..INSTANCES;
    let fate = prop_oneof![
        8 => Just(Fate::Done),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Unheard),
        1 => Just(Fate::Late),
    ];
    // Mostly little, and else what brings something close to its end.
    let millis = prop_oneof![
        6 => 0i64..300,
        2 => 0i64..4_000,
        2 => -2_500i64..100,
    ];
    let end = prop_oneof![Just(0), Just(TTL), Just(MINUTE), Just(TTL + MINUTE)];
    let millis = (millis, end).prop_map(|(millis, end)| if millis < 0 { end } else { 0 } + millis);
    let millis = millis.prop_map(|millis| millis.max(0));
    prop_oneof![
        12 => (nth.clone(), 1u64..15).prop_map(|(nth, tokens)| Event::Call { nth, tokens }),
        5 => nth.clone().prop_map(|nth| Event::Rush { nth }),
        8 => nth.clone().prop_map(|nth| Event::Read { nth }),
        8 => (nth.clone(), fate).prop_map(|(nth, fate)| Event::Swap { nth, fate }),
        1 => Just(Event::Arrive),
        4 => (0usize..32, 0u64..=4).prop_map(|(which, share)| Event::Settle { which, share }),
        1 => nth.prop_map(|nth| Event::Die { nth }),
        6 => millis.prop_map(|millis| Event::Pass { millis }),
        1 => (0i64..200_000).prop_map(|millis| Event::StoreBack { millis }),
    ]
}

/// What may happen besides, where limits are edited.
fn edit() -> impl Strategy<Value = Event> {
    let window = prop_oneof![Just("minute"), Just("hour")];
    let millis = prop_oneof![Just(MINUTE), Just(HOUR - MINUTE), Just(HOUR), Just(HOUR + TTL), 0..HOUR];
    prop_oneof![
        2 => (0..INSTANCES, window.clone(), 1u64..100)
            .prop_map(|(nth, window, max)| Event::Edit { nth: Some(nth), window, max }),
        2 => (window, 1u64..100).prop_map(|(window, max)| Event::Edit { nth: None, window, max }),
        1 => millis.prop_map(|millis| Event::Pass { millis }),
    ]
}

/// An admitted action: when that was, what counts for it, whose it is.
struct Action {
    at: i64,
    counts: u64,
    held: Option<(u64, Reservation)>,
    whose: u64,
}

/// No more counts, in the window that ends now, than the limit says that is in force there; unless others took something by
/// another limit since the instance last heard of what there is.
fn keeps_its_limit(world: &World, nth: usize, actions: &[Action]) -> Result<(), TestCaseError> {
    let instance = &world.instances[nth];
    let (window, max) = terms(&instance.limits);
    if world.store.swapped[instance.heard..].iter().any(|other| *other != (window, max)) {
        return Ok(());
    }
    let since = world.store.forgotten.max(world.now - window);
    let counts = actions.iter().filter(|action| since < action.at).map(|action| action.counts).sum::<u64>();
    prop_assert!(counts <= max, "{counts} of {max}");
    Ok(())
}

/// A place that was taken, and by whom; released when it is given up.
struct Taken {
    holder: u64,
    /// None where its holder died with it.
    place: Option<Reservation>,
}

/// Places are taken, given up and lost. Never more of them are taken than there are, those of the dead included until their
/// share has ended; those of the living whose share has ended are nobody's.
fn whatever_happens_to_places(max: u64, events: Vec<Event>) -> Result<(), TestCaseError> {
    let mut world = World::new(INSTANCES, limit("concurrency", max));
    let mut taken: Vec<Taken> = Vec::new();
    // Given up after their share had ended, or before: either way it is for the limiter to know.
    let mut nobodys: Vec<Reservation> = Vec::new();
    let mut set_back = 0;
    for event in events {
        let ended =
            |taken: &mut Taken| world.store.shares.get(&taken.holder).is_some_and(|end| *end <= world.now);
        nobodys.extend(taken.extract_if(.., ended).filter_map(|taken| taken.place));
        match event {
            Event::Call { nth, .. } => take(&mut world, nth, &mut taken)?,
            Event::Rush { nth } => {
                for _ in 0..8 {
                    world.sync(nth);
                    take(&mut world, nth, &mut taken)?;
                }
            }
            Event::Read { nth } => world.read(nth),
            Event::Swap { nth, fate } => world.swap(nth, fate),
            Event::Arrive => {
                for swap in std::mem::take(&mut world.store.under_way) {
                    world.store.swap(&swap);
                }
            }
            Event::Settle { which, share } => {
                let alive: Vec<usize> = (0..taken.len()).filter(|nth| taken[*nth].place.is_some()).collect();
                match alive.get(which % alive.len().max(1)) {
                    // Settled or dropped: a place is given up either way.
                    Some(nth) if share > 0 => taken.swap_remove(*nth).place.unwrap().settle(Use::default()),
                    Some(nth) => drop(taken.swap_remove(*nth)),
                    None => drop(nobodys.pop()),
                }
            }
            Event::Die { nth } => {
                let again = world.bear();
                let dead = std::mem::replace(&mut world.instances[nth], again);
                taken
                    .iter_mut()
                    .filter(|taken| taken.holder == dead.holder)
                    .for_each(|taken| taken.place = None);
            }
            Event::Pass { millis } => world.now += millis,
            Event::StoreBack { millis } => {
                world.store.ahead -= millis;
                set_back += millis;
            }
            Event::Edit { nth, max, .. } => (0..INSTANCES)
                .filter(|other| nth.is_none_or(|nth| nth == *other))
                .for_each(|nth| world.edit(nth, limit("concurrency", max))),
        }
    }
    drop((taken, nobodys));
    world.store.under_way.clear();
    world.now += set_back;
    (0..INSTANCES).for_each(|nth| world.edit(nth, limit("concurrency", max)));
    for _ in 0..4 {
        world.now += TTL + 1;
        (0..INSTANCES).for_each(|nth| world.sync(nth));
    }
    let held: Vec<_> = (0..=max).map_while(|_| world.admit(0, 1).ok()).collect();
    prop_assert_eq!(held.len() as u64, max, "all of them are free in the end");
    Ok(())
}

fn take(world: &mut World, nth: usize, taken: &mut Vec<Taken>) -> Result<(), TestCaseError> {
    let Some(Ok(place)) = world.try_admit(nth, 1) else { return Ok(()) };
    let instance = &world.instances[nth];
    taken.push(Taken { holder: instance.holder, place: Some(place) });
    let (_, max) = terms(&instance.limits);
    let edited = world.store.swapped[instance.heard..].iter().any(|(_, other)| *other != max);
    prop_assert!(edited || taken.len() as u64 <= max, "{} of {max} taken", taken.len());
    Ok(())
}

fn whatever_happens(dimension: &str, max: u64, events: Vec<Event>) -> Result<(), TestCaseError> {
    let mut world = World::new(INSTANCES, limit(dimension, max));
    let mut whose: Vec<u64> = (0..INSTANCES as u64).collect();
    let mut actions: Vec<Action> = Vec::new();
    let mut set_back = 0;
    for event in events {
        match event {
            Event::Call { nth, tokens } => {
                let Some(Ok(reserved)) = world.try_admit(nth, tokens) else { continue };
                let counts = if dimension == "requests" { 1 } else { tokens };
                let held = Some((tokens, reserved));
                actions.push(Action { at: world.now, counts, held, whose: whose[nth] });
                keeps_its_limit(&world, nth, &actions)?;
            }
            Event::Rush { nth } => {
                for asked in 0..120 {
                    match world.try_admit(nth, 1) {
                        Some(Ok(reserved)) => {
                            let held = Some((1, reserved));
                            actions.push(Action { at: world.now, counts: 1, held, whose: whose[nth] });
                            keeps_its_limit(&world, nth, &actions)?;
                        }
                        None if asked % 8 < 4 => world.sync(nth),
                        _ => break,
                    }
                }
            }
            Event::Read { nth } => world.read(nth),
            Event::Swap { nth, fate } => world.swap(nth, fate),
            Event::Arrive => {
                for swap in std::mem::take(&mut world.store.under_way) {
                    world.store.swap(&swap);
                }
            }
            Event::Settle { which, share } => {
                let under_way: Vec<usize> =
                    (0..actions.len()).filter(|n| actions[*n].held.is_some()).collect();
                let Some(nth) = under_way.get(which % under_way.len().max(1)) else { continue };
                let (tokens, reserved) = actions[*nth].held.take().unwrap();
                let used = tokens * share / 4;
                reserved.settle(Use { tokens: used, spend_micros: 0 });
                if dimension != "requests" {
                    actions[*nth].counts = used;
                }
            }
            Event::Die { nth } => {
                let again = world.bear();
                let dead = std::mem::replace(&mut world.instances[nth], again);
                actions.iter_mut().filter(|action| action.whose == whose[nth]).for_each(|a| a.held = None);
                drop(dead);
                whose[nth] = world.born;
            }
            Event::Pass { millis } => world.now += millis,
            Event::StoreBack { millis } => {
                world.store.ahead -= millis;
                set_back += millis;
            }
            Event::Edit { nth, window, max } => (0..INSTANCES)
                .filter(|other| nth.is_none_or(|nth| nth == *other))
                .for_each(|nth| world.edit(nth, limit_over(dimension, window, max))),
        }
    }
    // Whatever was lost comes back: all of it can be spent by one.
    drop(actions);
    world.store.under_way.clear();
    // A clock that was set back while nobody looked is not known to have been.
    world.now += set_back;
    for _ in 0..4 {
        world.now += TTL + HOUR + HOUR / 256;
        (0..INSTANCES).for_each(|nth| world.sync(nth));
    }
    (0..INSTANCES).for_each(|nth| world.edit(nth, limit(dimension, max)));
    let spent = (0..max).take_while(|_| world.admit(0, 1).is_ok()).count();
    prop_assert_eq!(spent as u64, max);
    prop_assert!(world.admit(1, 1).is_err());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// No window holds more than the limit, whoever dies, whatever gets lost, is late or arrives twice, and however clocks
    /// differ; and nothing is lost for good.
    #[test]
    fn no_window_holds_more_requests_than_the_limit(
        max in 1u64..60,
        events in prop::collection::vec(event(), 1..250),
    ) {
        whatever_happens("requests", max, events)?;
    }

    #[test]
    fn no_window_holds_more_tokens_than_the_limit(
        max in 1u64..120,
        events in prop::collection::vec(event(), 1..250),
    ) {
        whatever_happens("tokens", max, events)?;
    }

    /// Nor does it while it is edited, and edited back, and instances hear of that one after the other.
    #[test]
    fn no_edit_lets_more_requests_pass_than_the_limit_in_force(
        max in 1u64..60,
        events in prop::collection::vec(prop_oneof![6 => event(), 1 => edit()], 1..250),
    ) {
        whatever_happens("requests", max, events)?;
    }

    #[test]
    fn no_edit_lets_more_tokens_pass_than_the_limit_in_force(
        max in 1u64..120,
        events in prop::collection::vec(prop_oneof![6 => event(), 1 => edit()], 1..250),
    ) {
        whatever_happens("tokens", max, events)?;
    }

    /// Whoever dies, is not heard, or hears of an edit before others.
    #[test]
    fn no_more_places_are_taken_than_there_are(
        max in 1u64..12,
        events in prop::collection::vec(prop_oneof![12 => event(), 1 => edit()], 1..250),
    ) {
        whatever_happens_to_places(max, events)?;
    }

    /// However many subjects come to whichever instance, each has its limit once: those that there is no room for are refused.
    #[test]
    fn a_crowd_of_subjects_has_each_its_own_limit_once(
        max in 1u64..4,
        subjects in 64usize..130,
        calls in prop::collection::vec((0usize..1_000, 0usize..2, 0i64..40), 100..400),
    ) {
        // One for each shard.
        let mut world = World::of_few(64, 2, limit_of("per_agent", "requests", "day", max));
        let mut admitted = vec![0; subjects];
        for (subject, nth, millis) in calls {
            let subject = subject % subjects;
            match world.admit_of(&subject.to_string(), nth, 1) {
                Ok(_) => admitted[subject] += 1,
                Err(state) if state.shortage == Some(Shortage::Crowded) => {
                    prop_assert!(state.may_be_retried() && state.retry_after_ms > 0);
                }
                Err(_) => {}
            }
            world.now += millis;
            prop_assert!(admitted[subject] <= max, "{} of {max}", admitted[subject]);
            prop_assert!(world.instances.iter().all(|instance| instance.limiter.len() <= 64));
        }
        // Once others rest there is room for whoever comes, and all of the limit.
        for (subject, admitted) in admitted.into_iter().enumerate() {
            (0..2).for_each(|nth| world.rest(nth));
            let agent = subject.to_string();
            let rest = (0..=max).filter(|nth| world.admit_of(&agent, *nth as usize % 2, 1).is_ok()).count();
            prop_assert_eq!(admitted + rest as u64, max);
        }
    }

    /// Calls that come to all instances find all of the limit, however it was cut into slices.
    #[test]
    fn a_fleet_admits_all_of_its_limit(
        max in 1u64..3_000,
        calls in prop::collection::vec(0usize..4, 1..8),
        burst in 1u64..40,
    ) {
        // So long that nothing leaves the window meanwhile.
        let mut world = World::new(4, limit_over("requests", "day", max));
        let mut admitted = 0;
        let mut refused = 0;
        while refused < 16 {
            let before = admitted;
            for nth in &calls {
                for _ in 0..burst {
                    admitted += u64::from(world.try_admit(*nth, 1).is_some_and(|admission| admission.is_ok()));
                }
            }
            (0..4).for_each(|nth| world.sync(nth));
            world.now += 100;
            refused = if admitted == before { refused + 1 } else { 0 };
        }
        prop_assert_eq!(admitted, max);
    }
}

#[test]
fn a_death_costs_what_was_not_spent_until_it_no_longer_counts() {
    let mut world = World::new(2, limit("requests", 1_000));
    for _ in 0..20 {
        for _ in 0..20 {
            let _ = world.admit(0, 1).unwrap();
        }
        world.sync(0);
        world.now += 50;
    }
    let dead = world.bear();
    world.instances[0] = dead;
    let mut admitted = 400;
    while world.admit(1, 1).is_ok() {
        admitted += 1;
    }
    assert!((800..=1_000).contains(&admitted), "{admitted}");
    world.now += TTL + MINUTE + GRAIN;
    assert_eq!((0..1_001).filter(|_| world.admit(1, 1).is_ok()).count(), 1_000, "it is back");
}

#[test]
fn places_at_once_return_when_they_are_left_or_their_holder_falls_silent() {
    let mut world = World::new(2, limit("concurrency", 3));
    let held: Vec<_> = (0..3).map(|_| world.admit(0, 1).unwrap()).collect();
    assert_eq!(world.admit(1, 1).unwrap_err().shortage, Some(Shortage::Full));
    drop(held);
    world.rest(0);
    let held = world.admit(1, 1).unwrap();
    // One that goes on keeps its place by giving signs of life.
    for _ in 0..10 {
        world.now += TTL / 2;
        world.sync(1);
    }
    let others: Vec<_> = (0..2).map(|_| world.admit(0, 1).unwrap()).collect();
    assert!(world.admit(0, 1).is_err());
    // The other one dies with its place.
    let dead = std::mem::replace(&mut world.instances[1], world_instance(77));
    world.now += TTL;
    world.sync(0);
    assert!(world.admit(0, 1).is_ok(), "{}", others.len());
    drop((dead, held));
}

#[test]
fn places_whose_share_is_lost_are_still_taken() {
    let mut world = World::new(2, limit("concurrency", 3));
    let held: Vec<_> = (0..2).map(|_| world.admit(0, 1).unwrap()).collect();
    // The third is asked for twice, and what arrives is the first of it, which is given up by then: so it is not known what is
    // left of the share.
    assert!(world.try_admit(0, 1).is_none());
    world.read(0);
    world.swap(0, Fate::Late);
    world.read(0);
    for swap in std::mem::take(&mut world.store.under_way) {
        assert!(world.store.swap(&swap));
    }
    world.swap(0, Fate::Done);
    let third = world.admit(0, 1).unwrap();
    assert_eq!(world.admit(0, 1).unwrap_err().shortage, Some(Shortage::Full));
    assert_eq!(world.admit(1, 1).unwrap_err().shortage, Some(Shortage::Full));
    drop((held, third));
    world.rest(0);
    assert_eq!((0..4).map_while(|_| world.admit(1, 1).ok()).collect::<Vec<_>>().len(), 3);
}

fn world_instance(holder: u64) -> Instance {
    let limiter = Limiter::sharing(holder, || ()).keyed(KEY);
    Instance::new(holder, limiter, 0, limit("concurrency", 3))
}

/// A busy count that has something in reserve.
fn with_reserve(world: &mut World) {
    for _ in 0..10 {
        for _ in 0..10 {
            let _ = world.admit(0, 1).unwrap();
        }
        world.sync(0);
        world.now += 20;
    }
}

#[test]
fn a_slice_ends_with_its_share() {
    let mut world = World::new(2, limit("requests", 1_000));
    with_reserve(&mut world);
    // Nobody hears of the first one for so long that what it held has been counted as spent, and no longer counts.
    world.now += TTL + MINUTE + GRAIN;
    assert_eq!((0..1_001).filter(|_| world.admit(1, 1).is_ok()).count(), 1_000);
    assert!(world.try_admit(0, 1).is_none(), "it has to ask");
    assert!(world.admit(0, 1).is_err());
}

#[test]
fn what_a_share_held_counts_until_a_window_after_its_end() {
    let mut world = World::new(2, limit("requests", 1_000));
    with_reserve(&mut world);
    // It spends the last of its slice shortly before that ends.
    world.now += TTL - 600;
    let spent =
        std::iter::from_fn(|| world.try_admit(0, 1).map(|admission| drop(admission.unwrap()))).count();
    assert!(spent > 0);
    // Then it dies. What it spent first no longer counts, what it spent last does.
    world.now += MINUTE - 10;
    let admitted = std::iter::from_fn(|| world.admit(1, 1).ok()).take(1_001).count();
    assert!(admitted + spent <= 1_000, "{admitted} + {spent}");
}

#[test]
fn while_the_store_is_away_what_is_leased_is_spent_and_then_nothing_is_admitted() {
    let mut world = World::new(1, limit("requests", 1_000));
    with_reserve(&mut world);
    let mut spent = 0;
    while let Some(admission) = world.try_admit(0, 1) {
        assert!(admission.is_ok());
        spent += 1;
    }
    assert!((1..500).contains(&spent), "{spent}");
    let facts = Facts { agent_id: Some("a"), ..Facts::at(Timestamp::UNIX_EPOCH) };
    world.now += TTL;
    let now = world.now + world.instances[0].ahead;
    let refused =
        match world.instances[0].limiter.admit(&world.limits, &Subject::of("t", &facts), Demand::NONE, now) {
            Admission::Refused { limit } => limit,
            Admission::Admitted(_) => panic!("admitted without the store"),
        };
    assert_eq!(refused.shortage, Some(Shortage::Unreachable));
    assert!(refused.may_be_retried());
}

#[test]
fn a_store_that_forgets_or_jumps_ahead_admits_anew() {
    for forgets in [true, false] {
        let mut world = World::new(1, limit("requests", 10));
        (0..10).for_each(|_| drop(world.admit(0, 1).unwrap()));
        assert!(world.admit(0, 1).is_err());
        match forgets {
            true => world.store.held.clear(),
            false => world.store.ahead += TTL + MINUTE,
        }
        world.now += 200;
        assert!(world.admit(0, 1).is_ok());
    }
}

#[test]
fn a_hot_count_asks_the_store_far_less_often_than_it_is_asked() {
    let mut world = World::new(1, limit("requests", 100_000));
    let mut asked = 0;
    for _ in 0..2_000 {
        while world.try_admit(0, 1).is_none() {
            world.sync(0);
            asked += 1;
        }
        world.now += 1;
        if world.now % 50 == 0 {
            world.sync(0);
        }
    }
    assert!(asked < 60, "asked {asked} times for 2,000 calls");
}

#[test]
fn an_answer_may_grow_beyond_what_it_holds_while_the_store_has_room() {
    let mut world = World::new(2, limit("tokens", 1_000));
    let mut first = world.admit(0, 100).unwrap();
    let used = |tokens| Use { tokens, spend_micros: 0 };
    let meter = |world: &World, first: &mut Reservation, tokens: u64| {
        first.meter(used(tokens), world.now + world.instances[0].ahead)
    };
    assert!(meter(&world, &mut first, 400).is_ok(), "the store has room");
    world.rest(0);
    let refused = world.admit(1, 700).unwrap_err();
    assert_eq!((refused.shortage, refused.remaining), (Some(Shortage::Full), 600));
    world.now += 200;
    let _other = world.admit(1, 600).unwrap();
    let _ = meter(&world, &mut first, 450);
    world.sync(0);
    assert!(meter(&world, &mut first, 500).is_err(), "it has none any more");
    first.settle(used(500));
    world.now += 1_000;
    (0..2).for_each(|nth| world.sync(nth));
    assert!(world.admit(1, 1).is_err(), "what was used beyond the limit counts");
}

#[test]
fn what_is_settled_for_less_is_there_for_others() {
    let mut world = World::new(2, limit("tokens", 1_000));
    let first = world.admit(0, 900).unwrap();
    assert!(world.admit(1, 200).is_err());
    first.settle(Use { tokens: 50, spend_micros: 0 });
    world.rest(0);
    let other = world.admit(1, 950).unwrap();
    assert_eq!(other.limits()[0].remaining, 0);
    let refused = world.admit(0, 100).unwrap_err();
    // What the first one used stops counting a minute after it was admitted.
    assert!((57_000..=MINUTE.unsigned_abs()).contains(&refused.retry_after_ms), "{}", refused.retry_after_ms);
}

#[test]
fn what_another_version_wrote_is_not_taken_for_nothing() {
    let mut world = World::new(1, limit("requests", 10));
    assert!(world.try_admit(0, 1).is_none());
    let now = world.now + world.instances[0].ahead;
    let mut claims = world.instances[0].limiter.claims(now);
    for state in [&[9, 1, 2][..], &[], &[1, 0xff]] {
        assert_eq!(claims[0].apply(Some(state), 5, now), Applied::Unreadable);
    }
    world.instances[0].due = claims;
}

/// One stream is under way, for which most of an hour's tokens are held.
fn a_long_stream(world: &mut World) -> Reservation {
    let stream = world.admit(0, 900).unwrap();
    world.sync(0);
    stream
}

#[test]
fn a_stream_counts_under_a_longer_window_that_comes_back() {
    for others_ask in [false, true] {
        let mut world = World::new(2, limit_over("tokens", "hour", 1_000));
        let stream = a_long_stream(&mut world);
        // Shorter, for so long that the stream no longer counts, while there is something to count.
        (0..2).for_each(|nth| world.edit(nth, limit("tokens", 1_000)));
        world.now += 2 * MINUTE;
        world.admit(usize::from(others_ask), 950).unwrap().settle(Use { tokens: 50, spend_micros: 0 });
        (0..2).for_each(|nth| world.rest(nth));
        (0..2).for_each(|nth| world.edit(nth, limit_over("tokens", "hour", 1_000)));
        assert_eq!(world.admit(1, 51).unwrap_err().shortage, Some(Shortage::Full));
        assert!(world.admit(1, 50).is_ok());
        drop(stream);
    }
}

#[test]
fn what_a_stream_writes_while_a_shorter_window_is_in_force_counts_under_the_longer() {
    let mut world = World::new(2, limit_over("tokens", "hour", 1_000));
    let mut stream = world.admit(0, 100).unwrap();
    world.edit(0, limit("tokens", 1_000));
    world.now += 2 * MINUTE;
    world.admit(0, 10).unwrap().settle(Use { tokens: 10, spend_micros: 0 });
    world.rest(0);
    let now = world.now + world.instances[0].ahead;
    assert!(stream.meter(Use { tokens: 700, spend_micros: 0 }, now).is_ok(), "it counts no more where it is");
    stream.settle(Use { tokens: 800, spend_micros: 0 });
    world.rest(0);
    assert_eq!(world.admit(1, 191).unwrap_err().shortage, Some(Shortage::Full));
    assert!(world.admit(1, 190).is_ok());
}

#[test]
fn a_longer_window_is_kept_for_as_long_as_it_is_known_anywhere_and_once_more() {
    for (away, kept) in [(HOUR - MINUTE, true), (HOUR + 2 * TTL, false)] {
        let mut world = World::new(1, limit_over("requests", "hour", 10));
        (0..4).for_each(|_| drop(world.admit(0, 1).unwrap()));
        world.rest(0);
        world.edit(0, limit("requests", 10));
        world.now += away - MINUTE - TTL;
        (0..3).for_each(|_| drop(world.admit(0, 1).unwrap()));
        world.rest(0);
        world.now += MINUTE + TTL;
        drop(world.admit(0, 1).unwrap());
        world.rest(0);
        world.edit(0, limit_over("requests", "hour", 10));
        let left = std::iter::from_fn(|| world.admit(0, 1).ok()).take(11).count();
        assert_eq!(left, if kept { 2 } else { 9 });
    }
}

#[test]
fn what_was_granted_under_a_larger_limit_is_not_spent_under_a_smaller() {
    let mut world = World::new(2, limit("requests", 1_000));
    with_reserve(&mut world);
    assert!(world.try_admit(0, 1).unwrap().is_ok(), "something is at hand");
    world.edit(0, limit("requests", 100));
    assert!(world.try_admit(0, 1).is_none(), "it has to ask");
    assert_eq!(world.admit(0, 1).unwrap_err().shortage, Some(Shortage::Full));
    world.edit(0, limit("requests", 150));
    assert_eq!(std::iter::from_fn(|| world.admit(0, 1).ok()).take(100).count(), 49);
}

#[test]
fn what_a_stream_leaves_is_not_there_for_others_while_more_counts_than_a_smaller_limit_says() {
    let mut world = World::new(2, limit("tokens", 1_000));
    let stream = world.admit(0, 900).unwrap();
    world.edit(0, limit("tokens", 500));
    assert!(world.admit(0, 1).is_err());
    stream.settle(Use { tokens: 450, spend_micros: 0 });
    assert_eq!(world.admit(0, 51).unwrap_err().shortage, Some(Shortage::Full));
    world.now += 200;
    assert!(world.admit(0, 50).is_ok());

    let mut world = World::new(2, limit("concurrency", 8));
    let mut held: Vec<_> = (0..8).map(|n| world.admit(n % 2, 1).unwrap()).collect();
    for left in (3..8).rev() {
        (0..2).for_each(|nth| world.edit(nth, limit("concurrency", 3)));
        assert!((0..2).all(|nth| world.admit(nth, 1).is_err()));
        held.truncate(left);
        (0..2).for_each(|nth| world.rest(nth));
    }
    assert!((0..2).all(|nth| world.admit(nth, 1).is_err()), "three are under way");
    held.truncate(2);
    (0..2).for_each(|nth| world.rest(nth));
    assert!(world.admit(1, 1).is_ok());
}

#[test]
fn a_stream_whose_share_was_lost_is_counted_and_cut_where_it_goes_on() {
    let mut world = World::new(2, limit("tokens", 1_000));
    let mut stream = world.admit(0, 100).unwrap();
    // Nobody hears of the instance until its share is over.
    world.now += TTL + 1;
    world.sync(1);
    world.rest(0);
    let now = world.now + world.instances[0].ahead;
    let _ = stream.meter(Use { tokens: 400, spend_micros: 0 }, now);
    world.rest(0);
    assert_eq!(world.admit(1, 601).unwrap_err().shortage, Some(Shortage::Full));
    let _other = world.admit(1, 600).unwrap();
    world.admit(0, 1).unwrap_err();
    let now = world.now + world.instances[0].ahead;
    assert!(stream.meter(Use { tokens: 500, spend_micros: 0 }, now).is_err(), "there is no room");
}

#[test]
fn a_pot_stays_small_however_many_windows_are_in_use() {
    let mut world = World::new(2, limit("requests", 1_000_000));
    world.edit(1, limit_over("requests", "hour", 1_000_000));
    let mut largest = 0;
    for _ in 0..3_600 {
        for nth in 0..2 {
            drop(world.admit(nth, 1).unwrap());
            world.sync(nth);
        }
        world.now += 1_100;
        largest = largest.max(world.store.held.values().next().unwrap().len());
    }
    assert!(largest < 2_000, "{largest} bytes");
}

#[test]
fn who_there_is_no_room_to_count_is_told_so_and_comes_in_once_somebody_rests() {
    let mut world = World::of_few(64, 1, limit_of("per_agent", "tokens", "hour", 10));
    let agents: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
    let mut held = Vec::new();
    let mut crowded = Vec::new();
    for agent in &agents {
        match world.admit_of(agent, 0, 5) {
            Ok(reserved) => held.push(reserved),
            Err(state) => {
                assert_eq!((state.shortage, state.remaining), (Some(Shortage::Crowded), 0));
                crowded.push(agent);
            }
        }
    }
    assert_eq!((held.len(), crowded.len()), (64, 936), "one for each shard");
    world.rest(0);
    assert!(world.try_admit_of(crowded[0], 0, 5).unwrap().is_err(), "all of them are under way");
    held.into_iter().for_each(|reserved| reserved.settle(Use { tokens: 5, spend_micros: 0 }));
    world.rest(0);
    assert!(world.admit_of(crowded[0], 0, 5).is_ok());
    // What the others used was not forgotten with them.
    world.rest(0);
    assert_eq!(world.admit_of(&agents[0], 0, 6).unwrap_err().shortage, Some(Shortage::Full));
    assert!(world.admit_of(&agents[0], 0, 5).is_ok());
}

#[test]
fn what_was_granted_to_who_waits_is_still_there_when_other_rounds_come_first() {
    let limits = || limit_of("per_agent", "tokens", "hour", 10);
    // With one place in each shard, whoever comes fills it; and with room for all.
    for mut world in [World::of_few(64, 2, limits()), World::new(2, limits())] {
        // The store answers at once, or later than slices are looked after.
        for (agent, millis) in [("a", 5), ("b", 300)] {
            assert!(world.try_admit_of(agent, 0, 5).is_none());
            world.read(0);
            world.now += millis;
            world.swap(0, Fate::Done);
            for _ in 0..3 {
                world.now += 5;
                world.sync(0);
            }
            assert!(world.try_admit_of(agent, 0, 5).is_some_and(|admission| admission.is_ok()), "{agent}");
            // Whoever does not come for it leaves it to others.
            assert!(world.try_admit_of(agent, 0, 5).is_none());
            world.rest(0);
            assert!(world.admit_of(agent, 1, 5).is_ok());
        }
    }
}
