// One row in full: the question, the answers side by side, and what each comparator says.

let opener = null; // what had the focus before

function openDrawer(index) {
  const dialog = document.querySelector("#drawer");
  const row = rows[index];
  if (!dialog.open) opener = document.activeElement;
  document.querySelector("#drawer-title").replaceChildren(...inert(`${count(row.number)}. ${excerpt(asked(row.prompt), 90)}`));
  document.querySelector("#drawer-body").replaceChildren(...drawerParts(row));
  const place = shown.indexOf(index);
  document.querySelector("#before").disabled = place <= 0;
  document.querySelector("#after").disabled = place < 0 || place === shown.length - 1;
  if (!dialog.open) dialog.showModal();
  document.querySelector("#drawer-body").scrollTop = 0;
  setState({ row: String(row.number) });
}

function closed() {
  setState({ row: "" });
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

/** The row that comes next in the table, on whatever page. */
function step(by) {
  const place = shown.indexOf(Number(state.row) - 1) + by;
  if (place < 0 || place >= shown.length) return;
  const page = Math.floor(place / A_PAGE) + 1;
  if (page !== pageNumber()) {
    setState({ page: String(page) });
    draw();
  }
  openDrawer(shown[place]);
  current = place % A_PAGE;
  opener = document.querySelectorAll("#rows tbody tr")[current];
}

function drawerParts(row) {
  const chosen = state.target === "" ? 0 : Number(state.target);
  const against = row.targets[chosen] ?? row.targets.find(Boolean);
  const prompt = make("details", { class: "question" }, make("summary", {}, "Question"), make("pre", { dir: "auto" }, row.prompt));
  prompt.open = row.prompt.length < 1500;
  return [
    make("p", { class: "meta" }, row.category ? make("span", { class: "tag" }, row.category) : null, ` ${row.id} `),
    prompt,
    make("div", { class: "panes" }, baselinePane(row, against), ...row.targets.map((result, place) => targetPane(row, result, place))),
    ...numbersPart(row),
  ];
}

function baselinePane(row, against) {
  const compared = against && "changed" in against ? said(against) : null;
  return pane(`Baseline ${row.model ?? ""}`, "", row.baseline, compared, "removed");
}

function targetPane(row, result, place) {
  if (!result) return make("section", { class: "pane" }, make("h3", {}, facts.targets[place]), make("p", { class: "meta" }, "not asked: the run ended before"));
  const badge = badgeElement(result);
  if ("reason" in result) return make("section", { class: "pane" }, make("h3", {}, `${facts.targets[place]} `, badge), make("p", {}, result.reason), ...notesOf(result));
  const made = pane(`${facts.targets[place]} `, badge, result, said(row.baseline), "added");
  const list = (result.scores ?? []).flatMap((score, index) => {
    if (!score) return [];
    return [make("li", {}, scoreElement(facts.comparators[index], score), score[2] ? ` ${score[2]}` : "")];
  });
  made.append(make("ul", { class: "verdicts" }, ...list), ...notesOf(result));
  return made;
}

function notesOf(result) {
  return (result.notes ?? []).map((note) => make("p", { class: "meta note" }, note));
}

/** What one side says, marked where the other says something else. */
function pane(title, badge, side, other, kind) {
  const text = said(side);
  const pre = make("pre", { dir: "auto" });
  if (other === null || other === text) {
    pre.append(...inert(text));
  } else {
    const pieces = kind === "removed" ? differences(text, other) : differences(other, text);
    for (const [what, piece] of pieces) {
      if (what === "same") pre.append(...inert(piece));
      else if (what === kind) pre.append(make(kind === "removed" ? "del" : "ins", {}, piece));
    }
  }
  if (!text) pre.append(make("span", { class: "meta" }, "nothing"));
  const parts = [make("h3", {}, title, badge || null), pre];
  if (side?.torn) parts.push(make("p", { class: "err" }, "the stream stops here, before its last event"));
  return make("section", { class: "pane" }, ...parts);
}

function numbersPart(row) {
  const sides = [["baseline", row.baseline], ...row.targets.map((result, place) => [facts.targets[place], result])].filter(([, side]) => side && !("reason" in side));
  if (!sides.length) return [];
  const line = (name, tell) => make("tr", {}, make("th", { scope: "row" }, name), ...sides.map(([, side]) => make("td", {}, tell(side))));
  return [
    make(
      "table", { class: "numbers" },
      make("thead", {}, make("tr", {}, make("td"), ...sides.map(([name]) => make("th", { scope: "col" }, name)))),
      make(
        "tbody", {},
        line("cost", (side) => money(side.cost)), line("time", (side) => seconds(side.latency)), line("to first chunk", (side) => seconds(side.first)),
        line("tokens in", (side) => (side.input === undefined ? "\u2013" : count(side.input))), line("tokens out", (side) => (side.output === undefined ? "\u2013" : count(side.output))),
        line("ended", (side) => side.finish ?? "\u2013"), line("cassette", (side) => side.cassette ?? "\u2013"),
      ),
    ),
  ];
}
