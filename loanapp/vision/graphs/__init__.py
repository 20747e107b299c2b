"""TensorFlow Lite graphs as ONNX graphs, in memory, so that onnxruntime runs them: the same sums, another layout."""
