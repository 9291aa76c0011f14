// Runs the cells of a lesson in the reader's browser.

import { button, framed } from "./frames.js";
import { load } from "./python.js";

// Adds the button below the title that starts Python.
export function offer(cells) {
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
        show(cell, python.run(cell.querySelector("code").textContent));
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
    return framed(text, "the stepper");
  }
  const lines = document.createElement("pre");
  lines.className = kind;
  lines.textContent = text;
  return lines;
}
