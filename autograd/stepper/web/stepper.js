// The stepper: walks a backward pass that Python recorded (autograd/stepper/record.py). No formula is
// computed here; every number on screen is one of the record's. `mount` puts the modules together, for
// a page, a notebook's output and a widget alike: whatever a reader does changes the pass, and `paint`
// shows the pass.

import { table } from "./arithmetic.js";
import { controls, listen } from "./controls.js";
import { details } from "./details.js";
import { help, markLine } from "./help.js";
import { make } from "./elements.js";
import { decoded, parse } from "./numbers.js";
import { Pass } from "./pass.js";
import { Picture } from "./picture.js";
import { Quiz, question } from "./quiz.js";
import { score, summary } from "./summary.js";
import { spoken, statement } from "./words.js";

const PACE = 1500; // milliseconds between steps that are played at speed 1

/** @type {(host: any, model: any, source: string, how?: { at?: number, changed?: (at: number) => void }) => any} */
export function mount(host, model, source, { at = 0, changed = () => {} } = {}) {
  const pass = new Pass(model, at);
  let [speed, timer, told] = [1, 0, null];

  function seek(k, direction = pass.direction) {
    const onwards = direction !== pass.direction || k > pass.at;
    pass.direction = direction;
    pass.at = Math.min(Math.max(k, 0), pass.reach);
    if (pass.quiz) pass.quiz.said = "";
    paint();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    picture.travel(onwards && !still ? speed : Infinity);
    if (direction === "backward") changed(pass.at);
  }
  function go(way) {
    const stop = way > 0 ? pass.after() : pass.before();
    if (stop !== undefined) seek(stop);
    else if (way > 0 && pass.forward) seek(0, "backward");
    else if (way < 0 && !pass.forward) seek(pass.computed.length, "forward");
    else pause();
  }
  function pause() {
    clearInterval(timer);
    timer = 0;
    paint();
  }
  function play() {
    if (timer) return pause();
    if (!pass.forward && pass.at === pass.last) seek(0);
    timer = setInterval(() => (host.isConnected ? pass.asks() || go(1) : pause()), PACE / speed);
    go(1);
  }
  function pick(id) {
    pass.picked = pass.picked === id ? null : id;
    paint();
  }
  // Another view of the same graph, in the same place and about as far.
  function show(view) {
    pause();
    const kept = [...host.children].filter((child) => child.matches("style, details, script"));
    const reached = pass.at / pass.last;
    host.replaceChildren(...kept);
    const { sentences, letters } = model;
    const closes = { record: model, source };
    const inside = () => ({ ...view.record, sentences, letters, views: {}, closes });
    const record = view.source ? view.record : inside();
    const place = pass.forward ? 0 : Math.round(reached * record.steps.length);
    mount(host, record, view.source ?? decoded(view.picture), { at: place, changed });
    host.querySelector(".ad-picture").focus();
  }
  const act = {
    go,
    seek,
    play,
    byNode: (on) => {
      pass.byNode = on;
      seek(pass.stops().find((k) => k >= pass.at));
    },
    quiz: (on) => {
      pass.quiz = on ? new Quiz(pass) : null;
      pass.byNode = false;
      pass.picked = null;
      host.classList.toggle("ad-sealed", on);
      if (on) for (const title of picture.svg.querySelectorAll(".ad-edge title")) title.remove();
      seek(on ? 0 : pass.at, "backward");
    },
    speed: (x) => {
      speed = x;
      if (timer) [pause(), play()];
    },
    fold: model.closes && (() => show(model.closes)),
    close: () => (pass.picked ? pick(pass.picked) : picture.view.present(false)),
    zoom: (factor) => picture.view.zoom(factor),
    fit: () => picture.view.fit(),
    present: () => picture.view.present(),
  };

  const picture = new Picture(source, pass, pick, host);
  const { bar, paint: paintBar } = controls(pass, act);
  const panel = make("div.ad-statement");
  const tries = make("p.ad-score", { role: "status" });
  const about = make("div");
  const result = make("div");
  const live = make("div.ad-live-region", { role: "status", "aria-live": "polite" });

  function paint() {
    picture.paint();
    paintBar(timer !== 0);
    refill(panel, statement(pass, (step) => question(pass, step, paint)), ".ad-answer", picture.frame);
    tries.textContent = score(pass.quiz);
    result.replaceChildren(summary(pass));
    markLine(host, pass);
    live.textContent = spoken(pass);
    if (told !== pass.picked) {
      const left = told && picture.groupOf(told);
      told = pass.picked;
      const content = told ? [details(pass, pass.nodes[told], { pick, open: show })] : [];
      refill(about, content, "[aria-pressed=true]", left);
    }
    host.dataset.at = pass.at;
    host.dataset.pass = pass.direction;
  }

  adopt(host);
  host.querySelector("img")?.remove();
  host.prepend(picture.view.element, bar, panel, tries, result, about, help(pass), live);
  host.classList.add("ad-live");
  listen(host, act, () => pass.reach);
  quiet(picture.svg);
  paint();
  if (model.quiz) act.quiz(true);
  picture.travel(Infinity);
  return { seek };
}

// Put new content in. A focus that was in the old is not lost: it goes to what is called `next` in the
// new, or to what stands `outside`.
function refill(place, content, next, outside) {
  const focused = place.contains(place.getRootNode().activeElement);
  place.replaceChildren(...content.filter(Boolean));
  if (focused) (place.querySelector(next) ?? outside)?.focus();
}

// The tooltips of the drawn picture hold numbers that are not known yet, and answers.
function quiet(svg) {
  const known = (line) => !/\.grad \+= |^grad = /.test(line);
  for (const title of svg.querySelectorAll("title"))
    title.textContent = title.textContent.split("\n").filter(known).join("\n");
}

// Dark or light as the page around is, now and whenever it is switched; else as the reader prefers.
const DARK = "[data-jp-theme-light=false], .vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light), " +
  "[data-theme=dark], [theme=dark], [data-md-color-scheme=slate]";
const LIGHT = "[data-jp-theme-light=true], .vscode-light, .vscode-high-contrast-light, [data-theme=light], " +
  "[theme=light], [data-md-color-scheme=default]";
export function adopt(host) {
  const paint = () => {
    const dark = host.closest(DARK) !== null;
    host.classList.toggle("ad-dark", dark);
    host.classList.toggle("ad-light", !dark && host.closest(LIGHT) !== null);
  };
  paint();
  const watch = new MutationObserver(paint);
  for (const element of [document.documentElement, document.body]) watch.observe(element, { attributes: true });
}

// In a page and in a notebook's output: every stepper that is not yet alive and has the rows of this script.
function mountAll() {
  for (const host of document.querySelectorAll(`.ad-stepper[data-rows="${table.key}"]:not(.ad-live)`)) {
    const record = host.querySelector("script[type='application/json']");
    const image = host.querySelector("img");
    if (!record || !image) continue;
    const model = parse(record.textContent);
    mount(host, model, decoded(image.src.split(",")[1]), { at: model.at });
  }
}
if (typeof document !== "undefined") mountAll();

// As a widget (anywidget): Python and the page share the step.
export default {
  render({ model, el }) {
    const host = make("div.ad-stepper");
    el.append(host);
    const changed = (at) => {
      model.set("at", at);
      model.save_changes();
    };
    const record = parse(model.get("record"));
    const stepper = mount(host, record, model.get("picture"), { at: model.get("at"), changed });
    model.on("change:at", () => {
      if (Number(host.dataset.at) !== model.get("at")) stepper.seek(model.get("at"), "backward");
    });
  },
};
