// Loads the islands of a page: the module and the wasm named on this script's own tag, then each island by its name. A page that
// is left before they came, or a connection that breaks, is no error: every page works without them. A public page whose islands are
// marked as needed only when it is used loads nothing for those who read it.
const ignoreBrokenLoads = (cause) => {
  if (!(cause instanceof TypeError)) throw cause;
};
const { module, wasm } = document.querySelector("script[data-module]").dataset;
if (document.querySelector("[data-when-used]")) {
  const uses = ["focusin", "pointerdown", "keydown", "dragenter", "change"];
  await new Promise((used) => uses.forEach((use) => addEventListener(use, used, { once: true })));
}
const islands = await import(module).catch(ignoreBrokenLoads);
if (await islands?.default({ module_or_path: wasm }).catch(ignoreBrokenLoads)) {
  islands.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) islands[island.dataset.component]?.(island);
}
