// Runs the lessons in the reader's browser: Python by Pyodide, layout by Viz.js, both from
// playground/, which `make playground` fills. Without it the pages are for reading.
const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
const BOOTSTRAP = new URL("run.py", src);
const HERE = new URL("playground/", src);
const FRAME = '<!doctype html><meta name="color-scheme" content="light dark"><style>body{margin:8px}</style>';
const cells = [...document.querySelectorAll(".cell")];
document.querySelectorAll("iframe.live").forEach(fit);
document.querySelectorAll(".md-content img").forEach(enlargeable);

if (cells.length) {
  fetch(new URL("packages.zip", HERE), { method: "HEAD" }).then((answer) => answer.ok && offer());
}

// A picture opens large: as large as the window; selected again, twice that, to be scrolled; Escape closes it.
function enlargeable(image) {
  if (!/\.svg|image\/svg/.test(image.src) || image.closest("a")) return;
  image.classList.add("enlargeable");
  image.tabIndex = 0;
  image.setAttribute("role", "button");
  image.setAttribute("aria-label", `${image.alt} (select to enlarge)`);
  const open = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "large";
    const large = document.createElement("img");
    Object.assign(large, { src: image.src, alt: image.alt });
    large.onclick = () => dialog.classList.toggle("larger");
    dialog.onclick = ({ target }) => target === dialog && dialog.close();
    dialog.onclose = () => dialog.remove();
    const close = button("✕", () => dialog.close());
    close.setAttribute("aria-label", "Close");
    dialog.append(close, large);
    document.body.append(dialog);
    dialog.showModal();
  };
  image.onclick = open;
  image.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  };
}

function offer() {
  const bar = document.createElement("p");
  bar.className = "lesson-bar";
  const start = button("Run this lesson here", () => run(cells));
  const status = document.createElement("span");
  status.className = "lesson-status";
  status.setAttribute("role", "status");
  status.textContent = "in your browser, nothing to install (loads 14 MB once)";
  bar.append(start, " ", status);
  document.querySelector(".md-content h1").after(bar);

  let python;
  const done = new Set();

  async function run(wanted) {
    start.disabled = true;
    try {
      python ??= await load((text) => (status.textContent = text));
      for (const cell of wanted) {
        status.textContent = `running cell ${cells.indexOf(cell) + 1} of ${cells.length}`;
        await new Promise(requestAnimationFrame); // so that the words are seen
        show(cell, python(cell.querySelector("code").textContent));
        done.add(cell);
      }
      status.textContent = "Change the code if you like. Shift + Enter runs a cell.";
    } catch (error) {
      // A browser's stack is small: freeing a very deep graph of closures can be too much for it.
      const where = python ? "Python stopped for good; reload the page to start again" : "could not start";
      status.textContent = `${where}: ${error.message}`;
    }
    start.disabled = false;
    start.textContent = "Run all";
    cells.forEach(makeEditable);
  }

  function makeEditable(cell) {
    const code = cell.querySelector("code");
    if (code.isContentEditable) return;
    code.setAttribute("contenteditable", "plaintext-only");
    code.setAttribute("spellcheck", "false");
    code.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the site's own shortcuts are not meant
      if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault();
        runUpTo(cell);
      }
    });
    outputOf(cell).before(button("Run", () => runUpTo(cell)));
  }

  // A cell may need names from cells above that were never run.
  const runUpTo = (cell) => run(cells.slice(0, cells.indexOf(cell) + 1).filter((c) => c === cell || !done.has(c)));
}

// A frame as high as what is in it.
function fit(frame) {
  const measure = () => {
    const body = frame.contentDocument?.body;
    if (!body) return;
    new ResizeObserver(() => (frame.style.height = `${body.offsetHeight + 40}px`)).observe(body);
  };
  frame.addEventListener("load", measure);
  if (frame.contentDocument?.readyState === "complete") measure();
}

function button(text, act) {
  const made = document.createElement("button");
  made.className = "md-button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

async function load(say) {
  say("loading Python …");
  const { loadPyodide } = await import(new URL("pyodide.mjs", HERE).href);
  const pyodide = await loadPyodide({ indexURL: HERE.href });
  say("loading the drawing …");
  const viz = await (await import(new URL("viz.js", HERE).href)).instance();
  const [packages, bootstrap] = await Promise.all([
    fetch(new URL("packages.zip", HERE)).then((answer) => answer.arrayBuffer()),
    fetch(BOOTSTRAP).then((answer) => answer.text()),
  ]);
  pyodide.unpackArchive(packages, "zip");
  pyodide.globals.set("lay_out", (source, format) => viz.renderString(source, { format }));
  pyodide.runPython(bootstrap);
  const runCell = pyodide.globals.get("run_cell");
  return (source) => JSON.parse(runCell(source));
}

// Shows what a cell gave.
function show(cell, results) {
  const output = outputOf(cell);
  const shown = results.map(element);
  if (results[0]?.kind === "missing") {
    output.querySelector(".missing")?.remove();
    output.prepend(...shown); // above what the page came with
  } else {
    output.replaceChildren(...shown);
  }
}

function outputOf(cell) {
  let output = cell.querySelector(".output");
  if (!output) {
    output = document.createElement("div");
    output.className = "output";
    cell.append(output);
  }
  return output;
}

function element({ kind, text }) {
  if (kind === "svg") {
    const image = document.createElement("img");
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    image.alt = "the graph";
    return image;
  }
  if (kind === "html") {
    const frame = document.createElement("iframe");
    frame.className = "live";
    frame.srcdoc = FRAME + text;
    frame.title = "the stepper";
    fit(frame);
    return frame;
  }
  const lines = document.createElement("pre");
  lines.className = kind;
  lines.textContent = text;
  return lines;
}
