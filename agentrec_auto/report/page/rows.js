// The table of rows: which are shown, in which order, a page at a time.

const A_PAGE = 100;
let shown = []; // numbers of the rows that pass the filters, in order
let current = -1; // where in the page the keyboard is

/** The results of a row that the filters look at: of all targets, or of the one that is chosen. */
function looked(row) {
  const there = state.target === "" ? row.targets : [row.targets[Number(state.target)]];
  return there.filter(Boolean);
}

const SHOW = {
  breaks: (result) => result.outcome === "breaks",
  holds: (result) => result.outcome === "holds",
  unjudged: (result) => result.outcome === "unjudged",
  skipped: (result) => result.outcome === "skipped",
  error: (result) => result.outcome === "error",
};

function filtered() {
  const place = facts.comparators.indexOf(state.by);
  const category = state.category;
  const wanted = state.q && new RegExp(state.q.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
  const passes = (row) => {
    if (category && (row.category ?? "") !== (category === "-" ? "" : category.slice(1))) return false;
    const results = looked(row);
    if (state.changed && !results.some((result) => result.changed)) return false;
    if (state.show in SHOW && !results.some(SHOW[state.show])) return false;
    if (place >= 0 && !results.some((result) => result.scores?.[place]?.[1] === false)) return false;
    return !wanted || matches(wanted, row);
  };
  const found = [];
  for (let index = 0; index < rows.length; index += 1) if (passes(rows[index])) found.push(index);
  return found;
}

function matches(wanted, row) {
  return (
    wanted.test(row.prompt) || wanted.test(said(row.baseline)) || wanted.test(row.id) || wanted.test(row.model ?? "") ||
    row.targets.some((result) => result && (wanted.test(said(result)) || wanted.test(result.reason ?? "") || result.notes?.some((note) => wanted.test(note))))
  );
}

const SORTS = {
  score: (row) => Math.min(2, ...looked(row).flatMap((result) => facts.judges.map((name) => result.scores?.[facts.comparators.indexOf(name)]?.[0] ?? 2))),
  cost: (row) => -Math.max(-1, ...looked(row).map((result) => ratio(row.baseline?.cost, result.cost) ?? -1)),
  latency: (row) => -Math.max(-1, ...looked(row).map((result) => ratio(row.baseline?.latency, result.latency) ?? -1)),
};

function pageCount() {
  return Math.max(1, Math.ceil(shown.length / A_PAGE));
}

function pageNumber() {
  return Math.min(pageCount(), Math.max(1, Number.parseInt(state.page, 10) || 1));
}

/** Filter, sort and draw anew. */
function refresh() {
  shown = filtered();
  if (state.sort in SORTS) {
    const places = new Map(shown.map((index) => [index, SORTS[state.sort](rows[index])]));
    shown.sort((one, other) => places.get(one) - places.get(other) || one - other);
  }
  draw();
}

function draw() {
  const page = pageNumber();
  const body = document.querySelector("#rows tbody");
  body.replaceChildren(...shown.slice((page - 1) * A_PAGE, page * A_PAGE).map(rowElement));
  current = -1;
  const first = shown.length ? (page - 1) * A_PAGE + 1 : 0;
  const last = Math.min(shown.length, page * A_PAGE);
  const of = shown.length === rows.length ? count(rows.length) : `${count(shown.length)} found, ${count(rows.length)} in all`;
  document.querySelector("#found").textContent = shown.length ? `${count(first)}\u2013${count(last)} of ${of}` : `none of ${count(rows.length)} rows`;
  document.querySelector("#nothing").hidden = shown.length > 0;
  for (const pager of document.querySelectorAll(".pager")) {
    pager.hidden = pageCount() === 1;
    pager.querySelector("[data-go='-1']").disabled = page === 1;
    pager.querySelector("[data-go='1']").disabled = page === pageCount();
    pager.querySelector("span").textContent = `page ${count(page)} of ${count(pageCount())}`;
  }
}

function rowElement(index) {
  const row = rows[index];
  const open = make("button", { type: "button", class: "open", "aria-label": `Open row ${row.number}` }, count(row.number));
  const prompt = make("td", { class: "prompt", dir: "auto" }, make("div", { class: "clamp" }, excerpt(asked(row.prompt), 220)));
  if (row.category) prompt.append(make("span", { class: "tag" }, row.category));
  return make(
    "tr", { "data-index": index, tabindex: "-1" },
    make("td", { class: "number" }, open), prompt,
    make("td", { class: "answer", dir: "auto" }, make("div", { class: "clamp" }, excerpt(said(row.baseline), 220))),
    row.targets.flatMap((result, place) => resultCells(row, result, place)),
  );
}

/** With one target an answer and its verdict; with several a cell each, and only the scores that fail. */
function resultCells(row, result, place) {
  const several = row.targets.length > 1;
  if (!result) return [make("td", { class: "answer meta" }, "not asked"), ...(several ? [] : [make("td")])];
  const answered = "reason" in result ? result.reason : result.changed ? excerpt(said(result), 220) : "the same";
  const answer = make("div", { class: `clamp${result.changed ? "" : " meta"}`, dir: "auto" }, answered);
  const badge = badgeElement(result);
  const isShown = (score) => score && !(several && score[1] === true);
  const scores = (result.scores ?? []).flatMap((score, index) => (isShown(score) ? [scoreElement(facts.comparators[index], score)] : []));
  const measured = [["cost", ratio(row.baseline?.cost, result.cost)], ["time", ratio(row.baseline?.latency, result.latency)]]
    .filter(([, value]) => value !== null).map(([name, value]) => make("span", { class: "meta" }, `${name} ${times(value)}`));
  const list = make("div", { class: "score-list" }, ...scores, ...measured);
  if (several) return [make("td", { class: "answer", "data-label": facts.targets[place] }, badge, answer, list)];
  return [make("td", { class: "answer" }, answer), make("td", { class: "scores" }, badge, list)];
}

function badgeElement(result) {
  return make("span", { class: `badge ${LOOKS[result.outcome]}` }, `${MARKS[result.outcome]} ${WORDS[result.outcome]}`);
}

function scoreElement(name, [score, passed, , failed]) {
  if (failed) return make("span", { class: "score err" }, `${name} failed`);
  const look = passed === null ? "meta" : passed ? "pass" : "fail";
  const mark = passed === null ? "" : passed ? "\u2713 " : "\u2717 ";
  return make("span", { class: `score ${look}` }, `${mark}${name} ${score.toFixed(2)}`);
}

/** Move the keyboard by so many rows, over the ends of a page. */
function move(by) {
  const elements = document.querySelectorAll("#rows tbody tr");
  const next = current + by;
  if (next >= elements.length && pageNumber() < pageCount()) return turn(1, 0);
  if (next < 0 && current >= 0 && pageNumber() > 1) return turn(-1, A_PAGE - 1);
  focusRow(Math.max(0, Math.min(elements.length - 1, next)));
}

function focusRow(place) {
  const elements = document.querySelectorAll("#rows tbody tr");
  if (!elements.length) return;
  current = place;
  elements[place].focus({ preventScroll: true });
  elements[place].scrollIntoView({ block: "nearest" });
}

function turn(by, place = null) {
  setState({ page: String(pageNumber() + by) });
  draw();
  if (place === null) document.querySelector("#rows-title").scrollIntoView();
  else focusRow(place);
}
