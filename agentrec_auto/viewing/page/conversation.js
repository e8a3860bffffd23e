// A recording as a conversation: what was told beforehand, who said what, what was answered.

const LONG = 6000; // characters of a text that are shown before somebody asks for the rest

/** A text as it stands, its rest behind a button where it is long. */
function longText(text, attributes = {}) {
  const pre = make("pre", { dir: "auto", ...attributes }, text.length > LONG ? text.slice(0, LONG) : text);
  if (text.length <= LONG) return [pre];
  const button = make("button", { type: "button", class: "rest" }, `Show all ${count(text.length)} characters`);
  button.addEventListener("click", () => {
    pre.replaceChildren(...inert(text));
    button.remove();
  });
  return [pre, button];
}

function conversation(told) {
  const parts = [];
  const { question, answer } = told;
  if (question) {
    for (const text of question.system) parts.push(turnElement("system", "", longText(text)));
    for (const turn of question.turns) parts.push(turnElement(turn.role, turn.name ?? "", turn.parts.flatMap(partElements)));
  } else {
    parts.push(turnElement("request", "as it is stored", longText(told.request_body)));
  }
  if (answer) parts.push(...answerElements(told, answer));
  else parts.push(turnElement("response", "as it is stored", longText(responseText(told))));
  if (told.why) parts.push(make("p", { class: "meta" }, `${question && answer ? "note" : "shown as it is stored"}: ${told.why}`));
  return parts;
}

function answerElements(told, answer) {
  const many = answer.choices.length > 1;
  const parts = answer.choices.map((choice, place) => {
    const aside = [answer.model !== told.facts.model ? answer.model : null, choice.raw_finish_reason].filter(Boolean).join(", ");
    const said = choice.parts.flatMap(partElements);
    return turnElement(many ? `answer ${place + 1}` : "answer", aside, said.length ? said : [make("p", { class: "meta" }, "nothing")], "is-answer");
  });
  if (answer.vectors.length) {
    parts.push(turnElement("answer", "", [make("p", {}, `${count(answer.vectors.length)} vectors of ${count(answer.vectors[0].length)} numbers`)], "is-answer"));
  }
  if (answer.error) parts.push(turnElement("error", "", longText(answer.error), "is-error"));
  if (!answer.is_whole || told.facts.ending !== "complete") {
    const how = told.facts.ending === "abandoned" ? "The app stopped reading here." : "The stream stops here, before its last event.";
    parts.push(make("p", { class: "stopped" }, how));
  }
  return parts;
}

function turnElement(role, aside, parts, look = "") {
  const known = ["system", "user", "assistant", "tool"].includes(role) ? `is-${role}` : look;
  const head = make("h3", {}, role, aside ? make("span", { class: "meta" }, ` ${aside}`) : null);
  return make("section", { class: `turn ${known}` }, head, ...parts);
}

function partElements(part) {
  switch (part.type) {
    case "text":
      return longText(part.text);
    case "reasoning":
      if (!part.text) return [make("p", { class: "meta" }, "thoughts, encrypted")];
      return [make("details", { class: "thoughts" }, make("summary", {}, `Thoughts, ${count(part.text.length)} characters`), ...longText(part.text))];
    case "refusal":
      return [make("p", { class: "err-text" }, "refused"), ...longText(part.text)];
    case "tool_call":
      return [make("p", { class: "call" }, "→ ", make("b", {}, part.name), part.id ? make("span", { class: "meta" }, ` ${part.id}`) : null), ...longText(pretty(part.arguments), { class: "code" })];
    case "tool_result":
      return [
        make("p", { class: "call" }, "← ", make("b", {}, part.name ?? ""), make("span", { class: "meta" }, ` ${part.call_id ?? ""}`), part.is_error ? make("span", { class: "badge fail" }, "error") : null),
        ...part.parts.flatMap(partElements),
      ];
    case "media":
      return [make("p", { class: "media" }, mediaText(part))];
    default:
      return [make("p", { class: "call" }, part.kind ?? part.type), ...longText(pretty(part.document), { class: "code" })];
  }
}

function mediaText(part) {
  const size = part.size === null ? null : bytes(part.size);
  return `[${[part.kind, part.name, part.media_type, size, part.url, part.digest?.slice(0, 12)].filter(Boolean).join(", ")}]`;
}

/** JSON for people; a string stays as it is. */
function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2) ?? "";
}

function bytes(number) {
  if (number < 1000) return `${number} B`;
  return number < 1e6 ? `${(number / 1000).toFixed(number < 1e4 ? 1 : 0)} kB` : `${(number / 1e6).toFixed(1)} MB`;
}
