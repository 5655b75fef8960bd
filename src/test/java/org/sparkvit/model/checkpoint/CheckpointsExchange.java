package org.sparkvit.model.checkpoint;

import ai.djl.Device;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.inference.InputSpec;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.runtime.Classifier;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ScriptedSession;
import org.sparkvit.model.runtime.ViTSession;
import org.sparkvit.model.torchscript.ScriptedModel;

/**
 * The Java half of {@code .ci/check-checkpoints}: scores the images under {@code images/} with each
 * of the checkpoints under {@code cases/} as {@code score} does, and writes what came of it to
 * {@code ours.json}.
 */
final class CheckpointsExchange {
  private CheckpointsExchange() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    PyTorchRuntime.configure(1);
    List<Path> images = list(root.resolve("images"));
    ObjectNode results = ModelJson.JSON.createObjectNode();
    for (Path model : list(root.resolve("cases"))) {
      ObjectNode result = results.putObject(model.getFileName().toString());
      try {
        score(model, images, result.putArray("probabilities"));
      } catch (UserException e) {
        result.removeAll();
        result.put("refused", e.getMessage());
      } catch (RuntimeException e) {
        result.removeAll();
        result.put("trace", e.toString());
      }
    }
    ModelJson.writeObject(root.resolve("ours.json"), results);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void score(Path model, List<Path> images, ArrayNode rows) throws IOException {
    if (ModelDirectory.isScripted(model)) {
      ScriptedModel scripted = ScriptedModel.read(model);
      try (ScriptedSession session = ScriptedSession.open(model, Device.cpu())) {
        score(session, InputSpec.of(scripted.preprocessor(), scripted.imageSize()), images, rows);
      }
      return;
    }
    Checkpoint checkpoint = ModelDirectory.load(model).checkpoint();
    try (ViTSession session = ViTSession.open(checkpoint, Device.cpu(), Precision.FP32)) {
      score(session, InputSpec.of(checkpoint.preprocessor(), checkpoint.config()), images, rows);
    }
  }

  private static void score(
      Classifier session, PreprocessSpec input, List<Path> images, ArrayNode rows)
      throws IOException {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    ByteBuffer pixels = ByteBuffer.allocateDirect(images.size() * input.bytes());
    for (Path image : images) {
      PixelImage prepared =
          decoder.decode(Files.readAllBytes(image), image.toString(), input).pixels();
      pixels.put(prepared.rgb());
    }
    float[] logits = session.logits(pixels, images.size());
    int classes = logits.length / images.size();
    for (int i = 0; i < images.size(); i++) {
      double most = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        most = Math.max(most, logits[i * classes + c]);
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(logits[i * classes + c] - most);
      }
      ArrayNode row = rows.addArray();
      for (int c = 0; c < classes; c++) {
        row.add(Math.exp(logits[i * classes + c] - most) / sum);
      }
    }
  }
}
