"""ONNX Runtime: forward passes of a net of Gemm and an activation, from a file that this writes.

    onnx_forward.py --net 784-50-10 --batch 32 --threads 1 --file net.onnx

Input and output are bound once, so that a call copies nothing. As with the other peers, a line of
standard input is a number of passes, and the answer has their seconds.
"""

import argparse

import numpy as np
import onnx
import onnxruntime
from common import serve
from onnx import TensorProto, helper, numpy_helper


def write_net(path, net):
    """The file, with drawn weights; the last activation makes probabilities."""
    rng = np.random.default_rng(42)
    nodes, weights, value = [], [], "x"
    for i, (inputs, units) in enumerate(zip(net, net[1:])):
        for name, shape in ((f"w{i}", (inputs, units)), (f"b{i}", (units,))):
            numbers = rng.normal(0, 0.1, shape).astype(np.float32)
            weights.append(numpy_helper.from_array(numbers, name))
        nodes.append(helper.make_node("Gemm", [value, f"w{i}", f"b{i}"], [f"y{i}"]))
        end = "Sigmoid" if units == 1 else "Softmax"
        kind = "Relu" if i < len(net) - 2 else end
        value = f"z{i}"
        nodes.append(helper.make_node(kind, [f"y{i}"], [value]))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", net[0]])
    y = helper.make_tensor_value_info(value, TensorProto.FLOAT, ["rows", net[-1]])
    graph = helper.make_graph(nodes, "net", [x], [y], weights)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return value


def main():
    """Writes the net, binds it, serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--net", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--file", required=True)
    options = parser.parse_args()
    net = [int(units) for units in options.net.split("-")]
    output = write_net(options.file, net)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(options.file, settings)
    x = np.random.default_rng(0).random((options.batch, net[0]), np.float32)
    y = np.empty((options.batch, net[-1]), np.float32)
    binding = session.io_binding()
    binding.bind_input("x", "cpu", 0, np.float32, x.shape, x.ctypes.data)
    binding.bind_output(output, "cpu", 0, np.float32, y.shape, y.ctypes.data)

    def passes(count):
        for _ in range(count):
            session.run_with_iobinding(binding)

    serve(passes, 1, {"onnxruntime": onnxruntime.__version__})


if __name__ == "__main__":
    main()
