// What is looked at: kept in the address, so that a filter can be sent to a colleague.

const EMPTY = { q: "", changed: "", show: "", by: "", category: "", target: "", sort: "", page: "", row: "" };
const state = { ...EMPTY };

function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(EMPTY)) state[key] = given.get(key) ?? "";
}

/** Change some of it; a filter begins at its first page. */
function setState(changes, { replace = true } = {}) {
  const narrows = Object.keys(changes).some((key) => key !== "page" && key !== "row");
  Object.assign(state, narrows ? { page: "" } : {}, changes);
  const hash = new URLSearchParams(Object.entries(state).filter(([, value]) => value !== "")).toString();
  const address = hash ? `#${hash}` : location.pathname + location.search;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}
