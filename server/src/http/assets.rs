//! Placeholder until the tooling lands.
/// Manifest.
pub struct Manifest {
    /// s
    pub style_url: &'static str,
    /// l
    pub loader_url: Option<&'static str>,
    /// j
    pub script_url: Option<&'static str>,
    /// w
    pub wasm_url: Option<&'static str>,
}
/// m
pub fn manifest() -> Manifest {
    Manifest { style_url: "/assets/main.css", loader_url: None, script_url: None, wasm_url: None }
}
/// r
pub fn router() -> axum::Router {
    axum::Router::new()
}
