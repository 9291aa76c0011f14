// The sentences on a value that an operation refuses, and on a step that is refused.

// Sentences on a value that is refused, and on a step of the backward pass.
const REFUSED = { domain: "refused_domain", overflow: "refused_overflow", undefined: "refused_undefined" };
const STOPPED = { nan: "stopped_nan", overflow: "stopped_overflow" };

// Says which operation or step is refused, and what it needs, if a number is missing.
export function refusalOf(pass) {
  const { refused, engine, program } = pass.live;
  const found = refused ?? engine.stopped;
  if (!found) return "";
  const id = `n${found.node}`;
  const operation = engine.ops[found.node];
  const needs = program.domains[operation];
  const node = pass.nodes[id] ? pass.word(id) : operation;
  const keys = refused ? REFUSED : STOPPED;
  const why = found.why === "domain" && !needs ? "undefined" : found.why;
  return pass.say(keys[why], { node, operation, needs });
}

// The same in a few words, for the box.
export function needsOf(pass, k, why) {
  const needs = pass.live.program.domains[pass.live.engine.ops[k]];
  return pass.say(why === "domain" && needs ? "needs" : why === "overflow" ? "too_large" : "no_value", { needs });
}
