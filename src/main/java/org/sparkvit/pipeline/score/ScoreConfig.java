package org.sparkvit.pipeline.score;

import org.sparkvit.core.UserException;
import org.sparkvit.core.options.BatchSizeOption;
import org.sparkvit.core.options.DecodeThreadsOption;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.MaxMinutesOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.PartitionsOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.query.ModelReference;

/**
 * Options of {@link ScoreStage}.
 *
 * @param workspace the URI of the workspace
 * @param model the model that scores, see {@link ModelReference}
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param batchSize the number of images per forward pass, a multiple of {@link #BATCH_STEP}
 * @param decodeThreads the number of threads per task that read and decode
 * @param partitions the number of Spark partitions; 0 chooses by the cores and the number of images
 * @param chunkImages the approximate number of images that become visible together; 0 for as many
 *     as are scored in ten minutes
 * @param maxErrorRate the share of unusable images above which a run stops, 0 to 1
 * @param scaledDecoding whether large JPEG files are decoded at a part of their size, see {@link
 *     org.sparkvit.image.resample.PreprocessSpec#scaledDecoding}
 * @param retryFailed whether images that could not be scored before are tried again
 * @param agreementSample the number of images that are also scored in fp32 for comparison; 0 for
 *     none
 * @param maxMinutes the minutes after which no chunk begins; 0 for no limit
 * @param dryRun whether the images are only counted
 */
public record ScoreConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = ModelReference.LABEL,
            standard = "vit",
            help = "The model that scores. " + ModelReference.HELP)
        String model,
    @DeviceOption String device,
    @Option(
            standard = "auto",
            choices = {"auto", "fp32", "bf16", "fp16", "int8"},
            help =
                "What the model computes in. auto is bf16 on GPUs and on processors where it is"
                    + " faster, else fp32; fp16 is for GPUs, int8 for CPUs.")
        String precision,
    @BatchSizeOption int batchSize,
    @DecodeThreadsOption int decodeThreads,
    @PartitionsOption int partitions,
    @Option(
            label = "N",
            standard = "0",
            least = 0,
            advanced = true,
            help =
                "About how many images become visible together, which is also what a killed run"
                    + " loses at most; 0 for what is scored in ten minutes.")
        long chunkImages,
    @Option(
            label = "SHARE",
            standard = "0.5",
            least = 0,
            greatest = 1,
            help = "Stop, and publish no more, when a larger share of the images cannot be scored.")
        double maxErrorRate,
    @Option(
            help =
                "Decode JPEG files of at least four times the model's sides at a half, a quarter or"
                    + " an eighth of their size: faster, and not the very same pixels; see"
                    + " --agreement-sample. Needs libjpeg-turbo. A run without it scores again what"
                    + " was scored like this.")
        boolean scaledDecoding,
    @Option(
            help =
                "Try images again that could not be scored before; --max-error-rate does not"
                    + " apply.")
        boolean retryFailed,
    @Option(
            standard = "0",
            least = 0,
            greatest = 10_000_000,
            help =
                "Score N images in fp32 and of all their pixels as well, and say how many of them"
                    + " get the same label.")
        int agreementSample,
    @MaxMinutesOption int maxMinutes,
    @Option(help = "Say how many images would be scored, and write nothing.") boolean dryRun) {

  /**
   * The number that batch sizes are multiples of. PyTorch's matrix products take rows in blocks,
   * and round differently in an incomplete block. With whole blocks an image's result does not
   * depend on its place in the batch. That place changes with the number of partitions and with the
   * images that a rerun finds missing.
   */
  public static final int BATCH_STEP = 16;

  /** Checks what the ranges of the options cannot. */
  public ScoreConfig {
    requireBatchSize(batchSize);
  }

  /**
   * Checks a batch size.
   *
   * @throws UserException when it is no multiple of {@link #BATCH_STEP}
   */
  public static void requireBatchSize(int batchSize) {
    if (batchSize < 1 || batchSize % BATCH_STEP != 0) {
      throw new UserException(
          "--batch-size is "
              + batchSize
              + "; use a multiple of "
              + BATCH_STEP
              + ", or an image's probabilities would depend on those beside it");
    }
  }
}
