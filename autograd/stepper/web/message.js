// The message: arrows that move along edges, forward with the values, backward with the gradients.

import { make } from "./elements.js";

const DURATION = 650; // milliseconds at speed 1

// Let arrows run along the edges' ways in the layer `g`, or, at speed Infinity, appear at their ends.
export function send(g, ways, forward, speed) {
  cancelAnimationFrame(g.journey);
  const arrows = ways.map((d) => ({
    path: make("svg:path", { d }),
    head: make("svg:path", { class: "ad-message-head", d: "M0,0 L-9,-4.5 L-6.5,0 L-9,4.5 Z" }),
  }));
  g.replaceChildren(...arrows.flatMap(({ path, head }) => [path, head]));
  for (const arrow of arrows) arrow.length = arrow.path.getTotalLength();
  const show = (share) => arrows.forEach((arrow) => place(arrow, share, forward));
  let began;
  const move = (time) => {
    began ??= time;
    const share = Math.min(1, ((time - began) / DURATION) * speed);
    show(share * (2 - share));
    if (share < 1) g.journey = requestAnimationFrame(move);
  };
  show(speed === Infinity ? 1 : 0.02);
  if (speed !== Infinity && arrows.length) g.journey = requestAnimationFrame(move);
}

// The tip of an arrow's head: the corner farthest from the end of its line.
function farthest(head, end) {
  const away = (corner) => Math.hypot(corner.x - end.x, corner.y - end.y);
  return [...(head?.points ?? [])].reduce((one, other) => (away(other) > away(one) ? other : one), end);
}

// An edge's way: its line as drawn, and on to the tip of its head.
export function whole(group) {
  const line = group.querySelector(".ad-line");
  const tip = farthest(group.querySelector(".ad-head"), line.getPointAtLength(line.getTotalLength()));
  return `${line.getAttribute("d")} L${tip.x},${tip.y}`;
}

// Draw a share of the way, and the head where it ends.
function place({ path, head, length }, share, forward) {
  const point = (s) => path.getPointAtLength(forward ? s * length : (1 - s) * length);
  const tip = point(share);
  const back = point(Math.max(0, share - 6 / length));
  path.setAttribute("stroke-dasharray", `${share * length} ${length}`);
  path.setAttribute("stroke-dashoffset", forward ? 0 : (share - 1) * length);
  const turn = (Math.atan2(tip.y - back.y, tip.x - back.x) * 180) / Math.PI;
  head.setAttribute("transform", `translate(${tip.x},${tip.y}) rotate(${turn})`);
}

// The transform by which an arrow's head comes to the other end of its line: a gradient goes to the parent.
export function turned(group, head) {
  const line = group.querySelector(".ad-line");
  const [start, end] = [0, line.getTotalLength()].map((s) => line.getPointAtLength(s));
  const towards = line.getPointAtLength(5);
  const [{ x, y }, ahead] = [farthest(head, end), Math.atan2(start.y - towards.y, start.x - towards.x)];
  const turn = ((ahead - Math.atan2(y - end.y, x - end.x)) * 180) / Math.PI;
  return `translate(${start.x},${start.y}) rotate(${turn}) translate(${-x},${-y})`;
}
