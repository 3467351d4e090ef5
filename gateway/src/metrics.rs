//! Counters for operators, in `OpenMetrics` text. No name, address or path of a person's in them.

use policies::ServiceId;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    service: Service,
    status: u16,
    outcome: &'static str,
}

/// `-` where no service was found.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Service(Option<ServiceId>);

impl EncodeLabelValue for Service {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.0
            .as_ref()
            .map_or("-", ServiceId::as_str)
            .encode(encoder)
    }
}

/// What the gateway counts.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    sessions: Gauge,
    dropped: Gauge,
    broken: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("convergences");
        let (answered, sessions) = (Family::default(), Gauge::default());
        let (dropped, broken) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Requests answered", answered.clone());
        registry.register("sessions", "Sessions in memory", sessions.clone());
        registry.register(
            "journal_dropped",
            "Journal entries dropped: by a full queue, or one person's flood of refusals",
            dropped.clone(),
        );
        registry.register(
            "rules_broken",
            "Collectivités whose rules do not hold: closed, or judged by the last good ones",
            broken.clone(),
        );
        Self {
            registry,
            answered,
            sessions,
            dropped,
            broken,
        }
    }
}

impl Metrics {
    pub(crate) fn answered(&self, service: Option<&ServiceId>, status: u16, outcome: &'static str) {
        self.answered
            .get_or_create(&Answered {
                service: Service(service.cloned()),
                status,
                outcome,
            })
            .inc();
    }

    pub(crate) fn encode(&self, (sessions, broken): (usize, usize), dropped: u64) -> String {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.sessions.set(count(sessions));
        self.broken.set(count(broken));
        self.dropped.set(i64::try_from(dropped).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
