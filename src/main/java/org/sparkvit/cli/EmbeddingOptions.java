package org.sparkvit.cli;

import org.sparkvit.core.options.Options;
import org.sparkvit.inference.EmbeddingSettings;
import picocli.CommandLine.Option;

/** How a model embeds images, for every command that works on embeddings. */
final class EmbeddingOptions {
  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      defaultValue = "auto",
      description =
          "Where the model embeds; gpu fails at once where there is none. Default:"
              + " ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "auto|fp32|bf16|fp16|int8",
      defaultValue = "fp32",
      description =
          "What the model embeds in: a head fits best to scoring in the same, and a command that"
              + " uses embeddings of another needs the same. Default: ${DEFAULT-VALUE}.")
  private String precision;

  @Option(
      names = "--batch-size",
      defaultValue = "16",
      description = "Images per forward pass, a multiple of 16. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--decode-threads",
      defaultValue = "2",
      description = "Threads per task that read and decode. Default: ${DEFAULT-VALUE}.")
  private int decodeThreads;

  EmbeddingSettings settings() {
    EmbeddingSettings settings = new EmbeddingSettings(device, precision, batchSize, decodeThreads);
    Options.check(settings);
    return settings;
  }
}
