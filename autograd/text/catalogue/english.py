"""The catalogue in English."""

SENTENCES = {
    # Exercises
    "exercise.right": "Exercise {number}: ✓",
    "exercise.wrong": "Exercise {number}: not yet: {remark}",
    "exercise.blank": "Exercise {number}: not answered",
    "exercise.count": "{right} of {all} exercises right",
    "exercise.wrong_ones": "; not yet: {numbers}",
    "exercise.blank_ones": "; not answered: {numbers}",
    "question.right": "✓ {remark}",
    "question.wrong": "not yet: {remark}",
    "question.blank": "not answered",
    "question.count": "{right} of {all} right, {blank} not answered",
    # Boxes and arrows of a picture
    "picture.no_gradient": "no backward pass has reached this node",
    "picture.constant": "constant {numbers}",
    "picture.constants": "{count} numbers",
    "picture.nodes": "{count} nodes",
    "picture.nodes_1": "1 node",
    "picture.in_one_box": "{size} in one box",
    "picture.leaves": "{count} leaves",
    "picture.leaves_1": "1 leaf",
    "picture.outputs": "{count} outputs",
    "picture.outputs_1": "1 output",
    "picture.parameters": "{count} parameters",
    "picture.parameters_1": "1 parameter",
    "picture.more_leaves": "… {count} more leaves",
    "picture.more_leaves_1": "… 1 more leaf",
    "picture.more_outputs": "… {count} more outputs",
    "picture.more_outputs_1": "… 1 more output",
    "picture.more_parameters": "… {count} more parameters",
    "picture.more_parameters_1": "… 1 more parameter",
    "picture.values": "{count} values",
    "picture.uses_not_shown": "{count} uses not shown",
    "picture.uses_not_shown_1": "1 use not shown",
    "picture.not_shown": "not shown",
    "picture.in_all_through": "in all through {scope}",
    "picture.rest": "what is not shown",
    # Worksheets
    "worksheet.title": "The chain rule",
    "worksheet.answers": "{title}: answers",
    "worksheet.name": "Name",
    "worksheet.date": "Date",
    "worksheet.grad": "Write the gradient of every value into its empty cell, beginning at the output, "
    "whose gradient is 1. A value with several arrows gets the sum.",
    "worksheet.local": "Write the local derivative of each operation into the empty cell on its arrow.",
    "worksheet.data": "Compute the values from the inputs to the output, and write each into its empty cell.",
    # Texts: explain, print(step), the terminal
    "text.where": "where",
    "text.softmax": "{softmax}, so {item} and likewise the others",
    "text.target": "{softmax}; {t} = 1 for the target, class {index} ({name}); every other {letter} is 0",
    "text.through": "through {box}",
    "text.inside": "{gradient} is complete; inside its box:",
    "text.more_inside": "… and {count} more",
    "text.more_steps": "… and {count} more steps: explain(output, value) prints those that lead to one value",
    "kink.corner": "{operand} is at a corner of {operation}: slope {left} to the left, {right} to "
    "the right; {convention} is the convention here",
    "kink.jump": "{operand} is at a jump of {operation}, where there is no slope; {convention} is "
    "the convention here",  # prose: ok
    "terminal.next": "Enter: next, b: back, q: quit",
    "terminal.done": "Enter: done, b: back, q: quit",
    "paths.none": "no path",
    "paths.swapped": "no path; from the second to the first there is: the output comes last, paths(w, loss)",
    "paths.more": "… and {left} more of {total} paths; `limit=` lists more",
    "paths.sum": "sum over all {total} paths: {gradient}",
    # The stepper's page: controls
    "page.title": "Backward pass of {output}",
    "page.graph": "The graph of {output}",
    "page.graph_keys": "The graph of {output}; the arrow keys step",
    "page.trace": "The backward pass as text",
    "page.steps": "Steps",
    "page.pass": "Pass",
    "page.forward": "forward",
    "page.backward": "backward",
    "page.first": "First",
    "page.previous": "Previous",
    "page.play": "Play",
    "page.pause": "Pause",
    "page.next": "Next",
    "page.last": "Last",
    "page.step": "Step",
    "page.speed": "Speed",
    "page.node_by_node": "node by node",
    "page.quiz": "quiz",
    "page.fold_again": "fold again",
    "page.view": "View",
    "page.zoom_in": "Zoom in (+)",
    "page.zoom_out": "Zoom out (−)",
    "page.zoom_fit": "Whole graph (0)",
    "page.present": "Presentation (f)",
    "page.open": "open {box}",
    "page.close": "Close",
    "page.at": "{at} of {last}",
    # At a step
    "page.start": "Backward pass: how much does {output} change when a value changes a little? No "
    "gradient is known yet (·). Press › or the → key to start at the output.",
    "page.seed": "The pass starts at the output itself: a change {delta} of {output} is a change of "
    "1·{delta}.",
    "page.direct": "Directly, with everything else that goes into {node} held still, a small change "
    "{delta} of {to} changes {node} by about {local}·{delta}.",
    "page.direct_place": "Directly, as operand {place} of {node} alone, with everything else held "
    "still, a small change {delta} of {to} changes {node} by about {local}·{delta}.",
    "page.direct_box": "Through all of {box}, with everything else that goes into it held still, a "
    "small change {delta} of {to} changes {node} by about {local}·{delta}.",
    "page.arrow": "In all, {node} changes {output} by about {upstream} per unit, so through this "
    "arrow alone {to} changes {output} by about {contribution}·{delta}.",
    "page.arrow_kink": "{node} passes its gradient on: {upstream} × {local}.",
    "page.several": "{box} has several outputs; together they pass {contribution} to {to}.",
    "page.where": "where {definitions}",
    "page.complete": "In all, by every way, a small change {delta} of {to} changes {output} by about "
    "{gradient}·{delta}.",
    "page.complete_kink": "The gradient of {to} is complete. There is a corner or a jump on the way "
    "from {to} to {output}, so {gradient} follows from a convention; the slopes to the left and to "
    "the right may differ.",
    "page.use": "use {nth} of {of}",
    "page.use_last": "use {nth} of {of}: complete",
    "page.corner": "{to} is at a corner of {operation}: slope {left} to the left, {right} to the "
    "right; {local} is the convention here.",
    "page.jump": "{to} is at a jump of {operation}, where there is no slope; {local} is the "  # prose: ok
    "convention here.",
    "page.passes": "{node} passes its gradient on to its operands.",
    "page.inside": "{node} is complete. The steps inside {box}:",
    "page.more_inside": "… and {count} more",
    "page.forward_start": "Forward pass: the inputs are given, {count} operations follow. Press › or "
    "the → key for the first.",
    "page.forward_start_1": "Forward pass: the inputs are given, 1 operation follows. Press › or the "
    "→ key for it.",
    "page.locals": "local derivatives, kept for the way back:",
    "page.spoken_forward": "forward pass",
    "page.spoken_start": "backward pass, no gradient yet",
    "page.spoken": "Step {at} of {last}.",
    # Details of a node
    "page.about": "About {node}",
    "page.value": "value",
    "page.gradient": "gradient",
    "page.sum_of_uses": ", the sum over {count} uses:",
    "page.sum_of_uses_1": ", from its one use:",
    "page.from": "through {node}",
    "page.passes_on": "passes on",
    "page.to": "to {node}",
    "page.check": "check",
    "page.check_corner": "slope {left} to the left, {right} to the right: a corner",
    "page.check_jump": "the output jumps here",
    "page.check_limit": " as {h} → 0",
    "page.line": "line",
    "page.what_if": "What if {node} were a little different?",
    "page.curve": "How {output} changes with {delta}, and the tangent",  # prose: ok
    "page.added": "{delta}, added to {node}",
    "page.predicted": "predicted {gradient}·{delta} = {number}",
    "page.true": "true change = {number}",
    # The quiz
    "page.ask_rule": "Which is {local}?",
    "page.ask_local": "As a number, {local} =",
    "page.ask_upstream": "Which gradient comes in? {gradient} =",
    "page.ask_product": "What does it pass on? {factors} =",
    "page.ask_several": "{box} has several outputs, and each passes a part on. In all, {factors} =",
    "page.ask_sum": "What is {gradient} now? It was {before}, and {contribution} comes:",
    "page.answer": "the answer",
    "page.answer_check": "Check",
    "page.answer_show": "Show",
    "page.right": "Right.",
    "page.shown": "It is {number}.",
    "page.not_a_number": "Type a number, such as 2 or −0.5.",
    "page.wrong": "Not yet. Try again.",
    "page.wrong_sign": "The size is right; look at the sign.",
    "page.wrong_own": "That is {to} itself. Hold the rest still, change {to}: how does {node} change?",
    "page.wrong_other": "That is the rule for another operand.",
    "page.wrong_result": "That is {node} itself, not how it changes with {to}.",
    "page.wrong_value": "That is the value of {node} (its data), not its gradient.",
    "page.wrong_upstream": "That forgets the gradient that comes in: multiply by {upstream}.",
    "page.wrong_local": "That forgets the local derivative: multiply by {local}.",
    "page.wrong_added": "Along an arrow, numbers are multiplied, not added.",
    "page.wrong_part": "That is one of the parts: add all of them.",
    "page.wrong_overwritten": "That is what comes now. {before} was there already: += adds, it does "
    "not replace.",
    "page.wrong_multiplied": "Contributions of several uses are added, not multiplied.",
    "page.other_numbers": "other numbers",
    "page.no_other_numbers": "No small numbers were found at which every operation is defined.",
    "page.score": "{right} right at once, {wrong} wrong.",  # prose: ok
    "page.summary": "Summary",
    "page.summary_line": "step {at}: {question} {answer} — {result}",
    "page.result_right": "right at once",
    "page.result_tries": "after {count} wrong answers",
    "page.result_tries_1": "after 1 wrong answer",
    "page.result_shown": "shown",
    "page.save": "Save the summary",
    # The live page
    "page.update": "update",
    "page.value_of": "value of {node}",
    "page.constant": "constant {number}",
    "page.operand_of": "operand {place} of {node}",
    "page.slide": "slide {node}",
    "page.undo": "undo",
    "page.reset": "reset",
    "page.needs": "needs {needs}",
    "page.too_large": "too large for a float",
    "page.no_value": "no value here",
    "page.refused_domain": "{operation} needs {needs}. Everything that follows from {node} has no number.",
    "page.refused_overflow": "The result of {operation} is too large for a float. "
    "Everything that follows from {node} has no number.",
    "page.refused_undefined": "{operation} has no value there. "
    "Everything that follows from {node} has no number.",
    "page.stopped_nan": "The backward pass ends at {node}: this step gives nan, since there is no slope.",
    "page.stopped_overflow": "The backward pass ends at {node}: the gradient is too large for a float.",
    "page.fixed": "{node} goes into an operation that is written in Python only, "
    "so this page cannot change it.",
    "page.rate": "learning rate η",
    "page.rate_slide": "slide the learning rate",
    "page.parameters": "parameters",
    "page.tick_some": "Gradient descent moves parameters against their gradients. "
    "Tick the inputs that are parameters.",
    "page.stuck": "There is no gradient to follow. Undo, or reset.",
    "page.loss_after": "{output} = {number} after {count} updates",
    "page.loss_after_1": "{output} = {number} after 1 update",
    "page.loss_curve": "{output} after each update: {number} after {count}",
    "page.copy_link": "copy link",
    "page.copied": "copied",
    # The origin, and the legend
    "page.made": "Made with stepgrad {version}",
    "page.made_from": "Made with stepgrad {version} from {file}",
    "page.program": "The program",
    "page.help": "What the picture shows, and keys",  # prose: ok
    "page.legend": """box | a value: an input, or the result of the operation on its badge
round box | a constant
data | the number itself
grad | how much the output changes per unit of this value, in all; · means not known yet
arrow | one use of a value; when a step passes, a gradient goes back along it
on an arrow | incoming gradient × local derivative = what is added; forward, the local derivative
orange, blue | a positive, a negative number; the stronger, the larger
width of an arrow | how much goes back along it
thick frame | the value that passes its gradient on, or is computed
dashed frame | the value that receives
pale | not reached yet
a⁽¹⁾, a⁽²⁾ | a as the first, the second operand of one operation
z²₁ w²₁,₃ | the raised number is the layer, not a power: neuron 1 of layer 2, and its weight for input 3
use 2 of 3 | the second of three arrows that leave this value; the last completes its gradient
b.grad, dL/db | the gradient of b: by every way to the output
∂b/∂a | a local derivative: one operation, the other operands held still
+= | is added to what is there already
Σ | a sum of products, through a box with several outputs
≈ | the printed numbers are rounded
where | what a name in the formulas stands for
box with a title | a folded part, such as a neuron: select it, then open it
forward, backward | the steps compute the values from the inputs on, or the gradients from the output on
update | gradient descent: parameters move against their gradients
node by node | all steps of one value at once
quiz | asks for each number before it is shown
undo | takes back the last change of a number
reset | takes back all changes
copy link | the address of this place, with the numbers on the page
→ ← | next, previous step
Home End | first, last step
Tab, Enter | choose a box, and read about it; Escape closes
+ − 0, Ctrl + wheel, two fingers | zoom in, out, whole graph; drag to move
F | presentation: the picture and its words on the whole screen; Escape ends it""",
    "training.title": "Training of {model}",
    "training.controls": "Training",
    "training.one_step": "one step",
    "training.one_epoch": "one epoch",
    "training.play": "Train",
    "training.pause": "Stop",
    "training.reset": "Back to the start",
    "training.pace": "Epochs per picture",
    "training.rate": "Learning rate",
    "training.rate_number": "Learning rate as a number",
    "training.rate_short": "η",
    "training.batch": "batch",
    "training.all": "all {count}",
    "training.scrub": "Epoch to show",
    "training.at": "epoch {epoch}: loss {cost}",
    "training.right": "{right} of {count} right",
    "training.within": "{position} of {count} examples of epoch {epoch} done",
    "training.epoch": "epoch",
    "training.loss_title": "Loss",
    "training.curve": "Loss by epoch: {first} at the start, {last} at the end; {cost} at epoch {at}",
    "training.network_title": "Network",
    "training.network_note": "one line per weight: orange above 0, blue below",
    "training.network": "The network with its weights, and the activations for the example",
    "training.plane_title": "Output",
    "training.plane": "The output of the network for every pair of inputs, and the examples as points",
    "training.line_title": "Output",
    "training.line": "The output of the network for every input, and the examples as points",
    "training.surface_note": "for every input; select a point",
    "training.example_title": "Example",
    "training.example": "Example {number} of {count}",
    "training.previous_example": "Previous example",
    "training.next_example": "Next example",
    "training.facts": "x = {x}, target {y}: output {outputs}, loss {cost}",
    "training.stopped_diverged": "This step would leave the range of floats: the training diverges. You "
    "see the last good epoch; go back to an earlier one, or take a smaller learning rate.",
    "training.stopped_domain": "This step would take an operation out of its domain. You see the last "
    "good epoch; go back to an earlier one, or take a smaller learning rate.",
    "training.stopped_full": "The page keeps no more epochs; go back to an earlier one to train on from "
    "there.",
    "training.no_script": "The training runs if scripts may run here: trust the notebook, or open the "
    "saved page in a browser.",
}
