// Wiring: data in, events to what they do.

const facts = JSON.parse(document.querySelector("#facts").textContent);
const rows = [];
for (const block of document.querySelectorAll("script.rows")) {
  for (const row of JSON.parse(block.textContent)) rows.push(row); // one by one: spread would overflow the stack
  block.remove(); // its text is not needed twice
}

const FIELDS = { q: "#search", show: "#show", by: "#by", category: "#category", target: "#target", sort: "#sort" };

function fillFields() {
  for (const [key, selector] of Object.entries(FIELDS)) {
    const field = document.querySelector(selector);
    if (field && field.value !== state[key]) field.value = state[key];
  }
  for (const button of document.querySelectorAll("[data-toggle]")) {
    button.setAttribute("aria-pressed", String(state[button.dataset.toggle] === button.dataset.value));
  }
}

function arrive() {
  readState();
  fillFields();
  refresh();
  const index = Number(state.row) - 1;
  const dialog = document.querySelector("#drawer");
  if (rows[index]) openDrawer(index);
  else if (dialog.open) dialog.close();
}

function change(changes) {
  setState(changes);
  fillFields();
  refresh();
}

let waiting = 0;
document.querySelector("#search").addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => change({ q: event.target.value }), 120);
});
for (const [key, selector] of Object.entries(FIELDS)) {
  if (key !== "q") document.querySelector(selector)?.addEventListener("change", (event) => change({ [key]: event.target.value }));
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const { toggle, value } = button?.dataset ?? {};
  if (toggle) change({ [toggle]: state[toggle] === value ? "" : value });
  else if (button?.dataset.go) turn(Number(button.dataset.go));
  const link = event.target.closest("[data-category]");
  if (link) {
    change({ category: link.dataset.category });
    document.querySelector("#rows-title").scrollIntoView();
  }
});
document.querySelector("#clear").addEventListener("click", () => change({ ...EMPTY }));
document.querySelector("#rows tbody").addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row && !String(getSelection())) openDrawer(Number(row.dataset.index));
});
document.querySelector("#rows tbody").addEventListener("focusin", (event) => {
  const row = event.target.closest("tr");
  current = [...row.parentElement.children].indexOf(row);
});

const drawer = document.querySelector("#drawer");
drawer.addEventListener("close", closed);
drawer.addEventListener("click", (event) => event.target === drawer && drawer.close());
document.querySelector("#close").addEventListener("click", () => drawer.close());
document.querySelector("#before").addEventListener("click", () => step(-1));
document.querySelector("#after").addEventListener("click", () => step(1));
const help = document.querySelector("#help");
document.querySelector("#help-open").addEventListener("click", () => help.showModal());
document.querySelector("#help-close").addEventListener("click", () => help.close());

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input, select, textarea");
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || help.open) return;
  const by = { j: 1, ArrowRight: drawer.open ? 1 : 0, k: -1, ArrowLeft: drawer.open ? -1 : 0 }[event.key];
  if (by) {
    event.preventDefault();
    if (drawer.open) step(by);
    else move(by);
  } else if (event.key === "Enter" && !drawer.open && event.target.matches("#rows tr")) {
    event.preventDefault();
    openDrawer(Number(event.target.dataset.index));
  } else if (event.key === "/" && !drawer.open) {
    event.preventDefault();
    document.querySelector("#search").focus();
  } else if (event.key === "?" && !drawer.open) {
    help.showModal();
  }
});

followTheme("agentrec-report-theme");

document.documentElement.classList.add("scripted");
addEventListener("hashchange", arrive);
arrive();
