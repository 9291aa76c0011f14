"""The catalogue in English."""

SENTENCES = {
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
    # Texts: explain, print(step), the terminal
    "text.where": "where",
    "text.through": "through {box}",
    "text.inside": "{gradient} is complete; inside its box:",
    "text.more_inside": "… and {count} more",
    "kink.corner": "{operand} is at a corner of {operation}: slope {left} to the left, {right} to the right; "
    "{convention} is the convention here",
    "kink.jump": "{operand} is at a jump of {operation}, where there is no slope; "
    "{convention} is the convention here",
    "paths.none": "no path",
    "paths.more": "… and {left} more of {total} paths; `limit=` lists more",
    "paths.sum": "sum over all {total} paths: {gradient}",
}
