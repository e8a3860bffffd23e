// A recording as it is stored: both messages, the pieces in which the answer came, and what is known of it.

const MOST_CHUNKS = 300; // rows of a table that are drawn at first

/** What a chunk holds; bytes that are no text say how many. */
function chunkText(data) {
  return typeof data === "string" ? data : atob(data.__b64__);
}

function responseText(told) {
  return told.response_body ?? told.chunks.map(([, data]) => chunkText(data)).join("");
}

function requestPart(told) {
  const line = make("p", { class: "line" }, make("b", {}, told.facts.method), ` ${told.facts.url}`);
  return [line, headersTable(told.request_headers), ...bodyElements(told.request_body)];
}

function responsePart(told) {
  const line = make("p", { class: "line" }, make("b", {}, String(told.facts.status)), ` ${told.facts.ending}, ${bytes(told.facts.response_bytes)}`);
  return [line, headersTable(told.response_headers), ...bodyElements(responseText(told))];
}

function headersTable(headers) {
  if (!headers.length) return make("p", { class: "meta" }, "no headers");
  return make("table", { class: "pairs" }, make("tbody", {}, ...headers.map(([name, value]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)))));
}

/** A body; JSON laid out for reading, with a way back to what was sent. */
function bodyElements(text) {
  if (!text) return [make("p", { class: "meta" }, "no body")];
  let laidOut = null;
  try {
    laidOut = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return longText(text, { class: "code" });
  }
  const box = make("div");
  const toggle = make("button", { type: "button", class: "rest", "aria-pressed": "false" }, "As sent");
  const draw = (sent) => {
    toggle.setAttribute("aria-pressed", String(sent));
    box.replaceChildren(...longText(sent ? text : laidOut, { class: "code" }));
  };
  toggle.addEventListener("click", () => draw(toggle.getAttribute("aria-pressed") === "false"));
  draw(false);
  return [toggle, box];
}

function chunksPart(told) {
  const { chunks } = told;
  if (!chunks.length) return [make("p", { class: "meta" }, "no chunks: the answer has no body")];
  const end = Math.max(chunks.at(-1)[0], 1e-6);
  const body = make("tbody");
  const draw = (from, to) => {
    for (let place = from; place < Math.min(to, chunks.length); place += 1) {
      const [at, data] = chunks[place];
      const gap = place ? at - chunks[place - 1][0] : 0;
      const text = chunkText(data);
      const meter = make("meter", { min: "0", max: String(end), value: String(at), "aria-label": "time" });
      body.append(make(
        "tr", {}, make("td", { class: "figure" }, count(place + 1)), make("td", { class: "figure" }, milliseconds(at)), make("td", { class: "figure meta" }, place ? `+${milliseconds(gap)}` : ""),
        make("td", {}, meter), make("td", { class: "figure" }, count(new Blob([text]).size)), make("td", { class: "data" }, chunkElement(text)),
      ));
    }
  };
  draw(0, MOST_CHUNKS);
  const heads = ["#", "at", "after", "", "bytes", "data"].map((name) => make("th", { scope: "col", class: name === "data" || !name ? null : "figure" }, name));
  const parts = [make("div", { class: "scrolls" }, make("table", { class: "chunks" }, make("thead", {}, make("tr", {}, ...heads)), body))];
  if (chunks.length > MOST_CHUNKS) {
    const button = make("button", { type: "button", class: "rest" }, `Show all ${count(chunks.length)} chunks`);
    button.addEventListener("click", () => {
      draw(MOST_CHUNKS, chunks.length);
      button.remove();
    });
    parts.push(button);
  }
  return parts;
}

/** A chunk, as much as a table holds; the ends of lines at its end are told by signs. */
function chunkElement(text) {
  const shown = text.trimEnd();
  const ends = text.slice(shown.length).replaceAll("\r\n", "\n").replace(/[^\n]/g, "").length;
  const pre = make("pre", { dir: "auto" }, shown.length > 2000 ? `${shown.slice(0, 2000)}…` : shown);
  if (ends) pre.append(make("span", { class: "ends" }, ` ${"↵".repeat(Math.min(ends, 9))}`));
  return pre;
}

function milliseconds(value) {
  return value < 10 ? `${(value * 1000).toFixed(value < 0.1 ? 1 : 0)} ms` : `${value.toFixed(1)} s`;
}

function aboutPart(told) {
  const { facts: known, question, answer } = told;
  const sampling = question ? Object.entries(question.sampling).filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length)) : [];
  const usage = answer?.usage ? Object.entries(answer.usage).filter(([, value]) => value) : [];
  const pairs = [
    ["name", told.name], ["key", known.key], ["take", String(known.take)],
    ["sent to", `${known.method} ${known.url}`], ["dialect", known.dialect], ["called by", known.call_site], ["SDK", known.sdk], ["library", known.library],
    ["recorded", known.recorded_at], ["run", known.run], ["category", known.category],
    ["tags", Object.entries(known.tags).map(([name, value]) => `${name}=${value}`).join(", ")],
    ["sampling", sampling.map(([name, value]) => `${name} ${value}`).join(", ")],
    ["tokens", usage.map(([name, value]) => `${count(value)} ${name.replaceAll("_", " ")}`).join(", ")],
    ["imported", known.imported_from ? `from ${known.imported_from}${known.synthesised ? ", synthesised" : ""}` : null],
  ].filter(([, value]) => value);
  const parts = [headersTable(pairs)];
  if (question?.tools.length) {
    parts.push(make("h3", {}, "Tools"));
    for (const tool of question.tools) {
      parts.push(make("details", {}, make("summary", {}, tool.name), tool.description ? make("p", {}, tool.description) : null, ...longText(pretty(tool.parameters ?? tool.settings ?? {}), { class: "code" })));
    }
  }
  if (question?.response_format) parts.push(make("h3", {}, "Form of the answer"), ...longText(pretty(question.response_format), { class: "code" }));
  parts.push(make("h3", {}, "Metadata"), ...longText(pretty(told.metadata), { class: "code" }));
  return parts;
}
