package org.sparkvit.inference;

import org.sparkvit.core.UserException;
import org.sparkvit.core.options.BatchSizeOption;
import org.sparkvit.core.options.DecodeThreadsOption;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.Option;

/**
 * How a model embeds images: options of every command that works on embeddings.
 *
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param batchSize images per forward pass, a multiple of 16
 * @param decodeThreads threads per Spark task that read and decode
 */
public record EmbeddingSettings(
    @DeviceOption String device,
    @Option(
            standard = "fp32",
            choices = {"auto", "fp32", "bf16", "fp16", "int8"},
            advanced = true,
            help =
                "What the model embeds in. A head fits best to scoring in the same, and a command"
                    + " that uses embeddings of another needs the same.")
        String precision,
    @BatchSizeOption int batchSize,
    @DecodeThreadsOption int decodeThreads) {

  /** Checks what a range does not say. */
  public EmbeddingSettings {
    UserException.require(batchSize % 16 == 0, "--batch-size", batchSize, "a multiple of 16");
  }

  /** The values by the options' names, until all users are stages that need it no longer. */
  public java.util.Map<String, Object> toMap() {
    return org.sparkvit.core.options.Options.values(this);
  }
}
