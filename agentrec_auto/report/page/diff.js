// Words that differ between two texts: the shortest edit, by E. Myers, "An O(ND) Difference Algorithm" (1986).

const MOST_EDITS = 1200; // beyond, the middle is shown as replaced: nobody reads such a diff word by word

/** [same | removed | added, text] pieces that turn `before` into `after`. */
function differences(before, after) {
  const a = words(before);
  const b = words(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const middle = edits(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const pieces = [["same", a.slice(0, start).join("")], ...middle, ["same", a.slice(a.length - end).join("")]];
  return joined(pieces.filter(([, text]) => text !== ""));
}

function words(text) {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

function edits(a, b) {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const furthest = new Map([[1, 0]]);
  const trail = [];
  for (let depth = 0; depth <= most; depth += 1) {
    trail.push(new Map(furthest));
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      const down = diagonal === -depth || (diagonal !== depth && furthest.get(diagonal - 1) < furthest.get(diagonal + 1));
      let x = down ? furthest.get(diagonal + 1) : furthest.get(diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walked(a, b, trail);
    }
  }
  return [["removed", a.join("")], ["added", b.join("")]];
}

/** The way back through what `edits` has found. */
function walked(a, b, trail) {
  const pieces = [];
  let x = a.length;
  let y = b.length;
  for (let depth = trail.length - 1; depth >= 0 && (x > 0 || y > 0); depth -= 1) {
    const furthest = trail[depth];
    const diagonal = x - y;
    const down = diagonal === -depth || (diagonal !== depth && furthest.get(diagonal - 1) < furthest.get(diagonal + 1));
    const from = down ? diagonal + 1 : diagonal - 1;
    const oldX = depth === 0 ? 0 : furthest.get(from);
    const oldY = depth === 0 ? 0 : oldX - from;
    while (x > oldX && y > oldY) {
      pieces.push(["same", a[x - 1]]);
      x -= 1;
      y -= 1;
    }
    if (depth > 0) pieces.push(down ? ["added", b[oldY]] : ["removed", a[oldX]]);
    x = oldX;
    y = oldY;
  }
  return pieces.reverse();
}

/** Neighbours of one kind as one piece; white space alone between two changes belongs to them. */
function joined(pieces) {
  const runs = [];
  let removed = "";
  let added = "";
  const flush = () => {
    if (removed) runs.push(["removed", removed]);
    if (added) runs.push(["added", added]);
    removed = added = "";
  };
  for (let index = 0; index < pieces.length; index += 1) {
    const [kind, text] = pieces[index];
    const between = kind === "same" && !text.trim() && (removed || added) && (pieces[index + 1] ?? ["same"])[0] !== "same";
    if (kind === "removed" || between) removed += text;
    if (kind === "added" || between) added += text;
    if (kind !== "same" || between) continue;
    flush();
    if (runs.length && runs.at(-1)[0] === "same") runs.at(-1)[1] += text;
    else runs.push(["same", text]);
  }
  flush();
  return runs;
}
