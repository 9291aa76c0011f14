// The bar of controls, and the keys: what a reader can press, and what it does to the pass.

import { make } from "./elements.js";

// `act` holds what can be done: go, seek, play, byNode, quiz, speed, fold.
export function controls(pass, act) {
  const button = (label, symbol, onclick) =>
    make("button", { type: "button", "aria-label": label, title: label, onclick }, symbol);
  const tick = (label, change) => {
    const box = make("input", { type: "checkbox", onchange: () => change(box.checked) });
    return make("label", {}, box, label);
  };
  const choice = (x) => make("option", { value: x, selected: x === 1 }, `${x}×`);
  const passes = ["forward", "backward"].map((direction) =>
    make("button", { type: "button", onclick: () => act.seek(0, direction) }, direction),
  );
  const playing = button("Play", "▶", act.play);
  const slider = make("input.ad-slider", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Step",
    oninput: () => act.seek(pass.stops()[Number(slider.value)]),
  });
  const position = make("span.ad-position");
  const speed = make("select", { "aria-label": "Speed", onchange: () => act.speed(Number(speed.value)) });
  speed.append(...[0.5, 1, 2, 4].map(choice));
  const byNode = tick("node by node", act.byNode);
  const quiz = tick("quiz", act.quiz);
  const bar = make(
    "div.ad-bar",
    { role: "group", "aria-label": "Steps" },
    make("div.ad-passes", { role: "group", "aria-label": "Pass" }, passes),
    make(
      "div.ad-buttons",
      {},
      button("First", "⇤", () => act.seek(0)),
      button("Previous", "‹", () => act.go(-1)),
      playing,
      button("Next", "›", () => act.go(1)),
      button("Last", "⇥", () => act.seek(pass.last)),
    ),
    make("div.ad-place", {}, slider, position),
    make("div.ad-options", {}, speed, byNode, quiz, act.fold && button("Fold again", "fold again", act.fold)),
  );
  function paint(isPlaying) {
    const stops = pass.stops();
    slider.max = stops.length - 1;
    slider.value = stops.indexOf(pass.at);
    slider.setAttribute("aria-valuetext", `${pass.at} of ${pass.last}`);
    position.textContent = `${pass.at} / ${pass.last}`;
    playing.textContent = isPlaying ? "❚❚" : "▶";
    for (const name of ["aria-label", "title"]) playing.setAttribute(name, isPlaying ? "Pause" : "Play");
    for (const one of passes) one.setAttribute("aria-pressed", one.textContent === pass.direction);
    byNode.firstChild.checked = pass.byNode;
    byNode.firstChild.disabled = pass.quiz.on;
  }
  return { bar, paint };
}

// Keys are caught on their way down, before JupyterLab takes them for its own.
export function listen(host, act, last) {
  const moves = {
    ArrowLeft: () => act.go(-1),
    ArrowRight: () => act.go(1),
    Home: () => act.seek(0),
    End: () => act.seek(last()),
    Escape: act.close,
  };
  const keys = (event) => {
    const { target, key } = event;
    if (!host.isConnected) return removeEventListener("keydown", keys, true);
    const nowhere = target === document.body && target.matches(".ad-page"); // a saved page, just opened
    if (!(host.contains(target) || nowhere) || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = target.matches("input:not([type=checkbox]), select") ? null : moves[key];
    const node = [" ", "Enter"].includes(key) && target.closest(".ad-node");
    if (move || node) event.preventDefault();
    if (move) move();
    else if (node) node.dispatchEvent(new Event("click"));
    event.stopPropagation();
  };
  removeEventListener("keydown", host.keys, true);
  addEventListener("keydown", (host.keys = keys), true);
}
