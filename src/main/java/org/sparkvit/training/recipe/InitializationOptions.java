package org.sparkvit.training.recipe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;

/**
 * Options of an {@link Initialization}, for every command that trains a whole model. Any
 * initialization can be written as such options.
 *
 * @param from the name of a model of the workspace, or the URI of a model directory; empty for
 *     random weights
 * @param newHead whether the head gets random weights even for classes that it knows, with {@code
 *     from}
 * @param size a published size, from scratch
 * @param hiddenSize the width of the token vectors, from scratch and instead of a size
 * @param layers the number of blocks, with {@code hiddenSize}
 * @param heads the number of attention heads, with {@code hiddenSize}
 * @param intermediateSize the width of the feed-forward part, with {@code hiddenSize}
 * @param imageSize the side of the input in pixels
 * @param patchSize the side of a patch in pixels, from scratch
 * @param initializerRange the standard deviation of the random weights, from scratch
 */
public record InitializationOptions(
    @Option(
            label = "NAME|URI",
            help =
                "Start with these weights: a model of the workspace, or the URI of a Hugging Face"
                    + " model directory. Without it all weights are random.")
        Optional<String> from,
    @Option(
            advanced = true,
            help =
                "With --from: draw all of the head anew. Without it, classes that the checkpoint"
                    + " has by the same name keep their rows of it, and the others' are drawn.")
        boolean newHead,
    @Option(help = "From scratch: size of the model; without it tiny.") Optional<ViTSize> size,
    @Option(
            greatest = 65_536,
            least = 1,
            advanced = true,
            help = "From scratch, instead of --size: width of the token vectors.")
        Optional<Integer> hiddenSize,
    @Option(
            greatest = 1000,
            least = 1,
            advanced = true,
            help = "With --hidden-size: number of blocks.")
        Optional<Integer> layers,
    @Option(
            greatest = 1000,
            least = 1,
            advanced = true,
            help = "With --hidden-size: attention heads; they divide the hidden size.")
        Optional<Integer> heads,
    @Option(
            greatest = 65_536,
            least = 1,
            advanced = true,
            help =
                "With --hidden-size: width of the feed-forward part; without it 4 x hidden size.")
        Optional<Integer> intermediateSize,
    @Option(
            label = "PIXELS",
            greatest = 4096,
            least = 1,
            help =
                "Side of the model's input, a multiple of the patch size; without it 224, or that"
                    + " of --from.")
        Optional<Integer> imageSize,
    @Option(
            label = "PIXELS",
            greatest = 1024,
            least = 1,
            advanced = true,
            help = "From scratch: side of a patch; without it 16.")
        Optional<Integer> patchSize,
    @Option(
            least = 0,
            aboveLeast = true,
            advanced = true,
            help =
                "From scratch: standard deviation of the random weights; without it 0.02, as"
                    + " Hugging Face's. Narrow models want more than wide ones.")
        Optional<Double> initializerRange) {
  /** The placeholders of the classes, until the data says what they are. */
  private static final List<String> PLACEHOLDERS = List.of("0", "1");

  private static final int STANDARD_IMAGE = 224;
  private static final int STANDARD_PATCH = 16;

  /** Returns the options that give an initialization. */
  public static InitializationOptions of(Initialization initialization) {
    if (initialization instanceof Initialization.Pretrained pretrained) {
      OptionalInt side = pretrained.imageSize();
      return new InitializationOptions(
          Optional.of(pretrained.model()),
          pretrained.newHead(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          side.isPresent() ? Optional.of(side.getAsInt()) : Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    ViTConfig architecture = ((Initialization.Scratch) initialization).architecture();
    return new InitializationOptions(
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.of(architecture.hiddenSize()),
        Optional.of(architecture.layers()),
        Optional.of(architecture.heads()),
        Optional.of(architecture.intermediateSize()),
        Optional.of(architecture.imageSize()),
        Optional.of(architecture.patchSize()),
        Optional.of(architecture.initializerRange()));
  }

  /**
   * Returns the initialization that the options give.
   *
   * @throws UserException when options contradict one another
   */
  public Initialization initialization() {
    if (from.isPresent()) {
      if (size.isPresent() || isCustom() || patchSize.isPresent() || initializerRange.isPresent()) {
        throw new UserException(
            "--from brings its own architecture; leave out --size, --hidden-size, --layers,"
                + " --heads, --intermediate-size, --patch-size and --initializer-range");
      }
      return new Initialization.Pretrained(
          from.get(), imageSize.map(OptionalInt::of).orElseGet(OptionalInt::empty), newHead);
    }
    if (newHead) {
      throw new UserException("--new-head is for a model in --from; from scratch all is new");
    }
    ViTConfig architecture = architecture();
    return new Initialization.Scratch(
        initializerRange.map(architecture::withInitializerRange).orElse(architecture));
  }

  private boolean isCustom() {
    return Stream.of(hiddenSize, layers, heads, intermediateSize).anyMatch(Optional::isPresent);
  }

  private ViTConfig architecture() {
    int side = imageSize.orElse(STANDARD_IMAGE);
    int patch = patchSize.orElse(STANDARD_PATCH);
    if (!isCustom()) {
      return ViTConfig.of(size.orElse(ViTSize.TINY), side, patch, PLACEHOLDERS);
    }
    if (size.isPresent() || hiddenSize.isEmpty() || layers.isEmpty() || heads.isEmpty()) {
      throw new UserException(
          "a custom size needs --hidden-size, --layers and --heads, and no --size");
    }
    int width = hiddenSize.get();
    int intermediate = intermediateSize.orElse(4 * width);
    return ViTConfig.of(width, layers.get(), heads.get(), intermediate, side, patch, PLACEHOLDERS);
  }
}
