package org.sparkvit.model.runtime;

import ai.djl.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.architecture.TrainingOptions;
import org.sparkvit.model.checkpoint.Activation;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.model.torchscript.TorchScriptArchive;

/**
 * The Java half of {@code .ci/check-transformers}: scores the models that transformers saved under
 * {@code theirs/}, and writes them again beside models of ours, with their archives and logits,
 * under {@code ours/}.
 */
final class TransformersExchange {
  private static final int BATCH = 3;

  private TransformersExchange() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    PyTorchRuntime.configure(1);
    List<Path> theirs;
    try (Stream<Path> directories = Files.list(root.resolve("theirs"))) {
      theirs = directories.sorted().toList();
    }
    for (Path model : theirs) {
      score(model, model.resolve("logits.f32"), model.resolve("embeddings.f32"));
      write(root.resolve("ours").resolve(model.getFileName()), ModelDirectory.read(model));
    }
    ViTConfig tiny =
        new ViTConfig(
            Family.VIT,
            48,
            3,
            4,
            80,
            Activation.GELU_PYTORCH_TANH,
            1e-6,
            40,
            8,
            false,
            0.3,
            0,
            0,
            List.of("sensitive", "ordinary"),
            Map.of());
    random(root.resolve("ours/ours-custom"), tiny);
    random(
        root.resolve("ours/ours-ti16"), ViTConfig.of(ViTSize.TINY, 224, 16, Golden.labels(1000)));
    random(root.resolve("ours/ours-b16"), ViTConfig.of(ViTSize.BASE, 224, 16, Golden.labels(1000)));
  }

  private static void random(Path model, ViTConfig config) throws IOException {
    write(model, Checkpoint.random(config, PreprocessorConfig.squash(config.imageSize()), 1));
  }

  private static void write(Path model, Checkpoint checkpoint) throws IOException {
    ModelDirectory.write(model, checkpoint);
    score(model, model.resolve("logits.f32"), model.resolve("embeddings.f32"));
    TorchScriptArchive.writeForInference(model.resolve("fp32.pt"), checkpoint, Precision.FP32);
    TorchScriptArchive.writeForInference(model.resolve("bf16.pt"), checkpoint, Precision.BF16);
    TorchScriptArchive.writeForTraining(
        model.resolve("training.pt"),
        checkpoint,
        Precision.BF16,
        TrainingOptions.of(AdamW.withWeightDecay(0)));
  }

  private static void score(Path model, Path logits, Path embeddings) throws IOException {
    try (ViTSession session = ViTSession.open(model, Device.cpu(), Precision.FP32)) {
      ByteBuffer pixels = Golden.pixels(BATCH, session.config().imageSize(), 0);
      write(logits, session.logits(pixels, BATCH));
      write(embeddings, session.embeddings(pixels, BATCH));
    }
  }

  private static void write(Path file, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
