//! The admin paths, over a store that answers and one that is closed.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use jiff::Timestamp;
use renlayer_core::config::{Config, DatabaseUrl, Environment, TraceSettings};
use renlayer_core::snapshot::Governance;
use renlayer_core::store;
use renlayer_core::trace::pipeline::TracePipeline;
use tempfile::TempDir;

use super::*;

struct Fixture {
    admin: Admin,
    engine: Engine,
    store: Arc<dyn Store>,
    _home: TempDir,
}

async fn fixture() -> Fixture {
    let home = tempfile::tempdir().unwrap();
    let store = store::open(&DatabaseUrl::SqliteMemory).await.unwrap();
    store.migrate(Timestamp::now()).await.unwrap();
    let settings = TraceSettings { journal: home.path().join("journal"), ..TraceSettings::default() };
    let pipeline = TracePipeline::start(Arc::clone(&store) as _, &settings).unwrap();
    let metrics = Arc::new(Metrics::new(pipeline.sink()));
    let governance = Governance::compile(&Config::default(), &Environment::default(), [], [0; 32]).unwrap();
    let engine = Engine::new(governance, Arc::new(pipeline.sink()));
    metrics.tell_of(engine.clone());
    let admin = Admin::new(Arc::clone(&store), engine.clone(), metrics, true);
    Fixture { admin, engine, store, _home: home }
}

async fn ask(admin: &Admin, method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, String) {
    let request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = admin.answer(&request.body(Empty::<Bytes>::new()).unwrap()).await;
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn each_path_answers() {
    let fixture = fixture().await;
    let page = [("origin", "https://page.test")];
    for (method, path, headers, status, says) in [
        (Method::GET, "/_/health/live", &[][..], 200, "live"),
        (Method::HEAD, "/_/health/live", &[], 200, "live"),
        (Method::GET, "/_/health/ready", &[], 200, "ready"),
        (Method::GET, "/_/metrics", &[], 200, "renlayer_in_flight 0"),
        (Method::GET, "/_/metrics", &[], 200, "renlayer_traces_dropped_total 0"),
        (Method::GET, "/_/other", &[], 404, "not_found"),
        (Method::POST, "/_/health/live", &[], 405, "method_not_allowed"),
        (Method::GET, "/_/metrics", &page, 403, "web_page"),
    ] {
        let (found, body) = ask(&fixture.admin, method, path, headers).await;
        assert_eq!(found.as_u16(), status, "{path}");
        assert!(body.contains(says), "{says} in {body}");
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_not_ready_and_still_alive() {
    let fixture = fixture().await;
    fixture.store.close().await;
    let (status, body) = ask(&fixture.admin, Method::GET, "/_/health/ready", &[]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");
    let (status, _) = ask(&fixture.admin, Method::GET, "/_/health/live", &[]).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_lease_it_is_not_ready_and_says_so_in_metrics() {
    let fixture = fixture().await;
    fixture.engine.lease().hold_until(std::time::Duration::ZERO);
    let (status, body) = ask(&fixture.admin, Method::GET, "/_/health/ready", &[]).await;
    assert_eq!(status, 503);
    assert!(body.contains("\"code\":\"no_lease\""), "{body}");
    let (_, metrics) = ask(&fixture.admin, Method::GET, "/_/metrics", &[]).await;
    assert!(metrics.contains("renlayer_lease_held 0"), "{metrics}");
    assert!(metrics.contains("renlayer_governance_epoch 0"), "{metrics}");
}
