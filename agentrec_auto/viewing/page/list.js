// The list: which recordings pass the filters, in which order; as many are drawn as were scrolled to.

const AT_ONCE = 100;
const rows = [];
const byName = new Map();
let shown = []; // indexes of the rows that pass, in order
let drawn = 0;

function add(more) {
  for (const row of more) {
    row.searched = `${row.name}\n${row.text ?? row.why ?? ""}`.toLowerCase();
    delete row.text; // it is not needed twice
    row.time = row.at ? Date.parse(row.at) : 0;
    byName.set(row.name, rows.length);
    rows.push(row);
  }
}

const ENDED = {
  well: (row) => row.status < 400 && row.ending === "complete",
  abandoned: (row) => row.ending === "abandoned",
  failed: (row) => row.ending === "failed",
  error: (row) => row.status >= 400,
  broken: (row) => row.why !== undefined,
};

const ORDERS = {
  oldest: (row) => row.time,
  slowest: (row) => -(row.latency ?? -1),
  tokens: (row) => -((row.input ?? 0) + (row.output ?? 0)),
};

function passing() {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const same = ["provider", "model", "run"].filter((key) => state[key]);
  const found = [];
  rows.forEach((row, index) => {
    if (same.some((key) => row[key] !== state[key])) return;
    if (state.category && (row.category ?? "") !== (state.category === "-" ? "" : state.category.slice(1))) return;
    if (state.ended in ENDED && !ENDED[state.ended](row)) return;
    if (words.every((word) => row.searched.includes(word))) found.push(index);
  });
  const order = ORDERS[state.sort];
  if (order) {
    const places = new Map(found.map((index) => [index, order(rows[index])]));
    found.sort((one, other) => places.get(one) - places.get(other) || one - other);
  }
  return found;
}

/** Filter and sort anew; what is drawn stays where nothing of it changes. */
function refresh({ anew = false } = {}) {
  const before = shown.slice(0, drawn);
  shown = passing();
  if (anew || before.some((index, place) => shown[place] !== index) || drawn < AT_ONCE) {
    const wanted = anew ? AT_ONCE : Math.max(AT_ONCE, drawn);
    drawn = 0;
    document.querySelector("#list").replaceChildren();
    drawMore(wanted);
    if (anew) document.querySelector("#list-side").scrollTop = 0;
  }
  document.querySelector("#clear").hidden = FILTERS.every((key) => state[key] === "");
  document.querySelector("#nothing").hidden = shown.length > 0 || !rows.length;
  const all = `${count(rows.length)} recording${rows.length === 1 ? "" : "s"}`;
  document.querySelector("#found").textContent = shown.length === rows.length ? all : `${count(shown.length)} of ${all}`;
}

function drawMore(more = AT_ONCE) {
  const next = shown.slice(drawn, drawn + more);
  document.querySelector("#list").append(...next.map(entry));
  drawn += next.length;
}

function entry(index) {
  const row = rows[index];
  const current = row.name === state.name || row.name === state.with;
  const item = make("li", { "data-name": row.name, "aria-current": current ? "true" : null });
  if (row.why !== undefined) {
    item.append(make("button", { type: "button", class: "pick" }, row.name), make("p", { class: "err-text" }, `can't be read: ${row.why}`));
    return item;
  }
  const facts = make("p", { class: "facts" }, make("span", { class: "model" }, row.model), ...badges(row));
  if (row.category) facts.append(make("span", { class: "tag" }, row.category));
  const numbers = [row.input === undefined ? null : `${count(row.input)} → ${count(row.output ?? 0)}`, row.latency === undefined ? null : seconds(row.latency)];
  facts.append(make("span", { class: "numbers-of" }, numbers.filter(Boolean).join(" · ")));
  item.append(
    make("div", { class: "top" }, make("button", { type: "button", class: "pick", dir: "auto" }, row.question || "(no question)"), make("time", { title: row.at ?? null }, moment(row.time))),
    make("p", { class: "said", dir: "auto" }, row.answer || "(no answer)"),
    facts,
  );
  return item;
}

function badges(row) {
  const found = [];
  if (row.status >= 400) found.push(make("span", { class: "badge fail" }, String(row.status)));
  if (row.ending !== "complete") found.push(make("span", { class: "badge err" }, row.ending));
  if (row.take > 1) found.push(make("span", { class: "badge take" }, `take ${row.take}`));
  return found;
}

const TODAY = new Date().toDateString();
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const YEAR = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/** When, as short as it can be told. */
function moment(time) {
  if (!time) return "";
  const date = new Date(time);
  if (date.toDateString() === TODAY) return CLOCK.format(date);
  return (date.getFullYear() === new Date().getFullYear() ? DAY : YEAR).format(date);
}

/** Mark what is open, and bring it into sight. */
function markCurrent() {
  for (const item of document.querySelectorAll("#list li")) {
    const current = item.dataset.name === state.name || item.dataset.name === state.with;
    if (current) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
    if (item.dataset.name === state.name) item.scrollIntoView({ block: "nearest" });
  }
}

/** The recording so many places from the one that is open. */
function neighbour(by) {
  const place = shown.indexOf(byName.get(state.name) ?? -1);
  const next = place < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, place + by));
  while (next >= drawn && drawn < shown.length) drawMore();
  return rows[shown[next]]?.name;
}

/** The filters' choices, by how often each occurs. */
function fillChoices() {
  for (const key of ["provider", "model", "category", "run"]) {
    const counts = new Map();
    for (const row of rows) {
      if (row.why === undefined) counts.set(row[key], (counts.get(row[key]) ?? 0) + 1);
    }
    const select = document.querySelector(`#${key}`);
    const several = counts.size > 1;
    const names = [...counts].filter(([name]) => name !== undefined).sort((one, other) => (key === "run" ? 0 : other[1] - one[1]));
    const options = names.map(([name, number]) => {
      const value = key === "category" ? `=${name}` : name;
      return make("option", { value }, `${key === "run" ? runName(name) : name} (${count(number)})`);
    });
    if (key === "category" && counts.has(undefined) && several) options.push(make("option", { value: "-" }, `no category (${count(counts.get(undefined))})`));
    select.replaceChildren(select.firstElementChild, ...options);
    select.hidden = !several;
    select.value = state[key];
  }
}

/** A run is told by when it began. */
function runName(run) {
  const first = rows.reduce((time, row) => (row.run === run && row.time ? Math.min(time, row.time) : time), Infinity);
  return Number.isFinite(first) ? `run of ${DAY.format(first)}, ${CLOCK.format(first)}` : `run ${run.slice(0, 8)}`;
}
