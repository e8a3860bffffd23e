// The recording that is open: what it is in a line, and its parts.

const TABS = { conversation: ["Conversation", conversation], request: ["Request", requestPart], response: ["Response", responsePart], chunks: ["Chunks", chunksPart], about: ["About", aboutPart] };
let asking = 0; // counts up, so that an answer that comes late is dropped

async function openRecording() {
  const mine = (asking += 1);
  const place = document.querySelector("#reading");
  document.body.classList.toggle("reads", Boolean(state.name));
  markCurrent();
  if (!state.name) {
    place.replaceChildren(make("p", { class: "empty" }, rows.length ? "Choose a recording." : ""));
    return;
  }
  try {
    const told = await whole(state.name);
    const other = state.with ? await whole(state.with) : null;
    if (mine !== asking) return;
    place.replaceChildren(...(other ? comparison(told, other) : recording(told)));
    place.scrollTop = 0;
  } catch (error) {
    if (mine === asking) place.replaceChildren(backButton(), make("h2", {}, state.name), make("p", { class: "stopped" }, error.message));
  }
}

function backButton() {
  return make("button", { type: "button", class: "back", "data-go": "list" }, "← All recordings");
}

function recording(told) {
  const known = told.facts;
  const tab = state.tab in TABS ? state.tab : "conversation";
  const tabs = Object.entries(TABS).map(([key, [name]]) =>
    make("button", { type: "button", role: "tab", "data-tab": key, "aria-selected": String(key === tab) }, key === "chunks" ? `${name} ${count(told.chunks.length)}` : name));
  return [
    backButton(),
    make("div", { class: "reading-head" }, make("h2", {}, told.name), make("button", { type: "button", "data-go": "compare" }, "Compare…")),
    factsLine(known),
    told.standing === "stale" ? make("p", { class: "stopped" }, "Not under its key: replay won't find it (agentrec rekey).") : null,
    takesLine(known),
    tiles(told),
    make("div", { class: "tabs", role: "tablist", "aria-label": "Parts" }, ...tabs),
    make("div", { class: "part", role: "tabpanel" }, ...TABS[tab][1](told)),
  ].filter(Boolean);
}

function factsLine(known) {
  const when = known.recorded_at ? new Date(known.recorded_at).toLocaleString() : null;
  const well = known.status < 400 && known.ending === "complete";
  const line = make("p", { class: "facts-line" }, make("b", {}, known.model ?? known.dialect), ` · ${known.provider} · `, make("span", { class: well ? "good" : "bad" }, `${known.status}, ${known.ending}`));
  const rest = [known.stream ? "streamed" : null, when, known.call_site].filter(Boolean);
  line.append(...inert(rest.map((one) => ` · ${one}`).join("")));
  if (known.category) line.append(" ", make("span", { class: "tag" }, known.category));
  return line;
}

/** The other answers to the same question. */
function takesLine(known) {
  const takes = rows.filter((row) => row.key === known.key).sort((one, other) => one.take - other.take);
  if (takes.length < 2) return null;
  const links = takes.map((row) => make("button", { type: "button", "data-name": row.name, "aria-pressed": String(row.name === known.name) }, String(row.take)));
  return make("p", { class: "takes" }, "Takes ", make("span", { class: "group" }, ...links));
}

function tiles(told) {
  const { facts: known, answer } = told;
  const usage = answer?.usage;
  const figures = [
    ["tokens in", usage ? count(usage.input + usage.cache_read + usage.cache_write) : null, usage?.cache_read ? `${count(usage.cache_read)} from a cache` : ""],
    ["tokens out", usage ? count(usage.output + usage.reasoning) : null, usage?.reasoning ? `${count(usage.reasoning)} thinking` : ""],
    ["time", known.latency_s === null ? null : seconds(known.latency_s), known.stream && known.latency_first_chunk_s !== null ? `${seconds(known.latency_first_chunk_s)} to the first chunk` : ""],
    ["size", bytes(known.response_bytes), `in ${count(known.chunk_count)} chunk${known.chunk_count === 1 ? "" : "s"}`],
  ].filter(([, value]) => value !== null);
  return make("dl", { class: "tiles-small" }, ...figures.map(([name, value, aside]) => make("div", {}, make("dt", {}, name), make("dd", {}, value, aside ? make("small", {}, aside) : null))));
}
