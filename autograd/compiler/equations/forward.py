"""The lines of the forward pass: z and a of each layer, the cost, and what else has a name."""

from __future__ import annotations

from ..groups import Group, Rows
from .layers import Layer
from .lines import Equation, Lines, is_hidden
from .units import Unit


def write_forward(lines: Lines) -> None:
    """Write the groups of the forward pass in order, the activation of a layer when it is complete."""
    layer_of: dict[Group, Layer] = {layer.group: layer for layer in lines.layers}
    number = {group: i for i, group in enumerate(lines.layout.forward)}
    waiting = [layer for layer in lines.layers if layer.activation]
    activated = {row for layer in waiting for row in layer.activation}
    for i, group in enumerate(lines.layout.forward):
        is_activation = group.space == "V" and activated.issuperset(range(group.start, group.stop))
        value = lines.value(group)
        if group in layer_of:
            _weighted_input(lines, layer_of[group])
        elif group is lines.cost and len(group.nodes) == 1:
            lines.line(lines.forward, lines.unit(group, lines.cost_name, value), value)
        elif not is_activation and (lines.has_line(group, value) or group is lines.cost):
            lines.line(lines.forward, lines.unit(group, lines.units.fresh(), value), value)
        for layer in [layer for layer in waiting if max(number[g] for g in layer.activated_by) <= i]:
            waiting.remove(layer)
            _activation(lines, layer)
    if lines.cost_name not in lines.units.named:
        cost = lines.read(lines.layout.rows([lines.layout.graph.cost]))
        lines.forward.append(Equation(lines.cost_name, lines.reading.phrases.piece(cost).text))


def _weighted_input(lines: Lines, layer: Layer) -> None:
    """z = W·x + b, without the targets that its group subtracts too."""
    group = layer.group
    targets = [rows for sign, rows in group.terms if sign < 0.0 and rows.space.startswith("X")]
    lines.reading.targets[group] = targets
    value = lines.value(group)
    unit = lines.unit(group, "", value)
    unit.name, unit.less = lines.numbered("z", layer), [] if is_hidden(value) else targets
    lines.line(lines.forward, unit, value)


def _activation(lines: Lines, layer: Layer) -> None:
    """a = σ(z); of several functions, (σ(z[0]), tanh(z[1]))."""
    rows = lines.units.numpy.array(layer.activation)
    value = lines.read(Rows("V", rows))
    unit = Unit(lines.numbered("a", layer), "V", rows, lines.shape(value, len(rows)))
    lines.line(lines.forward, unit, value)
