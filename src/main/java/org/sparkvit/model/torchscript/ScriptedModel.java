package org.sparkvit.model.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.ClassNames;
import org.sparkvit.model.checkpoint.ImageProcessor;
import org.sparkvit.model.checkpoint.JsonFields;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.ModelJson;
import org.sparkvit.model.checkpoint.PreprocessorConfig;

/**
 * A classifier that {@code torch.jit.trace} or {@code torch.jit.script} saved, in a folder of three
 * files. {@value #WEIGHTS} takes normalised {@code float32 [N, 3, side, side]} and returns {@code
 * [N, labels]} logits. It returns them alone, as the first of a tuple, or by the name {@value
 * #LOGITS}. {@code preprocessor_config.json} has Hugging Face's form and states the side. Of {@code
 * config.json}, {@code id2label} and {@code multiply_adds} are used.
 *
 * @param labels the names of the classes in the order of the logits
 * @param notes the remarks on the model for users, one sentence in each element
 * @param preprocessor the preparation of its images
 * @param imageSize the side of the model's input in pixels
 * @param multiplyAdds the number of multiplications, each with an addition, that an image takes, or
 *     -1 where the file does not say
 * @param archive the result of inspecting its file
 */
public record ScriptedModel(
    List<String> labels,
    List<String> notes,
    PreprocessorConfig preprocessor,
    int imageSize,
    long multiplyAdds,
    ScriptedArchive archive)
    implements Serializable {
  /** The name of the logits where there are several named outputs. */
  public static final String LOGITS = "logits";

  /**
   * Returns whether the model computes in half precision, so that its images must be converted to
   * it.
   */
  public boolean isHalf() {
    return archive.storages().contains("HalfStorage")
        && !archive.storages().contains("FloatStorage")
        && !archive.storages().contains("DoubleStorage");
  }

  /** Returns whether some weights are bfloat16, to which images cannot be converted. */
  public boolean isBfloat16() {
    return archive.storages().contains("BFloat16Storage");
  }

  /**
   * Reads the files beside the module and inspects its code without running it.
   *
   * @throws UserException when a file is absent or malformed, or the module calls an operator that
   *     is not on the list of those that only compute
   */
  public static ScriptedModel read(Path directory) {
    Path config = directory.resolve(ModelDirectory.CONFIG);
    ObjectNode json = ModelJson.readObject(config);
    ClassNames classes = ClassNames.read(json, config.toString());
    JsonFields fields = new JsonFields(config.toString(), json.deepCopy());
    JsonNode multiplyAdds = fields.take("multiply_adds");
    if (multiplyAdds != null && !multiplyAdds.canConvertToLong()) {
      throw fields.bad("multiply_adds", multiplyAdds, "a whole number");
    }
    String modelType = fields.takeString("model_type", "vit");
    PreprocessorConfig preprocessor =
        ImageProcessor.in(directory, ImageProcessor.ofModelType(modelType).orElse(null));
    int side = preprocessor.outputSide();
    if (side < 1) {
      throw new UserException(
          directory
              + ": "
              + ModelDirectory.PREPROCESSOR
              + " does not make squares of one size; set size to {height, width} that are the same,"
              + " or crop_size with do_center_crop");
    }
    List<String> notes = new ArrayList<>(classes.notes());
    if (Files.exists(directory.resolve(ModelDirectory.WEIGHTS))) {
      notes.add(
          "there are model.pt and model.safetensors: the TorchScript module is scored, and"
              + " trainings start from the other");
    }
    return new ScriptedModel(
        classes.names(),
        notes,
        preprocessor,
        side,
        multiplyAdds == null ? -1 : multiplyAdds.longValue(),
        ScriptedArchive.inspect(directory.resolve(ModelDirectory.SCRIPTED)));
  }
}
