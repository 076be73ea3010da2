//! Writes policies as formulas.

use serde_json::json;

use super::formula::{Atom, Formula, Kind, NumberOf, OneOf, TextOf};
use super::words::Words;
use crate::comparison::Comparison;
use crate::condition::{
    ArgumentMatch, DlpMatch, HeaderMatch, McpMatch, PromptMatch, PromptRole, RiskMatch, TimeMatch, ToolMatch,
    UpstreamMatch, minutes,
};
use crate::error::Fault;
use crate::facts::{ActionType, Role, Severity, ToolPhase};
use crate::glob::{Case, Glob};
use crate::money::Money;
use crate::policy::{Policy, PolicyAction, Scope};
use crate::rule::Rule;
use crate::url::{Names, Parts, UrlPattern};

/// For which calls, and how what is doubtful counts.
#[derive(Clone, Copy, Debug)]
struct Writer {
    /// Calls whose body could not be read.
    unread: bool,
    /// Whether what cannot be told holds.
    doubt: bool,
}

type Written = Result<Formula, Fault>;

/// When `policy` matches, among calls whose body was read or, `unread`, was not. Fails where it does not compile.
pub(crate) fn write(policy: &Policy, unread: bool) -> Written {
    let writer = Writer { unread, doubt: policy.action != PolicyAction::Allow };
    let mut parts = Vec::new();
    if let Scope::Agents(agents) = &policy.scope {
        parts.push(writer.rule(&Rule::any_of(agents.iter().cloned()), |_, name| agent(name))?);
    }
    parts.extend(writer.conditions(policy)?);
    Ok(Formula::All(parts))
}

impl Writer {
    fn conditions(self, policy: &Policy) -> Result<Vec<Formula>, Fault> {
        let of = &policy.matches;
        let written = [
            self.some(of.agent.as_ref(), |_, name| agent(name)),
            self.some(of.action_type.as_ref(), |_, kind| {
                Ok(Formula::is(Atom::One(OneOf::ActionType, action_bit(*kind))))
            }),
            self.some(of.upstream.as_ref(), Self::upstream),
            self.some(of.model.as_ref(), |writer, name| {
                writer.unless_unread(TextOf::Model, glob(TextOf::Model, name, Case::Ignored)?)
            }),
            self.some(of.dialect.as_ref(), |_, name| glob(TextOf::Dialect, name, Case::Ignored)),
            self.some(of.stream.as_ref(), |writer, stream| Ok(writer.stream(*stream))),
            self.some(of.prompt.as_ref(), Self::prompt),
            self.some(of.header.as_ref(), |writer, header| writer.header(header)),
            self.some(of.tool.as_ref(), Self::tool),
            self.some(of.mcp.as_ref(), Self::mcp),
            self.some(of.body_bytes.as_ref(), |_, bounds| Ok(number(NumberOf::BodyBytes, bounds))),
            self.some(of.prompt_tokens.as_ref(), |writer, bounds| Ok(writer.prompt_tokens(bounds))),
            self.some(of.max_tokens.as_ref(), |writer, bounds| Ok(writer.max_tokens(bounds))),
            self.some(of.time.as_ref(), |_, time| time_of(time)),
            self.some(of.dlp.as_ref(), Self::dlp),
            self.some(of.user.as_ref(), |_, user| glob(TextOf::User, user, Case::Exact)),
            self.some(of.session.as_ref(), |_, session| glob(TextOf::Session, session, Case::Exact)),
            self.some(of.risk.as_ref(), |writer, risk| writer.risk(risk)),
        ];
        written.into_iter().filter_map(Result::transpose).collect()
    }

    fn some<T>(
        self,
        rule: Option<&Rule<T>>,
        value: impl Fn(Self, &T) -> Written,
    ) -> Result<Option<Formula>, Fault> {
        rule.map(|rule| self.rule(rule, value)).transpose()
    }

    /// Under `not`, what is doubtful counts the other way round.
    fn rule<T>(self, rule: &Rule<T>, value: impl Fn(Self, &T) -> Written) -> Written {
        let writer = Self { doubt: self.doubt != rule.negated, ..self };
        let any = Formula::Any(rule.values.iter().map(|each| value(writer, each)).collect::<Result<_, _>>()?);
        Ok(if rule.negated { any.not() } else { any })
    }

    /// `holds` of a text that a body would tell; one that was not read may be any.
    fn unless_unread(self, of: TextOf, holds: Formula) -> Written {
        let absent = Formula::text(of, Words::any()).not();
        Ok(if self.unread && self.doubt { Formula::Any(vec![holds, absent]) } else { holds })
    }

    fn upstream(self, written: &UpstreamMatch) -> Written {
        let mut parts = Vec::new();
        if let Some(rule) = &written.method {
            let method =
                |_, name: &String| Ok(Formula::text(TextOf::Method, Words::literal(name, Case::Ignored)));
            parts.push(self.rule(rule, method)?);
        }
        if let Some(url) = &written.url {
            let url = UrlPattern::new(url)?;
            let Parts { scheme, host, port, path } = url.parts();
            parts.extend(scheme.map(|glob| Formula::text(TextOf::Scheme, Words::of(glob))));
            parts.extend(host.map(|host| match host {
                Names::Of(words) => Formula::text(TextOf::Host, words),
                Names::Address(address) => Formula::is(Atom::Other(format!("host {address}"))),
            }));
            parts
                .extend(port.map(|port| Formula::is(Atom::Number(NumberOf::Port, port.into(), port.into()))));
            parts.extend(path.map(|glob| self.path(glob)));
        }
        Ok(Formula::All(parts))
    }

    /// A path that one reading matches and another does not cannot be told.
    fn path(self, glob: &Glob) -> Formula {
        let readings =
            [TextOf::PathSent, TextOf::PathRead].map(|of| Formula::text(of, Words::of(glob))).to_vec();
        if self.doubt { Formula::Any(readings) } else { Formula::All(readings) }
    }

    fn stream(self, stream: bool) -> Formula {
        match self.unread {
            true => Formula::always(self.doubt),
            false => Formula::is(Atom::One(OneOf::Stream, if stream { 4 } else { 2 })),
        }
    }

    fn prompt(self, written: &PromptMatch) -> Written {
        let case = if written.ignore_case { Case::Ignored } else { Case::Exact };
        let roles = roles(written.role.as_ref());
        let anywhere = |writer: Self, atom: &dyn Fn(Role) -> Atom| match writer.unread && writer.doubt {
            true => Formula::always(true),
            false => Formula::Any(roles.iter().map(|role| Formula::is(atom(*role))).collect()),
        };
        let contains = self.some(written.contains.as_ref(), |writer, text| {
            Ok(anywhere(writer, &|role| Atom::Says(role, case, text.clone())))
        })?;
        let regex = self.some(written.regex.as_ref(), |writer, pattern| {
            Ok(anywhere(writer, &|role| Atom::Finds(role, case, pattern.clone())))
        })?;
        Ok(Formula::All(contains.into_iter().chain(regex).collect()))
    }

    fn header(self, written: &HeaderMatch) -> Written {
        // Values without their case are another fact, of which nothing is concluded for values with it.
        let (case, of) = match written.ignore_case {
            true => (Case::Ignored, TextOf::ValueAnyCase),
            false => (Case::Exact, TextOf::Value),
        };
        let value = [
            self.some(written.equals.as_ref(), |_, text| Ok(Formula::text(of, Words::literal(text, case))))?,
            self.some(written.glob.as_ref(), |_, text| glob(of, text, case))?,
            self.some(written.regex.as_ref(), |_, pattern| {
                Ok(Formula::is(Atom::Matches(case, pattern.clone())))
            })?,
        ];
        let value = Formula::All(value.into_iter().flatten().collect());
        let there = Formula::is(Atom::Some(Kind::Header(written.name.to_ascii_lowercase()), value));
        Ok(if written.present == Some(false) { there.not() } else { there })
    }

    fn tool(self, written: &ToolMatch) -> Written {
        if self.unread && self.doubt {
            return Ok(Formula::always(true));
        }
        let phase = |_, phase: &ToolPhase| Ok(Formula::is(Atom::One(OneOf::Phase, phase_bit(*phase))));
        let mut parts: Vec<_> = [
            self.some(written.name.as_ref(), |_, name| glob(TextOf::Name, name, Case::Exact))?,
            self.some(written.phase.as_ref(), phase)?,
        ]
        .into_iter()
        .flatten()
        .collect();
        for (pointer, rule) in &written.arguments {
            parts.push(self.argument(pointer, rule)?);
            // An argument that may not be there still asks for a tool that has arguments.
            parts.push(Formula::is(Atom::Other("has arguments".into())));
        }
        Ok(Formula::is(Atom::Some(Kind::Tool, Formula::All(parts))))
    }

    fn argument(self, pointer: &str, rule: &Rule<ArgumentMatch>) -> Written {
        let certain = self.doubt == rule.negated;
        let value = |argument: &ArgumentMatch, certain| {
            Formula::is(Atom::Argument(pointer.into(), argument.clone(), certain))
        };
        let any = match &*rule.values {
            // Of a key that stands twice, each reading may have another of the values.
            [_, _, ..] if certain => Formula::All(vec![
                Formula::is(Atom::Other(format!("argument {pointer} {}", json!(rule.values)))),
                Formula::Any(rule.values.iter().map(|argument| value(argument, false)).collect()),
            ]),
            values => Formula::Any(values.iter().map(|argument| value(argument, certain)).collect()),
        };
        Ok(if rule.negated { any.not() } else { any })
    }

    fn mcp(self, written: &McpMatch) -> Written {
        let there = [TextOf::McpServer, TextOf::McpMethod].map(|of| Formula::text(of, Words::any()));
        let mut parts = there.to_vec();
        for (of, rule) in [
            (TextOf::McpServer, &written.server),
            (TextOf::McpMethod, &written.method),
            (TextOf::McpTool, &written.tool),
            (TextOf::McpResource, &written.resource),
        ] {
            parts.extend(self.some(rule.as_ref(), |_, text| glob(of, text, Case::Exact))?);
        }
        self.unless_unread(TextOf::McpServer, Formula::All(parts))
    }

    /// What was not read only adds to what was counted.
    fn prompt_tokens(self, bounds: &Comparison<u64>) -> Formula {
        if !self.unread {
            return number(NumberOf::PromptTokens, bounds);
        }
        let above = bounds.eq.is_some() || bounds.lt.is_some() || bounds.lte.is_some();
        match (self.doubt, above) {
            (true, false) => Formula::always(true),
            (false, true) => Formula::always(false),
            (true, true) => {
                let lte = bounds.lte.into_iter().chain(bounds.eq).min();
                counted(&Comparison { lt: bounds.lt, lte, ..Comparison::default() })
            }
            (false, false) => counted(bounds),
        }
    }

    fn max_tokens(self, bounds: &Comparison<u64>) -> Formula {
        let holds = number(NumberOf::MaxTokens, bounds);
        let absent = Formula::is(Atom::Number(NumberOf::MaxTokens, 0, u64::MAX)).not();
        if self.unread && self.doubt { Formula::Any(vec![holds, absent]) } else { holds }
    }

    fn dlp(self, written: &DlpMatch) -> Written {
        let some = Comparison::at_least(1);
        if written.count.is_some_and(|count| {
            count != some && count != Comparison { gt: Some(0), ..Comparison::default() }
        }) {
            let how = match (self.unread, self.doubt) {
                (false, _) => "",
                (true, false) => " for certain",
                (true, true) => " perhaps",
            };
            return Ok(Formula::is(Atom::Other(format!("findings {}{how}", json!(written)))));
        }
        if self.unread && self.doubt {
            return Ok(Formula::always(true));
        }
        let class = self.some(written.class.as_ref(), |_, class| glob(TextOf::Name, class, Case::Exact))?;
        let severity = self.some(written.severity.as_ref(), |_, bounds| {
            let levels = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
            let held = levels.iter().zip(0..).filter(|(level, _)| bounds.holds(level));
            Ok(Formula::is(Atom::One(OneOf::Severity, held.map(|(_, bit)| 1u8 << bit).sum())))
        })?;
        Ok(Formula::is(Atom::Some(Kind::Finding, Formula::All(class.into_iter().chain(severity).collect()))))
    }

    fn risk(self, written: &RiskMatch) -> Written {
        let count = |of| move |_, bounds: &Comparison<u64>| Ok(number(of, bounds));
        let parts = [
            self.some(written.denials.as_ref(), count(NumberOf::Denials))?,
            self.some(written.findings.as_ref(), count(NumberOf::Findings))?,
            self.some(written.actions.as_ref(), count(NumberOf::Actions))?,
            self.some(written.spend.as_ref(), |_, bounds| Ok(number(NumberOf::Spend, &micros(bounds))))?,
        ];
        Ok(Formula::All(parts.into_iter().flatten().collect()))
    }
}

fn agent(name: &str) -> Written {
    let words = Words::glob(name, Case::Exact)?;
    Ok(Formula::Any([TextOf::AgentName, TextOf::AgentId].map(|of| Formula::text(of, words.clone())).to_vec()))
}

fn glob(of: TextOf, written: &str, case: Case) -> Written {
    Words::glob(written, case).map(|words| Formula::text(of, words))
}

fn number(of: NumberOf, bounds: &Comparison<u64>) -> Formula {
    let least = bounds.eq.into_iter().chain(bounds.gte).chain(bounds.gt.map(|gt| gt.saturating_add(1))).max();
    let most = bounds.eq.into_iter().chain(bounds.lte).chain(bounds.lt.map(|lt| lt.saturating_sub(1))).min();
    if bounds.gt == Some(u64::MAX) || bounds.lt == Some(0) {
        return Formula::always(false);
    }
    match (least.unwrap_or(0), most.unwrap_or(u64::MAX)) {
        (least, most) if least <= most => Formula::is(Atom::Number(of, least, most)),
        _ => Formula::always(false),
    }
}

/// Tokens that were counted, which are none where nothing was.
fn counted(bounds: &Comparison<u64>) -> Formula {
    let absent = Formula::is(Atom::Number(NumberOf::PromptTokens, 0, u64::MAX)).not();
    let holds = number(NumberOf::PromptTokens, bounds);
    if bounds.holds(&0) { Formula::Any(vec![holds, absent]) } else { holds }
}

fn micros(bounds: &Comparison<Money>) -> Comparison<u64> {
    let micros = |amount: Option<Money>| amount.map(|amount| amount.micros);
    Comparison {
        eq: micros(bounds.eq),
        gt: micros(bounds.gt),
        gte: micros(bounds.gte),
        lt: micros(bounds.lt),
        lte: micros(bounds.lte),
    }
}

fn time_of(written: &TimeMatch) -> Written {
    let zone = written.zone.clone().unwrap_or_else(|| "UTC".to_owned());
    Ok(Formula::is(Atom::Minute(zone, minutes(written)?)))
}

fn roles(rule: Option<&Rule<PromptRole>>) -> Vec<Role> {
    let Some(rule) = rule else { return vec![Role::User] };
    let named = [
        (PromptRole::System, Role::System),
        (PromptRole::User, Role::User),
        (PromptRole::Assistant, Role::Assistant),
        (PromptRole::Tool, Role::Tool),
    ];
    let chosen = |name: &PromptRole| {
        rule.values.iter().any(|value| [*name, PromptRole::Any].contains(value)) != rule.negated
    };
    named.iter().filter(|(name, _)| chosen(name)).map(|(_, role)| *role).collect()
}

/// Each kind of call, in the order of its bits.
pub(super) const ACTIONS: [ActionType; 5] = [
    ActionType::ChatCompletion,
    ActionType::Embedding,
    ActionType::ToolCall,
    ActionType::McpRequest,
    ActionType::HttpRequest,
];

/// Each phase, in the order of its bits.
pub(super) const PHASES: [ToolPhase; 3] = [ToolPhase::Called, ToolPhase::Offered, ToolPhase::Answered];

fn action_bit(kind: ActionType) -> u8 {
    ACTIONS.iter().zip(0..).filter(|(each, _)| **each == kind).map(|(_, bit)| 1u8 << bit).sum()
}

fn phase_bit(phase: ToolPhase) -> u8 {
    PHASES.iter().zip(0..).filter(|(each, _)| **each == phase).map(|(_, bit)| 1u8 << bit).sum()
}
