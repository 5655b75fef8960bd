package org.sparkvit.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sparkvit.core.UserException;

/**
 * Any classifier as {@code torch.jit.trace} or {@code torch.jit.script} saves it, in a folder of
 * three files: {@value #WEIGHTS}, which takes normalised {@code float32 [N, 3, side, side]} and
 * returns {@code [N, labels]} logits, alone or as the first of a tuple; {@code
 * preprocessor_config.json} as Hugging Face has it, which says the side; and {@code config.json},
 * of which {@code id2label} and {@code multiply_adds} count.
 *
 * @param labels class names in the order of the logits
 * @param notes what a person has to know of it, each one sentence
 * @param imageSize side of the model's input in pixels
 * @param multiplyAdds that an image takes; -1 where the file does not say
 */
public record ScriptedModel(
    List<String> labels,
    List<String> notes,
    PreprocessorConfig preprocessor,
    int imageSize,
    long multiplyAdds) {
  /** The module. */
  public static final String WEIGHTS = "model.pt";

  /** What can be done with a classifier of a kind that is not read. */
  static final String WAY =
      "any classifier can be scored as TorchScript: torch.jit.trace(model, images).save("
          + "\"FOLDER/model.pt\"), its config.json and preprocessor_config.json beside it";

  /** Whether a model directory holds a scripted model. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(WEIGHTS));
  }

  /**
   * Reads what there is beside the module.
   *
   * @throws UserException when a file is absent or malformed
   */
  public static ScriptedModel read(Path directory) {
    Path config = directory.resolve(ModelDirectory.CONFIG);
    ObjectNode json = ModelFiles.readObject(config);
    ClassNames classes = ClassNames.read(json, config.toString());
    JsonFields fields = new JsonFields(config.toString(), json.deepCopy());
    JsonNode multiplyAdds = fields.take("multiply_adds");
    if (multiplyAdds != null && !multiplyAdds.canConvertToLong()) {
      throw fields.bad("multiply_adds", multiplyAdds, "a whole number");
    }
    Path file = directory.resolve(ModelDirectory.PREPROCESSOR);
    PreprocessorConfig preprocessor = PreprocessorConfig.read(file);
    int height = preprocessor.doCenterCrop() ? preprocessor.cropHeight() : preprocessor.height();
    int width = preprocessor.doCenterCrop() ? preprocessor.cropWidth() : preprocessor.width();
    if (height != width || height < 1) {
      throw new UserException(
          file + ": images become " + height + "x" + width + "; only squares are supported");
    }
    return new ScriptedModel(
        classes.names(),
        classes.notes(),
        preprocessor,
        height,
        multiplyAdds == null ? -1 : multiplyAdds.longValue());
  }
}
