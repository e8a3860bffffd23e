// Elements and texts. Nothing a model said is ever taken for markup: it only becomes text nodes.

const UNSAFE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const MARKS = { holds: "\u2713", breaks: "\u2717", unjudged: "?", skipped: "\u2013", error: "!" };
const WORDS = { holds: "holds", breaks: "breaks", unjudged: "no verdict", skipped: "skipped", error: "error" };
const LOOKS = { holds: "pass", breaks: "fail", unjudged: "meta", skipped: "meta", error: "err" };

/** An element with attributes and children; children are elements, or texts made inert. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  for (const child of children.flat()) {
    if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && child !== "") element.append(...inert(String(child)));
  }
  return element;
}

/** A text as nodes, its control characters and turns of direction spelled out. */
function inert(text) {
  if (!UNSAFE.test(text)) return [document.createTextNode(text)];
  const nodes = [];
  for (const piece of text.replaceAll("\r\n", "\n").split(new RegExp(`(${UNSAFE.source})`))) {
    if (piece.length === 1 && UNSAFE.test(piece)) {
      const code = piece.charCodeAt(0);
      const mark = document.createElement("span");
      mark.className = "control";
      mark.textContent = code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
      nodes.push(mark);
    } else if (piece) {
      nodes.push(document.createTextNode(piece));
    }
  }
  return nodes;
}

/** The beginning of a text, on one line. */
function excerpt(text, length) {
  const line = text.slice(0, length * 2).replace(/\s+/g, " ").trim();
  return line.length > length || text.length > length * 2 ? `${line.slice(0, length)}\u2026` : line;
}

/** The last thing that was asked, where a conversation is told in words. */
function asked(prompt) {
  return prompt.startsWith("[") ? prompt.slice(Math.max(0, prompt.lastIndexOf("\n[user] ") + 1)).replace(/^\[user\] /, "") : prompt;
}

/** What a side says, tool calls and refusals too, as one text. */
function said(side) {
  if (!side) return "";
  const calls = (side.calls ?? []).map(told);
  return [side.text, side.refusal && `[refused] ${side.refusal}`, ...calls].filter(Boolean).join("\n");
}

/** A tool call as people write one, members in one order. */
function told([name, given]) {
  return `${name}(${typeof given === "string" ? given : JSON.stringify(ordered(given), null, 2)})`;
}

function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value;
  // No plain object: a member named __proto__ is one like any other.
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]));
}

function count(number) {
  return number.toLocaleString("en");
}

function times(value) {
  return value === null ? "\u2013" : `${value >= 10 ? value.toFixed(0) : value.toFixed(2)}\u00d7`;
}

function money(value) {
  if (value === undefined) return "\u2013";
  return `$${value >= 1 || value === 0 ? value.toFixed(2) : Number(value.toPrecision(2)).toFixed(Math.min(9, 1 - Math.floor(Math.log10(value))))}`;
}

function seconds(value) {
  if (value === undefined) return "\u2013";
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(value < 10 ? 1 : 0)} s`;
}

/** Target over baseline; null where one is not known. */
function ratio(baseline, target) {
  return baseline > 0 && target !== undefined ? target / baseline : null;
}
