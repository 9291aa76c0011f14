// The page of a training (nn/views/training_page.py): gradient descent on the recorded graphs of the examples,
// its controls, and its pictures. Below, the stepper walks the graph of one example with the numbers of now.

import { make } from "../../../autograd/stepper/web/elements.js";
import { decoded, parse, short, teller } from "../../../autograd/stepper/web/numbers.js";
import { table } from "../../../autograd/stepper/web/arithmetic.js";
import { adopt } from "../../../autograd/stepper/web/surroundings.js";
import { TrainingRun } from "./run.js";
import { LossCurve } from "./curve.js";
import { NetworkPicture } from "./network.js";
import { Stopped } from "./example.js";
import { Surface } from "./surface.js";
import { Walk } from "./walk.js";

const FRAME = 12; // milliseconds of computing between two pictures
const EACH = 8; // of the pictures while it runs also shows the stepper's numbers
const [SLOWEST, FASTEST] = [-3, 1]; // powers of ten of the learning rate

function train(host, model) {
  const say = teller(model.training);
  const run = new TrainingRun(model);
  const { examples } = model;
  let [rate, batch, picked, pace, frame, stopped] = [model.rate, model.batch, 0, 1, 0, ""];

  // The reader's actions.
  const settle = (work) => {
    stopped = "";
    try {
      work();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = error.message;
      pause();
    }
  };
  const act = (work) => () => {
    pause();
    settle(work);
    paint(true);
  };
  function play() {
    if (frame) return act(() => {})();
    const tick = () => {
      const until = performance.now() + FRAME;
      settle(() => {
        for (let k = 0; k < pace && performance.now() < until; k++) run.epoch(rate, batch);
      });
      if (run.full) stopped = "stopped_full";
      const goes = host.isConnected && !stopped;
      frame = goes ? requestAnimationFrame(tick) : 0;
      paint(!goes);
    };
    frame = requestAnimationFrame(tick);
    paint(false);
  }
  function pause() {
    cancelAnimationFrame(frame);
    frame = 0;
  }
  const seek = (epoch) => act(() => run.seek(epoch))();
  function pick(row) {
    picked = (row + examples.length) % examples.length;
    paint(!frame);
  }

  // The bar.
  const button = (name, symbol, onclick) =>
    make("button", { type: "button", title: say(name), "aria-label": say(name), onclick }, symbol);
  const playing = button("play", "▶", play);
  const slider = make("input", {
    type: "range", min: SLOWEST, max: FASTEST, step: 0.01, "aria-label": say("rate"),
    oninput: () => setRate(Number((10 ** Number(slider.value)).toPrecision(2))),
  });
  const typed = make("input.nn-number", {
    type: "number", step: "any", min: 0, "aria-label": say("rate_number"),
    oninput: () => typed.valueAsNumber > 0 && Number.isFinite(typed.valueAsNumber) && setRate(typed.valueAsNumber, typed),
    onchange: () => setRate(rate),
  });
  function setRate(wanted, source) {
    rate = wanted;
    if (source !== typed) typed.value = String(rate);
    slider.value = String(Math.log10(rate));
  }
  const choose = (label, entries, chosen, change) => {
    const select = make("select", { "aria-label": label, title: label, onchange: () => change(Number(select.value)) });
    select.append(...entries.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
    return select;
  };
  const sizes = [...new Set([1, 10, model.batch, examples.length])].filter((size) => size <= examples.length);
  const batches = sizes.sort((a, b) => a - b).map((size) =>
    [size, size === examples.length ? say("all", { count: size }) : String(size)]);
  const scrub = make("input.ad-slider", {
    type: "range", min: 0, step: 1, "aria-label": say("scrub"), oninput: () => seek(Number(scrub.value)),
  });
  const place = make("span.ad-position");
  const bar = make(
    "div.ad-bar", { role: "group", "aria-label": say("controls") },
    make("div.ad-buttons", {},
      button("reset", "⇤", act(() => run.seek(0))),
      make("button", { type: "button", onclick: act(() => run.step(rate, batch)) }, say("one_step")),
      make("button", { type: "button", onclick: act(() => run.epoch(rate, batch)) }, say("one_epoch")),
      playing,
      choose(say("pace"), [1, 4, 16].map((x) => [x, `${x}×`]), 1, (x) => (pace = x)),
    ),
    make("label.nn-rate", {}, say("rate_short"), slider, typed),
    make("label.nn-rate", {}, say("batch"), choose(say("batch"), batches, batch, (size) => (batch = size))),
    make("div.ad-place", {}, scrub, place),
  );

  // The pictures.
  const card = (title, note, content) =>
    make("figure.nn-card", {}, make("figcaption", {}, make("b", {}, title), note && make("span", {}, note)), content);
  const network = model.network ? new NetworkPicture(decoded(model.network), model, model.parameters, say) : null;
  const curve = new LossCurve(say, seek);
  const inputs = examples[0].inputs.length;
  const surface = model.surface ? new Surface(host, run, say, pick) : null;
  const cards = make(
    "div.nn-cards", {},
    network && card(say("network_title"), say("network_note"), make("div.nn-scroll", { tabindex: 0, role: "group", "aria-label": say("network") }, network.svg)),
    surface && card(say(inputs === 1 ? "line_title" : "plane_title"), say("surface_note"), surface.canvas),
    card(say("loss_title"), "", curve.svg),
  );
  const status = make("p.nn-status", { role: "status" });
  const facts = make("span.nn-facts");
  const number = make("b");
  const chooser = make(
    "div.nn-example", { role: "group", "aria-label": say("example_title") },
    button("previous_example", "‹", () => pick(picked - 1)), button("next_example", "›", () => pick(picked + 1)),
    number, facts,
  );

  const walk = new Walk(model);
  let pictures = 0;

  function paint(fine) {
    const { at, last, position, history } = run;
    const measured = history[at];
    playing.textContent = frame ? "❚❚" : "▶";
    for (const name of ["title", "aria-label"]) playing.setAttribute(name, say(frame ? "pause" : "play"));
    scrub.max = String(last);
    scrub.value = String(at);
    place.textContent = `${at} / ${last}`;
    const within = position ? say("within", { position, count: examples.length, epoch: at + 1 }) : "";
    const right = model.classes ? say("right", { right: measured.right, count: examples.length }) : "";
    const told = [say("at", { epoch: at, cost: short(measured.cost, 4) }), right, within].filter(Boolean);
    status.textContent = stopped ? say(stopped) : told.join(" · ");
    status.classList.toggle("nn-stopped", stopped !== "");
    curve.paint(run);
    surface?.paint(picked, fine);
    const graph = run.look(picked);
    const example = examples[picked];
    if (network) network.paint(run.parameters, [example.inputs, ...model.graphs[example.graph].layers.map((nodes) => nodes.map((node) => graph.engine.data[node]))]);
    number.textContent = say("example", { number: picked + 1, count: examples.length });
    const outputs = graph.outputs.map((output) => short(output)).join(", ");
    facts.textContent = say("facts", { x: example.x, y: example.y, outputs, cost: short(graph.cost, 4) });
    if (fine || ++pictures % EACH === 0) walk.paint(example.graph, graph.engine.data);
    host.dataset.epoch = String(at);
  }

  host.querySelectorAll(".nn-fallback").forEach((element) => element.remove());
  host.prepend(bar, status, cards, chooser, walk.element);
  host.classList.add("nn-live");
  host.training = run;
  adopt(host);
  setRate(rate);
  paint(true);
  if (surface) new ResizeObserver(() => surface.size !== surface.canvas.clientWidth && surface.paint(picked, true)).observe(surface.canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(!frame));
}

for (const host of document.querySelectorAll(`.nn-training[data-rows="${table.key}"]:not(.nn-live)`))
  train(host, parse(host.querySelector("script[type='application/json']").textContent));
