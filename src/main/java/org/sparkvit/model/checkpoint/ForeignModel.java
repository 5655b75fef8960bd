package org.sparkvit.model.checkpoint;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The forms of models that are common but not read, each with a way to convert them. */
final class ForeignModel {
  private static final String READ = "AutoModelForImageClassification.from_pretrained(FOLDER";
  private static final String SAVE = ").save_pretrained(OUT)";

  /** The file that PEFT writes beside an adapter's weights. */
  static final String ADAPTER = "adapter_config.json";

  /** The code that merges an adapter into its model. */
  static final String MERGE =
      "PeftModel.from_pretrained(model, FOLDER).merge_and_unload().save_pretrained(OUT)";

  /** A hint for messages about classifiers of a kind that is not read. */
  static final String AS_TORCHSCRIPT =
      "any classifier can be scored as TorchScript: torch.jit.trace(model, images).save("
          + "\"FOLDER/model.pt\"), its config.json and preprocessor_config.json beside it";

  private record Form(Predicate<String> file, String words) {}

  /** The forms in the order in which they are tried. The first that fits a folder is named. */
  private static final List<Form> FORMS =
      List.of(
          new Form(
              name -> name.equals(ADAPTER),
              "holds an adapter (LoRA), which is a change to another model; merge it by "
                  + MERGE
                  + " and give OUT"),
          new Form(
              name -> name.equals("snapshots"),
              "is a folder of the Hub's cache; give the folder below its snapshots/"),
          new Form(
              name -> name.matches("pytorch_model.*\\.bin(\\.index\\.json)?"),
              "holds weights as a pickle, which is a program; write them as safetensors by "
                  + READ
                  + SAVE
                  + " and give OUT"),
          new Form(
              name -> name.endsWith(".onnx"),
              "holds an ONNX model; give the checkpoint that it was exported from, or "
                  + AS_TORCHSCRIPT),
          new Form(
              name -> name.endsWith(".h5") || name.equals("saved_model.pb"),
              "holds TensorFlow weights; convert them by "
                  + READ
                  + ", from_tf=True"
                  + SAVE
                  + " of transformers 4 and give OUT"),
          new Form(
              name -> name.endsWith(".msgpack"),
              "holds Flax weights; convert them by "
                  + READ
                  + ", from_flax=True"
                  + SAVE
                  + " of transformers 4 and give OUT"),
          new Form(
              name -> name.endsWith(".gguf"),
              "holds a GGUF file, which is for language models in llama.cpp; give the checkpoint in"
                  + " safetensors"),
          new Form(
              name -> name.matches(".*\\.(pt|pth|ckpt|tar|bin|pkl)"),
              "holds what torch.save wrote, which is a program; load it in the library that it is"
                  + " of, then save_pretrained(OUT) of a Hugging Face ViT, or as "
                  + AS_TORCHSCRIPT),
          new Form(
              name -> name.endsWith(".safetensors"),
              "has its weights under another name; they have to be called model.safetensors, or be"
                  + " shards that model.safetensors.index.json lists"));

  private ForeignModel() {}

  /**
   * Describes what a folder holds in place of weights that are read, or returns empty where that is
   * not known.
   *
   * @param names the names of the files and folders in the folder
   */
  static Optional<String> in(Collection<String> names) {
    return FORMS.stream()
        .filter(form -> names.stream().anyMatch(form.file))
        .map(Form::words)
        .findFirst();
  }
}
