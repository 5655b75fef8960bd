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
 * Any classifier as {@code torch.jit.trace} or {@code torch.jit.script} saves it, in a folder of
 * three files: {@value #WEIGHTS}, which takes normalised {@code float32 [N, 3, side, side]} and
 * returns {@code [N, labels]} logits, alone, as the first of a tuple or by the name {@value
 * #LOGITS}; {@code preprocessor_config.json} as Hugging Face has it, which says the side; and
 * {@code config.json}, of which {@code id2label} and {@code multiply_adds} count.
 *
 * @param labels class names in the order of the logits
 * @param notes what a person has to know of it, each one sentence
 * @param imageSize side of the model's input in pixels
 * @param multiplyAdds that an image takes; -1 where the file does not say
 * @param archive what its file holds
 */
public record ScriptedModel(
    List<String> labels,
    List<String> notes,
    PreprocessorConfig preprocessor,
    int imageSize,
    long multiplyAdds,
    ScriptedArchive archive)
    implements Serializable {
  /** What the logits are called among several outputs with names. */
  public static final String LOGITS = "logits";

  /** Whether it computes in half precision, so that its images have to come in it. */
  public boolean isHalf() {
    return archive.storages().contains("HalfStorage")
        && !archive.storages().contains("FloatStorage")
        && !archive.storages().contains("DoubleStorage");
  }

  /** Whether some of its weights are bfloat16, which images cannot come in. */
  public boolean isBfloat16() {
    return archive.storages().contains("BFloat16Storage");
  }

  /**
   * Reads what there is beside the module, and looks through its code without running it.
   *
   * @throws UserException when a file is absent or malformed, or the module calls what is not on
   *     the list of operators that only compute
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
