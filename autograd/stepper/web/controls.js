// The bar of controls, and the keys: what a reader can press, and what it does to the pass.

import { make } from "./elements.js";

// `act` holds what can be done: go, seek, play, byNode, quiz, speed, fold.
export function controls(pass, act) {
  const { say } = pass;
  const button = (label, symbol, onclick) =>
    make("button", { type: "button", "aria-label": label, title: label, onclick }, symbol);
  const tick = (label, change) => {
    const box = make("input", { type: "checkbox", onchange: () => change(box.checked) });
    return make("label", {}, box, label);
  };
  const choice = (x) => make("option", { value: x, selected: x === 1 }, `${x}×`);
  const phases = ["forward", "backward", ...(act.update ? ["update"] : [])];
  const choosePass = (direction) => (direction === "update" ? act.update() : act.seek(0, direction));
  const passes = phases.map((direction) =>
    make("button", { type: "button", "data-pass": direction, onclick: () => choosePass(direction) }, say(direction)),
  );
  const words = (key, onclick) => make("button", { type: "button", hidden: true, onclick }, say(key));
  const [undo, reset] = [words("undo", act.undo), words("reset", act.reset)];
  const link = act.link ? words("copy_link", () => act.link(link)) : null;
  if (link) link.hidden = false;
  const playing = button(say("play"), "▶", act.play);
  const slider = make("input.ad-slider", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": say("step"),
    oninput: () => act.seek(pass.stops()[Number(slider.value)]),
  });
  const position = make("span.ad-position");
  const speed = make("select", { "aria-label": say("speed"), onchange: () => act.speed(Number(speed.value)) });
  speed.append(...[0.5, 1, 2, 4].map(choice));
  const byNode = tick(say("node_by_node"), act.byNode);
  const quiz = tick(say("quiz"), act.quiz);
  const other = words("other_numbers", act.vary);
  const bar = make(
    "div.ad-bar",
    { role: "group", "aria-label": say("steps") },
    make("div.ad-passes", { role: "group", "aria-label": say("pass") }, passes),
    make(
      "div.ad-buttons",
      {},
      button(say("first"), "⇤", () => act.seek(0)),
      button(say("previous"), "‹", () => act.go(-1)),
      playing,
      button(say("next"), "›", () => act.go(1)),
      button(say("last"), "⇥", () => act.seek(pass.reach)),
    ),
    make("div.ad-place", {}, slider, position),
    make("div.ad-options", {}, undo, reset, speed, byNode, quiz, other, link, act.fold && button(say("fold_again"), say("fold_again"), act.fold)),
  );
  function paint(isPlaying) {
    const stops = pass.stops();
    slider.max = stops.length - 1;
    slider.value = stops.indexOf(pass.at);
    slider.setAttribute("aria-valuetext", say("at", { at: pass.at, last: pass.last }));
    position.textContent = `${pass.at} / ${pass.last}`;
    playing.textContent = isPlaying ? "❚❚" : "▶";
    for (const name of ["aria-label", "title"]) playing.setAttribute(name, say(isPlaying ? "pause" : "play"));
    for (const one of passes) {
      one.setAttribute("aria-pressed", one.dataset.pass === pass.direction);
      if (one.dataset.pass === "update") one.disabled = pass.quiz !== null;
    }
    undo.hidden = !pass.live.past.length || pass.quiz !== null;
    reset.hidden = pass.model.lock || !pass.live.changed || pass.quiz !== null;
    byNode.firstChild.checked = pass.byNode;
    byNode.firstChild.disabled = pass.quiz !== null;
    quiz.firstChild.checked = pass.quiz !== null;
    other.hidden = pass.model.lock || pass.quiz === null;
  }
  return { bar, paint };
}

// Keys are caught on their way down, before JupyterLab takes them for its own. They belong to the stepper if
// the focus is in it, or nowhere while the pointer is on it; a click anywhere in it takes the focus.
export function listen(host, act, last) {
  const moves = {
    ArrowLeft: () => act.go(-1),
    ArrowRight: () => act.go(1),
    Home: () => act.seek(0),
    End: () => act.seek(last()),
    Escape: act.close,
    "+": () => act.zoom(1.25),
    "-": () => act.zoom(0.8),
    0: act.fit,
    f: act.present,
  };
  const keys = (event) => {
    const { target, key } = event;
    if (!host.isConnected) return removeEventListener("keydown", keys, true);
    const nowhere = target === document.body && (target.matches(".ad-page") || pointed);
    if (!(host.contains(target) || nowhere) || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = target.matches("input:not([type=checkbox]), select") && key !== "Escape";
    const move = typing ? null : moves[key === "=" ? "+" : key];
    const node = [" ", "Enter"].includes(key) && target.closest(".ad-node");
    if (move || node) event.preventDefault();
    if (move) move();
    else if (node) node.dispatchEvent(new Event("click"));
    event.stopPropagation();
  };
  let pointed = false; // whether the pointer is on the stepper
  host.onpointerenter = () => (pointed = true);
  host.onpointerleave = () => (pointed = false);
  removeEventListener("keydown", host.keys, true);
  addEventListener("keydown", (host.keys = keys), true);
  host.onclick = ({ target }) =>
    target.closest("a, button, input, select, summary, label, [tabindex], form") ||
    String(getSelection()) ||
    host.querySelector(".ad-picture").focus({ preventScroll: true });
}
