// Loads the islands of a page: the module and the wasm named on this script's own tag, then each island by its name.
const { module, wasm } = document.querySelector("script[data-module]").dataset;
const islands = await import(module);
await islands.default({ module_or_path: wasm });
islands.hydrate();
for (const island of document.querySelectorAll("leptos-island")) islands[island.dataset.component]?.(island);
