// Other numbers for an exercise: the same graph with small random inputs.

const [ATTEMPTS, LARGEST] = [200, 1000];

// Put small random numbers into all inputs that may change, halves from −3 to 3, other than 0, as
// autograd/drawing/variants.py does, and other than those on show and those recorded; false if at none of
// those tried all operations are defined.
export function vary(live) {
  const { engine } = live;
  const number = () => (Math.ceil(Math.random() * 6) / 2) * (Math.random() < 0.5 ? -1 : 1);
  const inputs = live.leaves.filter((k) => live.canEdit(k));
  const [shown, recorded] = [[...engine.data], engine.recorded];
  const differs = (from) => inputs.some((k) => engine.data[k] !== from[k]);
  const isExercise = () => engine.data.every((x) => Math.abs(x) <= LARGEST) && differs(shown) && differs(recorded);
  live.remember();
  for (let attempt = 0; inputs.length && attempt < ATTEMPTS; attempt++) {
    live.set(inputs.map((k) => [`n${k}`, number()]));
    if (!live.refused && !engine.stopped && isExercise()) return true;
  }
  live.undo();
  return false;
}
