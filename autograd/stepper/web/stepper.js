// The stepper: walks a backward pass that Python recorded (autograd/stepper/record.py). Every number on
// screen is one of the record's, until a reader changes an input: then the graph computes itself again
// (live.js). `mount` puts the modules together, for a page, a notebook's output and a widget alike: whatever
// a reader does changes the pass, and `paint` shows the pass.

import { copyAddress, followAddress } from "./address.js";
import { controls, listen } from "./controls.js";
import { Descent, descentPanel } from "./descent.js";
import { details } from "./details.js";
import { editor, fixedNote } from "./editor.js";
import { help, markLine } from "./help.js";
import { make } from "./elements.js";
import { Live } from "./live.js";
import { placeOf } from "./numbers.js";
import { Pass } from "./pass.js";
import { Picture } from "./picture.js";
import { Quiz, question } from "./quiz.js";
import { score, summary } from "./summary.js";
import { adopt, quiet, reachable, refill, retitle } from "./surroundings.js";
import { vary } from "./vary.js";
import { opened } from "./views.js";
import { spoken, statement } from "./words.js";

const PACE = 1500; // milliseconds between steps that are played at speed 1
const UPDATE_PACE = 250;
const PAUSE = 100; // after which what takes longest follows

/** @type {(host: any, model: any, source: string, how?: { at?: number, live?: any, changed?: (at: number) => void, edited?: (values: any) => void }) => any} */
export function mount(host, model, source, { at = 0, live, changed = () => {}, edited = () => {} } = {}) {
  live ??= new Live(model.program);
  if (!live.version) live.compute();
  const pass = new Pass(model, live, at);
  const descent = (pass.descent = new Descent(pass));
  const canEdit = (id) => (id[0] === "n" ? live.canEdit(placeOf(id)) : live.canEditConstant(id));
  const mayEdit = (id) => !model.lock && !pass.quiz && canEdit(id);
  let [speed, timer, told, seen, rest, detailsWait, editing] = [1, 0, null, live.version, 0, false, null];

  function seek(k, direction = pass.direction) {
    const onwards = direction !== pass.direction || k > pass.at;
    pass.direction = direction;
    pass.at = Math.min(Math.max(k, 0), pass.reach);
    if (pass.updating && pass.at !== descent.at) descent.seek(pass.at);
    if (pass.quiz) pass.quiz.said = "";
    paint();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    picture.travel(onwards && !still ? speed : Infinity);
    if (direction === "backward") changed(pass.at);
  }
  // Change the inputs; the place stays, but updates begin again.
  function edit(apply) {
    apply();
    if (pass.updating) {
      descent.begin();
      pass.at = descent.at;
    }
    paint();
  }
  function go(way) {
    const stop = way > 0 ? pass.after() : pass.before();
    if (stop !== undefined) seek(stop);
    else if (pass.updating && way > 0 && descent.canStep) {
      descent.step();
      seek(descent.at);
    } else if (pass.updating) pause();
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
    if (pass.direction === "backward" && pass.at === pass.last) seek(0);
    timer = setInterval(() => (host.isConnected ? pass.asks() || go(1) : pause()), (pass.updating ? UPDATE_PACE : PACE) / speed);
    go(1);
  }
  function pick(id, constant = null) {
    const isPicked = pass.picked === id && pass.constant === constant;
    [pass.picked, pass.constant] = isPicked ? [null, null] : [id, constant];
    paint();
  }
  // Another view of the same graph, in the same place and about as far.
  function show(view) {
    pause();
    const kept = [...host.children].filter((child) => child.matches("style, details, script"));
    const reached = pass.at / pass.last;
    host.replaceChildren(...kept);
    const { record, source: drawn } = opened(view, model, source);
    const place = pass.direction === "backward" ? Math.round(reached * record.steps.length) : 0;
    mount(host, record, drawn, { at: place, live, changed, edited });
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
      [pass.picked, pass.constant] = [null, null];
      host.classList.toggle("ad-sealed", on);
      if (on) for (const title of picture.svg.querySelectorAll(".ad-edge title")) title.remove();
      seek(on ? 0 : pass.at, "backward");
    },
    vary: () =>
      vary(live) ? [paint(), act.quiz(true)] : [(pass.quiz.said = pass.say("no_other_numbers")), paint()],
    update: !model.lock && descent.choices.length > 0 && (() => [descent.begin(), seek(descent.at, "update")]),
    undo: () => edit(() => live.undo()),
    reset: () => edit(() => live.reset()),
    link: host.closest(".ad-page") && !model.lock && ((button) => copyAddress(pass, button)),
    speed: (x) => {
      speed = x;
      if (timer) [pause(), play()];
    },
    fold: model.closes && (() => show(model.closes)),
    close: () => (pass.picked ? pick(pass.picked, pass.constant) : picture.view.present(false)),
    zoom: (factor) => picture.view.zoom(factor),
    fit: () => picture.view.fit(),
    present: () => picture.view.present(),
  };

  const lines = host.querySelectorAll(".ad-program [data-line]");
  const trace = host.querySelector(".ad-trace");
  const picture = new Picture(source, pass, pick, host);
  const { bar, paint: paintBar } = controls(pass, act);
  const updates = descentPanel(pass, descent, () => paint());
  const [edits, about, result] = [make("div"), make("div"), make("div")];
  const panel = make("div.ad-statement");
  const tries = make("p.ad-score", { role: "status" });
  const region = make("div.ad-live-region", { role: "status", "aria-live": "polite" });

  function settle() {
    picture.settle();
    if (told && detailsWait) about.replaceChildren(details(pass, pass.nodes[pass.picked], { pick, open: show }));
    detailsWait = false;
  }
  const hand = { begin: () => live.remember(), change: (id, x) => edit(() => live.set([[id, x]])) };
  function paint() {
    const isNew = seen !== live.version;
    seen = live.version;
    if (isNew) pass.refresh();
    picture.paint();
    paintBar(timer !== 0);
    panel.hidden = pass.updating;
    updates.element.hidden = !pass.updating;
    if (pass.updating) updates.paint();
    refill(panel, statement(pass, (step) => question(pass, step, paint)), ".ad-answer", picture.frame);
    tries.textContent = score(pass.quiz);
    result.replaceChildren(summary(pass));
    markLine(lines, pass);
    region.textContent = spoken(pass);
    const other = told !== (pass.constant ?? pass.picked);
    if (other || (told && isNew)) {
      const left = told && picture.groupOf(told);
      told = pass.constant ?? pass.picked;
      const node = pass.nodes[pass.picked];
      const waits = (detailsWait = isNew && pass.isLarge);
      refill(about, told ? [details(pass, node, { pick, open: show, waits })] : [], "[aria-pressed=true]", left);
      if (other) {
        editing = told && mayEdit(told) ? editor(pass, told, hand) : null;
        refill(edits, [editing?.element ?? fixedNote(pass, node)], ".ad-field", left);
        if (editing && !matchMedia("(pointer: coarse)").matches) editing.field.select();
      }
    }
    clearTimeout(rest);
    if (pass.isLarge) rest = setTimeout(settle, PAUSE);
    else picture.settle();
    if (isNew) {
      editing?.paint();
      if (trace) trace.hidden = live.changed; // it has Python's numbers
      if (act.link && model.open?.nodes[model.root]?.label) retitle(pass);
      edited(live.values(model.leaves));
    }
    host.dataset.at = pass.at;
    host.dataset.pass = pass.direction;
  }

  adopt(host);
  reachable(host);
  host.querySelector("img")?.remove();
  host.prepend(picture.view.element, edits, bar, panel, updates.element, tries, result, about, help(pass, act), region);
  host.classList.add("ad-live");
  listen(host, act, () => pass.reach);
  quiet(picture.svg);
  if (live.version > 1) pass.refresh();
  paint();
  picture.settle();
  if (model.quiz) act.quiz(true);
  picture.travel(Infinity);
  if (act.link) followAddress(pass, { host, edit, seek, update: act.update });
  // Set inputs from outside, by their names.
  return { seek, set: (values) => edit(() => live.setNamed(values, model.leaves)) };
}
