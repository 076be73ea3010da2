//! Answers through the engine, with a store that keeps traces and one that does not.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use jiff::Timestamp;
use renlayer_core::Engine;
use renlayer_core::config::{Config, DatabaseUrl, Environment, TraceSettings};
use renlayer_core::layer::EnforcementLayer;
use renlayer_core::snapshot::Governance;
use renlayer_core::store::{self, Store, default_tenant};
use renlayer_core::trace::pipeline::TracePipeline;
use tower::{Layer, ServiceExt, service_fn};

use super::*;

const STREAM: (&str, &str) = ("text/event-stream", "data: {}\n\n");
const WHOLE: (&str, &str) = ("application/json", "{}");

/// The answer's id and status, and its body if it came whole.
async fn call(durable: &Arc<Durable>, upstream: (&'static str, &'static str)) -> (TraceId, StatusCode, bool) {
    let governance = Governance::compile(&Config::default(), &Environment::default(), [], [0; 32]).unwrap();
    let engine = Engine::new(governance, Arc::clone(durable) as _);
    let answers = service_fn(move |_| async move {
        let (kind, body) = upstream;
        let response = Response::builder()
            .header("content-type", kind)
            .body(Full::new(Bytes::from_static(body.as_bytes())));
        Ok::<_, Infallible>(response.unwrap())
    });
    let service =
        Acknowledged::new(EnforcementLayer::inline(engine).layer(answers), Some(Arc::clone(durable)));
    let request = Request::get("/things").header("host", "localhost").body(Full::<Bytes>::default()).unwrap();
    let Ok(response) = service.oneshot(request).await;
    let id = response.headers().get("x-renlayer-trace-id").map(|id| id.to_str().unwrap().parse().unwrap());
    let status = response.status();
    let whole = response.into_body().collect().await.is_ok();
    (id.unwrap_or(TraceId::mint(Timestamp::now())), status, whole)
}

async fn pipeline(settings: TraceSettings) -> (Arc<dyn Store>, TracePipeline, Arc<Durable>) {
    let store = store::open(&DatabaseUrl::SqliteMemory).await.unwrap();
    store.migrate(Timestamp::now()).await.unwrap();
    let pipeline = TracePipeline::start(Arc::clone(&store) as _, &settings).unwrap();
    let durable = Arc::new(Durable::new(pipeline.sink()));
    (store, pipeline, durable)
}

#[tokio::test]
async fn who_has_the_answer_finds_its_trace() {
    let home = tempfile::tempdir().unwrap();
    let settings = TraceSettings { journal: home.path().into(), ..TraceSettings::default() };
    let (store, _pipeline, durable) = pipeline(settings).await;
    for upstream in [WHOLE, STREAM] {
        let (id, status, whole) = call(&durable, upstream).await;
        assert_eq!((status, whole), (StatusCode::OK, true), "{upstream:?}");
        assert!(store.trace(default_tenant(), id).await.unwrap().is_some(), "{upstream:?}");
    }
}

#[tokio::test]
async fn an_answer_whose_trace_is_lost_is_withheld() {
    let home = tempfile::tempdir().unwrap();
    let settings =
        TraceSettings { journal: home.path().into(), journal_max_bytes: 1, ..TraceSettings::default() };
    let (store, _pipeline, durable) = pipeline(settings).await;
    store.close().await;
    assert_eq!(call(&durable, WHOLE).await.1, StatusCode::SERVICE_UNAVAILABLE);
    let (_, status, whole) = call(&durable, STREAM).await;
    assert_eq!((status, whole), (StatusCode::OK, false));
}
