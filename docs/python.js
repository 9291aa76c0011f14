// Python in the reader's browser, by Pyodide, with Viz.js for the layout: both from playground/, which
// `make playground` fills.

const BOOTSTRAP = new URL("python.py", import.meta.url);
const HERE = new URL("playground/", import.meta.url);
let loading;

// Starts Python once for the page; `say` shows each stage.
export function load(say) {
  loading ??= start(say);
  loading.catch(() => (loading = null)); // another try may succeed
  return loading;
}

async function start(say) {
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
  const json = (name) => {
    const call = pyodide.globals.get(name);
    return (...texts) => JSON.parse(call(...texts));
  };
  const [namesIn, tried] = [json("names_in"), json("try_expression")];
  return {
    run: json("run_cell"),
    namesIn: (expression, numbers) => namesIn(expression, JSON.stringify(numbers)),
    tryExpression: (expression, numbers) => tried(expression, JSON.stringify(numbers)),
  };
}
