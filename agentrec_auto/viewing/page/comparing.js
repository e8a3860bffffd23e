// Two recordings side by side: where their requests differ, how their answers do, and what each took.

const MOST_PATHS = 200;

function comparison(left, right) {
  const both = [left, right];
  return [
    backButton(),
    make("div", { class: "reading-head" }, make("h2", {}, "Two recordings"), make("button", { type: "button", "data-go": "swap" }, "Swap"), make("button", { type: "button", "data-go": "alone" }, "Close")),
    make("div", { class: "panes" }, ...both.map((one, place) => make("div", { class: "pane" }, make("button", { type: "button", class: "name", "data-name": one.name }, `${place ? "+" : "−"} ${one.name}`)))),
    make("h3", {}, "Requests"),
    requestDifferences(left, right),
    make("h3", {}, "Answers"),
    make("div", { class: "panes" }, answerPane(left, right, "removed"), answerPane(right, left, "added")),
    make("h3", {}, "Facts"),
    factsTable(left, right),
  ];
}

function requestDifferences(left, right) {
  const found = [];
  for (const [name, tell] of [["method", (one) => one.facts.method], ["URL", (one) => one.facts.url]]) {
    if (tell(left) !== tell(right)) found.push([name, tell(left), tell(right)]);
  }
  const bodies = [left, right].map((one) => parsed(one.request_body));
  if (bodies.includes(undefined)) {
    if (left.request_body !== right.request_body) found.push(["body", left.request_body, right.request_body]);
  } else {
    walk("", bodies[0], bodies[1], found);
  }
  if (!found.length) return make("p", { class: "meta" }, "The same.");
  const lines = found.slice(0, MOST_PATHS).map(([path, before, after]) =>
    make("tr", {}, make("th", { scope: "row" }, path || "body"), ...sidesOf(before, after).map((side) => make("td", {}, make("pre", { dir: "auto" }, ...side)))));
  const more = found.length > MOST_PATHS ? make("p", { class: "meta" }, `and ${count(found.length - MOST_PATHS)} more`) : null;
  return make("div", {}, make("table", { class: "paths" }, make("tbody", {}, ...lines)), more);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where two JSON values differ: [path, before, after]; undefined for what isn't there. */
function walk(path, before, after, found) {
  const [kind, other] = [before, after].map((one) => (Array.isArray(one) ? "list" : one !== null && typeof one === "object" ? "object" : "one"));
  if (kind === other && kind === "list") {
    const [head, tail] = inCommon(before, after);
    const longest = Math.max(before.length, after.length) - tail;
    for (let place = head; place < longest; place += 1) {
      walk(`${path}[${place}]`, place < before.length - tail ? before[place] : undefined, place < after.length - tail ? after[place] : undefined, found);
    }
  } else if (kind === other && kind === "object") {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      walk(path ? `${path}.${name}` : name, Object.hasOwn(before, name) ? before[name] : undefined, Object.hasOwn(after, name) ? after[name] : undefined, found);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    found.push([path, before, after]);
  }
}

/** How many values two lists begin and end with alike, where one has grown: a message put in front is one difference. */
function inCommon(before, after) {
  if (before.length === after.length) return [0, 0];
  const [old, now] = [before, after].map((list) => list.map((one) => JSON.stringify(one)));
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  return [head, tail];
}

/** Both values, marked where they differ; one that stands alone is marked whole. */
function sidesOf(before, after) {
  const absent = make("span", { class: "meta" }, "absent");
  if (before === undefined) return [[absent], [make("ins", {}, shortly(after))]];
  if (after === undefined) return [[make("del", {}, shortly(before))], [absent]];
  const texts = [pretty(before), pretty(after)];
  if ([before, after].some((one) => typeof one !== "string" && typeof one !== "object")) return [[make("del", {}, shortly(before))], [make("ins", {}, shortly(after))]];
  const from = Math.max(...texts.map((text) => text.length)) > LONG ? Math.max(0, differFrom(...texts) - LONG / 20) : 0;
  return marked(...texts.map((text) => shortly(text, from)));
}

/** Where two texts begin to differ: of long ones, what is shown lies around it. */
function differFrom(before, after) {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  return at;
}

function shortly(value, from = 0) {
  const text = pretty(value);
  return `${from ? "…" : ""}${text.slice(from, from + LONG)}${text.length > from + LONG ? "…" : ""}`;
}

/** Both texts, the words marked that the other hasn't. */
function marked(before, after) {
  const sides = [[], []];
  for (const [kind, text] of differences(before, after)) {
    if (kind !== "added") sides[0].push(kind === "same" ? text : make("del", {}, text));
    if (kind !== "removed") sides[1].push(kind === "same" ? text : make("ins", {}, text));
  }
  return sides;
}

function answerText(told) {
  if (!told.answer) return responseText(told);
  const lines = told.answer.choices.flatMap((choice) => choice.parts.map(partText));
  return [...lines, told.answer.error && `[error] ${told.answer.error}`].filter(Boolean).join("\n");
}

function partText(part) {
  if (part.type === "text") return part.text;
  if (part.type === "refusal") return `[refused] ${part.text}`;
  return part.type === "tool_call" ? `${part.name}(${typeof part.arguments === "string" ? part.arguments : JSON.stringify(ordered(part.arguments), null, 2)})` : "";
}

function answerPane(told, other, kind) {
  const [text, against] = [answerText(told), answerText(other)];
  const pieces = kind === "removed" ? marked(text, against)[0] : marked(against, text)[1];
  return make("section", { class: "pane" }, make("pre", { dir: "auto" }, ...(text ? pieces : [make("span", { class: "meta" }, "nothing")])));
}

function factsTable(left, right) {
  const lines = [
    ["model", (one) => one.facts.model], ["model that answered", (one) => one.answer?.model], ["provider", (one) => one.facts.provider],
    ["status", (one) => String(one.facts.status)], ["ending", (one) => one.facts.ending], ["ended by", (one) => one.answer?.choices[0]?.raw_finish_reason],
    ["tokens in", (one) => tokens(one, ["input", "cache_read", "cache_write"])], ["tokens out", (one) => tokens(one, ["output", "reasoning"])],
    ["time", (one) => (one.facts.latency_s === null ? null : seconds(one.facts.latency_s))], ["chunks", (one) => count(one.facts.chunk_count)],
    ["recorded", (one) => (one.facts.recorded_at ? new Date(one.facts.recorded_at).toLocaleString() : null)], ["called by", (one) => one.facts.call_site], ["key", (one) => one.facts.key],
  ];
  const body = lines.map(([name, tell]) => {
    const told = [tell(left) ?? "–", tell(right) ?? "–"];
    return make("tr", { class: told[0] === told[1] ? "is-same" : null }, make("th", { scope: "row" }, name), ...told.map((one) => make("td", {}, one)));
  });
  return make("table", { class: "pairs three" }, make("tbody", {}, ...body));
}

function tokens(told, buckets) {
  const usage = told.answer?.usage;
  return usage ? count(buckets.reduce((sum, bucket) => sum + usage[bucket], 0)) : null;
}
