// Walks a backward pass that Python recorded (autograd/stepper/record.py): no formula is computed
// here, every number on screen is one of the record's. `mount` serves a page, a notebook's output
// and a widget alike; the state below decides all that is shown, and `paint` shows it.

const SPACES = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };

// A number to read at a glance, written as autograd.notation.short_number writes it.
export function short(x, digits = 3) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  let text;
  if ((size >= 1e-3 && size < 1e6) || x === 0) {
    const power = Number(size.toExponential().split("e")[1]);
    text = trim(size.toFixed(Number.isInteger(x) ? 0 : Math.max(0, digits - 1 - power)));
  } else {
    const [mantissa, power] = size.toExponential(digits - 1).split("e");
    text = `${trim(mantissa)}e${Number(power)}`;
  }
  return ((x < 0 ? "−" : "") + text).replace("e-", "e−");
}

// An element: make("p.words", {title: "…"}, "text", child, …); "math:mi" and "svg:path" work too.
function make(kind, attributes = {}, ...children) {
  const [, space, tag, name] = kind.match(/^(?:(\w+):)?(\w+)(?:\.(.+))?$/);
  const made = space ? document.createElementNS(SPACES[space], tag) : document.createElement(tag);
  if (name) made.setAttribute("class", name.replaceAll(".", " "));
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(9).filter((child) => child != null && child !== ""));
  return made;
}

// MathML, in few words.
const mi = (text) => make("math:mi", {}, text);
const mo = (text) => make("math:mo", {}, text);
const mn = (x) => make("math:mn", {}, typeof x === "string" ? x : short(x));
const math = (...children) => make("math:math", { display: "inline" }, ...children);
const signed = (x) => (short(x).startsWith("−") ? make("math:mrow", {}, mo("("), mn(x), mo(")")) : mn(x));
const ratio = (of, by, place) => {
  const below = make("math:mrow", {}, mo("∂"), mi(by));
  const fraction = make("math:mfrac", {}, make("math:mrow", {}, mo("∂"), mi(of)), below);
  return place ? make("math:msup", {}, fraction, make("math:mtext", {}, `(${place})`)) : fraction;
};
// MathML that Python wrote and escaped.
function written(markup) {
  const holder = make("math:mrow");
  holder.innerHTML = markup;
  return holder;
}

export function mount(host, model, picture, { at = 0, changed = () => {} } = {}) {
  const nodes = Object.fromEntries(model.nodes.map((node) => [node.id, node]));
  const boxes = Object.fromEntries(model.boxes.map((box) => [box.id, box]));
  const edges = Object.fromEntries(model.edges.map((edge) => [edge.id, edge]));
  const { steps } = model;
  // A name as it stands in a formula: not too long, an expression in parentheses.
  const name = (id) => {
    const { label } = nodes[id];
    const short = label.length > 40 ? `${label.slice(0, 39)}…` : label;
    return /[\s+−*·/×÷^=-]/.test(short) ? `(${short})` : short;
  };
  const sharing = {}; // how many steps pass along an edge: several, where a folded box stands for many values
  for (const { edge } of steps) sharing[edge] = (sharing[edge] ?? 0) + 1;
  const root = nodes[model.root];
  const computed = model.nodes.filter((node) => node.op); // one forward step each
  const largest = Math.max(1e-300, ...model.nodes.map((node) => Math.abs(node.grad)).filter(Number.isFinite));
  const state = { pass: "backward", at, picked: null, byNode: false, speed: 1, timer: 0 };
  const quiz = { on: false, answered: new Set(), right: 0, wrong: 0, said: "" };

  // Positions: `at` counts the steps done. By node, a stop is where a node has passed all on.
  const last = () => (state.pass === "forward" ? computed.length : steps.length);
  function stops() {
    const all = [...Array(last() + 1).keys()];
    if (!state.byNode || state.pass === "forward") return all;
    return all.filter((k) => k < 2 || k === steps.length || steps[k - 1].node !== steps[k].node);
  }
  const stopBefore = () => stops().findLast((k) => k < state.at);
  const currentSteps = () => (state.pass === "backward" ? steps.slice(stopBefore() ?? 0, state.at) : []);
  const hidden = (step) =>
    quiz.on && step.kind === "push" && step.i === state.at - 1 && !quiz.answered.has(step.i);

  function seek(k, pass = state.pass) {
    const moved = pass !== state.pass || k > state.at;
    state.pass = pass;
    state.at = Math.min(Math.max(k, 0), last());
    quiz.said = "";
    paint();
    travel(moved ? undefined : true);
    if (pass === "backward") changed(state.at);
  }
  function go(direction) {
    const beyond = direction > 0 ? stops().find((k) => k > state.at) : stopBefore();
    if (beyond !== undefined) seek(beyond);
    else if (direction > 0 && state.pass === "forward") seek(0, "backward");
    else if (direction < 0 && state.pass === "backward") seek(computed.length, "forward");
    else stop();
  }
  function stop() {
    clearInterval(state.timer);
    state.timer = 0;
    paint();
  }
  function play() {
    if (state.timer) return stop();
    if (state.pass === "backward" && state.at === steps.length) seek(0);
    state.timer = setInterval(() => (quiz.on && currentSteps().some(hidden) ? 0 : go(1)), 1500 / state.speed);
    go(1);
  }

  // The picture. Its ids become data, so that several pictures share a page.
  const drawn = new DOMParser().parseFromString(picture, "image/svg+xml").documentElement;
  const svg = document.importNode(drawn, true);
  const prefix = `${svg.id}-`;
  const groups = {};
  for (const element of svg.querySelectorAll("[id]")) {
    const key = element.id.slice(prefix.length);
    groups[key] = element;
    element.setAttribute("data-key", key);
    element.removeAttribute("id");
  }
  svg.removeAttribute("id");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", `The graph of ${root.label}`);
  svg.style.setProperty("--width", svg.getAttribute("width"));
  const message = make("svg:g", { class: "ad-message", "aria-hidden": "true" });
  svg.querySelector("g").append(message);
  const pick = (id) => {
    state.picked = state.picked === id ? null : id;
    paint();
  };
  const boxOf = (id) => nodes[id].box;
  const byBox = {};
  for (const node of model.nodes) (byBox[node.box] ??= []).push(node);
  for (const id of Object.keys(byBox)) {
    const choose = () => pick(boxes[id] ? boxes[id].nodes[0] : id);
    groups[id].setAttribute("tabindex", "0");
    groups[id].setAttribute("role", "button");
    groups[id].addEventListener("click", choose);
  }

  function gradients() {
    const known = {};
    if (state.pass === "backward")
      for (const step of steps.slice(0, state.at)) if (!hidden(step)) Object.assign(known, step.gains);
    return known;
  }
  const product = (step, secret) => {
    if (step.local === null) return `Σ = ${secret ? "?" : short(step.contribution)}`;
    const local = short(step.local);
    const factor = local.startsWith("−") ? `(${local})` : local;
    const relation = step.exact[0] || secret ? "=" : "≈";
    return `${short(step.upstream)} × ${factor} ${relation} ${secret ? "?" : short(step.contribution)}`;
  };
  const local = (edge) => (edge.local === null ? "" : short(edge.local));
  function paintPicture() {
    const known = gradients();
    const forward = state.pass === "forward";
    const done = new Set(forward ? computed.slice(0, state.at).map((node) => node.id) : []);
    const active = currentSteps();
    const now = forward ? computed[state.at - 1]?.id : active.at(-1)?.node;
    const receiving = new Set(active.filter((step) => step.to).map((step) => boxOf(step.to)));
    const waiting = (node) => (forward ? node.op && !done.has(node.id) : known[node.id] === undefined);
    for (const node of model.nodes.filter(({ row }) => row >= 0)) {
      const part = (name) => groups[node.box].querySelectorAll(name)[node.row];
      const grad = known[node.id];
      part(".ad-data").textContent = forward && waiting(node) ? "·" : short(node.data);
      part(".ad-grad").textContent = grad === undefined ? "·" : short(grad);
      const cell = part(".ad-grad-cell");
      const strength = Math.max(0, 1 + Math.log10(Math.abs(grad) / largest) / 3);
      const opacity = grad === 0 ? 0.06 : 0.12 + 0.34 * Math.min(1, strength);
      cell.style.fill = `var(--ad-${grad > 0 ? "positive" : grad < 0 ? "negative" : "zero"})`;
      cell.style.fillOpacity = grad === undefined ? 0 : opacity;
    }
    for (const [id, inside] of Object.entries(byBox)) {
      const group = groups[id];
      group.classList.toggle("ad-now", now !== undefined && id === boxOf(now));
      group.classList.toggle("ad-receives", receiving.has(id));
      group.classList.toggle("ad-waits", inside.every(waiting));
      const picked = inside.some((node) => node.id === state.picked);
      group.classList.toggle("ad-picked", picked);
      group.setAttribute("aria-pressed", picked);
      const texts = [...group.querySelectorAll("text")].map((text) => text.textContent);
      group.setAttribute("aria-label", texts.join(" "));
    }
    const passed = new Map(forward ? [] : steps.slice(0, state.at).map((step) => [step.edge, step]));
    for (const edge of model.edges) {
      const step = passed.get(edge.id);
      const shown = forward ? done.has(edge.dst) : step;
      const label = groups[edge.id].querySelector(".ad-edge-label");
      const cell = groups[edge.id].querySelector(".ad-edge-label-cell");
      if (label)
        label.textContent =
          sharing[edge.id] > 1 ? "" : forward ? local(edge) : step ? product(step, hidden(step)) : "";
      if (cell) cell.style.display = label.textContent ? "" : "none";
      groups[edge.id].classList.toggle("ad-waits", !shown);
      groups[edge.id].classList.toggle("ad-active", forward ? edge.dst === now : active.includes(step));
    }
  }

  // The active message: an arrow that moves along the edge, from the node to its parent.
  let journey = 0;
  function travel(still = matchMedia("(prefers-reduced-motion: reduce)").matches) {
    cancelAnimationFrame(journey);
    const forward = state.pass === "forward";
    const ids = forward
      ? model.edges.filter((edge) => edge.dst === computed[state.at - 1]?.id).map((edge) => edge.id)
      : currentSteps()
          .map((step) => step.edge)
          .filter(Boolean);
    const arrows = ids.map((id) => {
      const path = make("svg:path", { d: groups[id].querySelector(".ad-line").getAttribute("d") });
      const head = make("svg:path", { class: "ad-message-head", d: "M0,0 L-9,-4.5 L-6.5,0 L-9,4.5 Z" });
      return { path, head, length: 0 };
    });
    message.replaceChildren(...arrows.flatMap(({ path, head }) => [path, head]));
    for (const arrow of arrows) arrow.length = arrow.path.getTotalLength();
    const show = (share) => {
      for (const { path, head, length } of arrows) {
        const place = (s) => path.getPointAtLength(forward ? s * length : (1 - s) * length);
        const tip = place(share);
        const back = place(Math.max(0, share - 6 / length));
        path.setAttribute("stroke-dasharray", `${share * length} ${length}`);
        path.setAttribute("stroke-dashoffset", forward ? 0 : (share - 1) * length);
        const turn = (Math.atan2(tip.y - back.y, tip.x - back.x) * 180) / Math.PI;
        head.setAttribute("transform", `translate(${tip.x},${tip.y}) rotate(${turn})`);
      }
    };
    if (!ids.length) return;
    for (const end of forward ? ["src", "dst"] : ["dst", "src"])
      lookAt(groups[boxOf(edges[ids.at(-1)][end])]);
    if (still) return show(1);
    let began;
    const frame = (time) => {
      began ??= time;
      const share = Math.min(1, (time - began) / (650 / state.speed));
      show(share * (2 - share));
      if (share < 1) journey = requestAnimationFrame(frame);
    };
    show(0.02);
    journey = requestAnimationFrame(frame);
  }

  // Scroll the picture, and nothing else, to where something happens.
  function lookAt(group) {
    const [box, view] = [group.getBoundingClientRect(), frame.getBoundingClientRect()];
    const move = (low, high, from, to) => (low < from ? low - from - 20 : high > to ? high - to + 20 : 0);
    frame.scrollBy(
      move(box.left, box.right, view.left, view.right),
      move(box.top, box.bottom, view.top, view.bottom),
    );
  }

  // The chain rule of the current step, in symbols, in numbers and in words.
  const place = (step) => edges[step.edge].place;
  function chainRule(step) {
    const secret = hidden(step);
    const relation = step.exact[0] || secret ? "=" : "≈";
    const result = secret ? mi("?") : make("math:mrow", { class: "ad-product" }, mn(step.contribution));
    if (step.local === null)
      return math(ratio(name(model.root), name(step.to)), mo("+="), mo("Σ"), mo("="), result);
    return math(
      ratio(name(model.root), name(step.to)),
      mo("+="),
      ratio(name(model.root), name(step.node)),
      mo("·"),
      ratio(name(step.node), name(step.to), place(step)),
      mo("="),
      mn(step.upstream),
      mo("×"),
      signed(step.local),
      mo(relation),
      result,
    );
  }
  function runningSum(step) {
    if (hidden(step)) return question(step);
    const added = short(step.contribution);
    const terms = `${short(step.before)} ${added.startsWith("−") ? `− ${added.slice(1)}` : `+ ${added}`}`;
    const sum = step.nth > 1 || step.before ? `${terms} ${step.exact[1] ? "=" : "≈"} ` : "";
    const use = `use ${step.nth} of ${step.of}${step.nth === step.of ? ": complete" : ""}`;
    const gradient = make("b", {}, `${name(step.to)}.grad`);
    return make("p.ad-sum", {}, gradient, ` = ${sum}${short(step.after)}`, make("span.ad-use", {}, use));
  }
  function words(step) {
    const output = name(model.root);
    if (step.kind === "seed")
      return `The pass starts at the output, which changes by Δ when it changes by Δ: its gradient is 1.`;
    const [to, node] = [name(step.to), name(step.node)];
    const box = boxes[boxOf(step.node)];
    if (hidden(step)) return `${node} has the gradient ${short(step.upstream)}; what does it pass to ${to}?`;
    const result = short(step.contribution);
    if (step.local === null)
      return `${box.label} has several outputs; together they pass ${result} to ${to}.`;
    const through = box
      ? `, through all of ${box.label},`
      : place(step)
        ? `, as operand ${place(step)},`
        : "";
    const near = `A small change Δ of ${to}${through} changes ${node} by ${short(step.local)}·Δ`;
    return `${near}, and ${node} changes ${output} by ${short(step.upstream)} per unit: together ${result}·Δ.`;
  }
  function question(step) {
    const answer = make("input.ad-answer", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": `the contribution to ${name(step.to)}`,
    });
    const check = (event) => {
      event.preventDefault();
      const given = Number(answer.value.trim().replace("−", "-").replace(",", "."));
      const wanted = step.contribution;
      if (!answer.value.trim() || Number.isNaN(given)) quiz.said = "Type a number, such as 2 or −0.5.";
      else if (Math.abs(given - wanted) <= 0.01 * Math.abs(wanted) + 1e-12) {
        quiz.right += 1;
        quiz.answered.add(step.i);
        quiz.said = `Right: ${product(step)}.`;
      } else {
        quiz.wrong += 1;
        const sign = given * wanted < 0 ? " Look at the signs." : "";
        const hint = `multiply the gradient of ${name(step.node)} by the local derivative.`;
        quiz.said = `Not yet: ${hint}${sign} Try again.`;
      }
      paint();
      panel.querySelector(".ad-answer")?.focus();
    };
    const reveal = () => {
      quiz.answered.add(step.i);
      quiz.said = "";
      paint();
    };
    return make(
      "form.ad-question",
      { onsubmit: check },
      make("label", {}, `${product(step, true).replace("?", "")}`, answer),
      make("button", { type: "submit" }, "Check"),
      make("button", { type: "button", onclick: reveal }, "Show"),
    );
  }
  const say = (words) => make("p.ad-words", {}, words);
  const rule = (...parts) => make("p.ad-rule", {}, math(...parts));
  function statement() {
    if (state.pass === "forward") return forwardStatement(computed[state.at - 1]);
    const active = currentSteps();
    if (!active.length)
      return [
        say(
          `Backward pass: how much does ${name(model.root)} change when a value changes a little? ` +
            "No gradient is known yet (·). Press → to start at the output.",
        ),
      ];
    const [step] = active;
    if (active.length > 1) {
      const rules = active.map((one) => make("p", {}, chainRule(one)));
      return [make("div.ad-list", {}, rules), say(`${name(step.node)} passes its gradient to its operands.`)];
    }
    if (step.kind === "seed")
      return [rule(ratio(name(model.root), name(model.root)), mo("="), mn(1)), say(words(step))];
    return [make("p.ad-rule", {}, chainRule(step)), runningSum(step), say(words(step))];
  }
  function forwardStatement(node) {
    if (!node)
      return [
        say(
          `Forward pass: the inputs are given, ${computed.length} operations follow. Press → for the first.`,
        ),
      ];
    const { letters, numbers, exact } = node.formula;
    const locals = model.edges.filter((edge) => edge.dst === node.id && local(edge)).slice(0, 6);
    const parts = locals.flatMap((edge) => [
      ratio(name(node.id), name(edge.src), edge.place),
      mo("="),
      mn(edge.local),
      make("math:mspace", { width: "1.2em" }),
    ]);
    const inNumbers = numbers ? [mo("="), written(numbers)] : [];
    return [
      rule(mi(name(node.id)), mo("="), written(letters), inNumbers, mo(exact ? "=" : "≈"), mn(node.data)),
      make("p.ad-sum", {}, "local derivatives, kept for the way back: ", math(...parts)),
    ];
  }
  function spoken() {
    if (state.pass === "forward")
      return state.at
        ? `${computed[state.at - 1].label} = ${short(computed[state.at - 1].data)}`
        : "forward pass";
    const step = currentSteps().at(-1);
    if (!step) return "backward pass, no gradient yet";
    const result = `${name(step.to ?? step.node)}: ${step.to ? product(step) : "1"}, gradient ${short(step.after)}. `;
    return `Step ${state.at} of ${steps.length}. ${hidden(step) ? "" : result}${words(step)}`;
  }

  // What one node is and has: its formula, its full sum, its messages, a check, the demon.
  function details(node) {
    const term = (title, ...content) =>
      content.flat().length ? [make("dt", {}, title), make("dd", {}, ...content)] : [];
    const lines = (chosen, told) => chosen.map((step) => make("div", {}, `${told(step)}: ${product(step)}`));
    const mark = (step) => (place(step) ? `⁽${"⁰¹²³⁴⁵⁶⁷⁸⁹"[place(step)] ?? place(step)}⁾` : "");
    const incoming = steps.filter((step) => step.to === node.id);
    const rule = model.rules[node.op];
    const checked =
      node.check === undefined ? [] : [math(mfracCheck(node), mo("≈"), mn(short(node.check, 6)))];
    return make(
      "section.ad-details",
      { "aria-label": `About ${node.label}` },
      make(
        "header",
        {},
        make("h2", {}, node.label),
        node.scope ? make("span", {}, node.scope) : null,
        inside(node),
        make("button", { type: "button", "aria-label": "Close", onclick: () => pick(node.id) }, "✕"),
      ),
      make(
        "dl",
        {},
        term(
          "value",
          node.op
            ? math(
                mi(name(node.id)),
                mo("="),
                written(node.formula.letters),
                mo(node.formula.exact ? "=" : "≈"),
                mn(node.data),
              )
            : short(node.data, 6),
        ),
        rule
          ? term(
              "rule",
              [rule.equation, ...rule.partials].map((line) => make("div", {}, math(written(line)))),
            )
          : [],
        term(
          "gradient",
          math(ratio(name(model.root), name(node.id)), mo("="), mn(node.grad)),
          incoming.length
            ? make("span", {}, `, the sum over ${incoming.length} use${incoming.length > 1 ? "s" : ""}:`)
            : null,
          lines(
            incoming,
            (step) =>
              `through ${step.local === null ? boxes[boxOf(step.node)].label : name(step.node)}${mark(step)}`,
          ),
        ),
        term(
          "passes on",
          lines(
            steps.filter((step) => step.to && step.node === node.id),
            (step) => `to ${name(step.to)}${mark(step)}`,
          ),
        ),
        term("check", checked),
        term("line", node.line ? make("code", {}, node.line) : []),
      ),
      node.demon ? demon(node) : null,
    );
  }
  // The other nodes of a folded box, and the way into it.
  function inside(node) {
    const box = boxes[node.box];
    const choose = (id) =>
      make(
        "button",
        { type: "button", "aria-pressed": id === node.id, onclick: () => id !== node.id && pick(id) },
        name(id),
      );
    let view = model.views?.[node.box];
    if (view === "all") view = model.views.all;
    const open = view
      ? make("button", { type: "button", onclick: () => reopen(view) }, `open ${box.label}`)
      : null;
    return box ? [box.nodes.slice(0, 12).map(choose), open] : [];
  }
  // Another view of the same graph, in the same place and about as far.
  function reopen(view) {
    const [kept, reached] = [
      [...host.children].filter((child) => child.matches("style, details, script")),
      state.at / steps.length,
    ];
    stop();
    host.replaceChildren(...kept);
    const back = {
      record: { ...model },
      picture: btoa(String.fromCharCode(...new TextEncoder().encode(picture))),
    };
    const record = view.record.closes ? view.record : { ...view.record, views: {}, closes: back };
    mount(host, record, text(view.picture), { at: Math.round(reached * record.steps.length), changed });
  }
  const mfracCheck = (node) => {
    const call = (sign) => [mi(name(model.root)), mo("("), mi(name(node.id)), mo(sign), mi("h"), mo(")")];
    return make(
      "math:mfrac",
      {},
      make("math:mrow", {}, call("+"), mo("−"), call("−")),
      make("math:mrow", {}, mn("2"), mi("h")),
    );
  };
  function demon(node) {
    const { span, changes } = node.demon;
    const [slope, middle] = [Number(node.grad), (changes.length - 1) / 2];
    const nudge = (i) => (span * (i - middle)) / middle;
    const known = changes.map(Number);
    const top = Math.max(...known.filter(Number.isFinite).map(Math.abs), 1e-300);
    const x = (i) => 10 + i * 7;
    const y = (change) => (Number.isFinite(change) ? 70 - (change / top) * 55 : 70);
    const point = (i) => `${Number.isFinite(known[i - 1]) ? "L" : "M"}${x(i)},${y(known[i]).toFixed(1)}`;
    const curve = known.map((change, i) => (Number.isFinite(change) ? point(i) : "")).join("");
    const ends = [0, 2 * middle].map((i) => `${x(i)},${y(slope * nudge(i)).toFixed(1)}`);
    const dots = ["ad-predicted", "ad-true"].map((kind) => make(`svg:circle.${kind}`, { r: 4 }));
    const output = make("output");
    const show = (i) => {
      const predicted = slope * nudge(i);
      [predicted, known[i]].forEach((change, k) => {
        dots[k].setAttribute("cx", x(i));
        dots[k].setAttribute("cy", y(change));
      });
      output.replaceChildren(
        make("span", {}, `Δ = ${short(nudge(i))}`),
        make("span.ad-predicted", {}, `predicted δ·Δ = ${short(predicted)}`),
        make("span.ad-true", {}, `true change = ${short(changes[i])}`),
      );
    };
    const slider = make("input", {
      type: "range",
      min: 0,
      max: 2 * middle,
      value: middle,
      "aria-label": `Δ, added to ${node.label}`,
      oninput: () => show(Number(slider.value)),
    });
    show(middle);
    const chart = make(
      "svg:svg",
      {
        viewBox: "0 0 300 140",
        role: "img",
        "aria-label": `How ${root.label} changes with Δ, and the tangent`,
      },
      make("svg:path.ad-axes", { d: "M10,70H290M150,8V132" }),
      make("svg:path.ad-tangent", { d: `M${ends.join("L")}` }),
      make("svg:path.ad-curve", { d: curve }),
      dots,
    );
    return make(
      "div.ad-demon",
      {},
      make("p.ad-title", {}, `What if ${node.label} were a little different?`),
      chart,
      slider,
      output,
    );
  }

  // The page's parts, and the one function that fills them from the state.
  const control = (label, symbol, onclick) =>
    make("button", { type: "button", "aria-label": label, title: label, onclick }, symbol);
  const playing = control("Play", "▶", play);
  const slider = make("input.ad-slider", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Step",
    oninput: () => seek(stops()[Number(slider.value)]),
  });
  const position = make("span.ad-position");
  const passes = ["forward", "backward"].map((pass) =>
    make("button", { type: "button", onclick: () => seek(0, pass) }, pass),
  );
  const tick = (label, change) =>
    make(
      "label",
      {},
      make("input", { type: "checkbox", onchange: (event) => change(event.target.checked) }),
      label,
    );
  const byNode = tick("node by node", (on) => {
    state.byNode = on;
    seek(stops().find((k) => k >= state.at));
  });
  const quizzing = tick("quiz", (on) => {
    Object.assign(quiz, { on, answered: new Set(), right: 0, wrong: 0, said: "" });
    state.byNode = byNode.firstChild.checked = byNode.firstChild.disabled = false;
    byNode.firstChild.disabled = on;
    seek(on ? 0 : state.at, "backward");
  });
  const speed = make(
    "select",
    {
      "aria-label": "Speed",
      onchange: () => {
        state.speed = Number(speed.value);
        if (state.timer) [stop(), play()];
      },
    },
    ["0.5", "1", "2", "4"].map((value) => make("option", { value, selected: value === "1" }, `${value}×`)),
  );
  const panel = make("div.ad-statement");
  const score = make("p.ad-score", { role: "status" });
  const live = make("div.ad-live-region", { role: "status", "aria-live": "polite" });
  const about = make("div");
  const frame = make(
    "div.ad-picture",
    { tabindex: 0, role: "group", "aria-label": "The graph; the arrow keys step" },
    svg,
  );
  const bar = make(
    "div.ad-bar",
    { role: "group", "aria-label": "Steps" },
    make("div.ad-passes", { role: "group", "aria-label": "Pass" }, passes),
    make(
      "div.ad-buttons",
      {},
      control("First", "⇤", () => seek(0)),
      control("Previous", "‹", () => go(-1)),
      playing,
      control("Next", "›", () => go(1)),
      control("Last", "⇥", () => seek(last())),
    ),
    slider,
    position,
    make(
      "div.ad-options",
      {},
      speed,
      byNode,
      quizzing,
      model.closes ? control("Fold again", "fold again", () => reopen(model.closes)) : null,
    ),
  );

  function paint() {
    paintPicture();
    const all = stops();
    slider.max = all.length - 1;
    slider.value = all.indexOf(state.at);
    slider.setAttribute("aria-valuetext", `${state.at} of ${last()}`);
    position.textContent = `${state.at} / ${last()}`;
    playing.textContent = state.timer ? "❚❚" : "▶";
    playing.setAttribute("aria-label", state.timer ? "Pause" : "Play");
    passes.forEach((button) => button.setAttribute("aria-pressed", button.textContent === state.pass));
    panel.replaceChildren(...statement());
    score.textContent = quiz.on ? `${quiz.said} ${quiz.right} right, ${quiz.wrong} wrong.`.trim() : "";
    live.textContent = spoken();
    if (about.firstChild?.ad !== state.picked) {
      about.replaceChildren(...(state.picked ? [details(nodes[state.picked])] : []));
      if (about.firstChild) about.firstChild.ad = state.picked;
    }
    host.dataset.at = state.at;
    host.dataset.pass = state.pass;
  }
  // Keys are caught on their way down, before JupyterLab takes them for its own.
  const moves = {
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    Home: () => seek(0),
    End: () => seek(last()),
    Escape: () => state.picked && pick(state.picked),
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

  const dark = host.closest(
    "[data-jp-theme-light=false], .vscode-dark, .vscode-high-contrast, [data-theme=dark], [theme=dark]",
  );
  const light = host.closest("[data-jp-theme-light=true], .vscode-light, [data-theme=light]");
  if (dark || light) {
    host.classList.add(dark ? "ad-dark" : "ad-light");
    svg.setAttribute("class", `ad ${dark ? "ad-dark" : "ad-light"}`);
  }
  host.querySelector("img")?.remove();
  host.prepend(frame, bar, panel, score, about, live);
  host.classList.add("ad-live");
  paint();
  travel(true);
  return { seek };
}

// Floats that JSON lacks come as text; text that people wrote stays what it is.
const FLOATS = new Map([
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["nan", NaN],
]);
const WRITTEN = new Set(["label", "line", "scope", "letters", "numbers"]);
const parse = (json) =>
  JSON.parse(json, (key, value) => (WRITTEN.has(key) ? value : (FLOATS.get(value) ?? value)));

// The text behind base64.
const text = (coded) =>
  new TextDecoder().decode(Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0)));

// In a page and in a notebook's output: every stepper that is not yet alive.
function mountAll() {
  for (const host of document.querySelectorAll(".ad-stepper:not(.ad-live)")) {
    const [record, image] = [
      host.querySelector("script[type='application/json']"),
      host.querySelector("img"),
    ];
    if (!record || !image) continue;
    const model = parse(record.textContent);
    mount(host, model, text(image.src.split(",")[1]), { at: model.at });
  }
}
if (typeof document !== "undefined") mountAll();

// As a widget (anywidget): Python and the page share the step.
export default {
  render({ model, el }) {
    const host = make("div.ad-stepper");
    el.append(host);
    const record = parse(model.get("record"));
    const changed = (at) => {
      model.set("at", at);
      model.save_changes();
    };
    const stepper = mount(host, record, model.get("picture"), { at: model.get("at"), changed });
    model.on(
      "change:at",
      () => Number(host.dataset.at) !== model.get("at") && stepper.seek(model.get("at"), "backward"),
    );
  },
};
