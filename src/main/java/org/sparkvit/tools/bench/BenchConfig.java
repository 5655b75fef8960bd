package org.sparkvit.tools.bench;

import java.util.List;
import java.util.Optional;
import org.sparkvit.core.options.BatchSizeOption;
import org.sparkvit.core.options.DecodeThreadsOption;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.pipeline.score.ScoreConfig;

/**
 * Options of {@link BenchStage}.
 *
 * @param workspace URI of a workspace with a catalog, whose images are measured with; or, with
 *     {@code madeImages}, of any folder
 * @param madeImages sizes of images to draw and measure with instead, as {@code WIDTHxHEIGHT}
 * @param measures what to measure
 * @param sizes ViT sizes to measure, with patches of 16 at 224 pixels
 * @param trainFrom local model directories to measure training with instead of {@code sizes}
 * @param precisions precisions to measure
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param batchSize images per forward pass
 * @param decodeThreads threads per task that read and decode
 * @param seconds about how long one measurement takes
 * @param rounds measurements of each kind, taken in turn
 * @param python interpreter for Pillow and transformers; where absent, that of the environment;
 *     where blank, none
 */
public record BenchConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "WIDTHxHEIGHT",
            help =
                "Draw JPEG files of these sizes and measure with them instead of the catalog's"
                    + " images, e.g. 500x375,1920x1080.")
        List<String> madeImages,
    @Option(
            name = "measure",
            label = "WHAT",
            standard = "decode,pipeline,pillow,model,score,djl,transformers",
            help =
                "What to measure: decode (reading and decoding), pipeline (scoring without the"
                    + " model), scaled (the same with score's --scaled-decoding), pillow (the same"
                    + " in Pillow), audit (its pass over the pixels), checks (CleanVision's checks"
                    + " in Pillow and numpy), model (the model alone), torch (the same model alone"
                    + " in Python), score (all), djl (a plain DJL job), transformers (Hugging"
                    + " Face), train (training, beside PyTorch's in Python; needs no images),"
                    + " crowded (training alone and beside one endless loop a core).")
        List<Measure> measures,
    @Option(standard = "base", help = "Sizes of ViT, with patches of 16 at 224 pixels.")
        List<ViTSize> sizes,
    @Option(
            label = "MODEL",
            help = "Folders of models on this machine to measure training with instead of --sizes.")
        List<String> trainFrom,
    @Option(
            standard = "fp32,bf16,int8",
            choices = {"auto", "fp32", "bf16", "fp16", "int8"},
            help = "What the models compute in; fp16 is for GPUs, int8 for CPUs.")
        List<String> precisions,
    @DeviceOption String device,
    @BatchSizeOption int batchSize,
    @DecodeThreadsOption int decodeThreads,
    @Option(
            standard = "30",
            least = 1,
            greatest = 86_400,
            help = "About how long one measurement takes.")
        int seconds,
    @Option(
            standard = "3",
            least = 1,
            greatest = 1_000,
            help = "Measurements of each kind, taken in turn.")
        int rounds,
    @Option(
            label = "PATH",
            help =
                "Python with Pillow, and with torch and transformers, to compare with. Without it"
                    + " the one that the variable SPARK_VIT_PYTHON names.")
        Optional<String> python) {

  /** All that can be measured; the help of {@code --measure} says what each is. */
  public enum Measure {
    DECODE,
    PIPELINE,
    SCALED,
    PILLOW,
    AUDIT,
    CHECKS,
    MODEL,
    TORCH,
    SCORE,
    DJL,
    TRANSFORMERS,
    TRAIN,
    CROWDED
  }

  /** Checks what a range does not say. */
  public BenchConfig {
    madeImages = List.copyOf(madeImages);
    measures = List.copyOf(measures);
    sizes = List.copyOf(sizes);
    trainFrom = List.copyOf(trainFrom);
    precisions = List.copyOf(precisions);
    ScoreConfig.requireBatchSize(batchSize);
  }
}
