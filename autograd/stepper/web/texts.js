// The texts of a record whose constants a reader has changed: `a·b + 1` would be a false name for `a·b + 2`.

import { allDigits, filled } from "./numbers.js";

// The texts that are true beside the constants of now: the record's own, until one has been changed.
export function writeTexts(record, live) {
  const { open } = record;
  if (!open || !(live.changedConstants || record.opened)) return;
  const places = (of) => (of[0] === "c" ? allDigits(live.number(of)) : undefined);
  const byId = (kind) => Object.fromEntries(record[kind].map((item) => [item.id ?? item.i, item]));
  const [nodes, boxes, edges, steps] = ["nodes", "boxes", "edges", "steps"].map(byId);
  const items = { nodes, boxes, edges, steps, rules: Object.fromEntries(record.steps.map((step) => [step.i, step.rule])) };
  for (const kind of Object.keys(items)) {
    for (const [id, texts] of Object.entries(open[kind])) {
      const item = items[kind][id];
      item.recorded ??= Object.fromEntries(Object.keys(texts).map((key) => [key, item[key]]));
      Object.assign(item, live.changedConstants ? filledIn(texts, places) : item.recorded);
    }
  }
  record.opened = live.changedConstants;
}

// Texts with their places filled in; definitions are not markup.
const PLAIN = ["means", "defined", "words"];
function filledIn(texts, number, isMarkup = true) {
  if (typeof texts === "string") return filled(texts, number, isMarkup);
  if (Array.isArray(texts)) return texts.map((one) => filledIn(one, number, isMarkup));
  if (typeof texts !== "object") return texts;
  return Object.fromEntries(
    Object.entries(texts).map(([key, one]) => [key, filledIn(one, number, isMarkup && !PLAIN.includes(key))]),
  );
}
