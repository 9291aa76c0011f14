// The address of a moment: #pass=backward&step=3&value.a=0.5&constant.4.1=2, in a saved page: a constant is
// operand 1 of node 4, counted from 0.

import { exact } from "./numbers.js";
import { read } from "./editor.js";

const keyOf = (constant) => constant.replace("c", "constant.").replace("_", ".");

function address(pass) {
  const parts = new URLSearchParams({ pass: pass.direction, step: pass.updating ? 0 : pass.at });
  const { engine, leaves } = pass.live;
  for (const k of leaves)
    if (!Object.is(engine.data[k], engine.recorded[k])) parts.set(`value.${pass.model.leaves[k]}`, exact(engine.data[k]));
  for (const { id, place, recorded } of pass.live.constants)
    if (!Object.is(place[0], recorded)) parts.set(keyOf(id), exact(place[0]));
  return `#${parts}`;
}

// The place and the inputs (by their places) in an address; null if there are none. Values that are not inputs of
// this graph, or not numbers, are left out.
function addressed(pass, hash) {
  const parts = new URLSearchParams(hash.slice(1));
  const step = Number(parts.get("step"));
  if (![...parts.keys()].some((key) => key === "step" || key === "pass" || /^(value|constant)\./.test(key))) return null;
  const inputs = pass.live.leaves.filter((k) => pass.live.canEdit(k)).map((k) => [`value.${pass.model.leaves[k]}`, `n${k}`]);
  const ids = new Map([...inputs, ...pass.constants.map((id) => [keyOf(id), id])]);
  const changes = [...parts].flatMap(([key, text]) => {
    const x = read(text);
    return ids.has(key) && Number.isFinite(x) ? [[ids.get(key), x]] : [];
  });
  const direction = ["forward", "backward", "update"].find((one) => one === parts.get("pass"));
  return { step: Number.isInteger(step) ? step : 0, direction: direction ?? "backward", changes };
}

export function copyAddress(pass, button) {
  history.replaceState(null, "", address(pass));
  navigator.clipboard?.writeText(location.href).catch(() => {});
  button.textContent = pass.say("copied");
}

// Go where the page's address says, now and when it changes.
export function followAddress(pass, { host, edit, seek, update }) {
  const follow = () => {
    const found = host.isConnected && !pass.quiz ? addressed(pass, location.hash) : null;
    if (!found) return;
    if (found.changes.length) edit(() => pass.live.set(found.changes));
    if (found.direction === "update" && update) update();
    else seek(found.step, found.direction === "update" ? "backward" : found.direction);
  };
  follow();
  addEventListener("hashchange", follow);
}
