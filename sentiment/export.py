"""Keras weights to model.onnx: a small serving graph for ONNX Runtime.

Keras' own export turns a masked LSTM into slow Loop nodes. The ONNX LSTM and GRU operators take
`sequence_lens`, which masks natively in both directions, so the graph is built here from the
weights: exact, and a dozen nodes.
"""

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sentiment.model import MASKED
from sentiment.recipe import ModelRecipe

OPSET = 18
# Keras' gate order (LSTM: input, forget, candidate, output) to that of ONNX; the GRU's is the same.
_GATES = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2)}


def fold_temperature(model: keras.Model, temperature: float) -> None:
    """Divide the logit by a temperature (Guo et al. 2017), inside the last layer's weights."""
    layer = model.get_layer("logit")
    layer.set_weights([weights / temperature for weights in layer.get_weights()])


def round_embedding(model: keras.Model) -> None:
    """Round every row of the embedding to 8 bits, so that Keras holds what the ONNX file stores."""
    layer = model.get_layer("embedding")
    rows, scales = quantize_rows(layer.get_weights()[0])
    layer.set_weights([rows * scales])


def quantize_rows(embedding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric 8-bit rows: (V, E) int8 and (V, 1) float32 whose product is near the embedding."""
    largest = np.abs(embedding).max(axis=1, keepdims=True)
    scales = (np.where(largest > 0, largest, 1.0) / 127).astype(np.float32)
    return np.rint(embedding / scales).astype(np.int8), scales


def to_onnx(model: keras.Model, recipe: ModelRecipe) -> onnx.ModelProto:
    """Build the serving graph: ids (B, T) int32, 0 = padding on the right, to positive (B,).

    The model's metadata holds `vocabulary_size`, which a loader can compare with its tokenizer.
    """
    graph = _Graph()
    ids = graph.add("Transpose", "ids", perm=[1, 0])  # (T, B)
    mask = graph.add("Not", graph.add("Equal", ids, graph.constant(np.int32(0))))  # (T, B)
    counted = graph.add("Cast", mask, to=TensorProto.INT32)
    lengths = graph.add("ReduceSum", counted, graph.axes(0), keepdims=0)  # (B,)
    x = _embedding(graph, model, ids)  # (T, B, E)
    for depth in range(1, recipe.layers + 1):
        sequence, last = _recurrent_layer(graph, model, recipe, depth, x, lengths)
        x = graph.add("Transpose", sequence, perm=[0, 2, 1, 3])  # (T, B, D, H)
        x = graph.add("Reshape", x, graph.axes(0, 0, -1))  # (T, B, D * H)
    if recipe.pooling == "last":
        x = graph.add("Transpose", last, perm=[1, 0, 2])  # (B, D, H)
        x = graph.add("Reshape", x, graph.axes(0, -1))  # (B, D * H)
    else:
        x = _pool(graph, recipe.pooling, x, mask)
    kernel, bias = (graph.constant(weights) for weights in model.get_layer("logit").get_weights())
    logit = graph.add("Gemm", x, kernel, bias)  # (B, 1)
    probability = graph.add("Sigmoid", graph.add("Squeeze", logit, graph.axes(1)))  # (B,)
    graph.add("Identity", probability, output="positive")
    proto = graph.build()
    rows = model.get_layer("embedding").get_weights()[0].shape[0]
    helper.set_model_props(proto, {"vocabulary_size": str(rows)})
    onnx.checker.check_model(proto, full_check=True)
    return proto


class _Graph:
    """Nodes and constants, each named as it comes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: object) -> str:
        output = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, value: np.ndarray | np.generic) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def axes(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def build(self) -> onnx.ModelProto:
        ids = helper.make_tensor_value_info("ids", TensorProto.INT32, ["batch", "tokens"])
        positive = helper.make_tensor_value_info("positive", TensorProto.FLOAT, ["batch"])
        graph = helper.make_graph(self.nodes, "sentiment", [ids], [positive], self.constants)
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model_gen_version(graph, opset_imports=[opset])


def _embedding(graph: _Graph, model: keras.Model, ids: str) -> str:
    rows, scales = quantize_rows(model.get_layer("embedding").get_weights()[0])
    codes = graph.add("Gather", graph.constant(rows), ids)  # (T, B, E) int8
    scale = graph.add("Gather", graph.constant(scales), ids)  # (T, B, 1)
    return graph.add("Mul", graph.add("Cast", codes, to=TensorProto.FLOAT), scale)


def _recurrent_layer(
    graph: _Graph, model: keras.Model, recipe: ModelRecipe, depth: int, x: str, lengths: str
) -> tuple[str, str]:
    """Outputs of every step (T, D, B, H), 0 where padded, and the last of each direction."""
    directions = 2 if recipe.bidirectional else 1
    name = f"recurrent_{depth}" if recipe.bidirectional else f"{recipe.cell}_{depth}"
    weights = model.get_layer(name).get_weights()  # kernel, recurrent kernel, bias a direction
    kernels, recurrents, biases = weights[0::3], weights[1::3], weights[2::3]
    sequence, last = f"sequence_{depth}", f"last_{depth}"
    node = helper.make_node(
        recipe.cell.upper(),
        [
            x,
            graph.constant(np.stack([_gates(kernel, recipe.cell) for kernel in kernels])),
            graph.constant(np.stack([_gates(kernel, recipe.cell) for kernel in recurrents])),
            graph.constant(np.stack([_biases(bias, recipe.cell) for bias in biases])),
            lengths,
        ],
        [sequence, last],
        hidden_size=recipe.units,
        direction="bidirectional" if directions == 2 else "forward",
        # Keras' GRU applies its reset gate after the recurrent product.
        **({"linear_before_reset": 1} if recipe.cell == "gru" else {}),
    )
    graph.nodes.append(node)
    return sequence, last


def _gates(kernel: np.ndarray, cell: str) -> np.ndarray:
    """Keras' (inputs, gates * H) as ONNX wants it: (gates * H, inputs), in its gate order."""
    parts = np.split(kernel.T, len(_GATES[cell]))
    return np.concatenate([parts[gate] for gate in _GATES[cell]])


def _biases(bias: np.ndarray, cell: str) -> np.ndarray:
    """Input and recurrent biases, (2 * gates * H,); Keras' LSTM has the first alone."""
    pair = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
    return np.concatenate([_gates(row[None], cell)[:, 0] for row in pair])


def _pool(graph: _Graph, pooling: str, x: str, mask: str) -> str:
    """Pool (T, B, D * H) over the steps that are not padding, to (B, D * H)."""
    steps = graph.add("Unsqueeze", mask, graph.axes(2))  # (T, B, 1)
    if pooling == "max":
        filled = graph.add("Where", steps, x, graph.constant(np.float32(MASKED)))
        return graph.add("ReduceMax", filled, graph.axes(0), keepdims=0)
    weights = graph.add("Cast", steps, to=TensorProto.FLOAT)
    total = graph.add("ReduceSum", x, graph.axes(0), keepdims=0)  # padded steps are 0
    return graph.add("Div", total, graph.add("ReduceSum", weights, graph.axes(0), keepdims=0))
