// What is looked at: kept in the address, so that the way back is the browser's.

const EMPTY = { q: "", provider: "", model: "", category: "", ended: "", run: "", sort: "", name: "", tab: "", with: "" };
const FILTERS = ["q", "provider", "model", "category", "ended", "run", "sort"];
const state = { ...EMPTY };

function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(EMPTY)) state[key] = given.get(key) ?? "";
}

function setState(changes, { keep = false } = {}) {
  Object.assign(state, changes);
  const hash = new URLSearchParams(Object.entries(state).filter(([, value]) => value !== "")).toString();
  const address = hash ? `#${hash}` : location.pathname + location.search;
  if (keep) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}
