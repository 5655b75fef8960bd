package org.sparkvit.inference;

import org.sparkvit.core.UserException;
import org.sparkvit.core.options.BatchSizeOption;
import org.sparkvit.core.options.DecodeThreadsOption;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.Option;

/**
 * The settings by which a model embeds images. They are options of every command that works on
 * embeddings.
 *
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param batchSize the number of images per forward pass, a multiple of 16
 * @param decodeThreads the number of threads per Spark task that read and decode
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

  /** Checks the rules that the ranges of the options do not express. */
  public EmbeddingSettings {
    UserException.require(batchSize % 16 == 0, "--batch-size", batchSize, "a multiple of 16");
  }
}
