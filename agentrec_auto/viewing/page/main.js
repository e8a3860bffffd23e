// Wiring: data in, events to what they do.

document.querySelector("#corpus").append(...inert(facts.corpus));
let chooses = false; // whether the next recording that is clicked is the one to compare with

function fillFields() {
  for (const key of FILTERS) {
    const field = document.querySelector(key === "q" ? "#search" : `#${key}`);
    if (field.value !== state[key]) field.value = state[key];
  }
}

function arrive() {
  readState();
  fillFields();
  refresh({ anew: true });
  openRecording();
}

function change(changes) {
  setState(changes);
  fillFields();
  refresh({ anew: true });
}

function choose(name) {
  if (!name) return;
  const compares = chooses && name !== state.name;
  setChooses(false);
  if (compares) setState({ with: name }, { keep: true });
  else setState({ name, with: "" }, { keep: !state.name });
  openRecording();
}

function setChooses(on) {
  chooses = on && Boolean(state.name);
  document.querySelector("#choosing").hidden = !chooses;
  document.body.classList.toggle("chooses", chooses);
}

function showTab(tab) {
  setState({ tab: tab === "conversation" ? "" : tab });
  openRecording();
}

const GO = {
  list: () => (setState({ name: "", with: "" }), openRecording()),
  compare: () => setChooses(true),
  alone: () => (setState({ with: "" }), openRecording()),
  swap: () => (setState({ name: state.with, with: state.name }), openRecording()),
};

let waiting = 0;
document.querySelector("#search").addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => change({ q: event.target.value }), 120);
});
for (const key of FILTERS) {
  if (key !== "q") document.querySelector(`#${key}`).addEventListener("change", (event) => change({ [key]: event.target.value }));
}
document.querySelector("#clear").addEventListener("click", () => change(Object.fromEntries(FILTERS.map((key) => [key, ""]))));
document.querySelector("#choosing-end").addEventListener("click", () => setChooses(false));
document.querySelector("#list").addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (item && (event.target.closest("button") || !String(getSelection()))) choose(item.dataset.name);
});
document.querySelector("#reading").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { go, tab, name } = button.dataset;
  if (go) GO[go]();
  else if (tab) showTab(tab);
  else if (name) choose(name);
});

const help = document.querySelector("#help");
document.querySelector("#help-open").addEventListener("click", () => help.showModal());
document.querySelector("#help-close").addEventListener("click", () => help.close());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input, select, textarea");
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || help.open) return;
  const by = { j: 1, k: -1 }[event.key];
  const tab = Object.keys(TABS)[Number(event.key) - 1];
  if (by) choose(neighbour(by));
  else if (tab && state.name && !state.with) showTab(tab);
  else if (event.key === "c") setChooses(true);
  else if (event.key === "Escape" && chooses) setChooses(false);
  else if (event.key === "Escape" && state.with) GO.alone();
  else if (event.key === "?") help.showModal();
  else if (event.key === "/") document.querySelector("#search").focus();
  else return;
  event.preventDefault();
});
new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && drawMore(), { root: null, rootMargin: "600px" }).observe(document.querySelector("#more"));

followTheme("agentrec-view-theme");

document.documentElement.classList.add("scripted");
readState();
fillFields();
addEventListener("hashchange", arrive);
addEventListener("popstate", arrive);

let drawnAt = -Infinity;
const progress = document.querySelector("#progress");
function arrived(more, total) {
  add(more);
  progress.hidden = rows.length >= total;
  progress.value = total ? rows.length / total : 1;
  if (performance.now() - drawnAt < 250 && rows.length < total) return; // thousands come in a second
  drawnAt = performance.now();
  refresh();
}
eachBlock(arrived)
  .then(() => {
    progress.hidden = true;
    fillChoices();
    refresh();
    openRecording();
    document.documentElement.dataset.ready = "true";
  })
  .catch((error) => {
    progress.hidden = true;
    document.querySelector("#reading").replaceChildren(make("p", { class: "stopped" }, `The corpus can't be read: ${error.message}`));
  });
