// The field of the page "Live": an expression and its numbers, computed and drawn by the library itself. The
// address carries both, as #try=a*b&a=2&b=3: no variable can be called `try`.

import { button, framed } from "./frames.js";
import { load } from "./python.js";

const SIZE = "14 MB, once";

// Fills `host`, which holds a stepper of the example, made when the site was built.
export function offer(host, { playground, ...example }) {
  const { expression, numbers } = fromAddress() ?? example;
  host.prepend(playground ? form(host, expression, numbers) : instead(expression, numbers));
}

// The expression and the numbers of the address, or null.
function fromAddress() {
  const { try: expression, ...numbers } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  return expression === undefined ? null : { expression, numbers };
}

// The command for a terminal, if the site has no Python.
function instead(expression, numbers) {
  const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const words = Object.entries(numbers).map(([name, number]) => `${name}=${number}`);
  const bare = (word) => (/^[\w.=-]+$/.test(word) ? word : quoted(word));
  const line = ["python -m autograd", quoted(expression), ...words.map(bare), "--html page.html"].join(" ");
  return make("div", { className: "try-instead" }, [
    make("p", {}, [
      "This copy of the site has no Python to compute an expression with (",
      make("code", { textContent: "make playground docs" }),
      " builds it in). In a terminal, this line writes the page of an expression:",
    ]),
    make("pre", {}, [make("code", { textContent: line })]),
  ]);
}

function form(host, expression, numbers) {
  const known = new Map(Object.entries(numbers)); // what was typed for a name, also while it is not in use
  const text = make("input", { id: "try-expression", className: "try-text", value: expression, spellcheck: false, autocomplete: "off" });
  text.setAttribute("autocapitalize", "none");
  text.setAttribute("aria-describedby", "try-error");
  const label = make("label", { htmlFor: text.id, textContent: "Expression" });
  const fields = make("div", { className: "try-numbers" });
  const draw = button("Draw", () => {});
  draw.type = "submit";
  draw.classList.add("md-button--primary");
  const share = button("Copy link", copy);
  share.type = "button";
  const status = make("span", { className: "lesson-status", textContent: `computed in your browser by the library (loads ${SIZE})` });
  status.setAttribute("role", "status");
  const problem = make("p", { id: "try-error", className: "try-error" });
  problem.setAttribute("role", "alert");
  const bar = make("div", { className: "lesson-bar" }, [draw, share, status]);
  const whole = make("form", { className: "try-form", onsubmit }, [label, text, problem, fields, bar]);
  let python = null;

  const given = () => Object.fromEntries([...fields.querySelectorAll("input")].map((field) => [field.name, field.value]));

  // One field for each name; a name keeps the number that it had.
  function ask(names) {
    const now = [...fields.querySelectorAll("input")].map((field) => field.name);
    if (names.join() === now.join()) return;
    const focused = document.activeElement?.closest(".try-numbers input")?.getAttribute("name");
    fields.replaceChildren(
      ...names.map((name) => {
        const field = make("input", { name, value: known.get(name) ?? "", spellcheck: false, autocomplete: "off", inputMode: "text" });
        field.oninput = () => known.set(name, field.value);
        return make("label", {}, [make("span", { textContent: `${name} =` }), field]);
      }),
    );
    [...fields.querySelectorAll("input")].find((field) => field.name === focused)?.focus();
  }

  text.oninput = () => {
    const names = python?.namesIn(text.value, Object.fromEntries(known));
    if (names) ask(names);
  };

  function onsubmit(event) {
    event.preventDefault();
    show();
  }

  async function show() {
    draw.disabled = true;
    whole.setAttribute("aria-busy", "true");
    try {
      python ??= await load((words) => (status.textContent = `${words} (${SIZE})`));
      const names = python.namesIn(text.value, Object.fromEntries(known));
      if (names) ask(names);
      const { html, error } = python.tryExpression(text.value, given());
      problem.textContent = error ?? "";
      text.setAttribute("aria-invalid", String(Boolean(error)));
      if (html) {
        host.querySelector("iframe").replaceWith(framed(html, `Stepper: ${text.value}`));
        history.replaceState(null, "", address());
      }
      host.classList.toggle("try-stale", Boolean(error)); // the picture is of what was there before
      status.textContent = "";
      [...fields.querySelectorAll("input")].find((field) => !field.value.trim())?.focus();
    } catch (error) {
      status.textContent = `${python ? "Python stopped; reload the page to start again" : "Python could not start"}: ${error.message}`;
    }
    draw.disabled = false;
    whole.removeAttribute("aria-busy");
  }

  const address = () => `#${new URLSearchParams({ try: text.value, ...given() })}`;

  async function copy() {
    const link = new URL(address(), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      status.textContent = "The link is copied: it opens this expression with these numbers.";
    } catch {
      history.replaceState(null, "", link);
      status.textContent = "The link is in the address bar.";
    }
  }

  ask(Object.keys(numbers));
  if (fromAddress()) show();
  addEventListener("hashchange", () => {
    const wanted = fromAddress();
    if (!wanted) return;
    text.value = wanted.expression;
    for (const [name, number] of Object.entries(wanted.numbers)) known.set(name, number);
    fields.replaceChildren();
    ask(Object.keys(wanted.numbers));
    show();
  });
  return whole;
}

function make(kind, properties, children = []) {
  const made = Object.assign(document.createElement(kind), properties);
  made.append(...children);
  return made;
}
