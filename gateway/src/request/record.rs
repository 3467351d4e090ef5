//! Step 7: one log line and the counters. Field names are fixed; no name, address, path or query
//! of a person's is among them. The journal has its own way (`journaling.rs`).

use super::Passage;
use crate::gateway::Gateway;
use policies::ServiceId;

/// Records what came of a request.
pub(crate) fn record(gateway: &Gateway, passage: &Passage, status: u16) {
    let service = passage.service.as_ref().map(|service| service.id());
    gateway.metrics.answered(service, status, passage.outcome);
    if !gateway.settings.access_log {
        return;
    }
    let service = service.map_or("-", ServiceId::as_str);
    let person = passage.session.as_ref().map(|session| &session.person);
    tracing::info!(
        request.id = passage.reference(),
        service.name = service,
        area = passage.route.as_ref().map_or("-", |route| &route.id),
        account.id = person.map_or("-", |person| &person.account.id),
        collectivite.id = person.map_or("-", |person| person.member.collectivite.as_str()),
        decision = passage.outcome,
        rule.ids = passage
            .permit
            .as_ref()
            .map(|permit| permit.rules().join(" "))
            .unwrap_or_default(),
        status,
        duration_ms = u64::try_from(passage.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "Answered for `{service}`: {}",
        passage.outcome
    );
}
