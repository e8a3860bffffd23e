// Where recordings come from: elements of this page, or the server that gave it.

const facts = JSON.parse(document.querySelector("#facts").textContent);
const KEPT = 60; // recordings that are held once they were opened
const held = new Map();
const elements = new Map(); // name -> the element that a recording is in; parsed when it is opened

/** Calls `arrived(rows, total)` as rows come; ends when all are there. */
async function eachBlock(arrived) {
  if (facts.served) await fetched(arrived);
  else embedded(arrived);
}

function embedded(arrived) {
  const rows = [];
  for (const element of document.querySelectorAll("script.row")) {
    const row = JSON.parse(element.textContent);
    rows.push(row);
    const next = element.nextElementSibling;
    if (next?.className === "whole") elements.set(row.name, next);
    element.remove(); // its text is not needed twice
  }
  arrived(rows, rows.length);
}

async function fetched(arrived) {
  const response = await fetch("list");
  if (!response.ok) throw new Error(await complaint(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = lines.pop();
    const told = lines.filter(Boolean).map((line) => JSON.parse(line));
    if (told.length && "total" in told[0]) total = told.shift().total;
    if (told.length || done) arrived(told, total);
    if (done) return;
  }
}

/** All of a recording. */
async function whole(name) {
  if (held.has(name)) return held.get(name);
  const told = facts.served ? await asked(name) : JSON.parse(elements.get(name)?.textContent ?? "null");
  if (!told) throw new Error(`${name} is not in this page`);
  if (held.size >= KEPT) held.delete(held.keys().next().value);
  held.set(name, told);
  return told;

  async function asked(name) {
    const response = await fetch(`recording/${encodeURIComponent(name)}`);
    if (!response.ok) throw new Error(await complaint(response));
    return response.json();
  }
}

async function complaint(response) {
  try {
    return (await response.json()).message;
  } catch {
    return `the server said ${response.status}`;
  }
}
