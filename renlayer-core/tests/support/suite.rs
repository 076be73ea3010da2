//! For test crates that run the same tests over each engine.

/// Runs each test over each engine.
macro_rules! suite {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::over_sqlite(super::$test).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::over_postgres(super::$test).await;
            })*
        }
    };
}
